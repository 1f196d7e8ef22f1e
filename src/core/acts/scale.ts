/**
 * The write that brings one ReplicaSet to a size, with the two annotations that belong to sizes.
 */
import { events } from '../../api/events.ts';
import { ANNOTATIONS } from '../../api/words/labels.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import type { Write } from '../../kube/plan.ts';
import { REPLICA_SETS } from '../../kube/resources.ts';
import { formatTime } from '../../kube/time.ts';
import { desiredReplicasOf, hasScaleDownDeadline, revisionOf, specReplicasOf } from '../observed/replica-sets.ts';
import type { Situation } from '../observed/situation.ts';

export interface SizeDecision {
  readonly replicaSet: ReplicaSet;
  readonly replicas: number;
  /** A new instant for the delayed scale-down in milliseconds, `null` to remove it; absent: leave it as it is. */
  readonly deadline?: number | null;
  readonly why: string;
}

/** `null` when the ReplicaSet is already as decided. */
export function scaleWrite(situation: Situation, decision: SizeDecision): Write | null {
  const { replicaSet, replicas, deadline } = decision;
  const from = specReplicasOf(replicaSet);
  const resized = from !== replicas;
  const annotations: Record<string, string | null> = {};
  const live = replicaSet === situation.canary || replicaSet === situation.stable;
  const noted = desiredReplicasOf(replicaSet) === String(situation.replicas);
  // Other controllers of this API take a stale annotation on a live ReplicaSet for a scaling event (spec 4.2).
  if (!noted && (resized || (live && replicas > 0)))
    annotations[ANNOTATIONS.desiredReplicas] = String(situation.replicas);
  if (deadline === null || (resized && replicas === 0)) {
    if (hasScaleDownDeadline(replicaSet)) annotations[ANNOTATIONS.scaleDownDeadline] = null;
  } else if (deadline !== undefined) {
    annotations[ANNOTATIONS.scaleDownDeadline] = formatTime(deadline);
  }
  const annotated = Object.keys(annotations).length > 0;
  if (!resized && !annotated) return null;
  const patch: JsonObject = {
    ...(annotated ? { metadata: { annotations } } : {}),
    ...(resized ? { spec: { replicas } } : {}),
  };
  return {
    op: 'patch',
    resource: REPLICA_SETS,
    namespace: situation.namespace,
    name: replicaSet.metadata.name,
    patch,
    // Needed even to grow: another writer may have scaled it further since we read it.
    resourceVersion: replicaSet.metadata.resourceVersion,
    why: decision.why,
    ...(resized
      ? { events: [events.replicaSetScaled(replicaSet.metadata.name, revisionOf(replicaSet), from, replicas)] }
      : {}),
  };
}
