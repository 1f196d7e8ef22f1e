/**
 * The Rollouts that the bench releases: each with its Services and Ingress, and the steps
 * 20 %, a pause for a person, 50 %, a pause. It writes them and patches them; it measures nothing.
 */
import type { ApiClient } from '../testbed/cluster/api-client.ts';

/**
 * Kubernetes looks through all Services of a namespace at every event of a pod: with 8,000 Rollouts in one namespace it
 * spends 300 ms on each new one. Clusters of that size have many.
 */
const NAMESPACES = 100;

export function nameOf(index: number): string {
  return `web-${String(index).padStart(4, '0')}`;
}

/** Of the Rollout of that name, and of what belongs to it. */
export function namespaceOf(name: string): string {
  return `bench-${Number(/\d+$/.exec(name)?.[0] ?? 0) % NAMESPACES}`;
}

/** Of the objects that belong to the Rollout of that name; `group` with its version, such as `apps/v1`. */
export function pathBeside(name: string, group: string, plural: string): string {
  const api = group === 'v1' ? '/api/v1' : `/apis/${group}`;
  return `${api}/namespaces/${namespaceOf(name)}/${plural}`;
}

export function canaryIngressOf(name: string): string {
  return `${name}-${name}-canary`;
}

/** How many requests the bench itself has in flight: enough to keep the server busy, too few to queue up in front of it. */
const IN_FLIGHT = 16;

export interface FleetOptions {
  /** Of each Rollout; one by default. */
  readonly replicas?: number;
  /** Whether they name their node and need no time to stop, as the light kubelet wants it. */
  readonly light?: boolean;
  /** How many former revisions are kept; ten by default, as the API has it. */
  readonly revisions?: number;
}

export async function createFleet(client: ApiClient, size: number, options: FleetOptions = {}): Promise<void> {
  await forAll(NAMESPACES, (index) =>
    client.create('/api/v1/namespaces', { metadata: { name: namespaceOf(nameOf(index)) } }),
  );
  await forAll(size, (index) => createMember(client, nameOf(index), options));
}

async function createMember(client: ApiClient, name: string, options: FleetOptions): Promise<void> {
  for (const { path, body } of membersOf(name, options)) await client.create(path, body);
}

interface Member {
  /** Of the collection. */
  readonly path: string;
  readonly name: string;
  readonly body: unknown;
}

/** What a Rollout of that name is made of, in the order in which it is created: itself last. */
export function membersOf(name: string, options: FleetOptions = {}): readonly Member[] {
  const services = [name, `${name}-canary`];
  const path = pathBeside(name, 'v1', 'services');
  return [
    ...services.map((service) => ({ path, name: service, body: serviceNamed(service, name) })),
    { path: pathBeside(name, 'networking.k8s.io/v1', 'ingresses'), name, body: ingressNamed(name) },
    { path: pathBeside(name, 'argoproj.io/v1alpha1', 'rollouts'), name, body: rolloutNamed(name, options) },
  ];
}

export function setImage(client: ApiClient, name: string, image: string): Promise<unknown> {
  return client.patch(rolloutPath(name), 'merge', { spec: { template: { spec: podSpecOf(image) } } });
}

export function promote(client: ApiClient, name: string): Promise<unknown> {
  return client.patch(`${rolloutPath(name)}/status`, 'merge', { status: { pauseConditions: null } });
}

export function abort(client: ApiClient, name: string): Promise<unknown> {
  return client.patch(`${rolloutPath(name)}/status`, 'merge', { status: { abort: true } });
}

/** Runs `act` for every index, a few at a time. */
export async function forAll(size: number, act: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < size; index = next++) await act(index);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

function rolloutPath(name: string): string {
  return `${pathBeside(name, 'argoproj.io/v1alpha1', 'rollouts')}/${name}`;
}

const LIGHT = { nodeName: 'node-1', terminationGracePeriodSeconds: 0 };

function podSpecOf(image: string) {
  return { containers: [{ name: 'web', image, ports: [{ name: 'http', containerPort: 8080 }] }] };
}

/** Without an address: for each that it gives out the API server goes through all of them, twice. */
function serviceNamed(service: string, app: string): unknown {
  return {
    metadata: { name: service },
    spec: { clusterIP: 'None', selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  };
}

/** Its requests go to the Service. */
export function ingressNamed(name: string, service = name) {
  const backend = { service: { name: service, port: { name: 'http' } } };
  return {
    metadata: { name },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host: `${name}.example.com`, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  };
}

function rolloutNamed(name: string, { replicas = 1, light = false, revisions = 10 }: FleetOptions): unknown {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, labels: { app: name } },
    spec: {
      replicas,
      revisionHistoryLimit: revisions,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { ...podSpecOf('web:1'), ...(light ? LIGHT : {}) },
      },
      strategy: {
        canary: {
          stableService: name,
          canaryService: `${name}-canary`,
          trafficRouting: { nginx: { stableIngress: name } },
          steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { pause: {} }],
        },
      },
    },
  };
}
