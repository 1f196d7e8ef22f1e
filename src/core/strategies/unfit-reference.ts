/** Whether the Services and the objects of the router that a Rollout names exist, and belong to no other Rollout. */
import { missingService, unfitService } from '../../api/validation/services.ts';
import type { FieldError } from '../../api/words/field-error.ts';
import type { RolloutWorld } from '../observed/world.ts';
import { routerOf } from '../traffic/routers.ts';

/** The first object that the spec refers to and that is missing or does not fit; `null` when all do. A missing one is reported before an unfitting one. */
export function unfitReference(world: RolloutWorld): FieldError | null {
  const { rollout, services } = world;
  const router = routerOf(rollout);
  return (
    missingService(rollout, services) ??
    router.missingReference(world) ??
    unfitService(rollout, services) ??
    router.unfitReference(world)
  );
}
