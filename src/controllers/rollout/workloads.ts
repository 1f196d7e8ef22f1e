/**
 * The objects that Rollouts name in `spec.workloadRef`. Once a Rollout names a kind, the metadata of all its objects is
 * watched; the specification is read only for those that are named, once for each generation (ADR 10).
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import { workloadResource } from '../../api/schema/workload-ref.ts';
import type { ReferencedWorkload } from '../../core/observed/world.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { objectKey } from '../../kube/object-key.ts';
import type { Resource } from '../../kube/resources.ts';
import { missingText, workloadOf, type Workload } from '../../kube/workload.ts';
import type { InformerEvent } from '../../runtime/announced-cache.ts';
import { isApiError } from '../../runtime/api-error.ts';
import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Informer } from '../../runtime/informer.ts';
import type { ReadableCache } from '../../runtime/object-cache.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

interface WorkloadsOptions {
  readonly client: Pick<Client, 'list' | 'watch' | 'get'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'informerObjects' | 'informerRelists' | 'informerRejects'>;
  /** All namespaces when absent. */
  readonly namespace: string | undefined;
}

/** What was found, and whether an event reports its changes. */
export interface FoundWorkload {
  readonly workload: ReferencedWorkload;
  readonly isWatched: boolean;
}

export class Workloads {
  readonly #options: WorkloadsOptions;
  /** By plural; none is stopped while the process lives. */
  readonly #informers = new Map<string, Informer<KubeObject>>();
  readonly #read = new Map<string, Workload>();
  #onChange: (key: string) => void = () => {};
  #stopping = false;

  constructor(options: WorkloadsOptions) {
    this.#options = options;
  }

  /** From now on `onChange` gets the key of every object that is created or deleted, or whose specification changes. */
  connect(onChange: (key: string) => void): void {
    this.#onChange = onChange;
  }

  /**
   * What the Rollout's reference leads to; `null` when it names nothing that a template could be taken from. An object
   * that may not be read is as good as missing. Throws the ApiError of a request that failed in any other way.
   */
  async find(rollout: Rollout, signal: AbortSignal): Promise<FoundWorkload | null> {
    const { workloadRef } = rollout.spec;
    const resource = workloadRef === undefined ? null : workloadResource(workloadRef);
    const { namespace = '' } = rollout.metadata;
    const name = workloadRef?.name ?? '';
    if (resource === null || name === '') return null;
    const { cache } = this.#informerOf(resource);
    const isWatched = cache.latestResourceVersion !== '';
    const seen = cache.get(namespace, name)?.metadata;
    const key = workloadKey(resource, namespace, name);
    if (isWatched && seen === undefined) return { workload: { missing: missingText(resource, name) }, isWatched };
    const known = this.#read.get(key);
    if (known !== undefined && known.uid === seen?.uid && known.generation >= (seen.generation ?? 0)) {
      // Status writes have raised its version: a write that names the version that was read would be refused for ever.
      const { resourceVersion } = known.generation === seen.generation ? seen : known;
      return { workload: { ...known, resourceVersion }, isWatched };
    }
    try {
      return { workload: await this.#readNow(resource, namespace, name, signal), isWatched };
    } catch (error) {
      // No event reports that a right was granted.
      if (isApiError(error, 'forbidden')) return { workload: { missing: error.message }, isWatched: false };
      throw error;
    }
  }

  /** The cache of that plural; `undefined` before its first list, while objects are read live. */
  cacheOf(plural: string): ReadableCache<KubeObject> | undefined {
    const cache = this.#informers.get(plural)?.cache;
    return cache?.latestResourceVersion === '' ? undefined : cache;
  }

  /** Resolves with true once everything is seen that was written before the call; with false when stopped. */
  async refresh(): Promise<boolean> {
    const refreshed = await Promise.all([...this.#informers.values()].map((informer) => informer.refresh()));
    return !refreshed.includes(false);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#informers.values()].map((informer) => informer.stop()));
  }

  async #readNow(
    resource: Resource,
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<ReferencedWorkload> {
    try {
      const workload = workloadOf(await this.#options.client.get(resource, { namespace, name }, { signal }));
      this.#read.set(workloadKey(resource, namespace, name), workload);
      return workload;
    } catch (error) {
      if (isApiError(error, 'notFound')) return { missing: missingText(resource, name) };
      throw error;
    }
  }

  #informerOf(resource: Resource): Informer<KubeObject> {
    const known = this.#informers.get(resource.plural);
    if (known !== undefined) return known;
    const { namespace, ...parts } = this.#options;
    const informer = new Informer<KubeObject>({
      ...parts,
      ...(namespace === undefined ? {} : { namespace }),
      resource,
      name: `workload-${resource.plural}`,
      metadataOnly: true,
      omitManagedFields: true,
      trim: identityOf,
    });
    informer.addHandler((event) => this.#announce(resource, event));
    this.#informers.set(resource.plural, informer);
    if (!this.#stopping) informer.start();
    return informer;
  }

  #announce(resource: Resource, { type, object, previous }: InformerEvent<KubeObject>): void {
    const { namespace = '', name, generation } = object.metadata;
    if (type === 'updated' && previous?.metadata.generation === generation) return;
    const key = workloadKey(resource, namespace, name);
    if (type === 'deleted') this.#read.delete(key);
    this.#onChange(key);
  }
}

/** Names an object among all kinds that a Rollout may refer to. */
export function workloadKey(resource: Resource, namespace: string, name: string): string {
  return `${resource.plural} ${objectKey(namespace, name)}`;
}

/** Enough to distinguish objects, and states of one object. */
function identityOf({ metadata }: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, generation } = metadata;
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion,
      ...(generation === undefined ? {} : { generation }),
    },
  };
}
