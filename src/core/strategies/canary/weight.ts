/**
 * The traffic that a position asks for, and how far towards it the observed cluster allows to go now
 * (spec 8.2, 8.3). It states a split; a traffic router turns it into objects.
 */
import { waitsFor, type BlockedOn } from '../../rollout/blocked.ts';
import { selectedHash, serviceShows, type ServiceView } from '../../rollout/endpoints.ts';
import type { Memory } from '../../rollout/memory.ts';
import {
  availableReplicasOf,
  hasObservedSpec,
  specReplicasOf,
  templateHashOf,
  stayingReplicasOf,
} from '../../rollout/replica-sets.ts';
import type { Situation } from '../../rollout/situation.ts';
import type { ReplicaSet } from '../../../kube/objects.ts';
import type { ObservedSplit, TrafficSplit } from '../../traffic/router.ts';
import type { CanarySpec } from './canary-spec.ts';
import { canBePromoted, desiredSizes, steppingDownWeight } from './sizes.ts';
import { headerRoutesAt, weightAt } from './steps.ts';

/** A split to bring about now, and what keeps it from being the one that the position asks for. */
export interface SplitDecision {
  /** `null`: every object keeps what it says. */
  readonly split: TrafficSplit | null;
  /** The weight that the traffic is on its way to, once the stable side can take the rest. */
  readonly aim: number;
  readonly blockedOn: BlockedOn | null;
}

/** The split that the position asks for, whatever the cluster allows. `reached`: the pods of the position are there. */
export function desiredSplit(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  observed: ObservedSplit,
  reached: boolean,
): TrafficSplit {
  const weight = desiredWeight(situation, spec, memory, observed, reached);
  const paused = situation.rollout.spec.paused === true;
  return {
    // A paused Rollout keeps its weight: less is allowed, because an abort must get through, more is not.
    weight: paused ? Math.min(weight, observed.highestWeight) : weight,
    headerRoutes: headerRoutesInForce(situation, spec, memory, observed),
  };
}

/** Spec 8.3, in its order. */
function desiredWeight(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  observed: ObservedSplit,
  reached: boolean,
): number {
  const { canary, canaryHash, replicas } = situation;
  const { steps, maxWeight } = spec;
  if (memory.stableRS === '' || memory.stableRS === canaryHash) return 0;
  const available = withoutSurplus(canary);
  // Also in an abort that gives the traffic back little by little: nobody is served by a canary without pods.
  if (available === 0) return 0;
  if (memory.abort) return spec.dynamicStableScale ? weightOfDynamicAbort(situation, spec, observed) : 0;
  // Nothing is known of a size that the ReplicaSet controller has not seen: what has risen stays, and nothing rises.
  const isUnseen = canary !== null && !hasObservedSpec(canary);
  if (memory.promoteFull) {
    return !isUnseen && spec.dynamicStableScale && replicas > 0
      ? Math.min(maxWeight, Math.floor((maxWeight * available) / replicas))
      : observed.highestWeight;
  }
  const index = memory.currentStepIndex;
  if (index === null || steps.length === 0 || asksForNoCanary(situation, spec, memory, observed)) return 0;
  const before = weightAt(steps, index - 1) ?? 0;
  const isDone = index >= steps.length;
  const here = isDone ? maxWeight : (weightAt(steps, index) ?? 0);
  if (isDone ? canBePromoted(spec, situation) : reached) return here;
  // A smaller weight does not wait for the pods of the new size: traffic leaves before capacity does.
  return Math.min(isUnseen ? observed.highestWeight : before, here);
}

/** Available pods of the canary; those above its size may be gone already. */
function withoutSurplus(canary: ReplicaSet | null): number {
  return Math.min(availableReplicasOf(canary), specReplicasOf(canary));
}

/** A position may ask for a weight and for no pods at once: the requests leave before the pods do. */
function asksForNoCanary(situation: Situation, spec: CanarySpec, memory: Memory, observed: ObservedSplit): boolean {
  return desiredSizes(situation, spec, memory, observed).canary === 0;
}

/** Traffic returns to stable only as fast as stable pods come up, and never rises on the way (spec 8.3, D). */
function weightOfDynamicAbort(situation: Situation, spec: CanarySpec, observed: ObservedSplit): number {
  const { replicas, stable, canary } = situation;
  const { maxWeight } = spec;
  if (replicas === 0 || stable === null || canary === null) return 0;
  const target = steppingDownWeight(situation, spec, observed);
  const availableShare = Math.floor((maxWeight * stayingReplicasOf(stable)) / replicas);
  const current = observed.highestWeight;
  if (target <= 0) return Math.max(0, Math.min(maxWeight - availableShare, current));
  return availableShare < maxWeight - target ? current : Math.min(target, current);
}

function headerRoutesInForce(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  observed: ObservedSplit,
): TrafficSplit['headerRoutes'] {
  const index = memory.currentStepIndex;
  if (index === null || memory.abort || memory.promoteFull) return [];
  if (memory.stableRS === '' || memory.stableRS === situation.canaryHash) return [];
  if (withoutSurplus(situation.canary) === 0 || asksForNoCanary(situation, spec, memory, observed)) return [];
  return headerRoutesAt(spec.steps, index);
}

