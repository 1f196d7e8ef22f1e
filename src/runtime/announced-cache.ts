/**
 * An ObjectCache that announces every difference to handlers. What cannot be read is left out, reported once for each
 * version, and affects nothing else.
 *
 * Handlers run synchronously, in the order of the changes, after the cache has changed.
 */
import { keyOf } from '../kube/object-key.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { ObjectCache } from './object-cache.ts';
import { isKubeObject } from './wire.ts';

export interface InformerEvent<T> {
  readonly type: 'added' | 'updated' | 'deleted';
  /** The current object; for `deleted` the last version seen. */
  readonly object: T;
  /** The former version; only with `updated`. */
  readonly previous?: T;
}

export type InformerHandler<T> = (event: InformerEvent<T>) => void;

interface AnnouncedCacheOptions<T extends KubeObject> {
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'informerRejects'>;
  /** Of the resource, in metrics. */
  readonly name: string;
  /** Reads an object, of which `known` is an older version; throws when it cannot. */
  readonly trim: (object: KubeObject, known: T | undefined) => T;
}

export class AnnouncedCache<T extends KubeObject> {
  readonly objects = new ObjectCache<T>();
  readonly #options: AnnouncedCacheOptions<T>;
  readonly #handlers: InformerHandler<T>[] = [];
  /** The version of each object that was reported as unreadable. */
  readonly #reportedBroken = new Map<string, string>();

  constructor(options: AnnouncedCacheOptions<T>) {
    this.#options = options;
  }

  /** Calls `handler` for every object in the cache and for every later change. An error of a handler is logged and affects no other handler. */
  addHandler(handler: InformerHandler<T>): void {
    this.#handlers.push(handler);
    for (const object of this.objects.values()) this.#announceTo(handler, { type: 'added', object });
  }

  /** Announces every object as if it had just been added, one at each step. */
  *announceAll(): Generator<void> {
    for (const object of this.objects.values()) {
      this.#announce({ type: 'added', object });
      yield;
    }
  }

  /** Puts the object into the cache and announces it if it is new; returns its key, or `undefined` if it has none. */
  take(raw: unknown): string | undefined {
    if (!isKubeObject(raw)) {
      this.#reject('unreadable', new Error('An object without name or resource version'), {});
      return undefined;
    }
    const key = keyOf(raw);
    const known = this.objects.get(raw.metadata.namespace ?? '', raw.metadata.name);
    if (known?.metadata.resourceVersion === raw.metadata.resourceVersion) return key;
    const { resourceVersion } = raw.metadata;
    let object: T;
    try {
      object = this.#options.trim(raw, known);
      this.objects.put(object);
    } catch (error) {
      if (this.#reportedBroken.get(key) !== resourceVersion) this.#reject('unreadable', error, { object: key });
      this.#reportedBroken.set(key, resourceVersion);
      return key;
    }
    this.#reportedBroken.delete(key);
    // Another UID: the object was deleted and created again between two events.
    if (known !== undefined && known.metadata.uid !== object.metadata.uid) {
      this.#announce({ type: 'deleted', object: known });
      this.#announce({ type: 'added', object });
    } else {
      this.#announce(known === undefined ? { type: 'added', object } : { type: 'updated', object, previous: known });
    }
    return key;
  }

  /** Removes the object of that key, if there is one, and announces that. */
  drop(key: string): void {
    this.#reportedBroken.delete(key);
    const object = this.objects.remove(key);
    if (object !== undefined) this.#announce({ type: 'deleted', object });
  }

  /** Removes all others. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.objects.keys()) if (!keys.has(key)) this.drop(key);
  }

  #announce(event: InformerEvent<T>): void {
    for (const handler of this.#handlers) this.#announceTo(handler, event);
  }

  #announceTo(handler: InformerHandler<T>, event: InformerEvent<T>): void {
    try {
      handler(event);
    } catch (error) {
      this.#reject('handler', error, { object: keyOf(event.object), event: event.type });
    }
  }

  #reject(cause: 'unreadable' | 'handler', error: unknown, about: object): void {
    const { metrics, logger, name } = this.#options;
    metrics.informerRejects.inc({ resource: name, cause });
    logger.error({ err: error, ...about }, cause === 'handler' ? 'A handler failed' : 'An object is unreadable');
  }
}
