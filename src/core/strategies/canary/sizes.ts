/**
 * How many pods canary and stable should have at a position (spec 5.1 to 5.6). It answers for the
 * position alone; what must be kept a little longer because traffic still depends on it is decided
 * in `scaling.ts`.
 */
import type { Memory } from '../../rollout/memory.ts';
import { atLeastMinPods, basicSplit, podsForWeight, type Split } from '../../rollout/replica-arithmetic.ts';
import { reaches } from '../../rollout/endpoints.ts';
import {
  availableReplicasOf,
  hasObservedSpec,
  specReplicasOf,
  statusReplicasOf,
  stayingReplicasOf,
} from '../../rollout/replica-sets.ts';
import type { Situation } from '../../rollout/situation.ts';
import type { ReplicaSet } from '../../../kube/objects.ts';
import type { ObservedSplit } from '../../traffic/router.ts';
import { isHeldBack } from '../held-by-pause.ts';
import type { CanarySpec } from './canary-spec.ts';
import { scaleAt, weightAt } from './steps.ts';

/** What the canary's size follows: a number of pods, or a share of the traffic. */
type CanaryTarget = { readonly replicas: number } | { readonly weight: number };

/** Spec 5.1, in its order. */
function canaryTarget(situation: Situation, spec: CanarySpec, memory: Memory, observed: ObservedSplit): CanaryTarget {
  const { steps, maxWeight } = spec;
  if (memory.stableRS === '' || memory.stableRS === situation.canaryHash) return { weight: maxWeight };
  // The stable side makes no room for what may not start.
  if (isHeldBack(situation)) return { weight: 0 };
  if (memory.promoteFull) return { weight: maxWeight };
  if (memory.abort) {
    return { weight: spec.dynamicStableScale ? steppingDownWeight(situation, spec, observed) : 0 };
  }
  const index = memory.currentStepIndex;
  if (index === null || index >= steps.length) return { weight: maxWeight };
  const scale = spec.routed ? scaleAt(steps, index) : null;
  if (scale?.replicas !== undefined) return { replicas: scale.replicas };
  if (scale?.weight !== undefined) return { weight: scale.weight };
  return { weight: weightAt(steps, index) ?? 0 };
}

/**
 * The sizes that the position asks for. Without a router this is the next move within maxSurge and
 * maxUnavailable, so that "sizes equal the present ones" means there is nothing more to do.
 */
export function desiredSizes(situation: Situation, spec: CanarySpec, memory: Memory, observed: ObservedSplit): Split {
  const target = canaryTarget(situation, spec, memory, observed);
  if (spec.routed) return routedSizes(situation, spec, memory, target, observed);
  const next = basicSplit({
    replicas: situation.replicas,
    weight: 'weight' in target ? target.weight : 0,
    maxWeight: spec.maxWeight,
    surge: spec.surge,
    unavailable: spec.unavailable,
    canary: sideOf(situation.canary),
    stable: situation.stable === situation.canary ? null : sideOf(situation.stable),
    retiredSpecReplicas: situation.retired.reduce((sum, one) => sum + specReplicasOf(one), 0),
    leastStable: leastStablePods(situation, spec, memory),
    brokenStable: brokenPods(situation.stable),
  });
  return { canary: seenSize(situation.canary, next.canary), stable: seenSize(situation.stable, next.stable) };
}

/** Nothing is known of the pods of a size that the ReplicaSet controller has not seen, so none is taken away. */
function seenSize(replicaSet: ReplicaSet | null, next: number): number {
  return replicaSet === null || hasObservedSpec(replicaSet) ? next : Math.max(next, specReplicasOf(replicaSet));
}

function routedSizes(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  target: CanaryTarget,
  observed: ObservedSplit,
): Split {
  const { replicas } = situation;
  const { maxWeight } = spec;
  const minPods = spec.strategy.minPodsPerReplicaSet;
  const pods = (weight: number) => podsForWeight(weight, replicas, maxWeight);
  const weight = 'weight' in target ? target.weight : 0;
  const byTarget = 'replicas' in target ? target.replicas : atLeastMinPods(pods(weight), minPods, replicas);
  if (!spec.dynamicStableScale) return { canary: byTarget, stable: replicas };

  // The stable side shrinks only after traffic has left it, and grows before traffic comes back.
  const rest = Math.max(pods(Math.max(0, maxWeight - weight)), pods(maxWeight - observed.lowestWeight));
  // All traffic is about to come back: a stable pod that an abort still finds would only have to be started again.
  const stable = memory.abort ? Math.max(rest, Math.min(specReplicasOf(situation.stable), replicas)) : rest;
  const canary = memory.abort ? Math.max(byTarget, pods(observed.highestWeight)) : byTarget;
  return { canary: atLeastMinPods(canary, minPods, replicas), stable: atLeastMinPods(stable, minPods, replicas) };
}

