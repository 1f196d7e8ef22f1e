/**
 * The objects of one resource in memory, frozen, with named indexes and the newest version seen. An informer
 * fills it.
 */
import { keyOf, objectKey } from '../kube/object-key.ts';
import { deepEqual } from '../kube/merge-patch.ts';
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
  /** Any one of those that `byIndex` finds. */
  oneByIndex(index: string, value: string): T | undefined;
  readonly size: number;
  /** Newest version seen in a list, an event or a bookmark; empty before the first complete list. */
  readonly latestResourceVersion: string;
}

interface Index<T> {
  readonly valuesOf: IndexFunction<T>;
  /** Of the objects that are found under a value. Most values have one object, and a set takes more than all the rest. */
  readonly keys: Map<string, string | Set<string>>;
}

const NONE: readonly never[] = [];

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
    const keys: Index<T>['keys'] = new Map();
    for (const [key, object] of this.#objects) addKey(keys, key, valuesOf(object));
    this.#indexes.set(name, { valuesOf, keys });
  }

  byIndex(index: string, value: string): readonly T[] {
    const keys = this.#keysIn(index, value);
    if (keys === undefined) return NONE;
    const objects: T[] = [];
    for (const key of typeof keys === 'string' ? [keys] : keys) {
      const object = this.#objects.get(key);
      if (object !== undefined) objects.push(object);
    }
    return objects;
  }

  oneByIndex(index: string, value: string): T | undefined {
    const keys = this.#keysIn(index, value);
    const key = typeof keys === 'object' ? keys.values().next().value : keys;
    return key === undefined ? undefined : this.#objects.get(key);
  }

  #keysIn(index: string, value: string): string | Set<string> | undefined {
    const found = this.#indexes.get(index);
    if (found === undefined) throw new Error(`There is no index ${index}`);
    return found.keys.get(value);
  }

  /** Freezes the object deeply and puts it into the cache and all indexes. If an index function throws, nothing changes. */
  put(object: T): void {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    const changes = [...this.#indexes.values()].flatMap(({ valuesOf, keys }) => {
      const [is, was] = [valuesOf(object), previous === undefined ? NONE : valuesOf(previous)];
      return deepEqual(is, was) ? [] : { keys, is, was };
    });
    for (const { keys, is, was } of changes) {
      removeKey(keys, key, was);
      addKey(keys, key, is);
    }
    this.#objects.set(key, deepFreeze(object));
  }

  /** Removes the object of that key and returns it. */
  remove(key: string): T | undefined {
    const previous = this.#objects.get(key);
    if (previous === undefined) return undefined;
    for (const { valuesOf, keys } of this.#indexes.values()) removeKey(keys, key, valuesOf(previous));
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
}

function addKey(keys: Map<string, string | Set<string>>, key: string, values: readonly string[]): void {
  for (const value of values) {
    const known = keys.get(value);
    if (known === undefined) keys.set(value, key);
    else if (typeof known !== 'string') known.add(key);
    else if (known !== key) keys.set(value, new Set([known, key]));
  }
}

function removeKey(keys: Map<string, string | Set<string>>, key: string, values: readonly string[]): void {
  for (const value of values) {
    const known = keys.get(value);
    if (known === key) keys.delete(value);
    if (known === undefined || typeof known === 'string') continue;
    known.delete(key);
    if (known.size === 0) keys.delete(value);
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
