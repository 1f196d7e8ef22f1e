/**
 * What a decision about routes looks at: the routes, and where a Rollout asks for more than every Gateway has, also the
 * Gateways and their classes.
 */
import type { Rollout } from '../../../api/schema/rollout.ts';
import type { Gateway, GatewayClass } from '../../../kube/gateway.ts';
import { splitKey } from '../../../kube/object-key.ts';
import { GATEWAY_CLASSES, GATEWAYS, ROLLOUTS, type Resource } from '../../../kube/resources.ts';
import type { Route } from '../../../kube/route.ts';
import type { Index, Lookup } from '../../observed/lookup.ts';
import { sharedWatch } from '../shared-objects.ts';
import type { RoutedObject, RouterWatch } from '../watch.ts';
import { needsFeatures } from './features.ts';
import { namedRoutesOf, ROUTES } from './observed.ts';
import { isGateway, parentKey } from './parents.ts';

const OF_ROUTES = sharedWatch(ROUTES);

const OF_FEATURES: readonly Resource[] = [GATEWAYS, GATEWAY_CLASSES];

/** Those that ask for more than every Gateway has, under ''. */
const ROLLOUTS_BY_FEATURES: Index<Rollout> = {
  resource: ROLLOUTS,
  name: 'gatewayFeatures',
  valuesOf: (rollout) => (needsFeatures(rollout) ? [''] : []),
};

export const routeWatch: RouterWatch = {
  resources: [...OF_ROUTES.resources, ...OF_FEATURES],
  indexes: [...OF_ROUTES.indexes, ROLLOUTS_BY_FEATURES],

  onDemand(rollout: Rollout): readonly Resource[] {
    return [...(OF_ROUTES.onDemand?.(rollout) ?? []), ...(needsFeatures(rollout) ? OF_FEATURES : [])];
  },

  gather(lookup: Lookup, rollout: Rollout): readonly RoutedObject[] {
    return [...OF_ROUTES.gather(lookup, rollout), ...(needsFeatures(rollout) ? gatewaysOf(lookup, rollout) : [])];
  },

  concernedBy(lookup: Lookup, changed: RoutedObject): readonly Rollout[] {
    const isOfFeatures = OF_FEATURES.some(({ plural }) => plural === changed.resource.plural);
    return isOfFeatures ? lookup.find(ROLLOUTS_BY_FEATURES, '') : OF_ROUTES.concernedBy(lookup, changed);
  },
};

/** The Gateways of the routes that the spec names, and their classes. */
function gatewaysOf(lookup: Lookup, rollout: Rollout): readonly RoutedObject[] {
  const { namespace: own = '' } = rollout.metadata;
  const routes = namedRoutesOf(rollout).flatMap(({ resource, name }) => lookup.get<Route>(resource, own, name) ?? []);
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
