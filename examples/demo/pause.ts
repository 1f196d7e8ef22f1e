/** The pauses that a person ends, as the demo sees them. */
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { RolloutView } from '../../src/core/view/view.ts';

/**
 * Whether the rollout is paused until a person promotes it, and its weight is seen as well. The Rollout and its Ingress
 * are watched separately: a pause can be seen before the weight that the step before it has set.
 */
export function waitsForPromotion(view: RolloutView, rollout: Rollout | null): boolean {
  if (view.phase !== 'Paused' || view.waitsFor?.needsPerson !== true) return false;
  const reported = rollout?.status?.canary?.weights?.canary.weight;
  return reported === undefined || reported === view.weight?.highest;
}

/** Of the step that the rollout is at; -1 at none. */
export function positionOf({ steps }: RolloutView): number {
  return steps.findIndex(({ state }) => state === 'current');
}
