/**
 * Pods that were deleted or evicted a moment ago, and that their ReplicaSet still counts as available. Until its status
 * is up to date, its numbers are too high.
 */
import type { PodMetadata, ReplicaSet } from '../../kube/objects.ts';
import { isTerminating } from '../../kube/terminating.ts';
import { podsOf } from '../observed/pods.ts';
import { availableReplicasOf, specReplicasOf, stayingReplicasOf } from '../observed/replica-sets.ts';
import type { SizeDecision } from './scale.ts';
import type { Situation } from '../observed/situation.ts';

/** No pod is removed on the basis of such numbers. The next status of the ReplicaSet causes the next look. */
export function heldWhilePodsLeave(situation: Situation, sizes: readonly SizeDecision[]): readonly SizeDecision[] {
  const shrinks = ({ replicaSet, replicas }: SizeDecision): boolean => replicas < specReplicasOf(replicaSet);
  if (!sizes.some(shrinks) || !situation.all.some((one) => countsLeavingPods(situation, one))) return sizes;
  return sizes.filter((one) => !shrinks(one));
}

/** Available pods that are certain to stay: those that are being deleted are not counted. Services move, and pods of other revisions are removed, only on this number. */
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