/**
 * How far towards the desired split to go now. More weight waits until the canary Service really
 * reaches a pod of the canary; less weight waits until the stable Service really reaches the pods
 * that have to carry it (spec 8.2, 2; field/pains 1 to 4).
 */
export function allowedSplit(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  observed: ObservedSplit,
  desired: TrafficSplit,
): SplitDecision {
  const waitsForCanary = canaryServiceNotReady(situation, spec);
  const goal = waitsForCanary === null ? desired : goalWithoutCanary(situation, spec, observed, desired);
  if (goal.weight < observed.highestWeight) {
    const waitsForStable = stableServiceNotReady(situation, spec, memory, goal.weight);
    if (waitsForStable !== null) {
      const { lowestWeight, highestWeight } = observed;
      // Objects that disagree are not brought to one weight here: for some of them it would be a rise.
      const held = lowestWeight < highestWeight ? null : { weight: highestWeight, headerRoutes: goal.headerRoutes };
      return { split: held, aim: goal.weight, blockedOn: waitsForStable };
    }
  }
  return { split: goal, aim: goal.weight, blockedOn: goal === desired ? null : waitsForCanary };
}

/**
 * While the canary Service does not reach the canary no request is added, and those that go to a
 * superseded revision behind it come back first: the Service moves on when nothing depends on it (spec 11, 13).
 */
function goalWithoutCanary(
  situation: Situation,
  spec: CanarySpec,
  observed: ObservedSplit,
  desired: TrafficSplit,
): TrafficSplit {
  const selected = selectedHash(situation, spec.strategy.canaryService ?? '');
  if (desired.weight > 0 && selected !== '' && selected !== situation.canaryHash)
    return { weight: 0, headerRoutes: [] };
  const grows = desired.weight > observed.lowestWeight || desired.headerRoutes.length > 0;
  return grows ? { weight: Math.min(desired.weight, observed.lowestWeight), headerRoutes: [] } : desired;
}

function canaryServiceNotReady(situation: Situation, spec: CanarySpec): BlockedOn | null {
  const name = spec.strategy.canaryService ?? '';
  if (name === '' || situation.canary === null) return null;
  const view = serviceShows(situation, name, situation.canaryHash);
  if (view.selects && view.ready > 0) return null;
  return waitsFor(
    'CanaryServiceNotReady',
    `canary Service ${situation.namespace}/${name} does not reach a ready pod of the canary yet, traffic follows when it does`,
  );
}

function stableServiceNotReady(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  weight: number,
): BlockedOn | null {
  const name = spec.strategy.stableService ?? '';
  const { replicas, namespace } = situation;
  const stable = memory.stableRS === situation.canaryHash ? situation.canary : situation.stable;
  if (memory.stableRS === '' || replicas === 0) return null;
  const needed = stablePodsNeeded(situation, spec, memory, weight);
  const available = stayingReplicasOf(stable);
  if (available < needed) {
    return waitsFor(
      'StablePodsNotAvailable',
      `${available} of ${replicas} stable pods are available, waiting for ${needed} before traffic returns to them`,
    );
  }
  if (name === '' || stable === null) return null;
  const view = serviceShows(situation, name, templateHashOf(stable));
  return isServing(view, Math.min(needed, available))
    ? null
    : waitsFor('StableServiceNotReady', describeBarrier(view, `${namespace}/${name}`, needed));
}

/**
 * Pods that must be behind the stable Service before the canary's share falls to `weight`. The share's
 * own number (spec 8.2); less when nothing better is there: a canary Service without a ready pod, of
 * whichever revision, serves nobody, and an aborted canary is worse than a stable side within its maxUnavailable.
 */
function stablePodsNeeded(situation: Situation, spec: CanarySpec, memory: Memory, weight: number): number {
  const { replicas } = situation;
  const share = Math.floor(((spec.maxWeight - weight) * replicas) / spec.maxWeight);
  const promoted = memory.stableRS === situation.canaryHash;
  if (promoted && canBePromoted(spec, situation)) return Math.min(share, stayingReplicasOf(situation.canary));
  if (!promoted && !canaryServiceServes(situation, spec)) return Math.min(share, 1);
  if (memory.abort && !spec.dynamicStableScale) return Math.min(share, Math.max(1, replicas - spec.unavailable));
  return share;
}

/** A superseded canary goes on serving until the stable side can take its share. */
function canaryServiceServes(situation: Situation, spec: CanarySpec): boolean {
  const endpoints = situation.world.endpoints.get(spec.strategy.canaryService ?? '') ?? [];
  return endpoints.some((endpoint) => endpoint.ready);
}

function isServing(view: ServiceView, needed: number): boolean {
  return view.selects && view.ready >= needed && view.foreign === 0;
}

function describeBarrier(view: ServiceView, service: string, needed: number): string {
  if (!view.selects) return `stable Service ${service} does not select the stable revision yet`;
  if (view.ready < needed) {
    return `stable Service ${service} reaches ${view.ready} ready pods of the stable revision, waiting for ${needed}`;
  }
  return `stable Service ${service} still reaches ${view.foreign} pods of another revision, waiting until they are gone`;
}
