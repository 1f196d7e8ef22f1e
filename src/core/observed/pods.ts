/** Which pods are those of a ReplicaSet. */
import type { PodMetadata, ReplicaSet } from '../../kube/objects.ts';
import { isControlledBy } from '../../kube/owners.ts';
import type { Situation } from './situation.ts';

export function podsOf({ world }: Situation, replicaSet: ReplicaSet): readonly PodMetadata[] {
  return world.pods.filter((pod) => isControlledBy(pod, replicaSet.metadata.uid));
}
