/**
 * How many pods the stable and the new revision should have (spec A.6, A.7). Revisions that are neither
 * are the affair of `retired.ts`.
 */
import type { ReplicaSet } from '../../../kube/objects.ts';
import { reaches, selectedHash } from '../../rollout/endpoints.ts';
import { lastingReplicasOf } from '../../rollout/leaving-pods.ts';
import type { Memory } from '../../rollout/memory.ts';
import { desiredReplicasOf, specReplicasOf } from '../../rollout/replica-sets.ts';
import type { SizeDecision } from '../../rollout/scale.ts';
import type { Situation } from '../../rollout/situation.ts';
import { abortedSize, type Scaling } from '../scale-down-delay.ts';
import { formerRouterCarriesRequests } from '../../traffic/routers.ts';
import type { BlueGreenSpec } from './blue-green-spec.ts';
import { isActive, isFastTracked, isPromoted } from './position.ts';

/** Sizes of the stable and the new revision for now. `isNews`: what a deadline of the new revision tells is not in the status yet. */
export function liveSizes(situation: Situation, spec: BlueGreenSpec, memory: Memory, isNews: boolean): Scaling {
  const { canary, stable, replicas } = situation;
  const stableSize: SizeDecision[] =
    stable === null || stable === canary
      ? []
      : [{ replicaSet: stable, replicas, deadline: null, why: 'the stable revision can serve everybody' }];
  if (canary === null) return { decisions: stableSize, wakeAt: null };
  if (memory.abort && !isPromoted(situation, memory)) {
    const { decision, wakeAt } = abortedCanary(situation, spec, memory, canary);
    return { decisions: [...stableSize, decision], wakeAt };
  }
  const wanted = previewSize(situation, spec, memory);
  // A former router may still send requests to the preview Service.
  const serving = [spec.activeService, ...(formerRouterCarriesRequests(situation) ? [spec.previewService] : [])];
  const isNeeded = serving.some((service) => reaches(situation, service, canary));
  const canarySize: SizeDecision = {
    replicaSet: canary,
    replicas: isNeeded && replicas > 0 ? Math.max(wanted, Math.min(specReplicasOf(canary), replicas)) : wanted,
    // It is written down first.
    ...(isNews ? {} : { deadline: null }),
    why: 'size the new revision',
  };
  return { decisions: [...stableSize, canarySize], wakeAt: null };
}

/** Spec A.6: the size of the new revision before it takes over. */
export function previewSize(situation: Situation, spec: BlueGreenSpec, memory: Memory): number {
  const { canary, replicas, rollout } = situation;
  if (!hasPreviewCount(situation, spec, memory)) return replicas;
  if (!memory.blueGreen.scaleUpPreviewCheckPoint) return spec.previewReplicaCount ?? replicas;
  // A pause by the user starts nothing, and takes nothing back.
  if (rollout.spec.paused === true && canary !== null && !isWhole(canary)) return specReplicasOf(canary);
  return replicas;
}

/** Whether the new revision has the size that it should have at this moment, and all its pods are available. */
export function isAtPreviewSize(situation: Situation, spec: BlueGreenSpec, memory: Memory): boolean {
  const size = previewSize(situation, spec, memory);
  return specReplicasOf(situation.canary) === size && isAvailable(situation, situation.canary, size);
}

/** The new revision stands at its preview size, and has to grow before it can take over. */
export function stopsAtPreviewCount(situation: Situation, spec: BlueGreenSpec, memory: Memory): boolean {
  return hasPreviewCount(situation, spec, memory) && !memory.blueGreen.scaleUpPreviewCheckPoint;
}

/** All pods that the Rollout asks for are there and available, and no others. */
export function isSaturated(situation: Situation, replicaSet: ReplicaSet | null): boolean {
  const { replicas } = situation;
  return specReplicasOf(replicaSet) === replicas && isAvailable(situation, replicaSet, replicas);
}

/** Scaled to all that the Rollout asked for at that time, and not to a part of it. */
export function isWhole(replicaSet: ReplicaSet): boolean {
  return desiredReplicasOf(replicaSet) === String(specReplicasOf(replicaSet));
}

function isAvailable(situation: Situation, replicaSet: ReplicaSet | null, count: number): boolean {
  return replicaSet !== null && lastingReplicasOf(situation, replicaSet) >= count;
}

/** The count is for a revision that is tried out beside another one: not for one that serves, nor for one that is wanted at once. */
function hasPreviewCount(situation: Situation, spec: BlueGreenSpec, memory: Memory): boolean {
  if (spec.previewReplicaCount === null || memory.stableRS === '') return false;
  if (isPromoted(situation, memory) || isFastTracked(situation, memory)) return false;
  // Where it leads now, and where it leads after this pass.
  const active = [selectedHash(situation, spec.activeService), memory.blueGreen.activeSelector];
  return active.some((hash) => hash !== '') && !active.includes(situation.canaryHash);
}

/**
 * While the active Service selects the aborted revision it serves everybody, however long stable takes to come back.
 * It gets no further pods in the look in which the Service leaves.
 */
function abortedCanary(
  situation: Situation,
  spec: BlueGreenSpec,
  { blueGreen }: Memory,
  canary: ReplicaSet,
): { readonly decision: SizeDecision; readonly wakeAt: number | null } {
  const drained = !reaches(situation, spec.activeService, canary);
  const held = abortedSize(situation, canary, spec.abortScaleDownDelaySeconds, drained);
  if (!isActive(situation, spec) || blueGreen.activeSelector !== situation.canaryHash) return held;
  const replicas = Math.max(held.decision.replicas, situation.replicas);
  return { ...held, decision: { ...held.decision, replicas } };
}
