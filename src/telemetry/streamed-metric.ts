/**
 * Metrics with series for each object, which write their own lines. prom-client renders all series of all metrics as one
 * text: with 10,000 Rollouts that took three seconds, in which nothing else ran, and 200 MiB.
 */
import type { Metric, Registry } from 'prom-client';

export type Labels<Label extends string> = Readonly<Record<Label, string>>;

export interface MetricOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  readonly registry: Registry;
}

export abstract class StreamedMetric<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labelNames: readonly Label[];

  constructor(type: StreamedMetric<Label>['type'], { name, help, labelNames, registry }: MetricOptions<Label>) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.labelNames = labelNames;
    // The registry looks at the name alone.
    registry.registerMetric(this as unknown as Metric);
  }

  /** Its part of a scrape in the text format of Prometheus, a line at a time, as its series are now. */
  *lines(): Generator<string> {
    yield `# HELP ${this.name} ${this.help}`;
    yield `# TYPE ${this.name} ${this.type}`;
    yield* this.samples();
  }

  /** A line for each sample. Series may come and go between two of them. */
  protected abstract samples(): Iterable<string>;
}

export type ObjectLabel = 'namespace' | 'name';
/** The labels that say which object a series is about. */
export const OBJECT_LABELS: readonly ObjectLabel[] = ['namespace', 'name'];

const SPECIAL = /[\\"\n]/;

/** `a="1",b="2"`, in the order of `names`. */
export function labelText<Label extends string>(names: readonly Label[], labels: Labels<Label>): string {
  let text = '';
  for (const name of names) {
    const value = labels[name];
    text += `${text === '' ? '' : ','}${name}="${SPECIAL.test(value) ? escaped(value) : value}"`;
  }
  return text;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
