/** Whether the Services and the objects of the router that a Rollout names exist, and belong to no other Rollout. */
import { missingServices, unfitServices } from '../../api/validation/services.ts';
import { firstOf, type FieldError } from '../../api/words/field-error.ts';
import type { RolloutWorld } from '../observed/world.ts';
import { routerOf } from '../traffic/routers.ts';

/** What the spec refers to by name and is not there. */
export function* missingReferences(world: RolloutWorld): Iterable<FieldError> {
  yield* missingServices(world.rollout, world.services);
  yield* routerOf(world.rollout).missingReferences(world);
}

/** What the spec refers to and is there, and does not fit. */
export function* unfitReferences(world: RolloutWorld): Iterable<FieldError> {
  yield* unfitServices(world.rollout, world.services);
  yield* routerOf(world.rollout).unfitReferences(world);
}

/** The first object that the spec refers to and that is missing or does not fit; `null` when all do. A missing one is reported before an unfitting one. */
export function unfitReference(world: RolloutWorld): FieldError | null {
  return firstOf(missingReferences(world)) ?? firstOf(unfitReferences(world));
}
