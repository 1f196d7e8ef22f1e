/**
 * Everything that happens to the objects of a namespace, in the order in which the API server stored it: what is
 * true between two steps can be asserted only where nothing in between is missed.
 */
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { KubeObject, ReplicaSet, Service } from '../../src/kube/objects.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import type { EndpointSliceSeen } from './ready-endpoints.ts';
import { sceneOf, type Scene } from './scene.ts';
import type { EventSeen, Plural, Session } from './session.ts';

interface Change {
  readonly plural: Plural;
  readonly type: string;
  readonly object: KubeObject;
}

/** What a scene does not show. */
interface Beside {
  readonly deployments: readonly ReplicaSet[];
  readonly endpointSlices: readonly EndpointSliceSeen[];
}

export class Recording implements Disposable {
  readonly #session: Session;
  readonly #plurals: readonly Plural[];
  readonly #initial: Change[] = [];
  readonly #changes: Change[] = [];
  readonly #stopping = new AbortController();
  #failure: unknown;

  private constructor(session: Session, plurals: readonly Plural[]) {
    this.#session = session;
    this.#plurals = plurals;
  }

  /** Watches from now on. Resolves when nothing that happens afterwards is missed; events of before are written then. */
  static async start(session: Session, ...plurals: readonly Plural[]): Promise<Recording> {
    const recording = new Recording(session, plurals);
    if (plurals.includes('events')) await session.eventsWritten();
    for (const plural of plurals) {
      const path = session.pathOf(plural);
      const list = await session.client.get<{ metadata: { resourceVersion: string }; items: KubeObject[] }>(path);
      recording.#initial.push(...list.items.map((object) => ({ plural, type: 'ADDED', object })));
      void recording.#follow(plural, list.metadata.resourceVersion);
    }
    return recording;
  }

  /** All changes so far, without what was there before. Throws when the watch was cut, because then some are missing. */
  get changes(): readonly Change[] {
    if (this.#failure !== undefined) throw new Error('a watch of the recording ended', { cause: this.#failure });
    const version = ({ object }: Change) => Number(object.metadata.resourceVersion);
    return this.#changes.toSorted((a, b) => version(a) - version(b));
  }

  /** Events about one Rollout as they were told, repeated ones included. */
  events(name: string): readonly EventSeen[] {
    return this.changes
      .filter(({ plural, type }) => plural === 'events' && type !== 'DELETED')
      .map(({ object }) => object as unknown as EventSeen)
      .filter(({ involvedObject }) => involvedObject.kind === 'Rollout' && involvedObject.name === name);
  }

  /** What each moment until now looked like, as far as `view` tells moments apart. */
  async moments<View>(name: string, view: (scene: Scene, objects: Beside) => View): Promise<readonly View[]> {
    await this.#catchUp();
    const present = new Map<string, Map<string, KubeObject>>();
    const all = (plural: Plural) => [...(present.get(plural)?.values() ?? [])];
    const take = ({ plural, type, object }: Change) => {
      const objects = present.get(plural) ?? new Map<string, KubeObject>();
      present.set(plural, objects);
      if (type === 'DELETED') objects.delete(object.metadata.name);
      else objects.set(object.metadata.name, object);
    };
    const views: View[] = [];
    const note = () => {
      const rollout = present.get('rollouts')?.get(name);
      if (rollout === undefined) return;
      const scene = sceneOf({
        rollout: rollout as Rollout,
        replicaSets: all('replicasets') as ReplicaSet[],
        services: all('services') as Service[],
        ingresses: all('ingresses'),
      });
      const next = view(scene, {
        deployments: all('deployments') as ReplicaSet[],
        endpointSlices: all('endpointslices'),
      });
      if (JSON.stringify(next) !== JSON.stringify(views.at(-1))) views.push(next);
    };
    this.#initial.forEach(take);
    note();
    for (const change of this.changes) {
      take(change);
      note();
    }
    return views;
  }

  [Symbol.dispose](): void {
    this.#stopping.abort();
  }

  /** A watch lags behind what a list shows. */
  async #catchUp(): Promise<void> {
    for (const plural of this.#plurals) {
      for (const { metadata } of await this.#session.list(plural)) {
        await waitFor(
          () =>
            [...this.#initial, ...this.changes].some(
              ({ object }) =>
                object.metadata.uid === metadata.uid &&
                Number(object.metadata.resourceVersion) >= Number(metadata.resourceVersion),
            ),
          { what: `the recording to show ${plural} ${metadata.name}`, intervalMs: 20 },
        );
      }
    }
  }

  async #follow(plural: Plural, resourceVersion: string): Promise<void> {
    const { signal } = this.#stopping;
    const path = `${this.#session.pathOf(plural)}?watch=1&resourceVersion=${resourceVersion}&timeoutSeconds=3600`;
    try {
      for await (const { type, object } of this.#session.client.watch<KubeObject>(path, signal)) {
        this.#changes.push({ plural, type, object });
      }
      this.#failure = new Error(`the watch of ${plural} was closed`);
    } catch (error) {
      if (!signal.aborted) this.#failure = error;
    }
  }
}
