/** Objects of Istio as a world holds them. */
import { DESTINATION_RULES, VIRTUAL_SERVICES } from '../../src/kube/resources.ts';
import type { DestinationRule, HttpRoute, RouteDestination, Subset, VirtualService } from '../../src/kube/istio.ts';
import { NAMESPACE } from './build-world.ts';

/** `host` may name a subset: `web:canary`. */
export function destination(host: string, weight?: number, more: object = {}): RouteDestination {
  const [name = '', subset] = host.split(':');
  return {
    destination: { host: name, ...(subset === undefined ? {} : { subset }) },
    ...(weight === undefined ? {} : { weight }),
    ...more,
  };
}

/** A route that leads to both Services of the world, with these weights. */
export function dividedRoute(stable = 100, canary = 0, more: Partial<HttpRoute> = {}): HttpRoute {
  return { name: 'primary', route: [destination('web-stable', stable), destination('web-canary', canary)], ...more };
}

export function virtualService(name: string, ...http: readonly HttpRoute[]): VirtualService {
  return {
    apiVersion: 'networking.istio.io/v1beta1',
    kind: VIRTUAL_SERVICES.kind,
    metadata: { name, namespace: NAMESPACE, uid: `uid-virtual-${name}`, resourceVersion: '1', generation: 1 },
    spec: { http: http.length === 0 ? [dividedRoute()] : http },
  };
}

export function destinationRule(name: string, host: string, subsets: readonly Subset[]): DestinationRule {
  return {
    apiVersion: 'networking.istio.io/v1beta1',
    kind: DESTINATION_RULES.kind,
    metadata: { name, namespace: NAMESPACE, uid: `uid-rule-${name}`, resourceVersion: '1', generation: 1 },
    spec: { host, subsets },
  };
}
