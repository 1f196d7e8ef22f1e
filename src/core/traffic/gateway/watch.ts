/**
 * Which routes a decision looks at, and which Rollouts a change of one concerns.
 */
import type { Rollout } from '../../../api/schema/rollout.ts';
import { ANNOTATIONS } from '../../../api/words/labels.ts';
import { keyOf, keysBeside } from '../../../kube/object-key.ts';
import { ROLLOUTS, type Resource } from '../../../kube/resources.ts';
import type { Route } from '../../../kube/route.ts';
import type { Index, Lookup } from '../../observed/lookup.ts';
import type { RoutedObject, RouterWatch } from '../watch.ts';
import { marksOf } from './mark.ts';
import { namedRoutesOf, ROUTE_RESOURCES, type FoundRoute } from './observed.ts';

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

export const routeWatch: RouterWatch = {
  resources: ROUTE_RESOURCES,
  indexes: [...DIVIDED_BY, ROLLOUTS_BY_ROUTE],
  onDemand: neededResources,

  gather(lookup: Lookup, rollout: Rollout): readonly RoutedObject[] {
    const { namespace = '' } = rollout.metadata;
    const named = namedRoutesOf(rollout).flatMap(({ resource, name }) => {
      const route = lookup.get<Route>(resource, namespace, name);
      return route === undefined ? [] : [{ resource, object: route }];
    });
    return [
      ...named,
      ...dividedBy(lookup, keyOf(rollout)).map(({ resource, route: object }) => ({ resource, object })),
    ];
  },

  concernedBy(lookup: Lookup, { resource, object }: RoutedObject): readonly Rollout[] {
    if (!isRouteResource(resource)) return [];
    const { namespace = '' } = object.metadata;
    return [
      ...lookup.find(ROLLOUTS_BY_ROUTE, `${resource.plural} ${keyOf(object)}`),
      ...Object.keys(marksOf(object)).flatMap((name) => lookup.get<Rollout>(ROLLOUTS, namespace, name) ?? []),
    ];
  },
};

/** The routes that carry a mark of the Rollout with that key, whether or not it exists. */
export function dividedBy(lookup: Lookup, rolloutKey: string): readonly FoundRoute[] {
  return ROUTE_RESOURCES.flatMap((resource, index) => {
    const marked = DIVIDED_BY[index];
    return marked === undefined ? [] : lookup.find(marked, rolloutKey).map((route) => ({ resource, route }));
  });
}

/** The kinds of routes that the spec names, and those that the Rollout has written down. */
function neededResources({ metadata, spec }: Rollout): readonly Resource[] {
  const written = (metadata.annotations?.[ANNOTATIONS.dividedRoutes] ?? '').split(',');
  const named = namedRoutesOf({ metadata, spec });
  return ROUTE_RESOURCES.filter(
    (resource) => written.includes(resource.plural) || named.some((one) => one.resource === resource),
  );
}

function isRouteResource({ plural }: Resource): boolean {
  return ROUTE_RESOURCES.some((one) => one.plural === plural);
}
