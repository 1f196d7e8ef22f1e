/**
 * What `spec.paused` does to sizes (spec 5.10): a paused Rollout follows its size, but starts nothing that
 * has not started. Selectors and traffic are held by each strategy itself.
 */
import { specReplicasOf } from '../rollout/replica-sets.ts';
import type { SizeDecision } from '../rollout/scale.ts';
import type { Situation } from '../rollout/situation.ts';

/** The new revision has no pods, and gets none while the user pauses. */
export function isHeldBack({ rollout, canary, stable }: Situation): boolean {
  return rollout.spec.paused === true && canary !== stable && specReplicasOf(canary) === 0;
}

/** The decisions without the one that would give a canary its first pods. */
export function heldByPause(situation: Situation, sizes: readonly SizeDecision[]): readonly SizeDecision[] {
  return isHeldBack(situation) ? sizes.filter(({ replicaSet }) => replicaSet !== situation.canary) : sizes;
}