/**
 * One pod stays until the promotion, as long as there is a stable Service: without an endpoint it would
 * refuse every request. A single replica without surge has no room for that, and the user who asks for
 * it accepts the gap.
 */
export function leastStablePods(situation: Situation, spec: CanarySpec, memory: Memory): number {
  const { stable, replicas } = situation;
  const service = spec.strategy.stableService ?? '';
  if (stable === null || service === '' || replicas === 0) return 0;
  if (!reaches(situation, service, stable)) {
    // A first deploy that never came up serves nobody: its Service is still with a revision before it.
    const neverServed = stayingReplicasOf(stable) === 0;
    if (neverServed || takesStableServiceEarly(situation, spec, memory)) return 0;
  }
  return spec.routed ? 1 : Math.min(1, replicas + spec.surge - 1);
}

/**
 * Without surge the canary's last pod has room only when the stable revision's last one is gone, and
 * that goes only when the stable Service has let go of it. So the Service moves one pod early.
 */
export function takesStableServiceEarly(situation: Situation, spec: CanarySpec, memory: Memory): boolean {
  const { canary, replicas } = situation;
  const done = memory.promoteFull || memory.currentStepIndex === null || memory.currentStepIndex >= spec.steps.length;
  return (
    !spec.routed &&
    spec.surge === 0 &&
    replicas > 1 &&
    done &&
    !memory.abort &&
    stayingReplicasOf(canary) >= replicas - 1
  );
}

function brokenPods(replicaSet: ReplicaSet | null): number {
  if (replicaSet === null || !hasObservedSpec(replicaSet)) return 0;
  return specReplicasOf(replicaSet) - stayingReplicasOf(replicaSet);
}

function sideOf(replicaSet: ReplicaSet | null): { spec: number; available: number } | null {
  return replicaSet === null ? null : { spec: specReplicasOf(replicaSet), available: stayingReplicasOf(replicaSet) };
}

/**
 * While a dynamically scaled rollout is aborted: the highest weight of the steps, walking back, for
 * which the stable side no longer needs all the canary's pods (spec 5.5).
 */
export function steppingDownWeight(situation: Situation, spec: CanarySpec, observed: ObservedSplit): number {
  const { replicas, stable, canary } = situation;
  const missing = replicas - stayingReplicasOf(stable);
  // With an explicit delay, 0 for ever included, the canary keeps its size, which must not hold the weight up for ever.
  const minPods = spec.strategy.minPodsPerReplicaSet;
  const pods = (weight: number) => atLeastMinPods(podsForWeight(weight, replicas, spec.maxWeight), minPods, replicas);
  // Pods that stay a little longer than the present weight needs them carry nothing.
  const serving = Math.min(availableReplicasOf(canary), pods(observed.highestWeight));
  const carried = spec.abortDelayIsExplicit ? missing : Math.max(missing, serving);
  const weights = spec.steps.flatMap((step) => step.setWeight ?? []);
  return weights.findLast((weight) => pods(weight) < carried) ?? 0;
}

/** Whether a ReplicaSet is as available as the Rollout asks before it goes on (`replicaProgressThreshold`; exactly full without one). */
export function meetsThreshold(spec: CanarySpec, replicaSet: ReplicaSet | null, desired: number): boolean {
  const available = availableReplicasOf(replicaSet);
  const threshold = spec.strategy.replicaProgressThreshold;
  if (replicaSet !== null && !hasObservedSpec(replicaSet)) return false;
  if (threshold === undefined || replicaSet === null || threshold.value < 0) {
    return specReplicasOf(replicaSet) === desired && available === desired;
  }
  return relativelyAvailable(threshold, available, desired);
}

/** The same question at promotion, where more pods than needed do no harm (spec 4.11, 5). */
export function canBePromoted(spec: CanarySpec, situation: Situation): boolean {
  const { canary, replicas } = situation;
  if (canary === null) return false;
  const available = stayingReplicasOf(canary);
  if (available >= replicas) return true;
  const threshold = spec.strategy.replicaProgressThreshold;
  return threshold !== undefined && threshold.value >= 0 && relativelyAvailable(threshold, available, replicas);
}

function relativelyAvailable(
  threshold: { readonly type: string; readonly value: number },
  available: number,
  desired: number,
): boolean {
  if (threshold.type !== 'Percent') return available >= threshold.value;
  return desired === 0 || (available / desired) * 100 >= threshold.value - 1e-10;
}

/** Whether canary and stable have reached the sizes of the position, so that its step may complete (spec 5.6). */
export function sizesReached(situation: Situation, spec: CanarySpec, desired: Split): boolean {
  if (!meetsThreshold(spec, situation.canary, desired.canary)) return false;
  if (!spec.dynamicStableScale) {
    const { stable } = situation;
    if (stable === null || specReplicasOf(stable) !== desired.stable || statusReplicasOf(stable) !== desired.stable)
      return false;
  }
  return spec.routed || situation.retired.every((one) => availableReplicasOf(one) === 0);
}
