/**
 * A counter with the labels `namespace` and `name` that forgets objects: on request, and, when there are
 * too many, those that were counted least recently. So metrics do not grow with every object that ever existed.
 */
import { LRUCache } from 'lru-cache';
import { Counter, type Registry } from 'prom-client';
import { objectKey } from '../kube/object-key.ts';

interface PerObjectCounterOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  /** Labels beside `namespace` and `name`. */
  readonly labelNames: readonly Label[];
  readonly registry: Registry;
  readonly maxObjects?: number;
  /** An object that was not counted for so many milliseconds is forgotten; never, when absent. */
  readonly idleMs?: number;
  /** Milliseconds; a test may replace it. */
  readonly now?: () => number;
}

interface Series<Label extends string> {
  readonly labels: Map<string, Labels<Label>>;
  countedAt: number;
}

/** More objects than the largest installations are known to have, and still only megabytes. */
const DEFAULT_MAX_OBJECTS = 20_000;

type Labels<Label extends string> = Readonly<Record<Label | 'namespace' | 'name', string>>;

export class PerObjectCounter<Label extends string> {
  readonly #counter: Counter<Label | 'namespace' | 'name'>;
  /** The object that was counted last comes first. */
  readonly #seriesOfObject: LRUCache<string, Series<Label>>;
  readonly #idleMs: number;
  readonly #now: () => number;

  constructor({
    name,
    help,
    labelNames,
    registry,
    maxObjects = DEFAULT_MAX_OBJECTS,
    idleMs = Infinity,
    now = () => performance.now(),
  }: PerObjectCounterOptions<Label>) {
    this.#idleMs = idleMs;
    this.#now = now;
    this.#counter = new Counter<Label | 'namespace' | 'name'>({
      name,
      help,
      labelNames: ['namespace', 'name', ...labelNames],
      registers: [registry],
    });
    this.#seriesOfObject = new LRUCache({
      // As a size: an LRUCache reserves 500 KB of memory for a `max` of this many.
      maxSize: maxObjects,
      sizeCalculation: () => 1,
      dispose: (series) => series.labels.forEach((labels) => this.#counter.remove(labels)),
    });
  }

  inc(labels: Labels<Label>): void {
    this.#counter.inc(labels);
    const object = objectKey(labels.namespace, labels.name);
    const series = this.#seriesOfObject.get(object);
    const key = Object.values(labels).join('\n');
    const countedAt = this.#now();
    if (series === undefined) {
      this.#seriesOfObject.set(object, { labels: new Map([[key, labels]]), countedAt });
    } else {
      series.labels.set(key, labels);
      series.countedAt = countedAt;
    }
    this.#forgetIdle(countedAt);
  }

  /** Removes all series of the object; the next count starts at 1. */
  forget(namespace: string, name: string): void {
    this.#seriesOfObject.delete(objectKey(namespace, name));
  }

  #forgetIdle(now: number): void {
    for (const object of this.#seriesOfObject.rkeys()) {
      const countedAt = this.#seriesOfObject.peek(object)?.countedAt ?? now;
      if (now - countedAt <= this.#idleMs) return;
      this.#seriesOfObject.delete(object);
    }
  }
}
