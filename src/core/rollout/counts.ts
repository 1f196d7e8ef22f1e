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
}

export function countsOf(situation: Situation): Counts {
  const sum = (count: (replicaSet: ReplicaSet) => number) =>
    situation.all.reduce((total, one) => total + count(one), 0);
  return {
    replicas: sum(statusReplicasOf),
    updated: statusReplicasOf(situation.canary),
    ready: sum(readyReplicasOf),
    available: sum(availableReplicasOf),
  };
}

/** The counts that the last status write reported. */
export function reportedCounts(status: RolloutStatus): Counts {
  return {
    replicas: status.replicas ?? 0,
    updated: status.updatedReplicas ?? 0,
    ready: status.readyReplicas ?? 0,
    available: status.availableReplicas ?? 0,
  };
}
