/**
 * The canary strategy: one look, from the position in the steps to the sizes, selectors and traffic
 * that it asks for now (spec 3 to 8). Each part has a file of its own; this one puts them in order.
 */
import type { CanaryStatus, WeightDestination } from '../../../api/schema/status.ts';
import { firstAfter } from '../../acts/next-look.ts';
import type { SelectorTarget } from '../../acts/services.ts';
import { selectedHash } from '../../observed/endpoints.ts';
import { canaryFields, recallCanary, type CanaryMemory } from './memory.ts';
import type { Situation } from '../../observed/situation.ts';
import { isWithinRollbackWindow, rollbackKind } from '../rollback.ts';
import type { ReportedStanding, StrategyDecision } from '../strategy.ts';
import { requested } from '../analysis-requests.ts';
import { eventsOfRuns, forgetPastRuns, heedRuns, pauseOfRuns, requestRuns } from './analysis.ts';
import { advance, takeCommands } from './advance.ts';
import { demandAt, type Demand } from './demand.ts';
import { forgetPastExperiment, pauseOfExperiment, requestExperiment } from './experiment.ts';
import { canBePromoted } from './enough-pods.ts';
import { selectorsNow, sizesNow, trafficNow, type Traffic } from './hold-back.ts';
import { pauseWake } from './pauses.ts';
import { lentMetadata, podRoleAt } from './pod-role.ts';
import { lookAt, positionIn, type Look, type Position } from './position.ts';
import { resetAfterChange } from './reset.ts';
import { waitOf } from './wait.ts';

export function decideCanary(situation: Situation): StrategyDecision<CanaryMemory> {
  const look = lookAt(situation);
  const { spec, router, routerProblem } = look;
  const remembered = recallCanary(situation.status);
  const reset = resetAfterChange(situation, spec, remembered);
  const start = { ...(reset?.memory ?? remembered), currentPodHash: situation.canaryHash };
  const taken = forgetPastExperiment(look, remembered, takeCommands(look, start));
  const commanded = forgetPastRuns(look, remembered, taken);
  const heeded = heedRuns(positionIn(look, commanded));
  const from = demandAt(positionIn(look, heeded.memory));
  // A new start is written down before any of its steps completes; only a first deploy need not wait for that.
  const isToBeWritten = reset !== null && from.position.standing !== 'first';
  const advanced = isToBeWritten
    ? { memory: from.position.memory, events: [] }
    : advance(from.position, from.missing, heeded.abortReason);
  // Acts follow the position that this look arrives at. Each depends on what is observed, and would be
  // decided again if the status write that records the position were lost.
  const to = advanced.memory === from.position.memory ? from : demandAt(positionIn(look, advanced.memory));
  // A canary that starts over is written down before anything is measured for it.
  const analyses = isToBeWritten ? requested(advanced.memory, []) : requestRuns(to.position);
  const trial = requestExperiment({ ...to.position, ...(isToBeWritten ? NOT_BEGUN : {}), memory: analyses.memory });
  const { memory } = trial;
  const traffic = trafficNow(from, to);
  const sizes = sizesNow(from, to, traffic);
  const selectors = selectorsNow(from, to);
  return {
    memory,
    events: [...(reset?.events ?? []), ...eventsOfRuns(situation), ...heeded.events, ...advanced.events],
    ownStatus: canaryFields(memory, reportedWeights(look, traffic, selectors)),
    desired: {
      sizes: sizes.decisions,
      selectors,
      split: traffic.split,
      trafficWrites: traffic.writes,
      runs: analyses.runs,
      experiments: trial.experiments,
      router,
      revisionRole: {
        injected: lentMetadata(to.position, situation.canary),
        antiAffinity: spec.strategy.antiAffinity,
        avoidedHash: to.position.standing === 'promoted' ? '' : memory.stableRS,
      },
      initialReplicas: initialSize(to),
      podRoleOf: (replicaSet) => podRoleAt(to, replicaSet),
      services: new Set([spec.strategy.stableService ?? '', spec.strategy.canaryService ?? '']),
      restartBudget: spec.unavailable,
    },
    standing: {
      ...standingAt(to.position),
      begins: reset !== null,
      hasMoved: hasMoved(remembered, memory),
      abortReason: heeded.abortReason,
      rollback: rollbackKind(situation, remembered, memory, isWithinRollbackWindow(situation)),
    },
    wait: routerProblem ?? analyses.blockedOn ?? trial.blockedOn ?? waitOf(to.position, to.missing, traffic.blockedOn),
    hazards: router.hazards(situation),
    wakeAt: firstAfter(situation.now, [sizes.wakeAt, pauseWake(to.position)]),
  };
}

