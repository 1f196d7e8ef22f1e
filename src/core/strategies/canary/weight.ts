/**
 * The traffic that a position asks for, and how much of it the observed cluster allows now (spec 8.2, 8.3). A traffic
 * router turns the split into objects.
 */
import { waitsFor, type BlockedOn } from '../../acts/blocked.ts';
import { serviceNotReady } from '../../acts/service-not-ready.ts';
import { selectedHash, serviceShows } from '../../observed/endpoints.ts';
import {
  availableReplicasOf,
  hasObservedSpec,
  specReplicasOf,
  templateHashOf,
  stayingReplicasOf,
} from '../../observed/replica-sets.ts';
import type { ReplicaSet } from '../../../kube/objects.ts';
import type { TrafficSplit } from '../../traffic/router.ts';
import { canBePromoted } from './enough-pods.ts';
import { steppingDownWeight, type Sizes } from './sizes.ts';
import type { Position } from './position.ts';
import { headerRoutesAt, mirrorRoutesAt, weightAt } from './steps.ts';
import { isInconclusive } from '../analysis-verdict.ts';

/** A split to bring about now, and what keeps it from being the one that the position asks for. */
export interface SplitDecision {
  /** `null`: every object keeps what it says. */
  readonly split: TrafficSplit | null;
  /** The weight that the traffic will have once the stable side can take the rest. */
  readonly aim: number;
  readonly blockedOn: BlockedOn | null;
}

/** No request goes to the canary. */
export const NO_REQUESTS: TrafficSplit = { weight: 0, headerRoutes: [] };

/** The split that the position asks for, whatever the cluster allows. `reached`: its sizes are there. */
export function desiredSplit(position: Position, sizes: Sizes, reached: boolean): TrafficSplit {
  const { situation, observed } = position;
  // A canary without pods serves no request, not even in an abort that returns the traffic gradually.
  if (withoutSurplus(situation.canary) === 0) return NO_REQUESTS;
  const weight = desiredWeight(position, sizes, reached);
  const paused = situation.rollout.spec.paused === true || position.memory.pauseConditions.some(isInconclusive);
  return {
    // A Rollout keeps its weight while its user pauses it, and while a run shows nothing: less is allowed, because an abort must get through, more is not.
    weight: paused ? Math.min(weight, observed.highestWeight) : weight,
    ...managedRoutesInForce(position, sizes),
  };
}

/** Available pods of the canary; those above its size may be gone already. */
function withoutSurplus(canary: ReplicaSet | null): number {
  return Math.min(availableReplicasOf(canary), specReplicasOf(canary));
}

/** Spec 8.3, in its order. */
function desiredWeight(position: Position, sizes: Sizes, reached: boolean): number {
  const { situation, spec, standing, stepIndex } = position;
  switch (standing) {
    case 'first':
    case 'promoted':
    case 'held':
      return 0;
    case 'aborted':
      return spec.dynamicStableScale ? weightOfDynamicAbort(position) : 0;
    case 'full':
      return weightOfFullPromotion(position);
    case 'stepping':
      return weightOfSteps(position, sizes, weightAt(spec.steps, stepIndex) ?? 0, reached);
    case 'finishing':
      return spec.steps.length === 0
        ? 0
        : weightOfSteps(position, sizes, spec.maxWeight, canBePromoted(spec, situation));
  }
}

/** What has risen stays; it rises further as fast as pods come up where the stable side shrinks with them. */
function weightOfFullPromotion({ situation, spec, observed }: Position): number {
  const { canary, replicas } = situation;
  if (isUnseen(canary) || !spec.dynamicStableScale || replicas === 0) return observed.highestWeight;
  return Math.min(spec.maxWeight, Math.floor((spec.maxWeight * withoutSurplus(canary)) / replicas));
}

/** The weight on the way to `goal`, which takes pods that are `reached` or still to come. */
function weightOfSteps(position: Position, sizes: Sizes, goal: number, reached: boolean): number {
  const { situation, spec, observed, stepIndex } = position;
  // A position may ask for a weight and for no pods: then the requests leave before the pods.
  if (sizes.canary === 0 || sizes.isForTesters) return 0;
  if (reached) return goal;
  // A smaller weight does not wait for the pods of the new size: traffic leaves before capacity does.
  if (isUnseen(situation.canary)) return Math.min(observed.highestWeight, goal);
  const before = weightAt(spec.steps, stepIndex - 1) ?? 0;
  // The pods of the position carry what they carried, also while there are more: a canary that has grown for a step
  // to come whose arrival was not written down shrinks again first.
  const carried = stayingReplicasOf(situation.canary) >= sizes.canary ? observed.highestWeight : 0;
  return Math.min(Math.max(before, carried), goal);
}

/** While the ReplicaSet controller has not seen the present size its pods are unknown: the weight stays. */
function isUnseen(canary: ReplicaSet | null): boolean {
  return canary !== null && !hasObservedSpec(canary);
}

/** Traffic returns to stable only as fast as stable pods come up, and never rises on the way (spec 8.3, D). */
function weightOfDynamicAbort(position: Position): number {
  const { situation, spec, observed } = position;
  const { replicas, stable, canary } = situation;
  const { maxWeight } = spec;
  if (replicas === 0 || stable === null || canary === null) return 0;
  const target = steppingDownWeight(position);
  const availableShare = Math.floor((maxWeight * stayingReplicasOf(stable)) / replicas);
  const current = observed.highestWeight;
  if (target <= 0) return Math.max(0, Math.min(maxWeight - availableShare, current));
  return availableShare < maxWeight - target ? current : Math.min(target, current);
}

