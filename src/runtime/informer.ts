/**
 * Keeps an ObjectCache equal to what the API server holds and announces every difference: a paged
 * list, then watches that resume where the last one ended, for ever and whatever fails. It decides
 * nothing about the objects; what they mean is the handlers' business.
 *
 * Handlers run synchronously, in the order of the events, after the cache has changed.
 */
import type { KubeObject } from '../kube/objects.ts';
import type { Resource } from '../kube/resources.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { isApiError } from './api-error.ts';
import { Backoff } from './backoff.ts';
import { type Client, type WatchEvent, isKubeObject } from './client.ts';
import { type Clock, sleep } from './clock.ts';
import { type IndexFunction, ObjectCache, type ReadableCache, cacheKey } from './object-cache.ts';

export interface InformerEvent<T> {
  readonly type: 'added' | 'updated' | 'deleted';
  /** As it is now; for `deleted` as it was last seen. */
  readonly object: T;
  /** What the object replaces; only with `updated`. */
  readonly previous?: T;
}

export type InformerHandler<T> = (event: InformerEvent<T>) => void;

interface InformerOptions<T extends KubeObject> {
  readonly client: Pick<Client, 'list' | 'watch'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'informerObjects' | 'informerRelists' | 'informerRejects'>;
  readonly resource: Resource;
  /** In logs and metrics; the plural of the resource when absent. */
  readonly name?: string;
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Asks the server for metadata only. */
  readonly metadataOnly?: boolean;
  /**
   * Reads an object and cuts off what the cache need not hold, in place or in a copy. Where it throws,
   * that version of that object is skipped and logged, and nothing else is hurt.
   */
  readonly trim: (object: KubeObject) => T;
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
  readonly pageSize?: number;
  /** The server ends a watch after this time (a random half more, so that watches do not end together). */
  readonly watchTimeoutSeconds?: number;
  /** A watch without a byte for so long is taken for hung. The server sends a bookmark every minute where anything moves. */
  readonly inactivityMs?: number;
  readonly random?: () => number;
}

const DEFAULT_PAGE_SIZE = 500;
const DEFAULT_WATCH_TIMEOUT_SECONDS = 300;
const DEFAULT_INACTIVITY_MS = 150_000;
/** The cap is what an API server that comes back after an outage waits for us at most. */
const RETRY = { baseMs: 100, capMs: 10_000 };
const SERVER_ERRORS_BEFORE_RELIST = 5;
/** A server that ends watches at once must not be asked in a tight loop. */
const SHORTEST_WATCH_MS = 1000;

export class Informer<T extends KubeObject> {
  readonly #options: InformerOptions<T>;
  readonly #name: string;
  readonly #logger: Logger;
  readonly #cache: ObjectCache<T>;
  readonly #handlers: InformerHandler<T>[] = [];
  readonly #stopping = new AbortController();
  readonly #backoff: Backoff;
  readonly #synced = Promise.withResolvers<boolean>();
  #running: Promise<void> | undefined;
  #reportedBroken = new Map<string, string>();

