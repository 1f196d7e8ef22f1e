/**
 * What `spec.paused` does to sizes (spec 5.10): a paused Rollout follows its size, but starts nothing that has not
 * started. Each strategy holds its own selectors and traffic.
 */
import { specReplicasOf } from '../observed/replica-sets.ts';
import type { SizeDecision } from '../acts/scale.ts';
import type { Situation } from '../observed/situation.ts';

/** The new revision has no pods, and gets none while the user pauses. */
export function isHeldBack({ rollout, canary, stable }: Situation): boolean {
  return rollout.spec.paused === true && canary !== stable && specReplicasOf(canary) === 0;
}

/** The decisions without the one that would give the new revision its first pods. */
export function heldByPause(situation: Situation, sizes: readonly SizeDecision[]): readonly SizeDecision[] {
  return isHeldBack(situation) ? sizes.filter(({ replicaSet }) => replicaSet !== situation.canary) : sizes;
}
