/**
 * The pod counts that a Rollout reports (spec 3.1). They are report: only the detection of progress
 * compares them with what was reported before.
 */
import type { RolloutStatus } from '../../api/status.ts';
import { availableReplicasOf, readyReplicasOf, statusReplicasOf } from './replica-sets.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import type { Situation } from './situation.ts';

export interface Counts {
  /** All pods of all revisions. */
  readonly replicas: number;
  /** Pods of the present template. */
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  /** What the scale subresource reports: the pods that an autoscaler measures. */
  readonly scaled: number;
}

/** `counted` is the revision that serves alone; `null` when all revisions serve. */
export function countsOf({ all, canary }: Situation, counted: ReplicaSet | null): Counts {
  const serving = counted === null ? all : [counted];
  const sum = (replicaSets: readonly ReplicaSet[], count: (replicaSet: ReplicaSet) => number) =>
    replicaSets.reduce((total, one) => total + count(one), 0);
  return {
    replicas: sum(all, statusReplicasOf),
    updated: statusReplicasOf(canary),
    ready: sum(serving, readyReplicasOf),
    available: sum(serving, availableReplicasOf),
    scaled: sum(serving, statusReplicasOf),
  };
}

/** The counts that the last status write reported. */
export function reportedCounts(status: RolloutStatus): Counts {
  return {
    replicas: status.replicas ?? 0,
    updated: status.updatedReplicas ?? 0,
    ready: status.readyReplicas ?? 0,
    available: status.availableReplicas ?? 0,
    scaled: status.HPAReplicas ?? 0,
  };
}
