/** The controllers of Gateways in the model: each accepts every route as it is, and says so at once. */
import { GRPC_ROUTES, HTTP_ROUTES } from '../../kube/resources.ts';
import type { Route } from '../../kube/route.ts';
import { formatTime } from '../../kube/time.ts';
import type { Store } from './store.ts';

const CONDITIONS = ['Accepted', 'ResolvedRefs'] as const;

export function settleRoutes(store: Store): void {
  for (const resource of [HTTP_ROUTES, GRPC_ROUTES]) {
    for (const route of store.list<Route>(resource)) {
      if (!isReported(route)) store.put(resource, reported(route, store.now));
    }
  }
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
