/**
 * A gauge whose series are computed at each scrape. Nothing is stored between two scrapes, so series of
 * deleted objects vanish and a reconcile costs nothing.
 */
import { Gauge, type LabelValues, type Registry } from 'prom-client';

export interface Sample<Label extends string> {
  readonly labels: LabelValues<Label>;
  readonly value: number;
}

/** Called at every scrape; it must be quick and must not throw. */
export type SampleSource<Label extends string> = () => Iterable<Sample<Label>>;

interface SampledGaugeOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  readonly registry: Registry;
}

export class SampledGauge<Label extends string> extends Gauge<Label> {
  readonly #sources: SampleSource<Label>[] = [];

  constructor({ name, help, labelNames, registry }: SampledGaugeOptions<Label>) {
    super({ name, help, labelNames, registers: [registry] });
  }

  /** From now on every scrape includes the samples of `source`. */
  addSource(source: SampleSource<Label>): void {
    this.#sources.push(source);
  }

  override async get(): ReturnType<Gauge<Label>['get']> {
    const metric = await super.get();
    return { ...metric, values: this.#sources.flatMap((source) => [...source()]) };
  }
}
