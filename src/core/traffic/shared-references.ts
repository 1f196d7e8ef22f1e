/** Why an object that is shared with people cannot be led through, in the words of every router. */
import type { RolloutWorld } from '../observed/world.ts';
import type { ObjectRef } from './router.ts';
import type { SharedKinds } from './shared-objects.ts';
import type { Sides } from './sides.ts';

/** Of an object that is not in the world: it is not there, or may not be read. */
export function whyMissing(
  { unreadableRouted }: RolloutWorld,
  { component }: SharedKinds,
  { resource: { plural, kind, group }, name }: ObjectRef,
): string {
  const unreadable = unreadableRouted.get(plural);
  return unreadable === undefined
    ? `${kind.toLowerCase()}.${group} "${name}" not found`
    : `${unreadable}; deploy/components/${component} grants it`;
}

/** Of a list with more backends than the two sides, whose weights add up to `sum`. The end of a sentence. */
export function wrongSum({ stable, canary }: Sides, maxWeight: number, sum: number): string {
  return `there the weights of ${stable} and ${canary} must add up to ${maxWeight} or a multiple of it, and not to ${sum}`;
}
