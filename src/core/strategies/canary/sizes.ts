/**
 * How many pods canary and stable should have at a position (spec 5.1 to 5.6). Pods that must stay longer because traffic
 * still depends on them are added in `scaling.ts`.
 */
import { atLeastMinPods, basicSplit, podsForWeight, type Split } from './replica-arithmetic.ts';
import { isInconclusive } from '../analysis-verdict.ts';
import { reaches } from '../../observed/endpoints.ts';
import {
  availableReplicasOf,
  hasObservedSpec,
  specReplicasOf,
  stayingReplicasOf,
} from '../../observed/replica-sets.ts';
import type { ReplicaSet } from '../../../kube/objects.ts';
import { isPastSteps, type Position } from './position.ts';
import { scaleAt, weightAt } from './steps.ts';

/** What the canary's size follows: a number of pods, or a share of the traffic. */
type CanaryTarget = { readonly replicas: number } | { readonly weight: number };

/** Spec 5.1, in its order. */
function canaryTarget(position: Position): CanaryTarget {
  const { spec, standing } = position;
  switch (standing) {
    case 'first':
    case 'promoted':
      return { weight: spec.maxWeight };
    case 'held':
      return { weight: 0 };
    case 'full':
      return { weight: spec.maxWeight };
    case 'aborted':
      return { weight: spec.dynamicStableScale ? steppingDownWeight(position) : 0 };
    case 'finishing':
      return { weight: isFrozen(position) ? position.observed.highestWeight : spec.maxWeight };
    case 'stepping':
      return targetOfSteps(position);
  }
}

/** Past the last step a run shows nothing: until a person has judged it no more pods and requests come to the canary. */
function isFrozen({ standing, memory }: Position): boolean {
  return standing === 'finishing' && memory.pauseConditions.some(isInconclusive);
}

function targetOfSteps({ spec: { routed, steps }, stepIndex }: Position): CanaryTarget {
  const scale = routed ? scaleAt(steps, stepIndex) : null;
  if (scale?.replicas !== undefined) return { replicas: scale.replicas };
  if (scale?.weight !== undefined) return { weight: scale.weight };
  return { weight: weightAt(steps, stepIndex) ?? 0 };
}

export interface Sizes extends Split {
  /** The only pod of the canary is there for testers; the position itself asks for none. */
  readonly isForTesters: boolean;
}

/** The sizes of the position, with one pod of the canary as long as testers are led to it: a later step needs it anyway. */
export function desiredSizes(position: Position): Sizes {
  const { canary, stable } = askedSizes(position);
  const isForTesters = canary === 0 && keepsPodForTesters(position);
  return { canary: isForTesters ? 1 : canary, stable, isForTesters };
}

function keepsPodForTesters({ situation, router, standing }: Position): boolean {
  const { canary, replicas } = situation;
  if (replicas === 0 || specReplicasOf(canary) === 0 || standing === 'aborted') return false;
  return router.leadsBesideWeight(situation);
}

/**
 * The sizes that the position itself asks for. Without a router this is the next move within maxSurge and
 * maxUnavailable, so that "sizes equal the present ones" means there is nothing more to do.
 */
function askedSizes(position: Position): Split {
  const { situation, spec } = position;
  if (spec.routed) return routedSizes(position, canaryTarget(position));
  const next = basicSplit({
    replicas: situation.replicas,
    ...basicShare(position),
    surge: spec.surge,
    unavailable: spec.unavailable,
    canary: sideOf(situation.canary),
    stable: situation.stable === situation.canary ? null : sideOf(situation.stable),
    retiredSpecReplicas: situation.retired.reduce((sum, one) => sum + specReplicasOf(one), 0),
    leastStable: leastStablePods(position),
    brokenStable: brokenPods(situation.stable),
  });
  return { canary: seenSize(situation.canary, next.canary), stable: seenSize(situation.stable, next.stable) };
}

