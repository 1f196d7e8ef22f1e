/** Routes of the Gateway API as a world holds them. */
import type { RolloutWorld } from '../../src/core/observed/world.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { GATEWAY_CLASSES, GATEWAYS, GRPC_ROUTES, HTTP_ROUTES } from '../../src/kube/resources.ts';
import type { Route, RouteRule } from '../../src/kube/route.ts';
import { NAMESPACE } from './build-world.ts';

const TRAEFIK = 'traefik.io/gateway-controller';

/** A rule that names both Services of the world, with these weights. */
export function dividedRule(stable = 100, canary = 0, more: Partial<RouteRule> = {}): RouteRule {
  return {
    matches: [{ path: { type: 'PathPrefix', value: '/' } }],
    backendRefs: [backend('web-stable', stable), backend('web-canary', canary)],
    ...more,
  };
}

export function backend(name: string, weight = 1) {
  return { group: '', kind: 'Service', name, port: 80, weight };
}

/** Accepted by one Gateway as it is. */
export function httpRoute(name: string, fields: Partial<Route> = {}): Route {
  return accepted({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: HTTP_ROUTES.kind,
    metadata: { name, namespace: NAMESPACE, uid: `uid-route-${name}`, resourceVersion: '1', generation: 1 },
    spec: { parentRefs: [{ name: 'edge' }], rules: [dividedRule()] },
    ...fields,
  });
}

export function grpcRoute(name: string, fields: Partial<Route> = {}): Route {
  return httpRoute(name, { kind: GRPC_ROUTES.kind, ...fields });
}

/** The route once the controller of its Gateways has accepted it as it is. */
export function accepted(route: Route, controllerName = TRAEFIK): Route {
  const observedGeneration = route.metadata.generation ?? 0;
  const condition = (type: string) => ({ type, status: 'True', reason: type, message: '', observedGeneration });
  const conditions = [condition('Accepted'), condition('ResolvedRefs')];
  const parents = (route.spec?.parentRefs ?? []).map((parentRef) => ({ parentRef, controllerName, conditions }));
  return { ...route, status: { parents } };
}

/** The world with a Gateway `edge` whose class lists these features; `null`: it has no list. */
export function withGateway(
  world: RolloutWorld,
  features: readonly (string | { name: string })[] | null,
): RolloutWorld {
  const identity = { uid: 'uid-edge', resourceVersion: '1' };
  const gateway = {
    metadata: { namespace: NAMESPACE, name: 'edge', ...identity },
    spec: { gatewayClassName: 'played' },
  } as KubeObject;
  const status = features === null ? {} : { supportedFeatures: features };
  const gatewayClass = { metadata: { name: 'played', ...identity }, status } as KubeObject;
  return {
    ...world,
    routed: new Map([
      ...world.routed,
      [GATEWAYS.plural, new Map([[`${NAMESPACE}/edge`, gateway]])],
      [GATEWAY_CLASSES.plural, new Map([['played', gatewayClass]])],
    ]),
  };
}
