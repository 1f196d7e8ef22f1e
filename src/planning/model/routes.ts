/**
 * The controllers of Gateways in the model: each accepts every route as it is, and says so at once. Which features a real
 * Gateway has is for its controller to say, and few people may read that: here each has all of them.
 */
import { FEATURES } from '../../core/traffic/gateway/features.ts';
import { isGateway, parentKey } from '../../core/traffic/gateway/parents.ts';
import { splitKey } from '../../kube/object-key.ts';
import { GATEWAY_CLASSES, GATEWAYS, GRPC_ROUTES, HTTP_ROUTES } from '../../kube/resources.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Route } from '../../kube/route.ts';
import { formatTime } from '../../kube/time.ts';
import type { Store } from './store.ts';

const CLASS = 'of-the-model';
const CONDITIONS = ['Accepted', 'ResolvedRefs'] as const;

export function settleRoutes(store: Store): void {
  for (const resource of [HTTP_ROUTES, GRPC_ROUTES]) {
    for (const route of store.list<Route>(resource)) {
      for (const parent of (route.spec?.parentRefs ?? []).filter(isGateway))
        provideGateway(store, parentKey(route, parent));
      if (!isReported(route)) store.put(resource, reported(route, store.now));
    }
  }
}

function provideGateway(store: Store, key: string): void {
  const { namespace, name } = splitKey(key);
  if (store.get(GATEWAYS, name) !== undefined) return;
  const identity = { uid: `model-${key}`, resourceVersion: '0' };
  store.put(GATEWAYS, { metadata: { namespace, name, ...identity }, spec: { gatewayClassName: CLASS } } as KubeObject);
  const supportedFeatures = FEATURES.map((feature) => ({ name: feature }));
  store.put(GATEWAY_CLASSES, { metadata: { name: CLASS, ...identity }, status: { supportedFeatures } } as KubeObject);
}

/** A route that a real controller has refused as it is stays refused. */
function isReported({ metadata: { generation = 0 }, spec, status }: Route): boolean {
  const parents = status?.parents ?? [];
  const conditions = parents.flatMap((parent) => parent.conditions ?? []);
  return (
    parents.length >= (spec?.parentRefs ?? []).length &&
    conditions.every(({ observedGeneration = 0 }) => observedGeneration >= generation)
  );
}

function reported(route: Route, now: number): Route {
  const { generation: observedGeneration = 0 } = route.metadata;
  const conditions = CONDITIONS.map((type) => ({ type, status: 'True', reason: type, observedGeneration }));
  const [first] = route.status?.parents ?? [];
  const controller = first?.controllerName === undefined ? {} : { controllerName: first.controllerName };
  const parents = (route.spec?.parentRefs ?? []).map((parentRef) => ({ parentRef, ...controller, conditions }));
  const managedFields = [{ time: formatTime(now), subresource: 'status' }];
  return { ...route, metadata: { ...route.metadata, managedFields } as Route['metadata'], status: { parents } };
}
