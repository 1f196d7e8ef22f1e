/**
 * Pods that are leaving although a ReplicaSet still counts them as available: somebody deleted or evicted them a
 * moment ago. Until its status says so, its numbers promise too much.
 */
import type { PodMetadata, ReplicaSet } from '../../kube/objects.ts';
import { isTerminating } from '../../kube/terminating.ts';
import { podsOf } from './pods.ts';
import { availableReplicasOf, specReplicasOf, stayingReplicasOf } from './replica-sets.ts';
import type { SizeDecision } from './scale.ts';
import type { Situation } from './situation.ts';

/** No pod is taken away on such numbers. The status of the ReplicaSet is news that brings us back. */
export function heldWhilePodsLeave(situation: Situation, sizes: readonly SizeDecision[]): readonly SizeDecision[] {
  const shrinks = ({ replicaSet, replicas }: SizeDecision): boolean => replicas < specReplicasOf(replicaSet);
  if (!sizes.some(shrinks) || !situation.all.some((one) => countsLeavingPods(situation, one))) return sizes;
  return sizes.filter((one) => !shrinks(one));
}

/** Available pods that are certain to stay, without those that have been told to go. No Service moves on more than these, and no pod of others gives way. */
export function lastingReplicasOf(situation: Situation, replicaSet: ReplicaSet | null): number {
  const available = stayingReplicasOf(replicaSet);
  if (replicaSet === null || !countsLeavingPods(situation, replicaSet)) return available;
  return Math.min(available, podsThatStay(podsOf(situation, replicaSet)));
}

function countsLeavingPods(situation: Situation, replicaSet: ReplicaSet): boolean {
  const pods = podsOf(situation, replicaSet);
  const staying = podsThatStay(pods);
  return staying < pods.length && staying < availableReplicasOf(replicaSet);
}

function podsThatStay(pods: readonly PodMetadata[]): number {
  return pods.filter((pod) => !isTerminating(pod)).length;
}
