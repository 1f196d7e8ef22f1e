/**
 * The AnalysisRuns and Experiments that a status names.
 */
import type { RolloutStatus } from '../../api/schema/status.ts';

type RunMirror = NonNullable<NonNullable<RolloutStatus['canary']>['currentStepAnalysisRunStatus']>;

/** As the status has them. */
export function recordedRuns({ canary = {}, blueGreen = {} }: RolloutStatus): readonly RunMirror[] {
  const mirrors = [
    canary.currentStepAnalysisRunStatus,
    canary.currentBackgroundAnalysisRunStatus,
    blueGreen.prePromotionAnalysisRunStatus,
    blueGreen.postPromotionAnalysisRunStatus,
  ];
  return mirrors.filter((mirror) => mirror !== undefined);
}

export function recordedRunNames(status: RolloutStatus): readonly string[] {
  return recordedRuns(status).map(({ name }) => name);
}

export function recordedExperimentNames({ canary = {} }: RolloutStatus): readonly string[] {
  return canary.currentExperiment === undefined ? [] : [canary.currentExperiment];
}
