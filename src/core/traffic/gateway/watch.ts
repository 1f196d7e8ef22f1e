/**
 * Which routes a decision looks at, and which Rollouts a change of one concerns.
 */
import type { Rollout } from '../../../api/schema/rollout.ts';
import type { Gateway, GatewayClass } from '../../../kube/gateway.ts';
import { keyOf, keysBeside, splitKey } from '../../../kube/object-key.ts';
import { GATEWAY_CLASSES, GATEWAYS, ROLLOUTS, type Resource } from '../../../kube/resources.ts';
import type { Route } from '../../../kube/route.ts';
import type { Index, Lookup } from '../../observed/lookup.ts';
import type { RoutedObject, RouterWatch } from '../watch.ts';
import { needsFeatures } from './features.ts';
import { marksOf } from '../mark.ts';
import { namedRoutesOf, ROUTE_RESOURCES, writtenKinds, type FoundRoute } from './observed.ts';
import { isGateway, parentKey } from './parents.ts';

/** By the keys of the Rollouts that have divided it. */
const DIVIDED_BY: readonly Index<Route>[] = ROUTE_RESOURCES.map((resource) => ({
  resource,
  name: 'dividedBy',
  valuesOf: (route) => keysBeside(route, Object.keys(marksOf(route))),
}));

/** By kind and key of a route that the spec names. */
const ROLLOUTS_BY_ROUTE: Index<Rollout> = {
  resource: ROLLOUTS,
  name: 'route',
  valuesOf: (rollout) =>
    namedRoutesOf(rollout).flatMap(({ resource, name }) =>
      keysBeside(rollout, [name]).map((key) => `${resource.plural} ${key}`),
    ),
};

/** Those that ask for more than every Gateway has, under ''. */
const ROLLOUTS_BY_FEATURES: Index<Rollout> = {
  resource: ROLLOUTS,
  name: 'gatewayFeatures',
  valuesOf: (rollout) => (needsFeatures(rollout) ? [''] : []),
};

export const routeWatch: RouterWatch = {
  resources: [...ROUTE_RESOURCES, GATEWAYS, GATEWAY_CLASSES],
  indexes: [...DIVIDED_BY, ROLLOUTS_BY_ROUTE, ROLLOUTS_BY_FEATURES],
  onDemand: neededResources,

  gather(lookup: Lookup, rollout: Rollout): readonly RoutedObject[] {
    const { namespace = '' } = rollout.metadata;
    const named = namedRoutesOf(rollout).flatMap(({ resource, name }) => {
      const route = lookup.get<Route>(resource, namespace, name);
      return route === undefined ? [] : [{ resource, object: route }];
    });
    const routes = named.map(({ object }) => object);
    return [
      ...named,
      ...(needsFeatures(rollout) ? gatewaysOf(lookup, routes) : []),
      ...dividedBy(lookup, keyOf(rollout)).map(({ resource, route: object }) => ({ resource, object })),
    ];
  },

  concernedBy(lookup: Lookup, { resource, object }: RoutedObject): readonly Rollout[] {
    if (resource.plural === GATEWAYS.plural || resource.plural === GATEWAY_CLASSES.plural)
      return lookup.find(ROLLOUTS_BY_FEATURES, '');
    if (!isRouteResource(resource)) return [];
    const { namespace = '' } = object.metadata;
    return [
      ...lookup.find(ROLLOUTS_BY_ROUTE, `${resource.plural} ${keyOf(object)}`),
      ...Object.keys(marksOf(object)).flatMap((name) => lookup.get<Rollout>(ROLLOUTS, namespace, name) ?? []),
    ];
  },
};

/** Keys of the Rollouts that have divided the object if it is a route, whether or not they exist. */
export function keysOfMarks({ resource, object }: RoutedObject): readonly string[] {
  return isRouteResource(resource) ? keysBeside(object, Object.keys(marksOf(object))) : [];
}

/** The routes that carry a mark of the Rollout with that key, whether or not it exists. */
export function dividedBy(lookup: Lookup, rolloutKey: string): readonly FoundRoute[] {
  return ROUTE_RESOURCES.flatMap((resource, index) => {
    const marked = DIVIDED_BY[index];
    return marked === undefined ? [] : lookup.find(marked, rolloutKey).map((route) => ({ resource, route }));
  });
}

/** The Gateways of the routes, and their classes. */
function gatewaysOf(lookup: Lookup, routes: readonly Route[]): readonly RoutedObject[] {
  const keys = new Set(
    routes.flatMap((route) => (route.spec?.parentRefs ?? []).filter(isGateway).map((one) => parentKey(route, one))),
  );
  const gateways = [...keys].flatMap((key) => {
    const { namespace, name } = splitKey(key);
    return lookup.get<Gateway>(GATEWAYS, namespace, name) ?? [];
  });
  const names = new Set(gateways.map(({ spec }) => spec?.gatewayClassName ?? ''));
  const classes = [...names].flatMap((name) => lookup.get<GatewayClass>(GATEWAY_CLASSES, '', name) ?? []);
  return [
    ...gateways.map((object) => ({ resource: GATEWAYS, object })),
    ...classes.map((object) => ({ resource: GATEWAY_CLASSES, object })),
  ];
}

/**
 * The kinds of routes that the spec names, and those that the Rollout has written down; Gateways where it asks for more
 * than all of them have.
 */
function neededResources({ metadata, spec }: Rollout): readonly Resource[] {
  const written = writtenKinds({ metadata, spec });
  const named = namedRoutesOf({ metadata, spec });
  const routes = ROUTE_RESOURCES.filter(
    (resource) => written.includes(resource.plural) || named.some((one) => one.resource === resource),
  );
  return needsFeatures({ metadata, spec }) ? [...routes, GATEWAYS, GATEWAY_CLASSES] : routes;
}

function isRouteResource({ plural }: Resource): boolean {
  return ROUTE_RESOURCES.some((one) => one.plural === plural);
}
