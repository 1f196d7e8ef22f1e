/**
 * Which retired ReplicaSets are deleted: the oldest beyond `revisionHistoryLimit`, once they are
 * empty and their status has caught up (spec 4.9).
 */
import { DEFAULTS } from '../../api/words/defaults.ts';
import type { Write } from '../../kube/plan.ts';
import { REPLICA_SETS } from '../../kube/resources.ts';
import { isTerminating } from '../../kube/terminating.ts';
import { hasObservedSpec, specReplicasOf, statusReplicasOf } from '../observed/replica-sets.ts';
import type { Situation } from '../observed/situation.ts';

export function historyWrites(situation: Situation): Write[] {
  const candidates = situation.retired.filter((one) => !isTerminating(one));
  const surplus = candidates.length - (situation.rollout.spec.revisionHistoryLimit ?? DEFAULTS.revisionHistoryLimit);
  if (surplus <= 0) return [];
  return candidates
    .slice(0, surplus)
    .filter((one) => specReplicasOf(one) === 0 && statusReplicasOf(one) === 0 && hasObservedSpec(one))
    .map((one) => ({
      op: 'delete',
      resource: REPLICA_SETS,
      namespace: situation.namespace,
      name: one.metadata.name,
      uid: one.metadata.uid,
      // A ReplicaSet that has been scaled up again meanwhile stays.
      resourceVersion: one.metadata.resourceVersion,
      why: 'more retired revisions than the history keeps',
    }));
}
