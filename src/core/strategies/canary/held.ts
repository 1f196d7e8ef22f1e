/**
 * How a canary is held whose spec cannot be followed: as if it paused after a single step to the share that the canary
 * has, or to the pods that it has where its share is unknown.
 */
import type { AnalysisRun } from '../../../api/schema/analysis-run.ts';
import type { CanaryStrategy } from '../../../api/schema/canary.ts';
import type { RolloutStatus } from '../../../api/schema/status.ts';
import { stepHash } from '../../../api/schema/step-hash.ts';
import { LABELS } from '../../../api/words/labels.ts';
import { managerOf } from '../../../api/words/service-manager.ts';
import type { KubeObject, ReplicaSet } from '../../../kube/objects.ts';
import { isOfStep as isExperimentOfStep } from '../../acts/experiments.ts';
import { desiredReplicasOf, specReplicasOf } from '../../observed/replica-sets.ts';
import type { Situation } from '../../observed/situation.ts';
import type { RolloutWorld } from '../../observed/world.ts';
import { formerRouterCarriesRequests, routerOf } from '../../traffic/routers.ts';
import { delaysOf, heldActs, heldMemory, heldSituation, isTried } from '../held-rollout.ts';
import type { Held } from '../strategy.ts';
import { unfitReference } from '../unfit-reference.ts';
import { decideCanary } from './canary.ts';
import { canaryFields, NO_RUNS, recallCanary, type CanaryMemory } from './memory.ts';

/** Index of the pause at which it is held; the step before it is the share that it has. */
const HELD_STEP = 1;

export function holdCanary(situation: Situation, running: ReplicaSet): Held {
  const held = heldCanary(situation, running);
  const decision = decideCanary(held);
  const memory = { ...heldSteps(situation, running, decision.memory), ...heldRuns(situation, decision.memory) };
  const ownStatus = canaryFields(memory, decision.ownStatus.canary ?? {});
  return {
    situation: held,
    decision: { ...decision, memory, ownStatus, desired: heldActs(held, decision.desired) },
    isAborting: decision.memory.abort,
  };
}

/** What is recorded of runs stays, although the spec that asks for them cannot be followed. An abort and a retry forget them (spec G-9). */
function heldRuns({ status }: Situation, decided: CanaryMemory): Pick<CanaryMemory, keyof typeof NO_RUNS> {
  const { abort, abortedAt, currentStepAnalysisRunStatus, currentBackgroundAnalysisRunStatus, currentExperiment } =
    recallCanary(status);
  const isRetried = abortedAt !== null && !abort;
  if (decided.abort || isRetried) return NO_RUNS;
  return { currentStepAnalysisRunStatus, currentBackgroundAnalysisRunStatus, currentExperiment };
}

/** An abort goes back to the first step. */
function heldSteps(situation: Situation, running: ReplicaSet, decided: CanaryMemory): CanaryMemory {
  const memory = heldMemory(situation, running, recallCanary(situation.status), decided);
  if (!decided.abort || !isTried(situation, running)) return memory;
  return { ...memory, pausedStepIndex: null, currentStepIndex: memory.currentStepIndex === null ? null : 0 };
}

function heldCanary(situation: Situation, running: ReplicaSet): Situation {
  const { status } = situation;
  const world = withTrialsOfStep(situation);
  const around = (strategy: CanaryStrategy, remembered: RolloutStatus) =>
    heldSituation({ ...situation, world }, running, { canary: strategy }, remembered);
  // The template of a workload may be missing, so Services are checked against the labels of what runs.
  const spec = { ...world.rollout.spec, template: running.spec.template };
  const strategy = knownStrategy({ ...world, rollout: { ...world.rollout, spec } });
  const unstepped = around(strategy, {});
  const present = isDividedByOthers(unstepped)
    ? heldBesideOthers(strategy, unstepped)
    : heldAtShare(strategy, unstepped);
  // The step counts as reached: pods that are missing do not lower the weight.
  return around(present, { ...status, currentStepHash: stepHash(present.steps), currentStepIndex: HELD_STEP });
}

/** What measures at the step at which the canary stands, a run or an Experiment, becomes that of the step at which it is held. */
function withTrialsOfStep(situation: Situation): RolloutWorld {
  const { world, status } = situation;
  const { name } = status.canary?.currentStepAnalysisRunStatus ?? {};
  const isOfStep = ({ metadata }: AnalysisRun) =>
    metadata.name === name && metadata.labels?.[LABELS.stepIndex] === String(status.currentStepIndex);
  const runs = world.analysis.runs.map((run) => (isOfStep(run) ? atHeldStep(run) : run));
  const { currentExperiment, currentStepIndex: index = 0 } = { ...status, ...status.canary };
  const own = world.experiments.own.map((one) =>
    one.metadata.name === currentExperiment && isExperimentOfStep(situation, one, index) ? atHeldStep(one) : one,
  );
  return { ...world, analysis: { ...world.analysis, runs }, experiments: { ...world.experiments, own } };
}

