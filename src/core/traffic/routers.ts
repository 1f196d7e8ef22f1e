/**
 * Which router divides the traffic of a Rollout: the registry, and the only place outside the routers
 * that knows their names.
 */
import { asksForGatewayApi } from '../../api/schema/gateway-api.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import type { TrafficRouting } from '../../api/schema/traffic-routing.ts';
import { firstErrorOf, type FieldError } from '../../api/words/field-error.ts';
import { keyOf, objectKey } from '../../kube/object-key.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { onceFor } from '../../kube/once-for.ts';
import type { Write } from '../../kube/plan.ts';
import { GATEWAYS, type Resource } from '../../kube/resources.ts';
import { gatewayRouter } from './gateway/router.ts';
import { istioRouter } from './istio/router.ts';
import { PROXY_KINDS } from './nginx/proxy-kinds.ts';
import { nginxRouter } from './nginx/router.ts';
import { shownSettledAt, wantedOfProxies } from './nginx/wanted.ts';
import { noRouter } from './none.ts';
import type { ProxyKind, ProxyWait } from './proxy-kind.ts';
import { propagationTime } from './propagation.ts';
import { sideBySide } from './side-by-side.ts';
import { traefikRouter } from './traefik/router.ts';
import type { Index, Lookup } from '../observed/lookup.ts';
import { specReplicasOf } from '../observed/replica-sets.ts';
import type { Situation } from '../observed/situation.ts';
import type { RolloutWorld, RoutedObjects } from '../observed/world.ts';
import type { Leftover, ObservedSplit, SharedByRouter, ShownRoute, TrafficRouter, WrittenField } from './router.ts';
import type { RolloutName } from './shared-edit.ts';
import { unleavableKind } from './shared-leftovers.ts';
import { heldKinds, keysOfMarks, markedWith } from './shared-objects.ts';
import type { RoutedObject } from './watch.ts';

/** Every router that writes anything, and whether a spec asks for it. */
const CHOICES: readonly (readonly [TrafficRouter, (routing: TrafficRouting) => boolean])[] = [
  [nginxRouter, ({ nginx }) => nginx !== undefined],
  [gatewayRouter, asksForGatewayApi],
  [istioRouter, ({ istio }) => istio !== undefined],
  [traefikRouter, ({ traefik }) => traefik !== undefined],
];
const ROUTERS: readonly TrafficRouter[] = CHOICES.map(([router]) => router);

export function routerOf({ spec }: Rollout): TrafficRouter {
  const routing = spec.strategy?.canary?.trafficRouting;
  return routing === undefined ? noRouter : routerFor(routing);
}

const routerFor = onceFor((routing: TrafficRouting): TrafficRouter => {
  const asked = CHOICES.filter(([, isAskedFor]) => isAskedFor(routing)).map(([router]) => router);
  const [router = noRouter] = asked;
  return asked.length > 1 ? sideBySide(asked) : router;
});

const SHARED: readonly SharedByRouter[] = ROUTERS.flatMap(({ shared }) => shared ?? []);

/** What is watched for the routers. */
export const WATCHED: readonly Resource[] = ROUTERS.flatMap(({ watch }) => watch.resources);

/** What of it is watched from the start. */
export const ALWAYS_WATCHED: readonly Resource[] = ROUTERS.flatMap(({ watch }) =>
  watch.onDemand === undefined ? watch.resources : [],
);

/** What else has to be watched before a decision about the Rollout. */
export function watchedFor(rollout: Rollout): readonly Resource[] {
  return ROUTERS.flatMap(({ watch }) => watch.onDemand?.(rollout) ?? []);
}

/** Of that, the kinds that carry its split: what people are shown. */
export function routesFor(rollout: Rollout): readonly Resource[] {
  return watchedFor(rollout).filter(isOutliving);
}

/** The indexes for what is watched, and for the Rollouts that it concerns. */
export const ROUTED_INDEXES: readonly Index<never>[] = ROUTERS.flatMap(({ watch }) => watch.indexes);

/** What the world of a Rollout holds for the routers. */
export function gatherRouted(lookup: Lookup, rollout: Rollout): RoutedObjects {
  const routed = new Map<string, Map<string, KubeObject>>();
  for (const { resource, object } of ROUTERS.flatMap(({ watch }) => watch.gather(lookup, rollout))) {
    const ofResource = routed.get(resource.plural) ?? new Map<string, KubeObject>();
    routed.set(resource.plural, ofResource.set(keyInWorld(resource, object), object));
  }
  return routed;
}

