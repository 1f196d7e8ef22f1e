/**
 * The canary strategy: one pass, from the position in the steps to the sizes, selectors and traffic
 * that it asks for now (spec 3 to 8). Each part is decided in a file of its own; this one puts them in order.
 */
import type { CanaryStatus, WeightDestination } from '../../../api/status.ts';
import type { CanaryStep } from '../../../api/steps.ts';
import { selectedHash } from '../../rollout/endpoints.ts';
import { NO_BLUE_GREEN, recall, type Memory } from '../../rollout/memory.ts';
import { firstAfter } from '../../rollout/next-look.ts';
import type { Split } from '../../rollout/replica-arithmetic.ts';
import { specReplicasOf } from '../../rollout/replica-sets.ts';
import type { SizeDecision } from '../../rollout/scale.ts';
import { heldWhileSettling } from '../../rollout/settling.ts';
import type { Situation } from '../../rollout/situation.ts';
import type { ObservedSplit, TrafficRouter, TrafficSplit } from '../../traffic/router.ts';
import { routerOf } from '../../traffic/routers.ts';
import { heldByPause } from '../held-by-pause.ts';
import { podMetadata } from '../pod-metadata.ts';
import { isWithinRollbackWindow, rollbackKind } from '../rollback.ts';
import type { StrategyDecision } from '../strategy.ts';
import { advance, pauseEnd, takeCommands, type PositionFacts } from './advance.ts';
import { canarySpecOf, type CanarySpec } from './canary-spec.ts';
import { resetAfterChange } from './reset.ts';
import { retiredSizes } from './retired.ts';
import { liveSizes } from './scaling.ts';
import { desiredSelectors } from './selectors.ts';
import { canBePromoted, desiredSizes, sizesReached } from './sizes.ts';
import { waitOf } from './wait.ts';
import { allowedSplit, desiredSplit } from './weight.ts';

export function decideCanary(situation: Situation): StrategyDecision {
  const spec = canarySpecOf(situation);
  const router = routerOf(situation.rollout);
  const observed = router.observe(situation);
  const remembered = { ...recall(situation.status), blueGreen: NO_BLUE_GREEN };
  const reset = resetAfterChange(situation, spec, remembered);
  const start = { ...(reset?.memory ?? remembered), currentPodHash: situation.canaryHash };
  const position = takeCommands(situation, spec, start);
  const asked = demandAt(situation, spec, position, router, observed);
  const next = advance(situation, spec, position, asked);
  // A new start is written down before any of its steps completes; only a first deploy has nothing to wait for.
  const { memory, events } = reset === null || position.stableRS === '' ? next : { memory: position, events: [] };

  // Acts follow the position that this pass arrives at: each is gated on what is observed, and would be
  // decided again if the status write that records the arrival were lost.
  const demand = memory === position ? asked : demandAt(situation, spec, memory, router, observed);
  const promotedNow = memory.stableRS !== remembered.stableRS && remembered.stableRS !== '';
  // Until a promotion is written down its traffic stays: a successor that knows nothing of it would send the requests back.
  const traffic = promotedNow
    ? allowedSplit(situation, spec, position, observed, asked.split)
    : allowedSplit(situation, spec, memory, observed, demand.split);
  const routerProblem = router.blockedOn(situation);
  // Without a router sizes are the traffic, and people are told of a step before they are told of what it brings about (spec 9.1).
  const leastWeight = Math.min(demand.split.weight, traffic.aim);
  const toCome = { ...demand.split, weight: leastWeight };
  const live = spec.routed
    ? liveSizes(situation, spec, memory, demand.sizes, observed, toCome)
    : liveSizes(situation, spec, position, asked.sizes, observed, toCome);
  const retired = retiredSizes(situation, spec, memory, observed);
  const waitsForTraffic = router.routes && memory.stableRS !== '';
  const split = waitsForTraffic ? (routerProblem === null ? traffic.split : retreat(traffic.split, observed)) : null;
  const settledAt = router.settledAt(situation);
  // The pass that moves traffic takes no pods: when they may go is known when the move has been made.
  const movesTraffic = split !== null && !router.shows(situation, split);
  const podsStayUntil = movesTraffic ? Number.POSITIVE_INFINITY : settledAt;
  const step = stepAt(spec, memory);
  const roles = { stable: spec.strategy.stableMetadata, canary: spec.strategy.canaryMetadata };

  return {
    memory,
    events: [...(reset?.events ?? []), ...events],
    started: reset !== null,
    revisionRole: {
      injected: podMetadata(situation, memory, roles, situation.canary),
      antiAffinity: spec.strategy.antiAffinity,
      avoidedHash: memory.stableRS === situation.canaryHash ? '' : memory.stableRS,
    },
    initialReplicas: initialSize(situation, spec, demand.sizes),
    // Between the promotion and its next look no pod leaves that a router may still send requests to.
    sizes:
      promotedNow && spec.routed
        ? []
        : heldByPause(
            situation,
            heldWhileSettling(situation, podsStayUntil, inOrder(spec, live.decisions, retired.decisions)),
          ),
    services: new Set([spec.strategy.stableService ?? '', spec.strategy.canaryService ?? '']),
    selectors: desiredSelectors(situation, spec, memory, observed),
    router,
    split,
    podMetadataOf: (replicaSet) => podMetadata(situation, memory, roles, replicaSet),
    report: reportOf(situation, spec, router, observed),
    counted: null,
    takesBackAborts: memory.promoteFull || isWithinRollbackWindow(situation),
    completed: memory.currentStepIndex === null || memory.currentStepIndex >= spec.steps.length,
    waitsForItsTime:
      step !== null && (step.pause !== undefined || step.analysis !== undefined || step.experiment !== undefined),
    waitsForPerson: step?.pause !== undefined && step.pause.duration === undefined && memory.pauseConditions.length > 0,
    unavailable: spec.unavailable,
    atTarget: memory.stableRS === situation.canaryHash && canBePromoted(spec, situation),
    rollback: rollbackKind(situation, remembered, memory, isWithinRollbackWindow(situation)),
    oldPodsDelay: spec.routed ? 'condition' : 'phase',
    unfinished: unfinished(situation, spec, memory, router, observed),
    blockedOn:
      routerProblem ??
      waitOf(situation, spec, memory, {
        desired: demand.sizes,
        wanted: demand.split,
        splitInForce: demand.splitInForce,
        trafficBlockedOn: waitsForTraffic ? traffic.blockedOn : null,
      }),
    hazards: router.hazards(situation),
    wakeAt: firstAfter(situation.now, [live.wakeAt, retired.wakeAt, pauseWake(step, memory), settledAt]),
  };
}

