/** Objects of a namespace, kept up to date until they are stopped. A watch that is lost is opened again, however often. */
import type { KubeObject } from '../kube/objects.ts';
import type { Index, Lookup } from '../core/observed/lookup.ts';
import type { Resource } from '../kube/resources.ts';
import type { InformerEvent } from '../runtime/announced-cache.ts';
import { Informer } from '../runtime/informer.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Cluster } from './cluster.ts';
import type { Watched } from './observed.ts';

interface LiveOptions {
  readonly cluster: Pick<Cluster, 'client' | 'clock'>;
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly watched: readonly Watched[];
}

export interface Changed {
  readonly resource: Resource;
  /** As it is now; of one that was deleted, as it was last. */
  readonly object: KubeObject;
}

/** `null`: no object has changed, but what is known about the connection. */
type Listener = (changed: Changed | null) => void;

/** Most of an object is dropped when it is read, and a page is in memory as a whole until then. */
const PAGE_SIZE = 250;

/** A person reads what is shown; nothing else counts. */
const NO_METRICS = {
  informerObjects: { addSource: () => undefined },
  informerRelists: { inc: () => undefined },
  informerRejects: { inc: () => undefined },
} as unknown as Pick<Metrics, 'informerObjects' | 'informerRelists' | 'informerRejects'>;

export class LiveObjects {
  readonly lookup: Lookup;
  readonly #byPlural: ReadonlyMap<string, Informer<KubeObject>>;
  readonly #listeners = new Set<Listener>();
  /** By the plural of the resource, and by the key of an object that cannot be read. */
  readonly #troubles = new Map<string, string>();

  constructor({ cluster, namespace, watched }: LiveOptions) {
    const parts = { client: cluster.client, clock: cluster.clock, metrics: NO_METRICS, logger: this.#logger('') };
    const scope = namespace === undefined ? {} : { namespace };
    const informers = watched.map(({ isReadable, isClusterWide = false, trim = (object) => object, ...rest }) => {
      const read = (object: KubeObject): KubeObject => {
        if (isReadable(object)) return trim(object);
        throw new Error(`${object.metadata.name} cannot be read`);
      };
      const place = isClusterWide ? {} : scope;
      return new Informer<KubeObject>({ ...parts, ...place, ...rest, optional: true, trim: read, pageSize: PAGE_SIZE });
    });
    this.#byPlural = new Map(informers.map((one) => [one.resource.plural, one]));
    for (const one of informers) one.addHandler(({ object }) => this.#tell({ resource: one.resource, object }));
    this.lookup = {
      get: <T extends KubeObject>(resource: Resource, namespace: string, name: string) =>
        this.#readable(resource)?.cache.get(namespace, name) as unknown as T | undefined,
      find: <T extends KubeObject>(index: Index<T>, value: string) => this.#find(index, value),
      unreadable: () => null,
    };
  }

  /** Why what is shown may be out of date or not all there is; `null` when it is complete. */
  get trouble(): string | null {
    return this.#troubles.size === 0 ? null : [...new Set(this.#troubles.values())].join('; ');
  }

  /** Why objects of a resource may not be read; `null` when they may. */
  refusal({ plural }: Resource): string | null {
    return this.#byPlural.get(plural)?.unreadable ?? null;
  }

  /** By plural: why its objects may not be read. */
  get unreadable(): ReadonlyMap<string, string> {
    return new Map(
      [...this.#byPlural.values()].flatMap(({ resource, unreadable }) =>
        unreadable === null ? [] : [[resource.plural, unreadable]],
      ),
    );
  }

  /** What may not be read any more is not shown any more. */
  all(resource: Resource): readonly KubeObject[] {
    return [...(this.#readable(resource)?.cache.values() ?? [])];
  }

  /** Resolves once everything has been listed. What may not be read counts as empty. */
  async start(): Promise<void> {
    const informers = [...this.#byPlural.values()];
    for (const one of informers) one.start();
    await Promise.all(informers.map((one) => one.synced));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#byPlural.values()].map((one) => one.stop()));
  }

  /** `listener` is called after every change; the returned function ends that. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `listener` is called for every object that there is, and for every change of one. */
  onEvent(listener: (resource: Resource, event: InformerEvent<KubeObject>) => void): void {
    for (const one of this.#byPlural.values()) one.addHandler((event) => listener(one.resource, event));
  }

  #readable({ plural }: Resource): Informer<KubeObject> | undefined {
    const informer = this.#byPlural.get(plural);
    return informer?.unreadable === null ? informer : undefined;
  }

  /** An index is made when it is asked for first. */
  #find<T extends KubeObject>({ resource, name, valuesOf }: Index<T>, value: string): readonly T[] {
    const informer = this.#readable(resource);
    informer?.addIndexes({ [name]: valuesOf as unknown as (object: KubeObject) => readonly string[] });
    return (informer?.cache.byIndex(name, value) ?? []) as unknown as readonly T[];
  }

  #tell(changed: Changed | null): void {
    for (const listener of this.#listeners) listener(changed);
  }

  #note(about: string, trouble: string | null): void {
    if (trouble === (this.#troubles.get(about) ?? null)) return;
    if (trouble === null) this.#troubles.delete(about);
    else this.#troubles.set(about, trouble);
    this.#tell(null);
  }

  /** Informers log what goes wrong, and when they go on; here a person is shown it. */
  #logger(about: string): Logger {
    const logger = {
      child: ({ informer }: { readonly informer: string }) => this.#logger(informer),
      warn: ({ why = '' }: { readonly why?: string }, what: string) => this.#note(about, why || what),
      error: ({ err, object = '' }: { readonly err?: Error; readonly object?: string }, what: string) =>
        this.#note(`${about} ${object}`, err?.message ?? what),
      info: () => this.#note(about, null),
      debug: () => this.#note(about, null),
    };
    return logger as unknown as Logger;
  }
}
