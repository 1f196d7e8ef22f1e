/** Objects of a namespace, kept up to date until they are stopped. A watch that is lost is opened again, however often. */
import type { KubeObject } from '../kube/objects.ts';
import { lookupIn, type Lookup } from '../core/observed/lookup.ts';
import type { Resource } from '../kube/resources.ts';
import type { InformerEvent } from '../runtime/announced-cache.ts';
import { Informer } from '../runtime/informer.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Cluster } from './cluster.ts';
import type { Watched } from './observed.ts';

interface LiveOptions {
  readonly cluster: Cluster;
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly watched: readonly Watched[];
}

/** A person reads what is shown; nothing else counts. */
const NO_METRICS = {
  informerObjects: { addSource: () => undefined },
  informerRelists: { inc: () => undefined },
  informerRejects: { inc: () => undefined },
} as unknown as Pick<Metrics, 'informerObjects' | 'informerRelists' | 'informerRejects'>;

export class LiveObjects {
  readonly lookup: Lookup;
  readonly #informers: readonly Informer<KubeObject>[];
  readonly #byPlural: ReadonlyMap<string, Informer<KubeObject>>;
  readonly #listeners = new Set<() => void>();
  #trouble: string | null = null;

  constructor({ cluster, namespace, watched }: LiveOptions) {
    const parts = { client: cluster.client, clock: cluster.clock, metrics: NO_METRICS, logger: this.#logger() };
    const scope = namespace === undefined ? {} : { namespace };
    this.#informers = watched.map(({ resource, labelSelector, isReadable, isClusterWide, trimmed }) => {
      const trim = (object: KubeObject): KubeObject => {
        if (isReadable(object)) return trimmed?.(object) ?? object;
        throw new Error(`${object.metadata.name} cannot be read`);
      };
      const selector = labelSelector === undefined ? {} : { labelSelector };
      const place = isClusterWide === true ? {} : scope;
      return new Informer<KubeObject>({ ...parts, ...place, ...selector, resource, optional: true, trim });
    });
    this.#byPlural = new Map(this.#informers.map((one) => [one.resource.plural, one]));
    for (const one of this.#informers) one.addHandler(() => this.#changed(null));
    this.lookup = lookupIn(({ plural }) => [...(this.#byPlural.get(plural)?.cache.values() ?? [])]);
  }

  /** Why what is shown may be out of date; `null` when it is not. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** By plural: why its objects may not be read. */
  get unreadable(): ReadonlyMap<string, string> {
    return new Map(
      this.#informers.flatMap(({ resource, unreadable }) =>
        unreadable === null ? [] : [[resource.plural, unreadable]],
      ),
    );
  }

  all(resource: Resource): readonly KubeObject[] {
    return [...(this.#byPlural.get(resource.plural)?.cache.values() ?? [])];
  }

  /** Resolves once everything has been listed. What may not be read counts as empty. */
  async start(): Promise<void> {
    for (const one of this.#informers) one.start();
    await Promise.all(this.#informers.map((one) => one.synced));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#informers.map((one) => one.stop()));
  }

  /** `listener` is called after every change; the returned function ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `listener` is called for every object that there is, and for every change of one. */
  onEvent(listener: (resource: Resource, event: InformerEvent<KubeObject>) => void): void {
    for (const one of this.#informers) one.addHandler((event) => listener(one.resource, event));
  }

  #changed(trouble: string | null): void {
    this.#trouble = trouble;
    for (const listener of this.#listeners) listener();
  }

  /** Informers log what goes wrong, and when a list has succeeded again; here a person is shown it. */
  #logger(): Logger {
    const said = ({ why = '' }: { readonly why?: string }, what: string): void => this.#changed(why || what);
    const logger = {
      child: () => logger,
      error: said,
      warn: said,
      info: () => undefined,
      debug: () => this.#changed(null),
    };
    return logger as unknown as Logger;
  }
}
