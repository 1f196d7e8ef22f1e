/**
 * How many pods the stable and the new revision should have (spec A.6, A.7).
 */
import type { ReplicaSet } from '../../../kube/objects.ts';
import { reaches, selectedHash } from '../../observed/endpoints.ts';
import { lastingReplicasOf } from '../../acts/leaving-pods.ts';
import { desiredReplicasOf, specReplicasOf } from '../../observed/replica-sets.ts';
import type { SizeDecision } from '../../acts/scale.ts';
import type { Situation } from '../../observed/situation.ts';
import { abortedSize, type Scaling } from '../scale-down-delay.ts';
import { formerRouterCarriesRequests } from '../../traffic/routers.ts';
import { isActive, isFastTracked, isPromoted, type Position } from './position.ts';

/** Sizes of the stable and the new revision for now. `isNews`: the deadline of the new revision is not in the status yet. */
export function liveSizes(position: Position, isNews: boolean): Scaling {
  const { situation, spec } = position;
  const { canary, stable, replicas } = situation;
  const stableSize: SizeDecision[] =
    stable === null || stable === canary
      ? []
      : [{ replicaSet: stable, replicas, deadline: null, why: 'the stable revision can serve all requests' }];
  if (canary === null) return { decisions: stableSize, wakeAt: null };
  if (position.memory.abort && !isPromoted(position)) {
    const { decision, wakeAt } = abortedCanary(position, canary);
    return { decisions: [...stableSize, decision], wakeAt };
  }
  const wanted = previewSize(position);
  // A former router may still send requests to the preview Service.
  const serving = [spec.activeService, ...(formerRouterCarriesRequests(situation) ? [spec.previewService] : [])];
  const isNeeded = serving.some((service) => reaches(situation, service, canary));
  const canarySize: SizeDecision = {
    replicaSet: canary,
    replicas: isNeeded && replicas > 0 ? Math.max(wanted, Math.min(specReplicasOf(canary), replicas)) : wanted,
    // The status records that first.
    ...(isNews ? {} : { deadline: null }),
    why: 'size the new revision',
  };
  return { decisions: [...stableSize, canarySize], wakeAt: null };
}

/** Spec A.6: the size of the new revision before it takes over. */
export function previewSize(position: Position): number {
  const { canary, replicas, rollout } = position.situation;
  if (!hasPreviewCount(position)) return replicas;
  if (!position.memory.scaleUpPreviewCheckPoint) return position.spec.previewReplicaCount ?? replicas;
  // While the user pauses, no pods are added and none are removed.
  if (rollout.spec.paused === true && canary !== null && !isWhole(canary)) return specReplicasOf(canary);
  return replicas;
}

/** Whether the new revision has the size that it should have at this moment, and all its pods are available. */
export function isAtPreviewSize(position: Position): boolean {
  const { situation } = position;
  const size = previewSize(position);
  return specReplicasOf(situation.canary) === size && isAvailable(situation, situation.canary, size);
}

/** The new revision has its preview size, and has to grow before it can take over. */
export function stopsAtPreviewCount(position: Position): boolean {
  return hasPreviewCount(position) && !position.memory.scaleUpPreviewCheckPoint;
}

/** All pods that the Rollout asks for are there and available, and no others. */
export function isSaturated(situation: Situation, replicaSet: ReplicaSet | null): boolean {
  const { replicas } = situation;
  return specReplicasOf(replicaSet) === replicas && isAvailable(situation, replicaSet, replicas);
}

/** Scaled to the full size of the Rollout at that time, and not to a part of it. */
export function isWhole(replicaSet: ReplicaSet): boolean {
  return desiredReplicasOf(replicaSet) === String(specReplicasOf(replicaSet));
}

function isAvailable(situation: Situation, replicaSet: ReplicaSet | null, count: number): boolean {
  return replicaSet !== null && lastingReplicasOf(situation, replicaSet) >= count;
}

/** The preview size is for a revision that is tried out beside another one: not for one that serves or is promoted in full. */
function hasPreviewCount(position: Position): boolean {
  const { situation, spec, memory } = position;
  if (spec.previewReplicaCount === null || memory.stableRS === '') return false;
  if (isPromoted(position) || isFastTracked(position)) return false;
  // Where it leads now, and where it leads after this look.
  const active = [selectedHash(situation, spec.activeService), memory.activeSelector];
  return active.some((hash) => hash !== '') && !active.includes(situation.canaryHash);
}

/**
 * While the active Service selects the aborted revision, that revision serves all requests, however long stable takes to
 * come back. It gets no further pods in the look in which the Service moves away.
 */
function abortedCanary(
  position: Position,
  canary: ReplicaSet,
): { readonly decision: SizeDecision; readonly wakeAt: number | null } {
  const { situation, spec, memory } = position;
  const drained = !reaches(situation, spec.activeService, canary);
  const held = abortedSize(situation, canary, spec.abortScaleDownDelaySeconds, drained);
  if (!isActive(position) || memory.activeSelector !== situation.canaryHash) return held;
  const replicas = Math.max(held.decision.replicas, situation.replicas);
  return { ...held, decision: { ...held.decision, replicas } };
}
