/**
 * Which router divides the traffic of a Rollout: the registry, and the only place outside the routers
 * that knows their names.
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { nginxRouter } from './nginx/router.ts';
import { noRouter } from './none.ts';
import { propagationTime } from './propagation.ts';
import type { Index, Lookup } from '../observed/lookup.ts';
import type { Situation } from '../observed/situation.ts';
import type { RoutedObjects } from '../observed/world.ts';
import type { Leftover, ShownRoute, TrafficRouter, WrittenField } from './router.ts';
import type { RoutedObject } from './watch.ts';

export function routerOf(rollout: Rollout): TrafficRouter {
  return rollout.spec.strategy?.canary?.trafficRouting?.nginx === undefined ? noRouter : nginxRouter;
}

/** Every router that writes anything. */
const ROUTERS: readonly TrafficRouter[] = [nginxRouter];

/** What is watched for the routers. */
export const WATCHED: readonly Resource[] = ROUTERS.flatMap(({ watch }) => watch.resources);

/** The indexes for what is watched, and for the Rollouts that it concerns. */
export const ROUTED_INDEXES: readonly Index<never>[] = ROUTERS.flatMap(({ watch }) => watch.indexes);

/** What the world of a Rollout holds for the routers. */
export function gatherRouted(lookup: Lookup, rollout: Rollout): RoutedObjects {
  const routed = new Map<string, Map<string, KubeObject>>();
  for (const { resource, object } of ROUTERS.flatMap(({ watch }) => watch.gather(lookup, rollout))) {
    const ofResource = routed.get(resource.plural) ?? new Map<string, KubeObject>();
    routed.set(resource.plural, ofResource.set(object.metadata.name, object));
  }
  return routed;
}

/** The Rollouts that a change of what is watched concerns, beside the one that controls it. */
export function rolloutsConcernedBy(lookup: Lookup, changed: RoutedObject): readonly Rollout[] {
  return ROUTERS.flatMap(({ watch }) => watch.concernedBy(lookup, changed));
}

/** Where no router leads to the Services: each node acts on a change of endpoints within a second or two. */
const ENDPOINTS_MS = 5_000;

/** The longest time until every proxy that is known of sends requests where the Rollout's Services lead by now, in milliseconds. */
export function longestPropagationMs(situation: Situation): number {
  const times = ROUTERS.map((router) => router.propagationMs(situation));
  return Math.max(propagationTime(situation, ENDPOINTS_MS), ...times);
}

/** The objects that carry the split, with whichever router. */
export function shownRoutes(situation: Situation): readonly ShownRoute[] {
  return ROUTERS.flatMap((router) => router.shown(situation));
}

/** The fields that the router of the spec writes. */
export function writtenFields(situation: Situation): readonly WrittenField[] {
  return routerOf(situation.rollout).written(situation);
}

/** What a former spec has left, with whichever router. */
export function leftoversOf(situation: Situation): readonly Leftover[] {
  return ROUTERS.flatMap((router) => router.leftovers(situation));
}

/** Whether a router that the spec no longer names still sends requests to a canary. */
export function formerRouterCarriesRequests(situation: Situation): boolean {
  return leftoversOf(situation).some(({ leadsRequests }) => leadsRequests);
}
