/**
 * Readings of AnalysisRuns that several invariants share.
 */
import type { AnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import { isOutcome } from '../../../src/core/analysis/phases.ts';
import { isControlledBy } from '../../../src/kube/owners.ts';
import { ANALYSIS_RUNS } from '../../../src/kube/resources.ts';
import type { Cluster } from '../cluster/cluster.ts';

/** All that the Rollout controls. */
export function runsOf(cluster: Cluster, { metadata }: Rollout): readonly AnalysisRun[] {
  return cluster.store.list<AnalysisRun>(ANALYSIS_RUNS.plural).filter((one) => isControlledBy(one, metadata.uid));
}

/** Names of the runs that the status of a canary waits for or heeds. */
export function canaryRuns({ canary = {} }: RolloutStatus): readonly string[] {
  const { currentStepAnalysisRunStatus: step, currentBackgroundAnalysisRunStatus: background } = canary;
  return [step, background].flatMap((one) => one?.name ?? []);
}

/** Those that blue-green names; it goes on naming them when the update is over. */
export function blueGreenRuns({ blueGreen = {} }: RolloutStatus): readonly string[] {
  const { prePromotionAnalysisRunStatus: pre, postPromotionAnalysisRunStatus: post } = blueGreen;
  return [pre, post].flatMap((one) => one?.name ?? []);
}

export function namedRuns(status: RolloutStatus): readonly string[] {
  return [...canaryRuns(status), ...blueGreenRuns(status)];
}

/** Those of the named ones that are waited for or heeded. */
export function countedRuns(status: RolloutStatus): readonly string[] {
  return isTrying(status) ? namedRuns(status) : canaryRuns(status);
}

/** Neither ended nor asked to end. */
export function isMeasuring({ status, spec }: AnalysisRun): boolean {
  return !isOutcome(status?.phase) && spec.terminate !== true;
}

/** A failed one ends the update. */
export function hasFailed(run: AnalysisRun | undefined): boolean {
  return run?.status?.phase === 'Failed' || run?.status?.phase === 'Error';
}

/** Kind, step and revision: what a run was made for. */
export function purposeOf({ metadata }: AnalysisRun): string {
  const { labels = {} } = metadata;
  const step = labels[LABELS.stepIndex];
  return `${labels[LABELS.rolloutType]}${step === undefined ? '' : ` ${step}`} of ${labels[LABELS.podTemplateHash]}`;
}

/** The update is under way: neither aborted nor promoted, and no person has cut it short. */
export function isTrying({ stableRS = '', currentPodHash, abort, promoteFull }: RolloutStatus): boolean {
  return stableRS !== '' && stableRS !== currentPodHash && abort !== true && promoteFull !== true;
}

/** A run that showed nothing has paused the Rollout. */
export function isPausedByRun({ pauseConditions = [] }: RolloutStatus): boolean {
  return pauseConditions.some(({ reason }) => reason === 'InconclusiveAnalysisRun');
}
