/**
 * Readings of AnalysisRuns and Experiments that several invariants share. The same rules hold for both kinds of trials.
 */
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import type { CanaryStep } from '../../../src/api/schema/steps.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import { isOutcome } from '../../../src/core/analysis/phases.ts';
import type { Trial } from '../../../src/core/analysis/run-history.ts';
import { requestedAnalysis } from '../../../src/core/analysis/template-problem.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { isControlledBy } from '../../../src/kube/owners.ts';
import { ANALYSIS_RUNS, EXPERIMENTS, type Resource } from '../../../src/kube/resources.ts';
import type { Cluster } from '../cluster/cluster.ts';

/** AnalysisRuns or Experiments, where they are found and named. */
export interface TrialKind {
  readonly resource: Resource;
  /** Names of those that the status of a canary waits for or heeds. */
  readonly ofCanary: (status: RolloutStatus) => readonly string[];
  /** Those that blue-green names; it goes on naming them when the update is over. */
  readonly ofBlueGreen: (status: RolloutStatus) => readonly string[];
  /** Name of the one that the present step waits for. */
  readonly ofStep: (status: RolloutStatus) => string | undefined;
  readonly isAskedForBy: (step: CanaryStep) => boolean;
  /** Those of the Rollout, as a look sees them. */
  readonly ownIn: (world: RolloutWorld) => readonly Trial[];
  readonly inTheWayIn: (world: RolloutWorld) => readonly Trial[];
}

export const RUNS: TrialKind = {
  resource: ANALYSIS_RUNS,
  ofCanary: ({ canary = {} }) => {
    const { currentStepAnalysisRunStatus: step, currentBackgroundAnalysisRunStatus: background } = canary;
    return [step, background].flatMap((one) => one?.name ?? []);
  },
  ofBlueGreen: ({ blueGreen = {} }) => {
    const { prePromotionAnalysisRunStatus: pre, postPromotionAnalysisRunStatus: post } = blueGreen;
    return [pre, post].flatMap((one) => one?.name ?? []);
  },
  ofStep: ({ canary }) => canary?.currentStepAnalysisRunStatus?.name,
  isAskedForBy: ({ analysis }) => requestedAnalysis(analysis) !== null,
  ownIn: ({ analysis }) => analysis.runs,
  inTheWayIn: ({ analysis }) => analysis.inTheWay,
};

const ONE_EXPERIMENT = ({ canary }: RolloutStatus) => canary?.currentExperiment ?? [];

export const EXPERIMENTS_OF_STEPS: TrialKind = {
  resource: EXPERIMENTS,
  ofCanary: (status) => [ONE_EXPERIMENT(status)].flat(),
  ofBlueGreen: () => [],
  ofStep: ({ canary }) => canary?.currentExperiment,
  isAskedForBy: ({ experiment }) => experiment !== undefined,
  ownIn: ({ experiments }) => experiments.own,
  inTheWayIn: ({ experiments }) => experiments.inTheWay,
};

export const TRIALS: readonly TrialKind[] = [RUNS, EXPERIMENTS_OF_STEPS];

/** All of the kind that the Rollout controls. */
export function trialsOf(cluster: Cluster, { metadata }: Rollout, { resource }: TrialKind): readonly Trial[] {
  return cluster.store.list<Trial>(resource.plural).filter((one) => isControlledBy(one, metadata.uid));
}

export function namedIn(status: RolloutStatus, kind: TrialKind): readonly string[] {
  return [...kind.ofCanary(status), ...kind.ofBlueGreen(status)];
}

/** Those of the named ones that are waited for or heeded. */
export function countedIn(status: RolloutStatus, kind: TrialKind): readonly string[] {
  return isTrying(status) ? namedIn(status, kind) : kind.ofCanary(status);
}

/** Neither ended nor asked to end. */
export function isGoingOn({ status, spec }: Trial): boolean {
  return !isOutcome(status?.phase) && spec.terminate !== true;
}

/** A failed one ends the update. */
export function hasFailed(trial: Trial | undefined): boolean {
  return trial?.status?.phase === 'Failed' || trial?.status?.phase === 'Error';
}

/** Kind, step and revision: what one was made for. */
export function purposeOf({ metadata }: Trial): string {
  const { labels = {} } = metadata;
  const step = labels[LABELS.stepIndex];
  const kind = labels[LABELS.rolloutType] ?? 'Experiment';
  return `${kind}${step === undefined ? '' : ` ${step}`} of ${labels[LABELS.podTemplateHash]}`;
}

/** The update is under way: neither aborted nor promoted, and no person has cut it short. */
export function isTrying({ stableRS = '', currentPodHash, abort, promoteFull }: RolloutStatus): boolean {
  return stableRS !== '' && stableRS !== currentPodHash && abort !== true && promoteFull !== true;
}

const INCONCLUSIVE: readonly string[] = ['InconclusiveAnalysisRun', 'InconclusiveExperiment'];

/** A trial that showed nothing has paused the Rollout. */
export function isPausedByTrial({ pauseConditions = [] }: RolloutStatus): boolean {
  return pauseConditions.some(({ reason }) => INCONCLUSIVE.includes(reason));
}

/** The first finding about any kind of trial. */
export function aboutAny<Found>(find: (kind: TrialKind) => Found | null): Found | null {
  for (const kind of TRIALS) {
    const found = find(kind);
    if (found !== null) return found;
  }
  return null;
}
