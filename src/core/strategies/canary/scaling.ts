/**
 * The sizes to bring about in this pass: those that the position asks for, minus what traffic still
 * depends on (spec 5.3 to 5.5). Retired revisions are the affair of `retired.ts`.
 */
import type { Memory } from '../../rollout/memory.ts';
import { reaches, selectedHash } from '../../rollout/endpoints.ts';
import { atLeastMinPods, podsForWeight, type Split } from '../../rollout/replica-arithmetic.ts';
import { specReplicasOf } from '../../rollout/replica-sets.ts';
import type { SizeDecision } from '../../rollout/scale.ts';
import type { Situation } from '../../rollout/situation.ts';
import type { ReplicaSet } from '../../../kube/objects.ts';
import type { ObservedSplit, TrafficSplit } from '../../traffic/router.ts';
import { abortedSize, type Scaling } from '../scale-down-delay.ts';
import type { CanarySpec } from './canary-spec.ts';
import { leastStablePods } from './sizes.ts';

/** Sizes of canary and stable for now. `desired` is what the position asks for, `split` the least traffic that the canary is about to get. */
export function liveSizes(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  desired: Split,
  observed: ObservedSplit,
  split: TrafficSplit,
): Scaling {
  const { canary, stable } = situation;
  const stableSize =
    stable === null || stable === canary
      ? null
      : keepServing(
          situation,
          spec,
          memory,
          Math.max(desired.stable, podsForRest(situation, spec, observed, split)),
          stable,
        );
  const stableDecision: SizeDecision | null =
    stable === null || stableSize === null
      ? null
      : { replicaSet: stable, replicas: stableSize, deadline: null, why: 'size the stable revision for its share' };
  if (canary === null) return { decisions: stableDecision === null ? [] : [stableDecision], wakeAt: null };

  const aborting = memory.abort && memory.stableRS !== '' && memory.stableRS !== situation.canaryHash;
  const canaryScaling =
    aborting && spec.routed
      ? abortedCanary(situation, spec, desired.canary, observed, canary)
      : { decisions: [growOrHold(spec, canary, desired.canary, observed, split)], wakeAt: null };
  const canaryDecisions = canaryScaling.decisions.map((one) => keptForStableService(situation, spec, memory, one));
  return {
    decisions: [...(stableDecision === null ? [] : [stableDecision]), ...canaryDecisions],
    wakeAt: canaryScaling.wakeAt,
  };
}

/**
 * A promotion that was overtaken at its last moment leaves the stable Service on the canary for a while.
 * Without a router one pod has to do, because the stable revision needs the room; and so it has where the
 * Service selects all pods because it was never taken over, or the canary could never shrink to its step.
 */
function keptForStableService(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  decision: SizeDecision,
): SizeDecision {
  const service = spec.strategy.stableService ?? '';
  const { replicaSet, replicas } = decision;
  const size = specReplicasOf(replicaSet);
  const isTakenOver = selectedHash(situation, service) !== '';
  const kept = spec.routed && isTakenOver ? size : Math.min(1, size);
  if (replicas >= kept || service === '' || situation.replicas === 0) return decision;
  if (memory.stableRS === situation.canaryHash || !reaches(situation, service, replicaSet)) return decision;
  return { ...decision, replicas: kept };
}

/** With `dynamicStableScale`: pods for all requests that the canary does not get, or is about to get no more. */
function podsForRest(situation: Situation, spec: CanarySpec, observed: ObservedSplit, split: TrafficSplit): number {
  if (!spec.dynamicStableScale) return 0;
  const rest = spec.maxWeight - Math.min(observed.lowestWeight, split.weight);
  const pods = podsForWeight(rest, situation.replicas, spec.maxWeight);
  return atLeastMinPods(pods, spec.strategy.minPodsPerReplicaSet, situation.replicas);
}

/** Pods leave only after the traffic that they carry: while the weight is above the one to come, the canary does not shrink. */
function growOrHold(
  spec: CanarySpec,
  canary: ReplicaSet,
  desired: number,
  observed: ObservedSplit,
  split: TrafficSplit,
): SizeDecision {
  const trafficLeaving = spec.routed && observed.highestWeight > split.weight;
  const replicas = trafficLeaving ? Math.max(desired, specReplicasOf(canary)) : desired;
  return { replicaSet: canary, replicas, deadline: null, why: 'size the canary for its share' };
}

/** Spec 5.4: the canary of an aborted, routed rollout. */
function abortedCanary(
  situation: Situation,
  spec: CanarySpec,
  desired: number,
  observed: ObservedSplit,
  canary: ReplicaSet,
): Scaling {
  const drained = observed.highestWeight === 0 && !isSelectedByCanaryService(situation, spec);
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

/** A canary Service that reaches the canary keeps it from being scaled to nothing. Without pods there is nothing to reach. */
function isSelectedByCanaryService(situation: Situation, spec: CanarySpec): boolean {
  const service = spec.strategy.canaryService ?? '';
  return service !== '' && selectedHash(situation, service) === situation.canaryHash;
}

/**
 * The stable Service is never left without a pod: as long as it reaches the stable revision, one stays.
 * At the end of the steps its size is frozen, because the next thing that happens to it is retirement.
 */
function keepServing(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  desired: number,
  stable: ReplicaSet,
): number {
  const size = specReplicasOf(stable);
  const least = leastStablePods(situation, spec, memory);
  if (desired >= size || least === 0) return desired;
  const done = memory.currentStepIndex === null || memory.currentStepIndex >= spec.steps.length;
  if (spec.dynamicStableScale && done && !memory.abort) return size;
  return Math.max(desired, Math.min(size, least));
}
