/**
 * What a user has applied beside the Rollout: Services, Ingresses, and the kinds of Ingresses that get
 * in the way.
 */
import type { JsonObject } from '../../../src/kube/json.ts';
import type { Ingress } from '../../../src/kube/objects.ts';
import { DEPLOYMENTS, INGRESSES, ROLLOUTS, SERVICES } from '../../../src/kube/resources.ts';
import type { Store } from '../cluster/store.ts';
import { DEPLOYMENT, ROLLOUT_NAME, STABLE_SERVICE, type Scenario } from './rollout-spec.ts';

const FOREIGN = { team: 'search' };
export const FOREIGN_CANARY = 'somebody-elses-canary';

export function applyScenario(store: Store, scenario: Scenario): void {
  for (const name of scenario.services) {
    const selector = { app: ROLLOUT_NAME, ...scenario.selectors?.[name] };
    store.create(SERVICES.plural, name, { spec: { selector } }, 'user');
  }
  for (const name of scenario.ingresses) store.create(INGRESSES.plural, name, stableIngress(name), 'user');
  if (scenario.deployment !== undefined)
    store.create(DEPLOYMENTS.plural, DEPLOYMENT, { spec: scenario.deployment }, 'user');
  for (const { resource, name, spec } of scenario.templates ?? [])
    store.create(resource.plural, name, { spec }, 'user');
  store.create(ROLLOUTS.plural, ROLLOUT_NAME, { spec: scenario.spec }, 'user');
}

/** Two paths for us, one for another Service, and rules that a copier stumbles over. */
function stableIngress(name: string): JsonObject {
  return {
    metadata: { annotations: { 'cert-manager.io/issuer': 'letsencrypt' } },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: `${name}.example.com`,
          http: { paths: [path('/', STABLE_SERVICE), path('/api', STABLE_SERVICE), path('/login', 'accounts')] },
        },
        { host: `www.${name}.example.com` },
      ],
    },
  };
}

/** Whether the Ingress is one of {@link foreignCanary}, which no Rollout may touch. */
export function isForeign({ metadata }: Ingress): boolean {
  return metadata.labels?.['team'] === FOREIGN.team;
}

/** A canary of another owner for the same host and path as the stable Ingress of that name. */
export function foreignCanary(stableIngressName: string): JsonObject {
  return {
    metadata: {
      labels: FOREIGN,
      annotations: { 'nginx.ingress.kubernetes.io/canary': 'true', 'nginx.ingress.kubernetes.io/canary-weight': '5' },
    },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host: `${stableIngressName}.example.com`, http: { paths: [path('/', 'experiment')] } }],
    },
  };
}

export function path(prefix: string, service: string): JsonObject {
  return { path: prefix, pathType: 'Prefix', backend: { service: { name: service, port: { number: 80 } } } };
}
