/**
 * A gauge whose series are computed at each scrape. Nothing is stored between two scrapes, so series of
 * deleted objects vanish and a reconcile costs nothing.
 */
import { type Labels, labelText, type MetricOptions, StreamedMetric } from './streamed-metric.ts';

export interface Sample<Label extends string> {
  readonly labels: Labels<Label>;
  readonly value: number;
}

/** Called at every scrape, and read while other things happen; it must be quick and must not throw. */
export type SampleSource<Label extends string> = () => Iterable<Sample<Label>>;

export class SampledGauge<Label extends string> extends StreamedMetric<Label> {
  readonly #sources: SampleSource<Label>[] = [];

  constructor(options: MetricOptions<Label>) {
    super('gauge', options);
  }

  /** From now on every scrape includes the samples of `source`. */
  addSource(source: SampleSource<Label>): void {
    this.#sources.push(source);
  }

  protected *samples(): Generator<string> {
    for (const source of this.#sources) {
      for (const { labels, value } of source()) yield `${this.name}{${labelText(this.labelNames, labels)}} ${value}`;
    }
  }
}