  constructor(options: InformerOptions<T>) {
    this.#options = options;
    this.#name = options.name ?? options.resource.plural;
    this.#logger = options.logger.child({ informer: this.#name });
    this.#cache = new ObjectCache<T>(options.indexes);
    this.#backoff = new Backoff({ ...RETRY, ...(options.random === undefined ? {} : { random: options.random }) });
    options.metrics.informerObjects.addSource(() => [{ labels: { resource: this.#name }, value: this.#cache.size }]);
  }

  get resource(): Resource {
    return this.#options.resource;
  }

  get cache(): ReadableCache<T> {
    return this.#cache;
  }

  /** Resolves with true once the first complete list is in the cache, or with false when stopped before. */
  get synced(): Promise<boolean> {
    return this.#synced.promise;
  }

  /** `handler` hears of every object that is in the cache already and of every later change. What it throws is logged and hurts nobody else. */
  addHandler(handler: InformerHandler<T>): void {
    this.#handlers.push(handler);
    for (const object of this.#cache.values()) this.#announceTo(handler, { type: 'added', object });
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** No handler is called any more; the cache stays as it is. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The informer is stopped'));
    this.#synced.resolve(false);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let mustList = true;
    while (!signal.aborted) {
      try {
        if (mustList) await this.#list();
        mustList = false;
        await this.#watch();
      } catch (error) {
        if (signal.aborted) return;
        // Any other failure leaves the cache as true as it was, so that the next watch resumes there.
        if (!mustList) mustList = this.#mustRelistAfter(error);
        const retryMs = this.#backoff.nextMs();
        // The stack of an ApiError ends in a callback of the transport and tells nothing.
        const why = isApiError(error) ? { why: error.message } : { err: error };
        this.#logger.warn({ ...why, retryMs: Math.round(retryMs), relist: mustList }, 'List or watch failed');
        await sleep(this.#options.clock, retryMs, signal);
      }
    }
  }

  #mustRelistAfter(error: unknown): boolean {
    const cause = this.#relistCauseOf(error);
    if (cause === undefined) return false;
    this.#options.metrics.informerRelists.inc({ resource: this.#name, cause });
    return true;
  }

  #relistCauseOf(error: unknown): 'expired' | 'malformed' | 'refused' | undefined {
    if (isApiError(error, 'expired')) return 'expired';
    if (!isApiError(error)) return 'malformed';
    if (error.kind !== 'server') return undefined;
    if (error.reason === 'Malformed') return 'malformed';
    // A server whose etcd was restored from a backup refuses our version as too large, every time.
    return this.#backoff.failures >= SERVER_ERRORS_BEFORE_RELIST ? 'refused' : undefined;
  }

  async #list(): Promise<void> {
    const { client, resource, namespace, labelSelector, metadataOnly, pageSize = DEFAULT_PAGE_SIZE } = this.#options;
    const listed = new Set<string>();
    let continueToken = '';
    do {
      const page = await client.list(resource, {
        ...(namespace === undefined ? {} : { namespace }),
        ...(labelSelector === undefined ? {} : { labelSelector }),
        ...(metadataOnly === undefined ? {} : { metadataOnly }),
        ...(continueToken === '' ? {} : { continueToken }),
        limit: pageSize,
        signal: this.#stopping.signal,
      });
      for (const item of page.items) {
        const key = this.#take(item);
        if (key !== undefined) listed.add(key);
      }
      ({ continueToken } = page);
      if (continueToken === '') this.#cache.resetTo(page.resourceVersion);
    } while (continueToken !== '');

    for (const key of this.#cache.keys()) if (!listed.has(key)) this.#drop(key);
    this.#backoff.reset();
    this.#synced.resolve(true);
    this.#logger.debug({ objects: this.#cache.size }, 'Listed');
  }

  /** Returns when the server has ended the watch. */
  async #watch(): Promise<void> {
    const { client, clock, resource, namespace, labelSelector, metadataOnly, random = Math.random } = this.#options;
    const timeoutSeconds = this.#options.watchTimeoutSeconds ?? DEFAULT_WATCH_TIMEOUT_SECONDS;
    const startedAt = clock.monotonic();
    const hung = new AbortController();
    const inactivity = watchInactivity(clock, this.#options.inactivityMs ?? DEFAULT_INACTIVITY_MS, () =>
      hung.abort(new Error('The watch is silent')),
    );
    try {
      await client.watch(resource, {
        ...(namespace === undefined ? {} : { namespace }),
        ...(labelSelector === undefined ? {} : { labelSelector }),
        ...(metadataOnly === undefined ? {} : { metadataOnly }),
        resourceVersion: this.#cache.latestResourceVersion,
        timeoutSeconds: Math.ceil(timeoutSeconds * (1 + random() / 2)),
        signal: AbortSignal.any([this.#stopping.signal, hung.signal]),
        onActivity: () => inactivity.note(),
        onEvent: (event) => this.#onEvent(event),
      });
    } catch (error) {
      if (!hung.signal.aborted) throw error;
      this.#logger.debug('The watch was silent for too long and is opened again');
    } finally {
      inactivity.stop();
    }
    if (clock.monotonic() - startedAt >= SHORTEST_WATCH_MS) this.#backoff.reset();
    else await sleep(clock, this.#backoff.nextMs(), this.#stopping.signal);
  }

  #onEvent({ type, object }: WatchEvent): void {
    if (this.#stopping.signal.aborted) return;
    this.#backoff.reset();
    switch (type) {
      case 'ADDED':
      case 'MODIFIED':
        this.#take(object);
        break;
      case 'DELETED': {
        const key = isKubeObject(object) ? cacheKey(object) : undefined;
        if (key !== undefined) this.#drop(key);
        break;
      }
      case 'BOOKMARK':
        break;
      default:
        this.#logger.warn({ type }, 'Unknown type of watch event');
    }
    const version = resourceVersionOf(object);
    if (version !== undefined) this.#cache.advanceTo(version);
  }

  /** The object is in the cache and announced if it is news; returns its key, or `undefined` where it has none. */
  #take(raw: unknown): string | undefined {
    if (!isKubeObject(raw)) {
      this.#reject('unreadable', new Error('An object without name or resource version'), {});
      return undefined;
    }
    const key = cacheKey(raw);
    const known = this.#cache.get(raw.metadata.namespace ?? '', raw.metadata.name);
    if (known?.metadata.resourceVersion === raw.metadata.resourceVersion) return key;
    const { resourceVersion } = raw.metadata;
    let object: T;
    try {
      object = this.#options.trim(raw);
      this.#cache.put(object);
    } catch (error) {
      if (this.#reportedBroken.get(key) !== resourceVersion) this.#reject('unreadable', error, { object: key });
      this.#reportedBroken.set(key, resourceVersion);
      return key;
    }
    this.#reportedBroken.delete(key);
    // A deletion and a creation of the same name that no event told apart are two objects.
    if (known !== undefined && known.metadata.uid !== object.metadata.uid) {
      this.#announce({ type: 'deleted', object: known });
      this.#announce({ type: 'added', object });
    } else {
      this.#announce(known === undefined ? { type: 'added', object } : { type: 'updated', object, previous: known });
    }
    return key;
  }

  #drop(key: string): void {
    this.#reportedBroken.delete(key);
    const object = this.#cache.remove(key);
    if (object !== undefined) this.#announce({ type: 'deleted', object });
  }

  #announce(event: InformerEvent<T>): void {
    for (const handler of this.#handlers) this.#announceTo(handler, event);
  }

  #announceTo(handler: InformerHandler<T>, event: InformerEvent<T>): void {
    try {
      handler(event);
    } catch (error) {
      this.#reject('handler', error, { object: cacheKey(event.object), event: event.type });
    }
  }

  #reject(cause: 'unreadable' | 'handler', error: unknown, about: object): void {
    this.#options.metrics.informerRejects.inc({ resource: this.#name, cause });
    this.#logger.error({ err: error, ...about }, cause === 'handler' ? 'A handler failed' : 'An object is unreadable');
  }
}

function resourceVersionOf(object: unknown): string | undefined {
  if (typeof object !== 'object' || object === null || !('metadata' in object)) return undefined;
  const { metadata } = object;
  if (typeof metadata !== 'object' || metadata === null || !('resourceVersion' in metadata)) return undefined;
  return typeof metadata.resourceVersion === 'string' ? metadata.resourceVersion : undefined;
}

/** Calls `onSilence` once nothing was noted for `limitMs`. Noting costs no timer: there is one, and it looks back when it fires. */
function watchInactivity(clock: Clock, limitMs: number, onSilence: () => void): { note(): void; stop(): void } {
  let notedAt = clock.monotonic();
  let cancel = (): void => {};
  const arm = (delayMs: number): void => {
    cancel = clock.setTimer(delayMs, () => {
      const silentMs = clock.monotonic() - notedAt;
      if (silentMs >= limitMs) onSilence();
      else arm(limitMs - silentMs);
    });
  };
  arm(limitMs);
  return {
    note: () => {
      notedAt = clock.monotonic();
    },
    stop: () => cancel(),
  };
}
