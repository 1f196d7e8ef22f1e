/**
 * Which router divides the traffic of a Rollout: the registry, and the only place outside the routers
 * that knows their names.
 */
import type { Rollout } from '../../api/rollout.ts';
import { nginxRouter } from './nginx.ts';
import { noRouter } from './none.ts';
import type { Situation } from '../rollout/situation.ts';
import type { Leftovers, LeavesObjects, TrafficRouter } from './router.ts';

export function routerOf(rollout: Rollout): TrafficRouter {
  return rollout.spec.strategy?.canary?.trafficRouting?.nginx === undefined ? noRouter : nginxRouter;
}

/** Every router that writes objects of its own, so that what a former spec left behind is found. */
const routersWithObjects: readonly LeavesObjects[] = [nginxRouter];

/** What is left behind by all of them. */
export function leftoversOf(situation: Situation): Leftovers {
  const all = routersWithObjects.map((router) => router.leftovers(situation));
  const settling = all.flatMap(({ settledAt }) => settledAt ?? []);
  return {
    writes: all.flatMap(({ writes }) => writes),
    settledAt: settling.length === 0 ? null : Math.max(...settling),
  };
}

/** Whether a router that the spec no longer names still sends requests to a canary. */
export function formerRouterCarriesRequests(situation: Situation): boolean {
  return routersWithObjects.some((router) => router.leftoversCarryRequests(situation));
}
