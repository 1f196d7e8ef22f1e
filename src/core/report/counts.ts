/**
 * The pod counts that a Rollout reports (spec 3.1). Only the detection of progress reads them again.
 */
import type { RolloutStatus } from '../../api/schema/status.ts';
import { availableReplicasOf, readyReplicasOf, statusReplicasOf } from '../observed/replica-sets.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { selectorText } from '../../kube/selector.ts';
import type { Situation } from '../observed/situation.ts';

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

/** `servesAlone` is the revision that does; `null` when all revisions serve. */
export function countsOf({ all, canary }: Situation, servesAlone: ReplicaSet | null): Counts {
  const serving = servesAlone === null ? all : [servesAlone];
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

/** `servesAlone` is the revision that does; then an autoscaler measures only its pods. */
export function countedFields(situation: Situation, counts: Counts, servesAlone: ReplicaSet | null): RolloutStatus {
  return {
    replicas: counts.replicas,
    updatedReplicas: counts.updated,
    readyReplicas: counts.ready,
    availableReplicas: counts.available,
    HPAReplicas: counts.scaled,
    selector: selectorText((servesAlone ?? situation.rollout).spec.selector ?? {}),
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
