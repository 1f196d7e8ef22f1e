/**
 * The decision about one Rollout: from what is observed to what is to be written now. Every other file
 * of the core is one call below. No I/O, no clock, no randomness: the same world gives the same plan.
 */
import { events } from '../../api/events.ts';
import { fieldErrorText } from '../../api/field-error.ts';
import type { EventNote, Plan, Write } from '../../kube/plan.ts';
import { EMPTY_PLAN } from '../../kube/plan.ts';
import { findCondition } from '../../kube/conditions.ts';
import { strategyOf } from '../strategies/strategies.ts';
import type { StrategyDecision } from '../strategies/strategy.ts';
import type { Leftovers } from '../traffic/router.ts';
import { leftoversOf } from '../traffic/routers.ts';
import type { BlockedOn } from './blocked.ts';
import { claimWrites } from './claims.ts';
import { countsOf, type Counts } from './counts.ts';
import { deadlineAbort } from './deadline-abort.ts';
import { nextDuration } from './duration.ts';
import { ephemeralMetadataWrites } from './ephemeral-metadata.ts';
import { historyWrites } from './history.ts';
import { invalidPlan, problemOf } from './invalid.ts';
import type { Hazard } from './hazard.ts';
import { heldWhilePodsLeave } from './leaving-pods.ts';
import type { Memory } from './memory.ts';
import { firstAfter } from './next-look.ts';
import { phaseOf } from './phase.ts';
import { progressDeadline } from './progress.ts';
import { specReplicasOf } from './replica-sets.ts';
import { countedFields, rememberedFields, statusWrite, strategyFields } from './report.ts';
import { reportDueAt } from './report-pace.ts';
import { reportConditions } from './report-conditions.ts';
import { decideRestart, type Restart } from './restart.ts';
import { resolveTemplate } from './resolve-template.ts';
import { createRevisionWrites, currentRevision, replicaSetName, syncRevisionWrites } from './revisions.ts';
import { scaleWrite } from './scale.ts';
import { releaseWrites, selectorWrites } from './services.ts';
import { heldWhileSettling } from './settling.ts';
import { situationOf, type Situation } from './situation.ts';
import { workloadGenerationField, workloadGenerationWrites } from './workload-generation.ts';
import { decideWorkloadScaling, type WorkloadScaling } from './workload-scale-down.ts';
import type { RolloutWorld } from './world.ts';

export function decideRollout(observed: RolloutWorld): Plan {
  if (observed.rollout.metadata.deletionTimestamp !== undefined) return EMPTY_PLAN;
  const resolved = resolveTemplate(observed);
  // Without a selector nothing could be said to be ours any more, and it would be released.
  if ('problem' in resolved) return invalidPlan(situationOf(observed), resolved.problem);
  const { world } = resolved;
  const claims = claimWrites(world, observed.rollout.spec.selector);
  if (claims.length > 0) return { writes: claims };
  const situation = situationOf(world);
  const problem = problemOf(situation);
  if (problem !== null) return invalidPlan(situation, fieldErrorText(problem));
  const decision = strategyOf(world.rollout)(situation);
  const counts = countsOf(situation, decision.counted);
  const workload = decideWorkloadScaling(situation, decision.memory, decision.services);
  const leftovers = leftoversOf(situation);
  const acts = actsOf(situation, decision, leftovers);
  const restart = decideRestart(situation, {
    memory: decision.memory,
    unavailable: decision.unavailable,
    busy: acts.length > 0 || workload.write !== null || decision.started || decision.events.length > 0,
  });
  const report = reportOf(situation, decision, { restart, workload }, counts, acts.length > 0);
  const writes = [
    ...acts,
    ...(report.write === null ? [] : [report.write]),
    // What is not ours comes last: not when the report finds that somebody has written the Rollout, and a refusal hides none.
    ...(workload.write === null ? [] : [workload.write]),
    ...restart.evictions,
  ];
  const wakes = [decision.wakeAt, leftovers.settledAt, workload.wakeAt, restart.wakeAt, report.wakeAt];
  const wakeAt = firstAfter(situation.now, wakes);
  return wakeAt === null ? { writes } : { writes, requeueAfterMs: wakeAt - situation.now };
}

/** Capacity up, selectors, traffic, capacity down, then what hurts nobody: a stop after any of them leaves nothing unserved. */
function actsOf(situation: Situation, decision: StrategyDecision, leftovers: Leftovers): Write[] {
  const { world, namespace, name } = situation;
  const revision =
    situation.canary === null
      ? createRevisionWrites(situation, decision.revisionRole, decision.initialReplicas)
      : syncRevisionWrites(situation, decision.revisionRole);
  const settled = heldWhileSettling(situation, leftovers.settledAt, decision.sizes);
  const sizes = heldWhilePodsLeave(situation, settled).flatMap((size) => {
    const write = scaleWrite(situation, size);
    return write === null ? [] : [{ write, grows: size.replicas > specReplicasOf(size.replicaSet) }];
  });
  return [
    ...workloadGenerationWrites(situation),
    ...revision,
    ...sizes.filter((size) => size.grows).map((size) => size.write),
    ...selectorWrites(situation, decision.selectors),
    ...(decision.split === null ? [] : decision.router.render(situation, decision.split)),
    ...leftovers.writes,
    ...releaseWrites(namespace, name, world.services.values(), decision.services),
    ...sizes.filter((size) => !size.grows).map((size) => size.write),
    ...ephemeralMetadataWrites(situation, decision.podMetadataOf),
    ...historyWrites(situation),
  ];
}

