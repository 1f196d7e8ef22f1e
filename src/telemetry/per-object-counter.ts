/**
 * A counter with `namespace` and `name` among its labels that forgets objects: those that it is told
 * to, and those that were not counted for longest once there are too many. So metrics do not grow
 * with every object that ever lived.
 */
import { Counter, type Registry } from 'prom-client';

interface PerObjectCounterOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  /** Labels beside `namespace` and `name`. */
  readonly labelNames: readonly Label[];
  readonly registry: Registry;
  readonly maxObjects?: number;
}

/** More objects than the largest installations are known to have, and still only megabytes. */
const DEFAULT_MAX_OBJECTS = 20_000;

type Labels<Label extends string> = Readonly<Record<Label | 'namespace' | 'name', string>>;

export class PerObjectCounter<Label extends string> {
  readonly #counter: Counter<Label | 'namespace' | 'name'>;
  readonly #maxObjects: number;
  /** The object that was counted last comes last. */
  readonly #seriesOfObject = new Map<string, Map<string, Labels<Label>>>();

  constructor({ name, help, labelNames, registry, maxObjects }: PerObjectCounterOptions<Label>) {
    this.#maxObjects = maxObjects ?? DEFAULT_MAX_OBJECTS;
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
    this.#seriesOfObject.delete(object);
    this.#seriesOfObject.set(object, series);
    const seriesKey = Object.values(labels).join('\n');
    if (!series.has(seriesKey)) series.set(seriesKey, labels);
    const [oldest] = this.#seriesOfObject.keys();
    if (this.#seriesOfObject.size > this.#maxObjects && oldest !== undefined) this.#forget(oldest);
  }

  /** No series of the object is left; the next count starts at 1. */
  forget(namespace: string, name: string): void {
    this.#forget(objectKey(namespace, name));
  }

  #forget(object: string): void {
    for (const labels of this.#seriesOfObject.get(object)?.values() ?? []) this.#counter.remove(labels);
    this.#seriesOfObject.delete(object);
  }
}

function objectKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
