/**
 * Which router divides the traffic of a Rollout: the registry, and the only place outside the routers
 * that knows their names.
 */
import type { Rollout } from '../../api/rollout.ts';
import { nginxRouter } from './nginx.ts';
import { noRouter } from './none.ts';
import type { TrafficRouter } from './router.ts';

export function routerOf(rollout: Rollout): TrafficRouter {
  return rollout.spec.strategy?.canary?.trafficRouting?.nginx === undefined ? noRouter : nginxRouter;
}

/** Every router that writes objects of its own, so that what a former spec left behind is found. */
export const routersWithObjects: readonly Pick<typeof nginxRouter, 'leftovers'>[] = [nginxRouter];
