/** What an informer is made with. */
import type { KubeObject } from '../kube/objects.ts';
import type { Resource } from '../kube/resources.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Client } from './client.ts';
import type { Clock } from './clock.ts';

export interface InformerOptions<T extends KubeObject> {
  readonly client: Pick<Client, 'list' | 'watch'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'informerRelists' | 'informerRejects'> & {
    readonly informerObjects: Pick<Metrics['informerObjects'], 'addSource'>;
  };
  readonly resource: Resource;
  /**
   * The server may not know the resource, or not allow to list it: after the first such answer it counts as complete. It
   * is listed again a while later, and as often as it takes.
   */
  readonly optional?: boolean;
  /** Name in logs and metrics; the plural of the resource when absent. */
  readonly name?: string;
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Asks the server for metadata only. */
  readonly metadataOnly?: boolean;
  /** `trim` gets each object without its `metadata.managedFields`: reading them is most of the work. */
  readonly omitManagedFields?: boolean;
  /**
   * Reads an object and removes what the cache does not need, in place or in a copy. If it throws, only that
   * version of that object is skipped and logged. `known` is the version in the cache, whose parts may be used again.
   */
  readonly trim: (object: KubeObject, known: T | undefined) => T;
  readonly pageSize?: number;
  /** The server ends a watch after this time (a random half more, so that watches do not end together). */
  readonly watchTimeoutSeconds?: number;
  /** A watch without a byte for this time counts as hung. The server sends a bookmark every minute if anything changes. */
  readonly inactivityMs?: number;
  readonly random?: () => number;
}
