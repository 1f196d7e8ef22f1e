/**
 * What every test of this suite works in: a namespace of its own, kubectl as a user has it, and waiting for what
 * a user would see. It changes the objects in the namespace through kubectl only; the client beside it just looks,
 * because a process for every look would be slow.
 */
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { inject, test as base } from 'vitest';
import type { AnalysisRun } from '../../src/api/schema/analysis-run.ts';
import type { Experiment } from '../../src/api/schema/experiment.ts';
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { DestinationRule, VirtualService } from '../../src/kube/istio.ts';
import type { Ingress, ReplicaSet, Service } from '../../src/kube/objects.ts';
import type { Route } from '../../src/kube/route.ts';
import type { TraefikService } from '../../src/kube/traefik-service.ts';
import { ApiClient, ApiError } from '../testbed/cluster/api-client.ts';
import { runKubectl, type KubectlResult } from '../testbed/cluster/kubectl.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import type { ClusterAccess } from './global-setup.ts';
import type { EndpointSliceSeen } from './ready-endpoints.ts';
import { ownSceneOf, routeNameOf, sceneOf, shows, type Scene } from './scene.ts';

/**
 * Without it kubectl reads the definitions of the whole API before each change, only to find that those of a Rollout
 * ask for the same patch; that costs as much as all the rest of the command.
 */
const APPLY = ['apply', '--openapi-patch=false'] as const;

/** The kinds that tests look at, by the path of their API. */
const PATHS = {
  rollouts: '/apis/argoproj.io/v1alpha1',
  analysisruns: '/apis/argoproj.io/v1alpha1',
  experiments: '/apis/argoproj.io/v1alpha1',
  replicasets: '/apis/apps/v1',
  deployments: '/apis/apps/v1',
  services: '/api/v1',
  pods: '/api/v1',
  events: '/api/v1',
  ingresses: '/apis/networking.k8s.io/v1',
  httproutes: '/apis/gateway.networking.k8s.io/v1',
  grpcroutes: '/apis/gateway.networking.k8s.io/v1',
  traefikservices: '/apis/traefik.io/v1alpha1',
  virtualservices: '/apis/networking.istio.io/v1beta1',
  destinationrules: '/apis/networking.istio.io/v1beta1',
  endpointslices: '/apis/discovery.k8s.io/v1',
} as const;
export type Plural = keyof typeof PATHS;

export interface PodSeen {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly creationTimestamp?: string;
  };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
}

export interface EventSeen {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  readonly involvedObject: { readonly kind: string; readonly name: string };
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

interface Kinds {
  rollouts: Rollout;
  analysisruns: AnalysisRun;
  experiments: Experiment;
  replicasets: ReplicaSet;
  /** It says about its pods what its ReplicaSets say. */
  deployments: ReplicaSet;
  services: Service;
  pods: PodSeen;
  events: EventSeen;
  ingresses: Ingress;
  httproutes: Route;
  grpcroutes: Route;
  traefikservices: TraefikService;
  virtualservices: VirtualService;
  destinationrules: DestinationRule;
  endpointslices: EndpointSliceSeen;
}

export class Session {
  readonly namespace = `test-${randomBytes(4).toString('hex')}`;
  readonly client: ApiClient;
  readonly #access: ClusterAccess;

  constructor(access: ClusterAccess) {
    this.#access = access;
    this.client = clientOf(access);
  }

  /**
   * The namespace exists when this resolves. It stays until the control plane ends: to remove it with all that could be
   * in it takes more requests than most tests.
   */
  static async open(access: ClusterAccess): Promise<Session> {
    const session = new Session(access);
    const metadata = { name: session.namespace };
    await session.client.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    return session;
  }

