/**
 * What `spec.paused` does to sizes (spec 5.10): a paused Rollout follows its size, but starts nothing that
 * has not started. Selectors and traffic are held by each strategy itself.
 */
import { specReplicasOf } from '../rollout/replica-sets.ts';
import type { SizeDecision } from '../rollout/scale.ts';
import type { Situation } from '../rollout/situation.ts';

/** The decisions without the one that would give a canary its first pods. */
export function heldByPause(situation: Situation, sizes: readonly SizeDecision[]): readonly SizeDecision[] {
  if (situation.rollout.spec.paused !== true) return sizes;
  return sizes.filter(
    (one) =>
      !(
        one.replicaSet === situation.canary &&
        situation.canary !== situation.stable &&
        specReplicasOf(one.replicaSet) === 0
      ),
  );
}
