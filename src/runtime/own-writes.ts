/**
 * Read your writes: remembers, for every key of a work queue, the newest version that we wrote of
 * each resource, so that nobody decides on a cache that has not seen it yet (spec 11.1). It does not
 * read the caches; the caller says how far they are.
 */
import { compareResourceVersions } from '../kube/resource-version.ts';
import type { Resource } from '../kube/resources.ts';
import type { Clock } from './clock.ts';

/**
 * A cache that has not seen a write after this time never will: versions went back when an etcd was
 * restored. It is longer than an informer needs to find out that its watch is hung and to list again.
 */
const LONGEST_WAIT_MS = 300_000;

interface OwnWrite {
  readonly resourceVersion: string;
  readonly writtenAt: number;
}

export class OwnWrites {
  readonly #clock: Clock;
  /** By key, then by plural of the resource. */
  readonly #writes = new Map<string, Map<string, OwnWrite>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `resourceVersion` is what the server answered to a write made for `key`. */
  record(key: string, resource: Resource, resourceVersion: string): void {
    const writes = this.#writes.get(key) ?? new Map<string, OwnWrite>();
    this.#writes.set(key, writes);
    const known = writes.get(resource.plural);
    if (known !== undefined && compareResourceVersions(known.resourceVersion, resourceVersion) >= 0) return;
    writes.set(resource.plural, { resourceVersion, writtenAt: this.#clock.monotonic() });
  }

  /**
   * Whether a cache is older than what we wrote for `key`. `cacheVersionOf` answers the newest version
   * in the cache of that plural, or `undefined` where there is no such cache. Writes that every cache
   * has seen are forgotten.
   */
  isBehind(key: string, cacheVersionOf: (plural: string) => string | undefined): boolean {
    const writes = this.#writes.get(key);
    if (writes === undefined) return false;
    const tooOld = this.#clock.monotonic() - LONGEST_WAIT_MS;
    for (const [plural, { resourceVersion, writtenAt }] of writes) {
      const cached = cacheVersionOf(plural);
      if (cached === undefined || compareResourceVersions(cached, resourceVersion) >= 0 || writtenAt <= tooOld)
        writes.delete(plural);
    }
    if (writes.size === 0) this.#writes.delete(key);
    return writes.size > 0;
  }

  /** Nothing is remembered for `key`. */
  forget(key: string): void {
    this.#writes.delete(key);
  }
}
