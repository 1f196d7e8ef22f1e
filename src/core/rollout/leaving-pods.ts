/**
 * Pods that are leaving although a ReplicaSet still counts them as available: somebody deleted or evicted them a
 * moment ago. Until its status says so, its numbers promise too much.
 */
import { isControlledBy } from '../../kube/owners.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { availableReplicasOf, specReplicasOf } from './replica-sets.ts';
import type { SizeDecision } from './scale.ts';
import type { Situation } from './situation.ts';

/** No pod is taken away on such numbers. The status of the ReplicaSet is news that brings us back. */
export function heldWhilePodsLeave(situation: Situation, sizes: readonly SizeDecision[]): readonly SizeDecision[] {
  const shrinks = ({ replicaSet, replicas }: SizeDecision): boolean => replicas < specReplicasOf(replicaSet);
  if (!sizes.some(shrinks) || !situation.all.some((one) => countsLeavingPods(situation, one))) return sizes;
  return sizes.filter((one) => !shrinks(one));
}

function countsLeavingPods({ world }: Situation, replicaSet: ReplicaSet): boolean {
  const pods = world.pods.filter((pod) => isControlledBy(pod, replicaSet.metadata.uid));
  const staying = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined).length;
  return staying < pods.length && staying < availableReplicasOf(replicaSet);
}
