/**
 * A counter with `namespace` and `name` among its labels that can forget one object's series, so
 * that metrics do not grow with every object that ever lived.
 */
import { Counter, type Registry } from 'prom-client';

interface PerObjectCounterOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  /** Labels beside `namespace` and `name`. */
  readonly labelNames: readonly Label[];
  readonly registry: Registry;
}

type Labels<Label extends string> = Readonly<Record<Label | 'namespace' | 'name', string>>;

export class PerObjectCounter<Label extends string> {
  readonly #counter: Counter<Label | 'namespace' | 'name'>;
  readonly #seriesOfObject = new Map<string, Map<string, Labels<Label>>>();

  constructor({ name, help, labelNames, registry }: PerObjectCounterOptions<Label>) {
    this.#counter = new Counter<Label | 'namespace' | 'name'>({
      name,
      help,
      labelNames: ['namespace', 'name', ...labelNames],
      registers: [registry],
    });
  }

  inc(labels: Labels<Label>): void {
    this.#counter.inc(labels);
    const object = objectKey(labels.namespace, labels.name);
    const series = this.#seriesOfObject.get(object) ?? new Map<string, Labels<Label>>();
    this.#seriesOfObject.set(object, series);
    const seriesKey = Object.values(labels).join('\n');
    if (!series.has(seriesKey)) series.set(seriesKey, labels);
  }

  /** No series of the object is left; the next count starts at 1. */
  forget(namespace: string, name: string): void {
    const object = objectKey(namespace, name);
    for (const labels of this.#seriesOfObject.get(object)?.values() ?? []) this.#counter.remove(labels);
    this.#seriesOfObject.delete(object);
  }
}

function objectKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