/** Those that the steps have switched on; an abort and a promotion switch all of them off. */
function managedRoutesInForce({ spec, standing, stepIndex }: Position, sizes: Sizes): Omit<TrafficSplit, 'weight'> {
  // Unlike a weight, a route that is in force keeps its pod.
  if (standing !== 'stepping' || sizes.canary === 0) return { headerRoutes: [] };
  const mirrorRoutes = mirrorRoutesAt(spec.steps, stepIndex);
  const headerRoutes = headerRoutesAt(spec.steps, stepIndex);
  return mirrorRoutes.length === 0 ? { headerRoutes } : { headerRoutes, mirrorRoutes };
}

/**
 * How much of the desired split to bring about now. More weight waits until the canary Service really
 * reaches a pod of the canary; less weight waits until the stable Service really reaches the pods
 * that have to carry it (spec 8.2, 2; field/pains 1 to 4).
 */
export function allowedSplit(position: Position, desired: TrafficSplit): SplitDecision {
  const { observed } = position;
  const waitsForCanary = canaryServiceNotReady(position);
  const goal = waitsForCanary === null ? desired : goalWithoutCanary(position, desired);
  if (goal.weight < observed.highestWeight) {
    const waitsForStable = stableServiceNotReady(position, goal.weight);
    if (waitsForStable !== null) {
      const { lowestWeight, highestWeight } = observed;
      // Objects that disagree keep their weights here: one weight for all would be a rise for some.
      const held = lowestWeight < highestWeight ? null : { ...goal, weight: highestWeight };
      return { split: held, aim: goal.weight, blockedOn: waitsForStable };
    }
  }
  return { split: goal, aim: goal.weight, blockedOn: goal === desired ? null : waitsForCanary };
}

/**
 * While the canary Service does not reach the canary no request is added, and those that go to a
 * superseded revision behind it come back first: the Service moves on when nothing depends on it (spec 11, 13).
 */
function goalWithoutCanary(position: Position, desired: TrafficSplit): TrafficSplit {
  const { situation, spec, observed } = position;
  const selected = selectedHash(situation, spec.strategy.canaryService ?? '');
  if (desired.weight > 0 && selected !== '' && selected !== situation.canaryHash) return NO_REQUESTS;
  const { headerRoutes, mirrorRoutes = [] } = desired;
  const grows = desired.weight > observed.lowestWeight || headerRoutes.length > 0 || mirrorRoutes.length > 0;
  return grows ? { weight: Math.min(desired.weight, observed.lowestWeight), headerRoutes: [] } : desired;
}

function canaryServiceNotReady(position: Position): BlockedOn | null {
  const { situation, spec } = position;
  const name = spec.strategy.canaryService ?? '';
  if (name === '' || situation.canary === null) return null;
  const view = serviceShows(situation, name, situation.canaryHash);
  if (view.selects && view.ready > 0) return null;
  return waitsFor(
    'CanaryServiceNotReady',
    `canary Service ${situation.namespace}/${name} does not reach a ready pod of the canary yet, traffic follows when it does`,
  );
}

function stableServiceNotReady(position: Position, weight: number): BlockedOn | null {
  const { situation, spec, standing } = position;
  const name = spec.strategy.stableService ?? '';
  const { replicas } = situation;
  const stable = standing === 'promoted' ? situation.canary : situation.stable;
  if (standing === 'first' || replicas === 0) return null;
  const needed = stablePodsNeeded(position, weight);
  const available = stayingReplicasOf(stable);
  if (available < needed) {
    return waitsFor(
      'StablePodsNotAvailable',
      `${available} of ${replicas} stable pods are available, waiting for ${needed} before traffic returns to them`,
    );
  }
  return name === '' || stable === null ? null : serviceNotReady(situation, name, templateHashOf(stable), needed);
}

/**
 * Pods that must be behind the stable Service before the canary's share falls to `weight`. The share's
 * own number (spec 8.2). Fewer are enough when nothing better exists: a canary Service without any ready pod serves no
 * request, and an aborted canary is worse than a stable side within its maxUnavailable.
 */
function stablePodsNeeded(position: Position, weight: number): number {
  const { situation, spec, standing } = position;
  const { canary, replicas } = situation;
  const share = Math.floor(((spec.maxWeight - weight) * replicas) / spec.maxWeight);
  if (standing === 'promoted')
    return canBePromoted(spec, situation) ? Math.min(share, stayingReplicasOf(canary)) : share;
  if (!canaryServiceServes(position)) return Math.min(share, 1);
  const mayLackSome = standing === 'aborted' && !spec.dynamicStableScale;
  return mayLackSome ? Math.min(share, Math.max(1, replicas - spec.unavailable)) : share;
}

/** A superseded canary keeps serving until the stable side can take its share. */
function canaryServiceServes(position: Position): boolean {
  const { situation, spec } = position;
  const endpoints = situation.world.endpoints.get(spec.strategy.canaryService ?? '') ?? [];
  return endpoints.some((endpoint) => endpoint.ready);
}