/** A canary that starts over is written down before an experiment begins. */
const NOT_BEGUN = { step: null } as const;

/** Without a router the canary starts empty, because the stable side may have to make room first. */
function initialSize({ position: { situation, spec }, sizes }: Demand): number {
  if (situation.rollout.spec.paused === true) return 0;
  return spec.routed || situation.stable === null ? sizes.canary : 0;
}

/** What follows from the position alone. */
function standingAt(position: Position): Omit<ReportedStanding, 'begins' | 'hasMoved' | 'abortReason' | 'rollback'> {
  const { situation, spec, memory, standing, step } = position;
  return {
    promotedWithItsPods: standing === 'promoted' && canBePromoted(spec, situation),
    leftToDo: leftToDo(position),
    servicesFollow: true,
    oldPodsHoldBack: spec.routed ? 'condition' : 'phase',
    servesAlone: null,
    overridesAbort: memory.promoteFull || isWithinRollbackWindow(situation),
    suspendsDeadline:
      step !== null && (step.pause !== undefined || step.analysis !== undefined || step.experiment !== undefined),
    waitsForPerson:
      pauseOfRuns(position) !== null ||
      pauseOfExperiment(position) !== null ||
      (step?.pause !== undefined && step.pause.duration === undefined && memory.pauseConditions.length > 0),
  };
}

function hasMoved(before: CanaryMemory, after: CanaryMemory): boolean {
  const { currentStepIndex: from } = before;
  const { currentStepIndex: to } = after;
  return before.currentStepHash !== after.currentStepHash || (from !== null && to !== null && from !== to);
}

/**
 * Where requests are sent once the writes of this look are made. They are made before the report: if one of them is not,
 * the report is not either, or another one is made that knows of the refusal.
 */
function reportedWeights(
  { situation, spec, router, observed }: Look,
  { split, writes }: Traffic,
  selectors: readonly SelectorTarget[],
): Pick<CanaryStatus, 'weights'> {
  if (!router.routes) return {};
  const { stableService = '', canaryService = '' } = spec.strategy;
  const { refused, services } = situation.world;
  const agree = observed.lowestWeight === observed.highestWeight;
  const isHeldBack = split !== null && router.holdsBack?.(situation, split) === true;
  const moves = refused.length === 0 && agree && split !== null && writes.length > 0 && !isHeldBack;
  const weight = moves ? split.weight : observed.highestWeight;
  const targets = refused.length > 0 ? [] : selectors.filter(({ service }) => services.has(service));
  const destination = (name: string, share: number): WeightDestination => ({
    weight: share,
    serviceName: name,
    podTemplateHash: targets.find(({ service }) => service === name)?.templateHash ?? selectedHash(situation, name),
  });
  return {
    weights: {
      canary: destination(canaryService, weight),
      stable: destination(stableService, spec.maxWeight - weight),
    },
  };
}

/** The steps, and after them the promotion, which is over when the stable Service serves the canary and the weight is back at 0. */
function leftToDo({ situation, spec, router, observed, standing }: Position): string | null {
  if (standing !== 'promoted') return 'waiting for all steps to complete';
  if (situation.replicas === 0) return null;
  const { stableService = '' } = spec.strategy;
  const selected = selectedHash(situation, stableService);
  if (stableService !== '' && selected !== '' && selected !== situation.canaryHash) {
    return 'waiting for the stable service to select the new revision';
  }
  return router.routes && observed.highestWeight > 0 ? 'waiting for traffic to return to the stable service' : null;
}
