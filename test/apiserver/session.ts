/**
 * What every test of this suite works in: a namespace of its own, kubectl as a user has it, and waiting for what
 * a user would see. It changes the cluster through kubectl only; the client beside it just looks, because a
 * process for every look would be slow.
 */
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { inject, test as base } from 'vitest';
import type { Rollout } from '../../src/api/rollout.ts';
import type { Ingress, ReplicaSet, Service } from '../../src/kube/objects.ts';
import { ApiClient } from '../cluster/api-client.ts';
import { runKubectl, type KubectlResult } from '../cluster/kubectl.ts';
import { REPOSITORY } from '../cluster/repository.ts';
import { waitFor } from '../cluster/wait.ts';
import type { ClusterAccess } from './global-setup.ts';
import type { EndpointSliceSeen } from './ready-endpoints.ts';
import { sceneOf, shows, type Scene } from './scene.ts';

/** The kinds that tests look at, by the path of their API. */
const PATHS = {
  rollouts: '/apis/argoproj.io/v1alpha1',
  replicasets: '/apis/apps/v1',
  deployments: '/apis/apps/v1',
  services: '/api/v1',
  pods: '/api/v1',
  events: '/api/v1',
  ingresses: '/apis/networking.k8s.io/v1',
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
  replicasets: ReplicaSet;
  /** It says about its pods what its ReplicaSets say. */
  deployments: ReplicaSet;
  services: Service;
  pods: PodSeen;
  events: EventSeen;
  ingresses: Ingress;
  endpointslices: EndpointSliceSeen;
}

export class Session {
  readonly namespace = `test-${randomBytes(4).toString('hex')}`;
  readonly client: ApiClient;
  readonly #access: ClusterAccess;

  constructor(access: ClusterAccess) {
    this.#access = access;
    this.client = new ApiClient({ server: access.server, ca: Buffer.from(access.ca), token: access.token });
  }

  /** The namespace exists when this resolves. */
  static async open(access: ClusterAccess): Promise<Session> {
    const session = new Session(access);
    await session.kubectl('create', 'namespace', session.namespace);
    return session;
  }

  /** The namespace goes, without being waited for. */
  async close(): Promise<void> {
    await this.client.delete(`/api/v1/namespaces/${this.namespace}`);
    this.client.close();
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
      ['apply', '-f', '-'],
      objects.map((one) => JSON.stringify(one)).join('\n---\n'),
    );
    if (result.code !== 0) throw new Error(`kubectl apply ended with ${result.code}: ${result.stderr}`);
  }

  /** `kubectl apply -f` of files in examples/. */
  applyExamples(...files: readonly string[]): Promise<string> {
    return this.kubectl('apply', ...files.flatMap((file) => ['-f', join('examples', file)]));
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
    const [rollout, replicaSets, services, ingresses] = await Promise.all([
      this.get('rollouts', name),
      this.list('replicasets'),
      this.list('services'),
      this.list('ingresses'),
    ]);
    return sceneOf({ rollout, replicaSets, services, ingresses });
  }

  /** Waits until the Rollout shows all of `wanted`, and its spec has been taken in. */
  until(name: string, wanted: Partial<Scene>): Promise<Scene> {
    return waitFor(() => this.look(name), {
      what: `Rollout ${name} to show ${JSON.stringify(wanted)}`,
      until: (scene) => shows(scene, wanted),
    });
  }

  /** Makes so many more pods of an image ready that were told to stay unready (annotation `serin.test/ready`). */
  async makeReady(image: string, count: number): Promise<void> {
    const pods = (await this.list('pods')).filter(
      ({ metadata, spec }) =>
        metadata.deletionTimestamp === undefined &&
        metadata.annotations?.['serin.test/ready'] === 'false' &&
        spec.containers[0]?.image === image,
    );
    if (pods.length < count) throw new Error(`only ${pods.length} unready pods of ${image}, not ${count}`);
    const names = pods.slice(0, count).map(({ metadata }) => metadata.name);
    await this.kubectl('annotate', '--overwrite', 'pod', ...names, 'serin.test/ready=true');
  }

  /** What was told about one Rollout, oldest first; a repeated event appears once. */
  async events(name: string): Promise<readonly EventSeen[]> {
    const events = await this.list('events');
    return events
      .filter(({ involvedObject }) => involvedObject.kind === 'Rollout' && involvedObject.name === name)
      .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  async waitForEvent(name: string, reason: string): Promise<EventSeen> {
    return waitFor(async () => (await this.events(name)).findLast((event) => event.reason === reason), {
      what: `event ${reason} of Rollout ${name}`,
    });
  }

  /**
   * Waits until nothing happens any more: in two looks the objects are the same and the controller has taken
   * nothing from its queue in between. Only then is something that has not happened worth asserting.
   */
  async settled(): Promise<void> {
    let before = '';
    await waitFor(
      async () => {
        const now = `${await this.#versions()} ${await this.#queue()}`;
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

  /** Rollouts that wait or are being worked on, and how many were ever put into the queue. */
  async #queue(): Promise<string> {
    const text = await (await fetch(this.#access.metricsUrl)).text();
    const value = (metric: string) => new RegExp(`^${metric}\\{[^}]*\\} (.*)$`, 'm').exec(text)?.[1] ?? '0';
    const busy = value('workqueue_depth') !== '0' || value('workqueue_unfinished_work_seconds') !== '0';
    return busy ? `busy at ${performance.now()}` : value('workqueue_adds_total');
  }

  /** For a person who has to find out why a test failed. */
  async report(): Promise<string> {
    const { stdout } = await this.tryKubectl(['get', 'rollout,rs,pod,svc,ing,event', '-o', 'wide']);
    const status = await this.tryKubectl(['get', 'rollout', '-o', 'yaml']);
    return `${stdout}\n${status.stdout}`;
  }
}

/** A test with a session in the shared cluster. */
export const test = base.extend<{ session: Session }>({
  session: async ({ onTestFailed }, use) => {
    const session = await Session.open(inject('sharedCluster'));
    onTestFailed(async () => console.error(await session.report()));
    await use(session);
    await session.close();
  },
});
