/**
 * The objects of one resource in memory, frozen, with named indexes and the newest version seen. An informer
 * fills it.
 */
import { keyOf, objectKey } from '../kube/object-key.ts';
import type { KubeObject } from '../kube/objects.ts';
import { compareResourceVersions } from '../kube/resource-version.ts';

/** The values under which an object is found in an index. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** The read-only view of a cache. */
export interface ReadableCache<T extends KubeObject> {
  /** `namespace` is empty for cluster-scoped objects. */
  get(namespace: string, name: string): T | undefined;
  values(): IterableIterator<T>;
  byIndex(index: string, value: string): readonly T[];
  readonly size: number;
  /** Newest version seen in a list, an event or a bookmark; empty before the first complete list. */
  readonly latestResourceVersion: string;
}

interface Index<T> {
  readonly valuesOf: IndexFunction<T>;
  /** Of the objects that are found under a value. */
  readonly keys: Map<string, Set<string>>;
}

export class ObjectCache<T extends KubeObject> implements ReadableCache<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();
  #latestResourceVersion = '';

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

  /** `byIndex` knows `name` from now on. Asking for the same index twice is fine; one name for two of them is an error. */
  addIndex(name: string, valuesOf: IndexFunction<T>): void {
    const known = this.#indexes.get(name);
    if (known?.valuesOf === valuesOf) return;
    if (known !== undefined) throw new Error(`There is another index ${name} already`);
    const keys = new Map<string, Set<string>>();
    for (const [key, object] of this.#objects) addKey(keys, key, valuesOf(object));
    this.#indexes.set(name, { valuesOf, keys });
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

  /** Freezes the object deeply and puts it into the cache and all indexes. If an index function throws, nothing changes. */
  put(object: T): void {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    const values = [...this.#indexes.values()].map(({ valuesOf, keys }) => ({ keys, values: valuesOf(object) }));
    if (previous !== undefined) this.#unindex(key, previous);
    for (const { keys, values: indexed } of values) addKey(keys, key, indexed);
    this.#objects.set(key, deepFreeze(object));
  }

  /** Removes the object of that key and returns it. */
  remove(key: string): T | undefined {
    const previous = this.#objects.get(key);
    if (previous === undefined) return undefined;
    this.#unindex(key, previous);
    this.#objects.delete(key);
    return previous;
  }

  /** Records that the cache holds everything up to `resourceVersion`; an older version changes nothing. */
  advanceTo(resourceVersion: string): void {
    if (compareResourceVersions(resourceVersion, this.#latestResourceVersion) > 0)
      this.#latestResourceVersion = resourceVersion;
  }

  /** Like `advanceTo`, but a complete list counts even if versions went back (a restored etcd). */
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

function addKey(keys: Map<string, Set<string>>, key: string, values: readonly string[]): void {
  for (const value of values) {
    const set = keys.get(value) ?? new Set<string>();
    set.add(key);
    keys.set(value, set);
  }
}

/** Costs about a third of parsing the object, and no memory, so it is done in production, too. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.freeze(value);
  for (const key in value) {
    const part = value[key];
    if (typeof part === 'object' && part !== null && !Object.isFrozen(part)) deepFreeze(part);
  }
  return value;
}