  /** Runs kubectl in the namespace and returns what it printed. Throws when it fails. */
  async kubectl(...args: string[]): Promise<string> {
    const result = await this.tryKubectl(args);
    if (result.code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${result.code}: ${result.stderr}`);
    return result.stdout;
  }

  /** The same, but a failure is a result. */
  tryKubectl(args: readonly string[], stdin?: string): Promise<KubectlResult> {
    const { kubectl, kubeconfig, home } = this.#access;
    return runKubectl(kubectl, [`--kubeconfig=${kubeconfig}`, `--namespace=${this.namespace}`, ...args], {
      home,
      cwd: REPOSITORY,
      ...(stdin === undefined ? {} : { stdin }),
    });
  }

  /** `kubectl apply -f -` of these objects. */
  async apply(...objects: readonly object[]): Promise<void> {
    const result = await this.tryKubectl(
      [...APPLY, '-f', '-'],
      objects.map((one) => JSON.stringify(one)).join('\n---\n'),
    );
    if (result.code !== 0) throw new Error(`kubectl apply ended with ${result.code}: ${result.stderr}`);
  }

  /** `kubectl apply -f` of files in examples/. */
  applyExamples(...files: readonly string[]): Promise<string> {
    return this.kubectl(...APPLY, ...files.flatMap((file) => ['-f', join('examples', file)]));
  }

  get<P extends Plural>(plural: P, name: string): Promise<Kinds[P]> {
    return this.client.get(`${this.pathOf(plural)}/${name}`);
  }

  async list<P extends Plural>(plural: P, labelSelector = ''): Promise<readonly Kinds[P][]> {
    const query = labelSelector === '' ? '' : `?labelSelector=${encodeURIComponent(labelSelector)}`;
    return (await this.client.get<{ items: Kinds[P][] }>(`${this.pathOf(plural)}${query}`)).items;
  }

  pathOf(plural: Plural): string {
    return `${PATHS[plural]}/namespaces/${this.namespace}/${plural}`;
  }

  /** Everything about one Rollout at this moment. */
  async look(name: string): Promise<Scene> {
    return this.#lookAround(await this.get('rollouts', name));
  }

  async #lookAround(rollout: Rollout): Promise<Scene> {
    const routeName = routeNameOf(rollout);
    const [replicaSets, services, ingresses, route] = await Promise.all([
      this.list('replicasets'),
      this.list('services'),
      this.list('ingresses'),
      routeName === undefined ? undefined : this.get('httproutes', routeName).catch(ifMissing),
    ]);
    return sceneOf({ rollout, replicaSets, services, ingresses, ...(route === undefined ? {} : { route }) });
  }

  /** Waits until the Rollout shows all of `wanted`, and its spec has been taken in. */
  async until(name: string, wanted: Partial<Scene>): Promise<Scene> {
    const what = `Rollout ${name} to show ${JSON.stringify(wanted)}`;
    const look = async (): Promise<Scene | Partial<Scene>> => {
      const rollout = await this.get('rollouts', name);
      const own = ownSceneOf(rollout);
      // Three more requests are needed to see the rest.
      return shows(own, wanted) ? this.#lookAround(rollout) : own;
    };
    return (await waitFor(look, { what, until: (scene) => 'sizes' in scene && shows(scene, wanted) })) as Scene;
  }

  /**
   * Makes so many more pods of an image ready that were told to stay unready (annotation `serin.test/ready`). It waits
   * for them: a ReplicaSet's status may still count pods of before it was scaled.
   */
  async makeReady(image: string, count: number): Promise<void> {
    const pods = await waitFor(() => this.#unready(image), {
      what: `${count} unready pods of ${image}`,
      until: ({ length }) => length >= count,
    });
    const names = pods.slice(0, count).map(({ metadata }) => metadata.name);
    await this.kubectl('annotate', '--overwrite', 'pod', ...names, 'serin.test/ready=true');
  }

  async #unready(image: string): Promise<readonly PodSeen[]> {
    return (await this.list('pods')).filter(
      ({ metadata, spec }) =>
        metadata.deletionTimestamp === undefined &&
        metadata.annotations?.['serin.test/ready'] === 'false' &&
        spec.containers[0]?.image === image,
    );
  }

  /** What was told about one Rollout until now, oldest first; a repeated event appears once. */
  async events(name: string): Promise<readonly EventSeen[]> {
    await this.eventsWritten();
    return this.#written(name);
  }

  /** Waits until the controller has written what it has told until now: it does so a moment later. */
  async eventsWritten(): Promise<void> {
    await waitFor(async () => !(await this.#tells()), { what: `the events of namespace ${this.namespace}` });
  }

  async #written(name: string): Promise<readonly EventSeen[]> {
    const events = await this.list('events');
    return events
      .filter(({ involvedObject }) => involvedObject.kind === 'Rollout' && involvedObject.name === name)
      .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  /** The last one of that reason; `message`: that says this, because it may not be the first of its reason. */
  async waitForEvent(name: string, reason: string, message = /(?:)/): Promise<EventSeen> {
    const isWanted = (event: EventSeen) => event.reason === reason && message.test(event.message);
    return waitFor(async () => (await this.#written(name)).findLast(isWanted), {
      what: `event ${reason} of Rollout ${name}`,
    });
  }

  /**
   * Waits until nothing happens any more: in two looks the objects are the same, and in between the controller has
   * looked at no Rollout of the namespace. Only then is something that has not happened worth asserting.
   */
  async settled(): Promise<void> {
    let before = '';
    await waitFor(
      async () => {
        const now = `${await this.#versions()} ${await this.#reconciles()}`;
        const same = now === before;
        before = now;
        return same;
      },
      { what: `namespace ${this.namespace} to settle`, intervalMs: 400 },
    );
  }

