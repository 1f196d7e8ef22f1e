/**
 * The sizes to bring about in this look: those that the position asks for, and the pods on which traffic still depends
 * (spec 5.3 to 5.5).
 */
import { reaches, selectedHash } from '../../observed/endpoints.ts';
import { atLeastMinPods, podsForWeight, type Split } from './replica-arithmetic.ts';
import { specReplicasOf } from '../../observed/replica-sets.ts';
import type { SizeDecision } from '../../acts/scale.ts';
import type { ReplicaSet } from '../../../kube/objects.ts';
import { formerRouterCarriesRequests } from '../../traffic/routers.ts';
import { abortedSize, type Scaling } from '../scale-down-delay.ts';
import { isPastSteps, type Position } from './position.ts';
import { leastStablePods } from './sizes.ts';

/** Sizes of canary and stable for now. `desired` is what the position asks for, `toCome` the least weight that the canary is about to get. */
export function liveSizes(position: Position, desired: Split, toCome: number): Scaling {
  const { situation, spec, standing } = position;
  const { canary, stable } = situation;
  const stableSize =
    stable === null || stable === canary
      ? null
      : keepServing(position, Math.max(desired.stable, podsForRest(position, toCome)), stable);
  const stableDecision: SizeDecision | null =
    stable === null || stableSize === null
      ? null
      : { replicaSet: stable, replicas: stableSize, deadline: null, why: 'size the stable revision for its share' };
  if (canary === null) return { decisions: stableDecision === null ? [] : [stableDecision], wakeAt: null };

  const canaryScaling =
    standing === 'aborted' && spec.routed
      ? abortedCanary(position, desired.canary, canary)
      : { decisions: [growOrHold(position, canary, desired.canary, toCome)], wakeAt: null };
  const canaryDecisions = canaryScaling.decisions.map((one) =>
    keptForFormerRouter(position, keptForStableService(position, one)),
  );
  return {
    decisions: [...(stableDecision === null ? [] : [stableDecision]), ...canaryDecisions],
    wakeAt: canaryScaling.wakeAt,
  };
}

/**
 * When a promotion is superseded at its last moment, the stable Service stays on the canary for a while. Without a router
 * one pod must be enough for it, because the stable revision needs the room. One is also enough where the Service selects
 * all pods because it was never taken over: otherwise the canary could never shrink to its step.
 */
function keptForStableService(position: Position, decision: SizeDecision): SizeDecision {
  const { situation, spec, standing } = position;
  const service = spec.strategy.stableService ?? '';
  const { replicaSet, replicas } = decision;
  const size = specReplicasOf(replicaSet);
  const isTakenOver = selectedHash(situation, service) !== '';
  const kept = spec.routed && isTakenOver ? size : Math.min(1, size);
  if (replicas >= kept || service === '' || situation.replicas === 0) return decision;
  if (standing === 'promoted' || !reaches(situation, service, replicaSet)) return decision;
  return { ...decision, replicas: kept };
}

/** Without a router a canary may be removed at once, but not while a former router still sends requests to its Service. */
function keptForFormerRouter(position: Position, decision: SizeDecision): SizeDecision {
  const { situation, spec } = position;
  const { replicaSet, replicas } = decision;
  const service = spec.strategy.canaryService ?? '';
  if (spec.routed || replicas > 0 || service === '' || situation.replicas === 0) return decision;
  if (!formerRouterCarriesRequests(situation) || !reaches(situation, service, replicaSet)) return decision;
  return { ...decision, replicas: specReplicasOf(replicaSet) };
}

/** With `dynamicStableScale`: pods for all requests that the canary does not get, or is about to lose. */
function podsForRest(position: Position, toCome: number): number {
  const { situation, spec, observed } = position;
  if (!spec.dynamicStableScale) return 0;
  const rest = spec.maxWeight - Math.min(observed.lowestWeight, toCome);
  const pods = podsForWeight(rest, situation.replicas, spec.maxWeight);
  return atLeastMinPods(pods, spec.strategy.minPodsPerReplicaSet, situation.replicas);
}

/** Pods are removed only after their traffic: while the weight is above the one to come, the canary does not shrink. */
function growOrHold({ spec, observed }: Position, canary: ReplicaSet, desired: number, toCome: number): SizeDecision {
  const trafficLeaving = spec.routed && observed.highestWeight > toCome;
  const replicas = trafficLeaving ? Math.max(desired, specReplicasOf(canary)) : desired;
  return { replicaSet: canary, replicas, deadline: null, why: 'size the canary for its share' };
}

/** Spec 5.4: the canary of an aborted, routed rollout. */
function abortedCanary(position: Position, desired: number, canary: ReplicaSet): Scaling {
  const { situation, spec, observed } = position;
  const drained =
    observed.highestWeight === 0 &&
    !isReachedByCanaryService(position, canary) &&
    !formerRouterCarriesRequests(situation);
  const delay = spec.abortScaleDownDelaySeconds;
  if (spec.dynamicStableScale && !spec.abortDelayIsExplicit) {
    const replicas = Math.min(specReplicasOf(canary), drained ? desired : Math.max(desired, 1));
    return {
      decisions: [{ replicaSet: canary, replicas, why: 'shrink the aborted canary with its traffic' }],
      wakeAt: null,
    };
  }
  const { decision, wakeAt } = abortedSize(situation, canary, delay, drained);
  return { decisions: [decision], wakeAt };
}

/** While the canary Service reaches the canary, one pod stays. A Service that was never taken over reaches all pods, and no router sends requests of the canary to it. */
function isReachedByCanaryService(position: Position, canary: ReplicaSet): boolean {
  const { situation, spec } = position;
  const service = spec.strategy.canaryService ?? '';
  return selectedHash(situation, service) !== '' && reaches(situation, service, canary);
}

/**
 * The stable Service is never left without a pod: as long as it reaches the stable revision, one stays.
 * At the end of the steps its size is frozen, because the next thing that happens to it is retirement.
 */
function keepServing(position: Position, desired: number, stable: ReplicaSet): number {
  const { spec } = position;
  const size = specReplicasOf(stable);
  const least = leastStablePods(position);
  if (desired >= size || least === 0) return desired;
  if (spec.dynamicStableScale && isPastSteps(position)) return size;
  return Math.max(desired, Math.min(size, least));
}
