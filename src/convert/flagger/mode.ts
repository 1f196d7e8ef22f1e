/** How Flagger would run the release, by its fields. */
import type { Refusals } from '../conversion.ts';
import { note, type Comment } from '../draft.ts';
import type { Mode } from './scene.ts';
import type { FlaggerAnalysis } from './schema.ts';

const WHOLE = 100;

export function modeOf(analysis: FlaggerAnalysis, path: string, refusals: Refusals): Mode {
  const { iterations = 0, match = [], stepWeight = 0, stepWeights = [] } = analysis;
  if (iterations > 0) {
    return match.length > 0 ? { kind: 'match', iterations, matches: match } : { kind: 'blueGreen', iterations };
  }
  if (match.length > 0)
    refusals.add(`${path}.match`, 'requests are only matched for a number of iterations, and there is none');
  if (stepWeights.length > 0) return { kind: 'weights', weights: stepWeights };
  if (stepWeight > 0) return { kind: 'weights', weights: weightsOf(stepWeight, analysis.maxWeight) };
  refusals.add(path, 'it has neither stepWeight, stepWeights nor iterations, so there is nothing to do step by step');
  return { kind: 'weights', weights: [] };
}

/** Flagger adds the step until the greatest weight is reached, and may pass it with the last one. */
function weightsOf(step: number, max = WHOLE): readonly number[] {
  const count = Math.ceil(Math.min(max, WHOLE) / step);
  return Array.from({ length: count }, (_, index) => Math.min((index + 1) * step, WHOLE));
}

/** Fields that Flagger does not read in this mode. */
export function unreadFields(analysis: FlaggerAnalysis, { kind }: Mode, path: string): readonly Comment[] {
  const unread = (['maxWeight', 'stepWeight', 'stepWeights'] as const).filter((field) => {
    if (analysis[field] === undefined) return false;
    if (kind !== 'weights') return true;
    return (analysis.stepWeights ?? []).length > 0 && field !== 'stepWeights';
  });
  const because = kind === 'weights' ? 'stepWeights' : 'iterations';
  return unread.map((field) => note(`${path}.${field}: Flagger does not read it beside ${because}.`));
}
