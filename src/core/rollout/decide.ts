/**
 * The decision about one Rollout: from what is observed to what is to be written now. Every other file
 * of the core is one call below. No I/O, no clock, no randomness: the same world gives the same plan.
 */
import { events } from '../../api/events.ts';
import type { EventNote, Plan, Write } from '../../kube/plan.ts';
import { EMPTY_PLAN } from '../../kube/plan.ts';
import { findCondition } from '../../kube/conditions.ts';
import { strategyOf } from '../strategies/strategies.ts';
import type { StrategyDecision } from '../strategies/strategy.ts';
import { routersWithObjects } from '../traffic/routers.ts';
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
import { createRevisionWrites, currentRevision, replicaSetName, syncRevisionWrites } from './revisions.ts';
import { scaleWrite } from './scale.ts';
import { releaseWrites, selectorWrites } from './services.ts';
import { situationOf, type Situation } from './situation.ts';
import type { RolloutWorld } from './world.ts';

export function decideRollout(world: RolloutWorld): Plan {
  if (world.rollout.metadata.deletionTimestamp !== undefined) return EMPTY_PLAN;
  const claims = claimWrites(world);
  if (claims.length > 0) return { writes: claims };
  const situation = situationOf(world);
  const problem = problemOf(situation);
  if (problem !== null) return invalidPlan(situation, problem);
  const decision = strategyOf(world.rollout)(situation);
  const counts = countsOf(situation, decision.counted);
  const acts = actsOf(situation, decision);
  const report = reportOf(situation, decision, counts, acts.length > 0);
  const writes = [...acts, ...(report.write === null ? [] : [report.write])];
  const wakeAt = firstAfter(situation.now, [decision.wakeAt, report.wakeAt]);
  return wakeAt === null ? { writes } : { writes, requeueAfterMs: wakeAt - situation.now };
}

/** Capacity up, selectors, traffic, capacity down, then what hurts nobody: a stop after any of them leaves nothing unserved. */
function actsOf(situation: Situation, decision: StrategyDecision): Write[] {
  const { world, namespace, name } = situation;
  const revision =
    situation.canary === null
      ? createRevisionWrites(situation, decision.revisionRole, decision.initialReplicas)
      : syncRevisionWrites(situation, decision.revisionRole);
  const sizes = heldWhilePodsLeave(situation, decision.sizes).flatMap((size) => {
    const write = scaleWrite(situation, size);
    return write === null ? [] : [{ write, grows: size.replicas > specReplicasOf(size.replicaSet) }];
  });
  return [
    ...revision,
    ...sizes.filter((size) => size.grows).map((size) => size.write),
    ...selectorWrites(situation, decision.selectors),
    ...(decision.split === null ? [] : decision.router.render(situation, decision.split)),
    ...routersWithObjects.flatMap((router) => router.leftovers(situation)),
    ...releaseWrites(namespace, name, world.services.values(), decision.services),
    ...sizes.filter((size) => !size.grows).map((size) => size.write),
    ...ephemeralMetadataWrites(situation, decision.podMetadataOf),
    ...historyWrites(situation),
  ];
}

interface Report {
  readonly write: Write | null;
  readonly wakeAt: number | null;
}

function reportOf(situation: Situation, decision: StrategyDecision, counts: Counts, acts: boolean): Report {
  const { rollout, status, now } = situation;
  const abort = deadlineAbort(situation, decision, counts, acts);
  const memory = abort?.memory ?? decision.memory;
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
    blockedOn: decision.blockedOn,
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
      ...pauseEvents(situation, memory),
      ...blockedEvents(situation, decision.blockedOn),
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
