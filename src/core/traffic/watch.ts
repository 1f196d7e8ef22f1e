/**
 * What of the cluster a traffic router has to see: the resources that are watched for it, what of them belongs to one
 * Rollout, and which Rollouts a change concerns.
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import type { Index, Lookup } from '../observed/lookup.ts';

export interface RouterWatch {
  readonly resources: readonly Resource[];
  /**
   * The resources that are needed for one Rollout, where they are watched only from the first Rollout on that needs them;
   * absent: they are watched from the start.
   */
  readonly onDemand?: (rollout: Rollout) => readonly Resource[];
  /** By what it finds those objects, and the Rollouts that lead through them. */
  readonly indexes: readonly Index<never>[];
  /** Everything that a decision about the Rollout may look at. */
  gather(lookup: Lookup, rollout: Rollout): readonly RoutedObject[];
  /** The Rollouts that a change of the object concerns, beside the one that controls it. */
  concernedBy(lookup: Lookup, changed: RoutedObject): readonly Rollout[];
}

export interface RoutedObject {
  readonly resource: Resource;
  readonly object: KubeObject;
}