function atHeldStep<One extends KubeObject>(one: One): One {
  const labels = { ...one.metadata.labels, [LABELS.stepIndex]: String(HELD_STEP) };
  return { ...one, metadata: { ...one.metadata, labels } };
}

/** The router is unknown to this version, or no longer in the spec: then the shares of the two sides are unknown. */
function isDividedByOthers(situation: Situation): boolean {
  const { trafficRouting } = situation.rollout.spec.strategy?.canary ?? {};
  return trafficRouting === undefined ? formerRouterCarriesRequests(situation) : !routerOf(situation.rollout).routes;
}

/** The canary keeps its pods, also in an abort, and grows with the Rollout; the stable side has enough to serve all requests. */
function heldBesideOthers(strategy: CanaryStrategy, { canary, replicas }: Situation): CanaryStrategy {
  const size = specReplicasOf(canary);
  const asked = askedWith(canary);
  // A canary that could not shrink is larger than its share asks for; it never exceeds the size of the Rollout.
  const share = asked > 0 ? Math.min(replicas, Math.ceil((size * replicas) / asked)) : size;
  return {
    ...strategy,
    trafficRouting: strategy.trafficRouting ?? {},
    abortScaleDownDelaySeconds: 0,
    steps: [{ setCanaryScale: { replicas: Math.max(size, share) } }, { pause: {} }],
  };
}

function heldAtShare(strategy: CanaryStrategy, unstepped: Situation): CanaryStrategy {
  return { ...strategy, steps: [{ setWeight: presentShare(unstepped) }, { pause: {} }] };
}

/** The parts of the strategy that can be followed. */
function knownStrategy(world: RolloutWorld): CanaryStrategy {
  const { stableService, canaryService, trafficRouting, maxSurge, maxUnavailable, dynamicStableScale, ...others } =
    world.rollout.spec.strategy?.canary ?? {};
  const isThere = (service: string | undefined): service is string =>
    service !== undefined && world.services.has(service);
  return {
    // A Service that does not exist is not waited for.
    ...(isThere(stableService) ? { stableService } : {}),
    ...(isThere(canaryService) ? { canaryService } : {}),
    ...(trafficRouting === undefined ? {} : { trafficRouting: knownRouting(world, trafficRouting) }),
    ...(isAllowance(maxSurge) ? { maxSurge } : {}),
    ...(isAllowance(maxUnavailable) ? { maxUnavailable } : {}),
    ...(dynamicStableScale === undefined ? {} : { dynamicStableScale }),
    ...delaysOf(others),
  };
}

/**
 * Nothing is written to a router that this version does not have, nor from references that do not fit: requests would
 * be led to where no pod is. Pods and traffic stay independent of each other, existing objects keep their weight, and an
 * abort removes it as it removes what a former spec has left.
 */
function knownRouting(
  world: RolloutWorld,
  { maxTrafficWeight, ...routers }: NonNullable<CanaryStrategy['trafficRouting']>,
): NonNullable<CanaryStrategy['trafficRouting']> {
  const { rollout, services } = world;
  const isOurs = (service = '') => managerOf(services.get(service)) === rollout.metadata.name;
  const { stableService, canaryService } = rollout.spec.strategy?.canary ?? {};
  const isKnown =
    routerOf(rollout).routes && isOurs(stableService) && isOurs(canaryService) && unfitReference(world) === null;
  return {
    ...(isKnown ? routers : {}),
    ...(maxTrafficWeight !== undefined && maxTrafficWeight > 0 ? { maxTrafficWeight } : {}),
  };
}

function isAllowance(value: number | string | undefined): value is number | string {
  return typeof value === 'number' ? value >= 0 : value !== undefined && /^\d+%$/.test(value);
}

/**
 * Of the traffic with a router, of the pods without one: as many as the Rollout asked for when the canary was last
 * sized. Sizes change one after the other, so those in between mean nothing.
 */
function presentShare(situation: Situation): number {
  const { canary, stable, rollout } = situation;
  const { trafficRouting } = rollout.spec.strategy?.canary ?? {};
  if (trafficRouting !== undefined) return routerOf(rollout).observe(situation).highestWeight;
  if (canary === null || canary === stable) return 100;
  const size = specReplicasOf(canary);
  const asked = askedWith(canary);
  const pods = asked > 0 ? asked : size + specReplicasOf(stable);
  return pods === 0 ? 0 : Math.min(100, (100 * size) / pods);
}

/** How many pods the Rollout asked for when the canary was last sized; 0 when that was not recorded. */
function askedWith(canary: ReplicaSet | null): number {
  return canary === null ? 0 : Number(desiredReplicasOf(canary) ?? 0);
}
