/** One person: a connection in their name, and what their tabs watch through it. */
import type { Cluster } from '../../clients/cluster.ts';
import { NamespaceFeed } from './namespace-feed.ts';
import type { Outlet } from './outlet.ts';
import { Pool, type Lease } from './pool.ts';
import { HttpProblem } from './problem.ts';
import { Rights } from './rights.ts';
import { RowsFeed } from './rows-feed.ts';
import type { SameObjects } from './same-objects.ts';

/** Long enough to reload a page, or to go from one to the next. */
const LINGER_MS = 30_000;
/** Of one person, at the same time. */
const MOST_NAMESPACES = 20;
const MOST_LISTS = 20;

/** What several people watch: rows of lists, and everything about Rollouts. */
export interface SharedCopies {
  readonly rows: SameObjects;
  readonly objects: SameObjects;
}

export class Person {
  /** As the API server calls them; `null` when it does not say. */
  readonly user: string | null;
  readonly cluster: Cluster;
  readonly rights: Rights;
  readonly #copies: SharedCopies;
  readonly #outlets = new Set<Outlet>();
  readonly #lists: Pool<RowsFeed>;
  readonly #namespaces: Pool<NamespaceFeed>;

  constructor(user: string | null, cluster: Cluster, copies: SharedCopies) {
    this.user = user;
    this.#copies = copies;
    this.cluster = cluster;
    this.rights = new Rights(cluster.client, cluster.clock);
    const shared = { clock: cluster.clock, lingerMs: LINGER_MS };
    this.#lists = new Pool({ ...shared, limit: MOST_LISTS });
    this.#namespaces = new Pool({ ...shared, limit: MOST_NAMESPACES });
  }

  /** The rows of a namespace, or of all. */
  list(namespace: string | null): Lease<RowsFeed> {
    return orTooMany(this.#lists.take(namespace ?? '', () => new RowsFeed(this.cluster, namespace, this.#copies.rows)));
  }

  namespace(namespace: string): Lease<NamespaceFeed> {
    return orTooMany(
      this.#namespaces.take(namespace, () => new NamespaceFeed(this.cluster, namespace, this.#copies.objects)),
    );
  }

  /** The stream ends when the person has to go. */
  keep(outlet: Outlet): void {
    this.#outlets.add(outlet);
    outlet.onEnd(() => this.#outlets.delete(outlet));
  }

  async stop(): Promise<void> {
    for (const outlet of this.#outlets) outlet.end();
    await Promise.all([this.#lists.stop(), this.#namespaces.stop()]);
    await this.cluster.close();
  }
}

function orTooMany<T>(lease: Lease<T> | null): Lease<T> {
  if (lease === null) throw new HttpProblem(429, 'too many namespaces are open at once');
  return lease;
}
