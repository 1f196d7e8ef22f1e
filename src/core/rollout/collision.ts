/**
 * A ReplicaSet of another template has the name that ours would get: the collision count goes into the
 * hash, so that the next look computes another name (spec 4.4).
 */
import type { Plan } from '../../kube/plan.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { isControlledBy } from '../../kube/owners.ts';
import { carriesTemplate } from './situation.ts';
import { statusPatch } from './status-patch.ts';
import type { RolloutWorld } from './world.ts';

/** `null` when the ReplicaSet that is in the way turns out to be our own, which a cache has not shown yet. */
export function collisionPlan({ rollout }: RolloutWorld, inTheWay: ReplicaSet): Plan | null {
  if (isControlledBy(inTheWay, rollout.metadata.uid) && carriesTemplate(inTheWay, rollout)) return null;
  const collisionCount = (rollout.status?.collisionCount ?? 0) + 1;
  return {
    writes: [statusPatch(rollout, { collisionCount }, 'the name of the new ReplicaSet is taken by another template')],
  };
}
