/** TraefikServices as a world holds them. */
import { TRAEFIK_SERVICES } from '../../src/kube/resources.ts';
import type { TraefikService, WeightedBackend } from '../../src/kube/traefik-service.ts';
import { NAMESPACE } from './build-world.ts';

export function weightedBackend(name: string, weight?: number, more: object = {}): WeightedBackend {
  return { name, port: 80, ...(weight === undefined ? {} : { weight }), ...more } as WeightedBackend;
}

export const IDLE: readonly WeightedBackend[] = [weightedBackend('web-stable', 100), weightedBackend('web-canary', 0)];

export function traefikService(name: string, services: readonly WeightedBackend[] = IDLE): TraefikService {
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind: TRAEFIK_SERVICES.kind,
    metadata: { name, namespace: NAMESPACE, uid: `uid-traefik-${name}`, resourceVersion: '1', generation: 1 },
    spec: { weighted: { services } },
  };
}