/** Under which key a world holds an object of a router: its name, or where it may be of any namespace, that too. */
export function keyInWorld({ plural }: Pick<Resource, 'plural'>, object: KubeObject): string {
  return plural === GATEWAYS.plural ? keyOf(object) : object.metadata.name;
}

/** By the plurals of what the Rollout needs and may not be read: why. */
export function unreadableRouted(lookup: Lookup, rollout: Rollout): ReadonlyMap<string, string> {
  return new Map(
    watchedFor(rollout).flatMap((resource) => {
      const unreadable = lookup.unreadable(resource);
      return unreadable === null ? [] : [[resource.plural, unreadable.why] as const];
    }),
  );
}

/** What the cluster shows of the split with whichever router, what a former spec has left included. */
export function observedSplit(situation: Situation): ObservedSplit {
  const router = routerOf(situation.rollout);
  const { lowestWeight, highestWeight } = router.observe(situation);
  if (!router.routes) return { lowestWeight, highestWeight };
  const left = leftoversOf(situation).map(({ weight }) => weight);
  return { lowestWeight, highestWeight: Math.max(highestWeight, ...left) };
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

/** What a former spec has led through and may not be read; `null` when all of it can be left. */
export function unleavable(world: RolloutWorld): FieldError | null {
  return firstErrorOf(SHARED, ({ kinds }) => unleavableKind(world, kinds));
}

/** Keys of Rollouts that have written into the object, whether or not they exist: it outlives them. */
export function keysOfWriters({ resource, object }: RoutedObject): readonly string[] {
  return isOutliving(resource) ? keysOfMarks(object) : [];
}

/** Resources that outlive a Rollout with what it has written there, and that are not watched from the start. */
export const OUTLIVING: readonly Resource[] = SHARED.flatMap(({ kinds }) => kinds.resources);

function isOutliving({ plural }: Resource): boolean {
  return OUTLIVING.some((one) => one.plural === plural);
}

/** The writes that take a Rollout that is gone out of objects which outlive it. */
export function departures(lookup: Lookup, rollout: RolloutName): readonly Write[] {
  const key = objectKey(rollout.namespace, rollout.name);
  return SHARED.flatMap((shared) =>
    markedWith(lookup, shared.kinds.resources, key).flatMap((found) => shared.departure(rollout, found) ?? []),
  );
}

/** The resources that are watched on demand and that hold something of the Rollout, or are about to. */
export function heldResources(situation: Situation): readonly Resource[] {
  return SHARED.flatMap(({ kinds }) => heldKinds(situation, kinds));
}

/** The proxies that can be asked, by the name of their kind. */
export const ASKABLE_PROXIES: ReadonlyMap<string, ProxyKind> = new Map(PROXY_KINDS.map((kind) => [kind.name, kind]));

/** What a Rollout waits for that its proxies can be asked for; `null` when it waits for no proxy, or must not ask. */
export function proxyWaitOf(situation: Situation): ProxyWait | null {
  // Only a revision that is to lose all of its pods can lose them earlier.
  if (!situation.retired.some((one) => specReplicasOf(one) > 0)) return null;
  // Beside routes the wait lasts as long as theirs.
  if (routerOf(situation.rollout) !== nginxRouter) return null;
  const until = nginxRouter.settledAt(situation);
  if (until === null || until <= situation.now) return null;
  const wanted = wantedOfProxies(situation);
  return wanted === null ? null : { wanted, until };
}

/**
 * When a revision that no request is sent to any more may lose all of its pods, in milliseconds since the epoch; `null`
 * when nothing is on its way. Never later than `settledAt` of the router: proxies that were asked may have shown earlier
 * that they act on the split (ADR 29). Pods of a revision that keeps others still get requests until a proxy hears of
 * their end, and a proxy that has just acted on something hears of that late: they have to wait for `settledAt`.
 */
export function removableAt(situation: Situation): number | null {
  const router = routerOf(situation.rollout);
  const known = router.settledAt(situation);
  if (known === null || router !== nginxRouter) return known;
  return Math.min(known, shownSettledAt(situation) ?? Number.POSITIVE_INFINITY);
}
