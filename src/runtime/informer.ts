/**
 * Keeps a cache equal to the objects of the API server: a paged list, then watches that resume where the last one ended.
 * It never stops on a failure. `announced-cache.ts` announces every difference.
 */
import { keyOf } from '../kube/object-key.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { Resource } from '../kube/resources.ts';
import type { Logger } from '../telemetry/logger.ts';
import { AnnouncedCache, type InformerHandler } from './announced-cache.ts';
import { type ApiError, isAbsence, isApiError } from './api-error.ts';
import { Backoff } from './backoff.ts';
import type { ListOptions } from './client-options.ts';
import { sleep, watchInactivity } from './clock.ts';
import type { InformerOptions } from './informer-options.ts';
import { LoopTurns } from './loop-turns.ts';
import type { IndexFunction, ReadableCache } from './object-cache.ts';
import { Refreshes } from './refreshes.ts';
import { relistCauseOf } from './relist-cause.ts';
import { isKubeObject, type ListPage, resourceVersionOf, type WatchEvent } from './wire.ts';

/** Parsing this many Rollouts, the largest of what is listed, takes about 10 ms, during which nothing else runs. */
const DEFAULT_PAGE_SIZE = 200;
const DEFAULT_WATCH_TIMEOUT_SECONDS = 300;
const DEFAULT_INACTIVITY_MS = 150_000;
/** The cap is how long an API server waits for us at most after an outage. */
const RETRY = { baseMs: 100, capMs: 10_000 };
/** A resource that is installed later, and a right that is granted later, is found after this time. */
const OPTIONAL_RETRY_MS = 15_000;
/** Prevents a tight loop when the server ends watches at once. */
const SHORTEST_WATCH_MS = 1000;

export class Informer<T extends KubeObject> {
  readonly #options: InformerOptions<T>;
  readonly #name: string;
  readonly #logger: Logger;
  readonly #cache: AnnouncedCache<T>;
  readonly #stopping = new AbortController();
  readonly #backoff: Backoff;
  readonly #turns: LoopTurns;
  readonly #synced = Promise.withResolvers<boolean>();
  #running: Promise<void> | undefined;
  readonly #refreshes = new Refreshes();
  #unreadable: string | null = null;
  /** A list or a watch has failed, and no watch has been opened since. */
  #isInterrupted = false;
  /** As it was logged last. */
  #absence: 'notFound' | 'forbidden' | null = null;