/** Whatever stands in the way of a canary, requests may always leave it; `null` when none would. */
function retreat(split: TrafficSplit | null, observed: ObservedSplit): TrafficSplit | null {
  return split !== null && split.weight < observed.highestWeight ? { weight: split.weight, headerRoutes: [] } : null;
}

/** What a position asks for, and whether the cluster shows it. */
interface Demand extends PositionFacts {
  readonly sizes: Split;
  readonly split: TrafficSplit;
}

function demandAt(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  router: TrafficRouter,
  observed: ObservedSplit,
): Demand {
  const sizes = desiredSizes(situation, spec, memory, observed);
  const reached = sizesReached(situation, spec, sizes);
  const split = desiredSplit(situation, spec, memory, observed, reached);
  return { sizes, split, sizesReached: reached, splitInForce: isInForce(situation, router, split) };
}

/** A split that cannot be brought about is in force at no time: nothing may follow from it (spec 11, 4). */
function isInForce(situation: Situation, router: TrafficRouter, split: TrafficSplit): boolean {
  return !router.routes || (router.blockedOn(situation) === null && router.shows(situation, split));
}

function stepAt(spec: CanarySpec, memory: Memory): CanaryStep | null {
  return memory.currentStepIndex === null ? null : (spec.steps[memory.currentStepIndex] ?? null);
}

/** Without a router pods are the traffic: stable first, then the canary, then retired revisions, and one of them in a pass (spec 4.2, 11.5). */
function inOrder(
  spec: CanarySpec,
  live: readonly SizeDecision[],
  retired: readonly SizeDecision[],
): readonly SizeDecision[] {
  if (spec.routed) return [...live, ...retired];
  const changing = live.find((one) => specReplicasOf(one.replicaSet) !== one.replicas);
  if (changing === undefined) return [...live, ...retired];
  return live.filter((one) => one === changing || specReplicasOf(one.replicaSet) === one.replicas);
}

/** Without a router the canary starts empty: the stable side may have to make room first. */
function initialSize(situation: Situation, spec: CanarySpec, desired: Split): number {
  if (situation.rollout.spec.paused === true) return 0;
  return spec.routed || situation.stable === null ? desired.canary : 0;
}

function reportOf(
  situation: Situation,
  spec: CanarySpec,
  router: TrafficRouter,
  observed: ObservedSplit,
): { canary?: CanaryStatus } {
  if (!router.routes) return {};
  const { stableService = '', canaryService = '' } = spec.strategy;
  const weight = observed.highestWeight;
  const destination = (service: string, share: number): WeightDestination => ({
    weight: share,
    serviceName: service,
    podTemplateHash: selectedHash(situation, service),
  });
  return {
    canary: {
      weights: {
        canary: destination(canaryService, weight),
        stable: destination(stableService, spec.maxWeight - weight),
      },
    },
  };
}

/** The steps, and after them the promotion, which is over when the stable Service serves the new revision and the weight is back at 0. */
function unfinished(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  router: TrafficRouter,
  observed: ObservedSplit,
): string | null {
  if (memory.stableRS !== situation.canaryHash) return 'waiting for all steps to complete';
  if (situation.replicas === 0) return null;
  const { stableService = '' } = spec.strategy;
  const selected = selectedHash(situation, stableService);
  if (stableService !== '' && selected !== '' && selected !== situation.canaryHash) {
    return 'waiting for the stable service to select the new revision';
  }
  return router.routes && observed.highestWeight > 0 ? 'waiting for traffic to return to the stable service' : null;
}

function pauseWake(step: CanaryStep | null, memory: Memory): number | null {
  const pause = memory.pauseConditions.find((one) => one.reason === 'CanaryPauseStep');
  if (step === null || pause === undefined) return null;
  const end = pauseEnd(step, pause.startTime);
  // Strictly after the end, in whole milliseconds.
  return end === null ? null : end + 1;
}
