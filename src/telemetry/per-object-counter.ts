/**
 * A counter with the labels `namespace` and `name` that forgets objects: on request, and, when there are
 * too many, those that were counted least recently. So metrics do not grow with every object that ever existed.
 */
import { LRUCache } from 'lru-cache';
import { objectKey } from '../kube/object-key.ts';
import {
  type Labels,
  labelText,
  type MetricOptions,
  OBJECT_LABELS,
  type ObjectLabel,
  StreamedMetric,
} from './streamed-metric.ts';

interface PerObjectCounterOptions<Label extends string> extends MetricOptions<Label> {
  readonly maxObjects?: number;
  /** An object that was not counted for so many milliseconds is forgotten; never, when absent. */
  readonly idleMs?: number;
  /** Milliseconds; a test may replace it. */
  readonly now?: () => number;
}

interface Series {
  /** The text of `namespace` and `name`. */
  readonly labels: string;
  /** By the text of the labels beside them. */
  readonly counts: Map<string, number>;
  countedAt: number;
}

/** More objects than the largest installations are known to have, and still only megabytes. */
const DEFAULT_MAX_OBJECTS = 20_000;

export class PerObjectCounter<Label extends string> extends StreamedMetric<Label | ObjectLabel> {
  /** Beside `namespace` and `name`. */
  readonly #ownLabels: readonly Label[];
  /** The object that was counted last comes first. */
  readonly #seriesOfObject: LRUCache<string, Series>;
  /** Objects are counted for the same few things: each text is held once. */
  readonly #texts = new Map<string, string>();
  readonly #idleMs: number;
  readonly #now: () => number;

  /** `labelNames` are those beside `namespace` and `name`. */
  constructor({
    maxObjects = DEFAULT_MAX_OBJECTS,
    idleMs = Infinity,
    now = () => performance.now(),
    labelNames,
    ...options
  }: PerObjectCounterOptions<Label>) {
    super('counter', { ...options, labelNames: [...OBJECT_LABELS, ...labelNames] });
    this.#ownLabels = labelNames;
    this.#idleMs = idleMs;
    this.#now = now;
    // As a size: an LRUCache reserves 500 KB of memory for a `max` of this many.
    this.#seriesOfObject = new LRUCache({ maxSize: maxObjects, sizeCalculation: () => 1 });
  }

  inc(labels: Labels<Label | ObjectLabel>): void {
    const object = objectKey(labels.namespace, labels.name);
    const text = this.#textOf(labels);
    const countedAt = this.#now();
    const series = this.#seriesOfObject.get(object);
    if (series === undefined) {
      const counts = new Map([[text, 1]]);
      this.#seriesOfObject.set(object, { labels: labelText(OBJECT_LABELS, labels), counts, countedAt });
    } else {
      series.counts.set(text, (series.counts.get(text) ?? 0) + 1);
      series.countedAt = countedAt;
    }
    this.#forgetIdle(countedAt);
  }

  /** Removes all series of the object; the next count starts at 1. */
  forget(namespace: string, name: string): void {
    this.#seriesOfObject.delete(objectKey(namespace, name));
  }

  protected *samples(): Generator<string> {
    // What is counted meanwhile changes the order.
    const all = [...this.#seriesOfObject.values()];
    for (const { labels, counts } of all) {
      for (const [text, count] of counts) yield `${this.name}{${labels}${text === '' ? '' : ','}${text}} ${count}`;
    }
  }

  #textOf(labels: Labels<Label>): string {
    const text = labelText(this.#ownLabels, labels);
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }

  #forgetIdle(now: number): void {
    for (const object of this.#seriesOfObject.rkeys()) {
      const countedAt = this.#seriesOfObject.peek(object)?.countedAt ?? now;
      if (now - countedAt <= this.#idleMs) return;
      this.#seriesOfObject.delete(object);
    }
  }
}