/** What is decided beside the strategy. */
interface Besides {
  readonly restart: Restart;
  readonly workload: WorkloadScaling;
}

interface Report {
  readonly write: Write | null;
  readonly wakeAt: number | null;
}

function reportOf(
  situation: Situation,
  decision: StrategyDecision,
  { restart, workload }: Besides,
  counts: Counts,
  acts: boolean,
): Report {
  const { rollout, status, now } = situation;
  const abort = deadlineAbort(situation, decision, counts, acts);
  const memory: Memory = {
    ...(abort?.memory ?? decision.memory),
    restartedAt: restart.restartedAt,
    workloadScaleDown: workload.scaleDown,
  };
  const blockedOn = decision.blockedOn ?? restart.blockedOn;
  const promoted = memory.stableRS !== '' && memory.stableRS === situation.canaryHash;
  const created = situation.canary === null;
  const conditions = reportConditions(situation, {
    counts,
    memory,
    created,
    completed: decision.completed,
    oldPodsDelay: decision.oldPodsDelay,
    waitsForItsTime: decision.waitsForItsTime,
    abortMessage: abort?.message,
    blockedOn,
    hazards: decision.hazards,
  });
  const { phase, message } = phaseOf(situation, {
    conditions: conditions.list,
    counts,
    memory,
    oldPodsDelay: decision.oldPodsDelay,
    unfinished: decision.unfinished,
  });
  const duration = nextDuration(status.duration, {
    now,
    started: decision.started,
    retried: status.abortedAt !== undefined && !memory.abort && !promoted,
    atTarget: decision.atTarget,
    aborted: memory.abort,
    waitsForPerson: decision.waitsForPerson || rollout.spec.paused === true,
    fullPromotionRequested: status.promoteFull === true,
    rollback: decision.rollback,
  });
  const write = statusWrite(
    situation,
    {
      observedGeneration: String(rollout.metadata.generation ?? 0),
      ...workloadGenerationField(situation),
      phase,
      message,
      ...rememberedFields(memory),
      ...strategyFields(memory, decision.report),
      ...countedFields(situation, counts, decision.counted),
      conditions: conditions.list,
      ...(duration === undefined ? {} : { duration }),
    },
    [
      ...startEvents(situation, decision),
      ...decision.events,
      ...(abort?.events ?? []),
      ...restart.events,
      ...pauseEvents(situation, memory),
      ...blockedEvents(situation, blockedOn),
      ...hazardEvents(situation, decision.hazards),
    ],
  );
  // One second more, because the condition's time has lost its fraction.
  const deadline = progressDeadline(situation, conditions.list, decision.waitsForItsTime);
  const dueAt = write === null ? null : reportDueAt(situation, write);
  return {
    write: dueAt === null ? write : null,
    wakeAt: firstAfter(now, [conditions.wakeAt, deadline === null ? null : deadline + 1000, dueAt]),
  };
}

/** A rollout that begins is announced before anything that it brings about. */
function startEvents(situation: Situation, decision: StrategyDecision): EventNote[] {
  const { status, canary, canaryHash } = situation;
  const revision = currentRevision(situation);
  const wasRunning = findCondition(status.conditions, 'Completed')?.status === 'False';
  const begins = decision.started && status.stableRS !== canaryHash && !wasRunning;
  const created = canary === null && decision.initialReplicas > 0;
  return [
    ...(begins ? [events.notCompleted(revision, canaryHash)] : []),
    ...(created ? [events.replicaSetScaled(replicaSetName(situation), revision, 0, decision.initialReplicas)] : []),
  ];
}

function pauseEvents(situation: Situation, memory: Memory): EventNote[] {
  const { pauseConditions = [], controllerPause } = situation.status;
  const wasPaused = pauseConditions.length > 0 || controllerPause === true;
  // A pause that a person took away lasts until its step completes, which `spec.paused` may put off.
  const isPaused = memory.pauseConditions.length > 0 || memory.controllerPause;
  return wasPaused && !isPaused && !memory.abort ? [events.resumed()] : [];
}

function blockedEvents(situation: Situation, blockedOn: BlockedOn | null): EventNote[] {
  if (blockedOn === null || !blockedOn.needsAttention) return [];
  const told = findCondition(situation.status.conditions, 'Blocked');
  return told?.reason === blockedOn.reason && told.message === blockedOn.message
    ? []
    : [events.blocked(blockedOn.message)];
}

/** Each is told once, when it comes up. */
function hazardEvents(situation: Situation, hazards: readonly Hazard[]): EventNote[] {
  const told = findCondition(situation.status.conditions, 'TrafficHazard')?.message ?? '';
  return hazards
    .filter(({ message }) => !told.includes(message))
    .map(({ reason, message }) => events.hazard(reason, message));
}
