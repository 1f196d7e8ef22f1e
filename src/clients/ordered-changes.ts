/**
 * Changes of several watches in the order in which the API server stored them. Each watch is a stream of its own, so
 * that a later change may arrive before an earlier one; a world that never was would be seen in between.
 */
import type { KubeObject } from '../kube/objects.ts';
import { compareResourceVersions } from '../kube/resource-version.ts';
import type { Resource } from '../kube/resources.ts';
import type { InformerEvent } from '../runtime/announced-cache.ts';

export interface ArrivedChange {
  readonly resource: Resource;
  readonly event: InformerEvent<KubeObject>;
  /** Milliseconds since the epoch. */
  readonly arrivedAt: number;
}

/** By how much two watches may be apart. */
export const SETTLING_MS = 1000;

/**
 * Versions of different resources have no order by the letter of the API, but an API server with one store counts all
 * of them together. With more than one, changes stay within the time in which they may be apart anyway.
 */
export class OrderedChanges {
  #waiting: { readonly change: ArrivedChange; readonly version: string }[] = [];
  #latest = '';

  add(change: ArrivedChange): void {
    const { type, object } = change.event;
    const { resourceVersion } = object.metadata;
    if (compareResourceVersions(resourceVersion, this.#latest) > 0) this.#latest = resourceVersion;
    // A deletion comes with the version before it: it is no older than what has arrived.
    this.#waiting.push({ change, version: type === 'deleted' ? this.#latest : resourceVersion });
  }

  /** When the next change can be taken, milliseconds since the epoch; `null` when none waits. */
  get readyAt(): number | null {
    return this.#waiting.length === 0
      ? null
      : Math.min(...this.#waiting.map(({ change }) => change.arrivedAt)) + SETTLING_MS;
  }

  /** Those before which nothing can arrive any more; with `all`, also those for which that is not known. */
  take(now: number, all = false): readonly ArrivedChange[] {
    const sorted = this.#waiting.toSorted((a, b) => compareResourceVersions(a.version, b.version));
    const last = sorted.findLastIndex(({ change }) => all || change.arrivedAt + SETTLING_MS <= now);
    this.#waiting = sorted.slice(last + 1);
    return sorted.slice(0, last + 1).map(({ change }) => change);
  }
}
