/** The objects that lead to the two Services of a pulse: Ingresses, or a route of a Gateway. */
import type { ApiClient } from '../cluster/api-client.ts';
import { GATEWAY } from './gateway.ts';
import { UNCHECKED } from './proxy.ts';

export const PULSE_PORT = { name: 'http', port: 80 } as const;

const HEADER = 'X-Pulse';
const INGRESSES = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';
const ROUTES = '/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes';
const ANNOTATION = 'nginx.ingress.kubernetes.io/canary';

/** Names are its own, so that an Ingress and a Gateway can have a pulse in one cluster. */
export interface PulseRouting {
  readonly host: string;
  readonly header: string;
  /** Names of the Services. */
  readonly stable: string;
  readonly canary: string;
  /** A request whose header matches the pattern goes to the canary, all others to stable. */
  create(pattern: string): Promise<void>;
  /** From this write on it is another pattern. */
  accept(pattern: string): Promise<void>;
}

export function pulseByIngresses(client: ApiClient): PulseRouting {
  const names = namesOf('pulse');
  const specOf = (service: string): object => {
    const backend = { service: { name: service, port: { name: PULSE_PORT.name } } };
    const paths = [{ path: '/', pathType: 'Prefix', backend }];
    return { ingressClassName: 'nginx', rules: [{ host: names.host, http: { paths } }] };
  };
  const annotationsOf = (pattern: string): Readonly<Record<string, string>> => ({
    [ANNOTATION]: 'true',
    [`${ANNOTATION}-by-header`]: HEADER,
    [`${ANNOTATION}-by-header-pattern`]: pattern,
  });
  return {
    ...names,
    async create(pattern) {
      const labels = { [UNCHECKED]: '' };
      await client.create(INGRESSES, { metadata: { name: names.stable, labels }, spec: specOf(names.stable) });
      const metadata = { name: names.canary, labels, annotations: annotationsOf(pattern) };
      await client.create(INGRESSES, { metadata, spec: specOf(names.canary) });
    },
    async accept(pattern) {
      await client.patch(`${INGRESSES}/${names.canary}`, 'merge', {
        metadata: { annotations: annotationsOf(pattern) },
      });
    },
  };
}

export function pulseByRoute(client: ApiClient): PulseRouting {
  const names = namesOf('pulse-route');
  const rulesOf = (pattern: string): readonly object[] => [
    {
      matches: [{ headers: [{ type: 'RegularExpression', name: HEADER, value: pattern }] }],
      backendRefs: [{ name: names.canary, port: PULSE_PORT.port }],
    },
    { backendRefs: [{ name: names.stable, port: PULSE_PORT.port }] },
  ];
  return {
    ...names,
    async create(pattern) {
      await client.create(ROUTES, {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { name: names.stable },
        spec: { parentRefs: [GATEWAY], hostnames: [names.host], rules: rulesOf(pattern) },
      });
    },
    async accept(pattern) {
      await client.patch(`${ROUTES}/${names.stable}`, 'merge', { spec: { rules: rulesOf(pattern) } });
    },
  };
}

function namesOf(name: string): Pick<PulseRouting, 'host' | 'header' | 'stable' | 'canary'> {
  return { host: `${name}.serin.test`, header: HEADER, stable: name, canary: `${name}-canary` };
}
