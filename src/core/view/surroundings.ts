/** What a view shows around the objects that decisions look at: pods with their status, Experiments, AnalysisRuns. */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import type { Experiment } from '../../api/schema/experiment.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import type { Pod, ReplicaSet } from '../../kube/objects.ts';
import {
  byController,
  EXPERIMENTS_BY_CONTROLLER,
  REPLICA_SETS_BY_CONTROLLER,
  RUNS_BY_CONTROLLER,
} from '../observed/indexes.ts';
import type { Index, Lookup } from '../observed/lookup.ts';
import type { ReportedEvent } from './other-writers.ts';
import { PODS } from '../../kube/resources.ts';

export interface Surroundings {
  /** Of every ReplicaSet that is shown. */
  readonly pods: readonly Pod[];
  /** Of the Rollout. */
  readonly experiments: readonly Experiment[];
  /** Of those Experiments. */
  readonly replicaSets: readonly ReplicaSet[];
  /** Of the Rollout and of those Experiments. */
  readonly runs: readonly AnalysisRun[];
  /** Of the Rollout, where they have been read. */
  readonly events?: readonly ReportedEvent[];
}

export const NOTHING_AROUND: Surroundings = { pods: [], experiments: [], replicaSets: [], runs: [] };

const WHOLE_PODS_BY_CONTROLLER: Index<Pod> = { resource: PODS, name: 'controller', valuesOf: byController };

/** The lookup has whole pods. */
export function surroundingsOf(lookup: Lookup, rollout: Rollout): Surroundings {
  const experiments = lookup.find(EXPERIMENTS_BY_CONTROLLER, rollout.metadata.uid);
  return around(lookup, rollout.metadata.uid, experiments);
}

/** Those of one Experiment, in the place of a Rollout's. */
export function surroundingsOfExperiment(lookup: Lookup, experiment: Experiment): Surroundings {
  return around(lookup, null, [experiment]);
}

function around(lookup: Lookup, rolloutUid: string | null, experiments: readonly Experiment[]): Surroundings {
  const uids = experiments.map(({ metadata }) => metadata.uid);
  const owners = rolloutUid === null ? uids : [rolloutUid, ...uids];
  const replicaSets = uids.flatMap((uid) => lookup.find(REPLICA_SETS_BY_CONTROLLER, uid));
  const shown = owners.flatMap((uid) => lookup.find(REPLICA_SETS_BY_CONTROLLER, uid));
  return {
    pods: shown.flatMap(({ metadata }) => lookup.find(WHOLE_PODS_BY_CONTROLLER, metadata.uid)),
    experiments,
    replicaSets,
    runs: owners.flatMap((uid) => lookup.find(RUNS_BY_CONTROLLER, uid)),
  };
}
