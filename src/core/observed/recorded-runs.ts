/**
 * The AnalysisRuns and Experiments that a status names.
 */
import type { RolloutStatus } from '../../api/schema/status.ts';

export function recordedRunNames({ canary = {}, blueGreen = {} }: RolloutStatus): readonly string[] {
  const mirrors = [
    canary.currentStepAnalysisRunStatus,
    canary.currentBackgroundAnalysisRunStatus,
    blueGreen.prePromotionAnalysisRunStatus,
    blueGreen.postPromotionAnalysisRunStatus,
  ];
  return mirrors.flatMap((mirror) => mirror?.name ?? []);
}

export function recordedExperimentNames({ canary = {} }: RolloutStatus): readonly string[] {
  return canary.currentExperiment === undefined ? [] : [canary.currentExperiment];
}
