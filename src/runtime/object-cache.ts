/**
 * The objects of one resource in memory, frozen, with named indexes and the newest version that was
 * seen. It is filled by an informer and read by everybody; it does no I/O and announces nothing.
 */
import { objectKey } from '../kube/object-key.ts';
import type { KubeObject } from '../kube/objects.ts';
import { compareResourceVersions } from '../kube/resource-version.ts';

/** The values under which an object is found in an index. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** What everybody but the informer sees of a cache. */
export interface ReadableCache<T extends KubeObject> {
  /** `namespace` is empty for cluster-scoped objects. */
  get(namespace: string, name: string): T | undefined;
  values(): IterableIterator<T>;
  byIndex(index: string, value: string): readonly T[];
  readonly size: number;
  /** Newest version seen in a list, an event or a bookmark; empty before the first complete list. */
  readonly latestResourceVersion: string;
}

export class ObjectCache<T extends KubeObject> implements ReadableCache<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: ReadonlyMap<
    string,
    { readonly valuesOf: IndexFunction<T>; readonly keys: Map<string, Set<string>> }
  >;
  #latestResourceVersion = '';

  constructor(indexes: Readonly<Record<string, IndexFunction<T>>> = {}) {
    this.#indexes = new Map(
      Object.entries(indexes).map(([name, valuesOf]) => [name, { valuesOf, keys: new Map<string, Set<string>>() }]),
    );
  }

  get size(): number {
    return this.#objects.size;
  }

  get latestResourceVersion(): string {
    return this.#latestResourceVersion;
  }

  get(namespace: string, name: string): T | undefined {
    return this.#objects.get(objectKey(namespace, name));
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  byIndex(index: string, value: string): readonly T[] {
    const found = this.#indexes.get(index);
    if (found === undefined) throw new Error(`There is no index ${index}`);
    const objects: T[] = [];
    for (const key of found.keys.get(value) ?? []) {
      const object = this.#objects.get(key);
      if (object !== undefined) objects.push(object);
    }
    return objects;
  }

  /** The object, frozen in depth, is in the cache and all indexes. If an index function throws, nothing has changed. */
  put(object: T): void {
    const key = cacheKey(object);
    const previous = this.#objects.get(key);
    const values = [...this.#indexes.values()].map(({ valuesOf, keys }) => ({ keys, values: valuesOf(object) }));
    if (previous !== undefined) this.#unindex(key, previous);
    for (const { keys, values: indexed } of values)
      for (const value of indexed) {
        const set = keys.get(value) ?? new Set<string>();
        set.add(key);
        keys.set(value, set);
      }
    this.#objects.set(key, deepFreeze(object));
  }

  /** The object of that key is gone; returns it. */
  remove(key: string): T | undefined {
    const previous = this.#objects.get(key);
    if (previous === undefined) return undefined;
    this.#unindex(key, previous);
    this.#objects.delete(key);
    return previous;
  }

  /** Everything up to `resourceVersion` is in here from now on; an older one changes nothing. */
  advanceTo(resourceVersion: string): void {
    if (compareResourceVersions(resourceVersion, this.#latestResourceVersion) > 0)
      this.#latestResourceVersion = resourceVersion;
  }

  /** Like `advanceTo`, but a complete list is the truth even where versions went back (a restored etcd). */
  resetTo(resourceVersion: string): void {
    this.#latestResourceVersion = resourceVersion;
  }

  #unindex(key: string, object: T): void {
    for (const { valuesOf, keys } of this.#indexes.values())
      for (const value of valuesOf(object)) {
        const set = keys.get(value);
        set?.delete(key);
        if (set?.size === 0) keys.delete(value);
      }
  }
}

export function cacheKey({ metadata }: KubeObject): string {
  return objectKey(metadata.namespace ?? '', metadata.name);
}

/** Costs about a third of parsing the same object and no memory, so that it is done always and not only in tests. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.freeze(value);
  for (const key in value) {
    const part = value[key];
    if (typeof part === 'object' && part !== null && !Object.isFrozen(part)) deepFreeze(part);
  }
  return value;
}