  constructor(options: InformerOptions<T>) {
    this.#options = options;
    this.#name = options.name ?? options.resource.plural;
    this.#logger = options.logger.child({ informer: this.#name });
    this.#cache = new AnnouncedCache({ ...options, logger: this.#logger, name: this.#name });
    this.#turns = new LoopTurns(options.clock);
    this.#backoff = new Backoff({ ...RETRY, ...(options.random === undefined ? {} : { random: options.random }) });
    options.metrics.informerObjects.addSource(() => [{ labels: { resource: this.#name }, value: this.cache.size }]);
  }

  get resource(): Resource {
    return this.#options.resource;
  }

  get cache(): ReadableCache<T> {
    return this.#cache.objects;
  }

  /**
   * The error of an optional resource that may not be read, which names the missing right; `null` otherwise. The cache
   * keeps what it has, so there may be other objects than it shows.
   */
  get unreadable(): string | null {
    return this.#unreadable;
  }

  /**
   * Resolves with true once the first complete list is in the cache, or, if the resource is optional, once it is known
   * that there is none for now; with false if stopped before.
   */
  get synced(): Promise<boolean> {
    return this.#synced.promise;
  }

  /** Adds these indexes to the cache, by name. */
  addIndexes(indexes: Readonly<Record<string, IndexFunction<T>>>): void {
    for (const [name, valuesOf] of Object.entries(indexes)) this.#cache.objects.addIndex(name, valuesOf);
  }

  /** Calls `handler` for every object in the cache and for every later change. An error of a handler is logged and affects no other handler. */
  addHandler(handler: InformerHandler<T>): void {
    this.#cache.addHandler(handler);
  }

  /** Which objects it asks for, and what of them. */
  get #selection(): Omit<ListOptions, 'limit' | 'continueToken' | 'signal'> {
    const { namespace, labelSelector, fieldSelector, metadataOnly, omitManagedFields = false } = this.#options;
    return {
      omitManagedFields,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(metadataOnly === undefined ? {} : { metadataOnly }),
    };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Lists anew. Resolves with true once the cache holds all that was written before the call, as far as it can be read;
   * with false if stopped before. An informer that was not started has nothing to refresh.
   */
  refresh(): Promise<boolean> {
    if (this.#stopping.signal.aborted) return Promise.resolve(false);
    return this.#running === undefined ? Promise.resolve(true) : this.#refreshes.want();
  }

  /** Calls every handler with every object in the cache, as if it had just been added; with one object at each step. */
  announceAll(): Iterable<void> {
    return this.#cache.announceAll();
  }

  /** Calls no handler any more; the cache does not change. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The informer is stopped'));
    this.#synced.resolve(false);
    await this.#running;
    this.#refreshes.end(false);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let mustList = true;
    while (!signal.aborted) {
      try {
        if (mustList || this.#refreshes.areWanted) await this.#refreshes.serve(() => this.#list());
        mustList = false;
        await this.#watch();
      } catch (error) {
        if (signal.aborted) return;
        if (this.#options.optional === true && isAbsence(error)) {
          mustList = true;
          await this.#doWithout(error);
          continue;
        }
        this.#isInterrupted = true;
        // After any other failure the cache is still correct, so the next watch resumes there.
        if (!mustList) mustList = this.#mustRelistAfter(error);
        const retryMs = this.#backoff.nextMs();
        // The stack of an ApiError ends in a callback of the transport and is of no use.
        const why = isApiError(error) ? { why: error.message } : { err: error };
        this.#logger.warn({ ...why, retryMs: Math.round(retryMs), relist: mustList }, 'List or watch failed');
        await this.#sleep(retryMs);
      }
    }
  }

  /** Until then, or until the informer is stopped or the objects are to be listed anew. */
  #sleep(ms: number): Promise<void> {
    return sleep(this.#options.clock, ms, AbortSignal.any([this.#stopping.signal, this.#refreshes.signal]));
  }

  /** The objects of a definition that was deleted are gone with it. Those that may not be read may still be there. */
  async #doWithout({ kind, message }: ApiError): Promise<void> {
    const retryMs = OPTIONAL_RETRY_MS;
    if (kind === 'notFound') {
      this.#cache.keepOnly(new Set());
      this.#unreadable = null;
      if (this.#absence !== kind) this.#logger.info({ retryMs }, 'The server does not know this resource');
      this.#absence = kind;
    } else {
      if (this.#absence !== 'forbidden') this.#logger.warn({ why: message, retryMs }, 'This resource may not be read');
      this.#absence = 'forbidden';
      this.#unreadable = message;
    }
    this.#synced.resolve(true);
    this.#refreshes.end(true);
    await this.#sleep(retryMs);
  }

  #mustRelistAfter(error: unknown): boolean {
    const cause = relistCauseOf(error, this.#backoff.failures);
    if (cause === undefined) return false;
    this.#options.metrics.informerRelists.inc({ resource: this.#name, cause });
    return true;
  }

  async #list(): Promise<void> {
    const listed = new Set<string>();
    let page = await this.#page('');
    for (;;) {
      const { continueToken } = page;
      // The server makes the next page while this one is read.
      const next = continueToken === '' ? null : this.#page(continueToken);
      // Where reading ends early, its failure is of no interest.
      next?.catch(() => {});
      await this.#takePage(page, listed);
      if (next === null) break;
      page = await next;
    }
    this.#cache.objects.resetTo(page.resourceVersion);
    this.#cache.keepOnly(listed);
    this.#backoff.reset();
    this.#unreadable = null;
    this.#absence = null;
    this.#synced.resolve(true);
    this.#logger.debug({ objects: this.cache.size }, 'Listed');
  }

  #page(continueToken: string): Promise<ListPage> {
    const { client, resource, pageSize = DEFAULT_PAGE_SIZE } = this.#options;
    return client.list(resource, {
      ...this.#selection,
      ...(continueToken === '' ? {} : { continueToken }),
      limit: pageSize,
      signal: this.#stopping.signal,
    });
  }

  /** Notes the key of each of its objects. */
  async #takePage({ items }: ListPage, listed: Set<string>): Promise<void> {
    for (const item of items) {
      this.#turns.noteWork();
      if (this.#turns.isLong) await this.#turns.next();
      this.#stopping.signal.throwIfAborted();
      const key = this.#cache.take(item);
      if (key !== undefined) listed.add(key);
    }
  }

  /** Returns when the server has ended the watch. */
  async #watch(): Promise<void> {
    const { client, clock, resource, random = Math.random } = this.#options;
    const timeoutSeconds = this.#options.watchTimeoutSeconds ?? DEFAULT_WATCH_TIMEOUT_SECONDS;
    const startedAt = clock.monotonic();
    const hung = new AbortController();
    const inactivity = watchInactivity(clock, this.#options.inactivityMs ?? DEFAULT_INACTIVITY_MS, () =>
      hung.abort(new Error('The watch is silent')),
    );
    try {
      await client.watch(resource, {
        ...this.#selection,
        resourceVersion: this.cache.latestResourceVersion,
        timeoutSeconds: Math.ceil(timeoutSeconds * (1 + random() / 2)),
        signal: AbortSignal.any([this.#stopping.signal, hung.signal, this.#refreshes.signal]),
        onOpened: () => this.#noteOpened(),
        onActivity: () => inactivity.note(),
        onEvent: (event) => this.#onEvent(event),
      });
    } catch (error) {
      if (this.#refreshes.signal.aborted) return;
      if (!hung.signal.aborted) throw error;
      this.#logger.debug('The watch was silent for too long and is opened again');
    } finally {
      inactivity.stop();
    }
    if (clock.monotonic() - startedAt >= SHORTEST_WATCH_MS) this.#backoff.reset();
    else await this.#sleep(this.#backoff.nextMs());
  }

  #noteOpened(): void {
    if (this.#isInterrupted) this.#logger.debug('Watching again');
    this.#isInterrupted = false;
  }

  #onEvent({ type, object }: WatchEvent): void {
    if (this.#stopping.signal.aborted) return;
    this.#backoff.reset();
    switch (type) {
      case 'ADDED':
      case 'MODIFIED':
        this.#cache.take(object);
        break;
      case 'DELETED': {
        const key = isKubeObject(object) ? keyOf(object) : undefined;
        if (key !== undefined) this.#cache.drop(key);
        break;
      }
      case 'BOOKMARK':
        break;
      default:
        this.#logger.warn({ type }, 'Unknown type of watch event');
    }
    const version = resourceVersionOf(object);
    if (version !== undefined) this.#cache.objects.advanceTo(version);
  }
}
