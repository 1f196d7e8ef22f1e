/**
 * Routes of the Gateway API in one namespace, as one person may see them: each kind is watched from the first Rollout on
 * that leads through one. Few namespaces have them, and few people may read those that are not in use.
 */
import type { Cluster } from '../../clients/cluster.ts';
import { LiveObjects } from '../../clients/live-objects.ts';
import { watchedBeside } from '../../clients/observed.ts';
import type { Lookup } from '../../core/observed/lookup.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import type { Resource } from '../../kube/resources.ts';
import type { SameObjects } from './same-objects.ts';

interface Watch {
  readonly live: LiveObjects;
  readonly started: Promise<void>;
}

export class RoutesFeed {
  readonly #cluster: Pick<Cluster, 'client' | 'clock'>;
  readonly #namespace: string;
  readonly #same: SameObjects;
  readonly #onChange: () => void;
  /** By plural. */
  readonly #watches = new Map<string, Watch>();
  #isStopped = false;

  /** `onChange`: a route has changed, or what is known about the connection. */
  constructor(cluster: Pick<Cluster, 'client' | 'clock'>, namespace: string, same: SameObjects, onChange: () => void) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#same = same;
    this.#onChange = onChange;
  }

  /** Why what is shown of them may not be all there is; `null` when it is. */
  get trouble(): string | null {
    const troubles = [...this.#watches.values()].flatMap(({ live }) => live.trouble ?? []);
    return troubles.length === 0 ? null : troubles.join('; ');
  }

  /** What the Rollout leads through is known once this resolves, as far as it may be read. */
  async watchFor(rollout: Rollout): Promise<void> {
    if (this.#isStopped) return;
    const started = watchedBeside(rollout).map((watched) => {
      const { plural } = watched.resource;
      const known = this.#watches.get(plural);
      if (known !== undefined) return known.started;
      const same = this.#same.of(watched);
      const live = new LiveObjects({ cluster: this.#cluster, namespace: this.#namespace, watched: [same] });
      live.onChange(this.#onChange);
      const watch: Watch = { live, started: live.start() };
      this.#watches.set(plural, watch);
      return watch.started;
    });
    await Promise.all(started);
  }

  /** The lookup with the routes that are watched beside what it has. */
  beside(lookup: Lookup): Lookup {
    if (this.#watches.size === 0) return lookup;
    const that = ({ plural }: Resource): Lookup => this.#watches.get(plural)?.live.lookup ?? lookup;
    return {
      get: (resource, namespace, name) => that(resource).get(resource, namespace, name),
      find: (index, value) => that(index.resource).find(index, value),
      unreadable: (resource) => that(resource).unreadable(resource),
    };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#watches.values()].map(({ live }) => live.stop()));
  }
}
