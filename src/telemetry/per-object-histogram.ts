/** A histogram with the labels `namespace` and `name` that forgets objects on request. */
import { objectKey } from '../kube/object-key.ts';
import {
  type Labels,
  labelText,
  type MetricOptions,
  OBJECT_LABELS,
  type ObjectLabel,
  StreamedMetric,
} from './streamed-metric.ts';

interface Series {
  readonly labels: string;
  /** How many values are above the bound before and not above this one; the last one is infinity. */
  readonly counts: number[];
  sum: number;
}

interface PerObjectHistogramOptions extends Omit<MetricOptions<ObjectLabel>, 'labelNames'> {
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
}

export class PerObjectHistogram extends StreamedMetric<ObjectLabel> {
  readonly #bounds: readonly number[];
  readonly #boundTexts: readonly string[];
  readonly #series = new Map<string, Series>();

  constructor({ buckets, ...options }: PerObjectHistogramOptions) {
    super('histogram', { ...options, labelNames: OBJECT_LABELS });
    this.#bounds = [...buckets, Infinity];
    this.#boundTexts = [...buckets.map(String), '+Inf'];
  }

  observe(object: Labels<ObjectLabel>, value: number): void {
    const series = this.#seriesOf(object);
    const bucket = this.#bounds.findIndex((bound) => value <= bound);
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += value;
  }

  forget(namespace: string, name: string): void {
    this.#series.delete(objectKey(namespace, name));
  }

  protected *samples(): Generator<string> {
    // An object that is forgotten and observed again meanwhile would come twice.
    const all = [...this.#series.values()];
    for (const { labels, counts, sum } of all) {
      let count = 0;
      for (const [bucket, bound] of this.#boundTexts.entries()) {
        count += counts[bucket] ?? 0;
        yield `${this.name}_bucket{le="${bound}",${labels}} ${count}`;
      }
      yield `${this.name}_sum{${labels}} ${sum}`;
      yield `${this.name}_count{${labels}} ${count}`;
    }
  }

  #seriesOf(object: Labels<ObjectLabel>): Series {
    const key = objectKey(object.namespace, object.name);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const series = { labels: labelText(OBJECT_LABELS, object), counts: this.#bounds.map(() => 0), sum: 0 };
    this.#series.set(key, series);
    return series;
  }
}
