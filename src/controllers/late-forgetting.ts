/** Removes the metrics of deleted objects once they have been scraped for the last time. */
import type { KubeObject } from '../kube/objects.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Informer } from '../runtime/informer.ts';

/** Series of a deleted object stay for one more scrape. */
const FORGET_AFTER_MS = 65_000;

interface LateForgettingOptions {
  readonly objects: Pick<Informer<KubeObject>, 'cache'>;
  readonly clock: Clock;
  readonly forget: (namespace: string, name: string) => void;
}

export class LateForgetting {
  readonly #options: LateForgettingOptions;
  /** Each cancels the timer of a deleted object whose series are still there. */
  readonly #forgetting = new Set<() => void>();
  #closed = false;

  constructor(options: LateForgettingOptions) {
    this.#options = options;
  }

  /** The object was deleted. Nothing is forgotten if there is another of its name by then. */
  note(namespace: string, name: string): void {
    if (this.#closed) return;
    const { clock, objects, forget } = this.#options;
    const cancel = clock.setTimer(FORGET_AFTER_MS, () => {
      this.#forgetting.delete(cancel);
      if (objects.cache.get(namespace, name) === undefined) forget(namespace, name);
    });
    this.#forgetting.add(cancel);
  }

  /** No timer waits any more. */
  close(): void {
    this.#closed = true;
    for (const cancel of this.#forgetting) cancel();
  }
}
