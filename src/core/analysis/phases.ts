/**
 * Phases of runs, metrics and measurements, and which of two is worse (spec B.7).
 */
import { ANALYSIS_OUTCOMES, type AnalysisOutcome, type AnalysisPhase } from '../../api/words/reasons.ts';

const FROM_BEST_TO_WORST: readonly AnalysisPhase[] = [
  'Successful',
  'Running',
  'Pending',
  'Inconclusive',
  'Error',
  'Failed',
];

const OUTCOMES: ReadonlySet<string> = new Set(ANALYSIS_OUTCOMES);

/** A phase that never changes again. An absent or unknown phase is not one. */
export function isOutcome(phase: string | undefined): phase is AnalysisOutcome {
  return phase !== undefined && OUTCOMES.has(phase);
}

/** True for what ends a run early, and an update with it. */
export function isBad(phase: string | undefined): boolean {
  return isOutcome(phase) && phase !== 'Successful';
}

export function isWorse(phase: AnalysisPhase, than: AnalysisPhase): boolean {
  return FROM_BEST_TO_WORST.indexOf(phase) > FROM_BEST_TO_WORST.indexOf(than);
}