/** Without a router the pods are the weight, so what is frozen keeps the share that they have. */
function basicShare(position: Position): { readonly weight: number; readonly maxWeight: number } {
  const { situation, spec } = position;
  const canary = specReplicasOf(situation.canary);
  const pods = canary + specReplicasOf(situation.stable);
  if (isFrozen(position) && pods > 0) return { weight: canary, maxWeight: pods };
  const target = canaryTarget(position);
  return { weight: 'weight' in target ? target.weight : 0, maxWeight: spec.maxWeight };
}

/** While the ReplicaSet controller has not seen the present size its pods are unknown, so none is removed. */
function seenSize(replicaSet: ReplicaSet | null, next: number): number {
  return replicaSet === null || hasObservedSpec(replicaSet) ? next : Math.max(next, specReplicasOf(replicaSet));
}

function routedSizes(position: Position, target: CanaryTarget): Split {
  const { situation, spec, observed, standing } = position;
  const { replicas } = situation;
  const { maxWeight } = spec;
  const minPods = spec.strategy.minPodsPerReplicaSet;
  const pods = (weight: number) => podsForWeight(weight, replicas, maxWeight);
  const weight = 'weight' in target ? target.weight : 0;
  const asked = 'replicas' in target ? target.replicas : atLeastMinPods(pods(weight), minPods, replicas);
  const byTarget = isFrozen(position) ? Math.max(asked, Math.min(specReplicasOf(situation.canary), replicas)) : asked;
  if (!spec.dynamicStableScale) return { canary: byTarget, stable: replicas };

  // The stable side shrinks only after traffic has left it, and grows before traffic comes back.
  const rest = Math.max(pods(Math.max(0, maxWeight - weight)), pods(maxWeight - observed.lowestWeight));
  const isAborted = standing === 'aborted';
  // All traffic is about to return: a stable pod that is removed now would only have to be started again.
  const stable = isAborted ? Math.max(rest, Math.min(specReplicasOf(situation.stable), replicas)) : rest;
  const canary = isAborted ? Math.max(byTarget, pods(observed.highestWeight)) : byTarget;
  return { canary: atLeastMinPods(canary, minPods, replicas), stable: atLeastMinPods(stable, minPods, replicas) };
}

/**
 * One pod stays until the promotion, as long as there is a stable Service: without an endpoint it would
 * refuse every request. A single replica without surge has no room for that, and the user who asks for
 * it accepts the gap.
 */
export function leastStablePods(position: Position): number {
  const { situation, spec } = position;
  const { stable, replicas } = situation;
  const service = spec.strategy.stableService ?? '';
  if (stable === null || service === '' || replicas === 0) return 0;
  if (!reaches(situation, service, stable)) {
    // A first deploy that never became available serves no request: its Service still selects an earlier revision.
    const neverServed = stayingReplicasOf(stable) === 0;
    if (neverServed || takesStableServiceEarly(position)) return 0;
  }
  return spec.routed ? 1 : Math.min(1, replicas + spec.surge - 1);
}

/**
 * Without surge the canary's last pod has room only when the stable revision's last pod is gone, and that one is removed
 * only when the stable Service no longer selects it. So the Service moves one pod early.
 */
export function takesStableServiceEarly(
  position: Position,
  available = stayingReplicasOf(position.situation.canary),
): boolean {
  const { situation, spec } = position;
  const { replicas } = situation;
  return !spec.routed && spec.surge === 0 && replicas > 1 && isPastSteps(position) && available >= replicas - 1;
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
export function steppingDownWeight(position: Position): number {
  const { situation, spec, observed } = position;
  const { replicas, stable, canary } = situation;
  const missing = replicas - stayingReplicasOf(stable);
  // With an explicit delay, which may be for ever, the canary keeps its size; that must not keep the weight up.
  const minPods = spec.strategy.minPodsPerReplicaSet;
  const pods = (weight: number) => atLeastMinPods(podsForWeight(weight, replicas, spec.maxWeight), minPods, replicas);
  // Pods that stay longer than the present weight needs them carry nothing.
  const serving = Math.min(availableReplicasOf(canary), pods(observed.highestWeight));
  const carried = spec.abortDelayIsExplicit ? missing : Math.max(missing, serving);
  const weights = spec.steps.flatMap((step) => step.setWeight ?? []);
  return weights.findLast((weight) => pods(weight) < carried) ?? 0;
}
