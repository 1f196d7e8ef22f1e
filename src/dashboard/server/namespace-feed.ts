/** Everything about the Rollouts of one namespace, as one person may see it, for every tab that shows one of them. */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { Cluster } from '../../clients/cluster.ts';
import { LiveObjects, type Changed } from '../../clients/live-objects.ts';
import { viewOf, type Seen } from '../../clients/observed.ts';
import { readWorkload } from '../../clients/read-rollout.ts';
import { SHOWN } from '../../clients/shown.ts';
import type { ReferencedWorkload } from '../../core/observed/world.ts';
import type { ReportedEvent } from '../../core/view/other-writers.ts';
import type { RolloutView } from '../../core/view/view.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { controllerOf } from '../../kube/owners.ts';
import { EVENTS, INGRESSES, PODS, REPLICA_SETS, ROLLOUTS, SERVICES, type Resource } from '../../kube/resources.ts';
import { Pace } from './pace.ts';
import { RoutesFeed } from './routes-feed.ts';
import type { SameObjects } from './same-objects.ts';

/** The names of Rollouts that may look different now; `null`: all of them. */
type Listener = (names: ReadonlySet<string> | null) => void;

interface ReadWorkload {
  /** Version of the Rollout for which it was read. */
  readonly version: string;
  readonly workload: ReferencedWorkload | null;
}

/** Changes of these can concern every Rollout of the namespace. */
const OF_ALL: readonly Resource[] = [SERVICES, INGRESSES];

export class NamespaceFeed {
  readonly namespace: string;
  readonly #cluster: Pick<Cluster, 'client' | 'clock'>;
  readonly #live: LiveObjects;
  readonly #routes: RoutesFeed;
  readonly #pace: Pace;
  readonly #listeners = new Set<Listener>();
  /** By the name of the Rollout. */
  readonly #workloads = new Map<string, ReadWorkload>();
  #changed: Set<string> | null = new Set();
  readonly started: Promise<void>;

  /** `same`: the objects that others watch. */
  constructor(cluster: Pick<Cluster, 'client' | 'clock'>, namespace: string, same: SameObjects) {
    this.namespace = namespace;
    this.#cluster = cluster;
    this.#live = new LiveObjects({ cluster, namespace, watched: SHOWN.map((one) => same.of(one)) });
    this.#pace = new Pace(cluster.clock, () => this.#flush());
    this.#routes = new RoutesFeed(cluster, namespace, same, () => this.#note(null));
    this.#live.onChange((changed) => this.#note(changed === null ? null : this.#nameOf(changed)));
    this.started = this.#live.start();
  }

  /** Why what is shown may not be all there is; `null` when it is. */
  get trouble(): string | null {
    const troubles = [this.#live.trouble, this.#routes.trouble].filter((trouble) => trouble !== null);
    return troubles.length === 0 ? null : troubles.join('; ');
  }

  /** Why there are no Rollouts, in the words of the API server; `null` when they may be listed. */
  get refusal(): string | null {
    return this.#live.refusal(ROLLOUTS);
  }

  /** In order of their names. */
  get rollouts(): readonly Rollout[] {
    const all = this.#live.all(ROLLOUTS) as readonly Rollout[];
    return all.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  rollout(name: string): Rollout | undefined {
    return this.#live.lookup.get<Rollout>(ROLLOUTS, this.namespace, name);
  }

  /** `null` when there is no such Rollout, or it may not be seen. Its workload and its routes have been read, if they could be. */
  async look(name: string): Promise<Seen | null> {
    await this.started;
    const rollout = this.rollout(name);
    if (rollout !== undefined) await Promise.all([this.#readWorkload(rollout), this.#routes.watchFor(rollout)]);
    return this.seen(name);
  }

  /** The same as it is known at this moment. */
  seen(name: string): Seen | null {
    const rollout = this.rollout(name);
    if (rollout === undefined) return null;
    const read = this.#workloads.get(name);
    // The status follows a change of the workload, so it is read again with the status.
    if (read?.version !== rollout.metadata.resourceVersion)
      void this.#readWorkload(rollout).then((isNew) => (isNew ? this.#note(name) : undefined));
    // Its spec may have begun to lead through some.
    void this.#routes.watchFor(rollout);
    const lookup = this.#routes.beside(this.#live.lookup);
    return { rollout, workload: read?.workload ?? null, lookup, events: this.#eventsOf(rollout) };
  }

  view(seen: Seen): RolloutView {
    return viewOf(seen, this.#cluster.clock.now());
  }

  /** As far as it is kept; `undefined` when it is not there. */
  object<T extends KubeObject>(resource: Resource, name: string): T | undefined {
    return this.#live.lookup.get<T>(resource, this.namespace, name);
  }

  /** `listener` is called a moment after every change, at most four times a second; the returned function ends that. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something that is no object has changed for this Rollout. */
  touch(name: string): void {
    this.#note(name);
  }

  async stop(): Promise<void> {
    this.#pace.stop();
    await Promise.all([this.#live.stop(), this.#routes.stop()]);
  }

  #eventsOf({ metadata }: Rollout): readonly ReportedEvent[] {
    const events = this.#live.lookup.find({ resource: EVENTS, name: 'of', valuesOf: namedRollout }, metadata.name);
    return events.filter(({ involvedObject }) => involvedObject?.uid === metadata.uid);
  }

  /** Resolves with whether there is another one than before. What cannot be read counts as it was. */
  async #readWorkload(rollout: Rollout): Promise<boolean> {
    const { name, resourceVersion: version } = rollout.metadata;
    const before = this.#workloads.get(name);
    if (before?.version === version) return false;
    // Whoever asks meanwhile gets what is known.
    this.#workloads.set(name, { version, workload: before?.workload ?? null });
    if (rollout.spec.workloadRef === undefined) return false;
    const workload = await readWorkload(this.#cluster.client, rollout).catch(() => before?.workload ?? null);
    this.#workloads.set(name, { version, workload });
    return true;
  }

  /** The name of the Rollout that an object belongs to; `null` when it may be any. */
  #nameOf({ resource, object }: Changed): string | null {
    if (OF_ALL.includes(resource)) return null;
    if (resource === ROLLOUTS) return object.metadata.name;
    if (resource === EVENTS) return namedRollout(object)[0] ?? null;
    const owner = controllerOf(object);
    if (owner?.kind === 'Rollout') return owner.name;
    const set = resource === PODS && owner !== undefined ? this.object(REPLICA_SETS, owner.name) : undefined;
    const above = set === undefined ? undefined : controllerOf(set);
    return above?.kind === 'Rollout' ? above.name : null;
  }

  #note(name: string | null): void {
    if (this.#listeners.size === 0) return;
    if (name === null) this.#changed = null;
    else this.#changed?.add(name);
    this.#pace.request();
  }

  #flush(): void {
    const changed = this.#changed;
    this.#changed = new Set();
    for (const name of this.#workloads.keys()) if (this.rollout(name) === undefined) this.#workloads.delete(name);
    for (const listener of this.#listeners) listener(changed);
  }
}

function namedRollout(event: ReportedEvent): readonly string[] {
  return [event.involvedObject?.name ?? ''];
}
