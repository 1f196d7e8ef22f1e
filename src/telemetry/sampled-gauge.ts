/**
 * A gauge whose series are computed when somebody scrapes them. Nothing is stored between two
 * scrapes, so series of objects that are gone vanish by themselves and a reconcile pays nothing.
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

  /** From now on every scrape also holds what `source` answers. */
  addSource(source: SampleSource<Label>): void {
    this.#sources.push(source);
  }

  override async get(): ReturnType<Gauge<Label>['get']> {
    const metric = await super.get();
    return { ...metric, values: this.#sources.flatMap((source) => [...source()]) };
  }
}