  async #versions(): Promise<string> {
    const kinds: readonly Plural[] = [
      'rollouts',
      'replicasets',
      'services',
      'pods',
      'events',
      'ingresses',
      'endpointslices',
    ];
    const lists = await Promise.all(
      kinds.map((plural) =>
        this.client.get<{ items: { metadata: { uid: string; resourceVersion: string } }[] }>(this.pathOf(plural)),
      ),
    );
    return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.resourceVersion)).join(' ');
  }

  /**
   * How often the controller has looked at each Rollout of the namespace. While any Rollout waits in its queue or is
   * being worked on, the answer is never the same twice: the Rollout may be one of ours. The same is true while an event
   * of the namespace is still to be written.
   */
  async #reconciles(): Promise<string> {
    const text = await (await fetch(this.#access.metricsUrl)).text();
    const value = (metric: string) => new RegExp(`^${metric}\\{[^}]*\\} (.*)$`, 'm').exec(text)?.[1] ?? '0';
    const busy = value('workqueue_depth') !== '0' || value('workqueue_unfinished_work_seconds') !== '0';
    if (busy || this.#tellsIn(text)) return `busy at ${performance.now()}`;
    const counts = text.matchAll(new RegExp(`^rollout_reconcile_count\\{namespace="${this.namespace}".*$`, 'gm'));
    return [...counts].join('\n');
  }

  /** Whether the controller still has to write an event of the namespace; one that has ended has not. */
  async #tells(): Promise<boolean> {
    const text = await fetch(this.#access.metricsUrl).then(
      (response) => response.text(),
      () => '',
    );
    return this.#tellsIn(text);
  }

  #tellsIn(metrics: string): boolean {
    return metrics.includes(`controller_events_waiting{namespace="${this.namespace}"`);
  }

  /** For a person who has to find out why a test failed. */
  async report(): Promise<string> {
    const { stdout } = await this.tryKubectl(['get', 'rollout,analysisrun,rs,job,pod,svc,ing,event', '-o', 'wide']);
    const status = await this.tryKubectl(['get', 'rollout,analysisrun', '-o', 'yaml']);
    return `${stdout}\n${status.stdout}`;
  }
}

const clients = new Map<string, ApiClient>();

/** One for each control plane: every client has connections of its own. */
function clientOf({ server, ca, token }: ClusterAccess): ApiClient {
  const client = clients.get(server) ?? new ApiClient({ server, ca: Buffer.from(ca), token });
  clients.set(server, client);
  return client;
}

/** A test with a session in the shared cluster, that shares something else with the other tests of its file. */
export const oneByOne = base.extend<{ session: Session }>({
  session: async ({ onTestFailed }, use) => {
    const session = await Session.open(inject('sharedCluster'));
    onTestFailed(async () => console.error(await session.report()));
    await use(session);
  },
});

/** What happens in other namespaces does not concern a session, so these tests run side by side, as the files do. */
export const test = oneByOne.concurrent;

function ifMissing(error: unknown): undefined {
  if (!(error instanceof ApiError) || error.status !== 404) throw error;
}
