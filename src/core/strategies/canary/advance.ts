/**
 * How the memory moves on in one pass when nothing was changed by the user's spec: commands are taken
 * in, the rollout is promoted, or at most one step completes (spec 4.11, 5.6, 5.8, 6).
 */
import { events } from '../../../api/events.ts';
import type { CanaryStep } from '../../../api/steps.ts';
import { pauseSeconds } from '../../../kube/duration.ts';
import { formatTime, parseTime } from '../../../kube/time.ts';
import { NO_ABORT, NO_PAUSE, type Memory } from '../../rollout/memory.ts';
import { currentRevision } from '../../rollout/revisions.ts';
import type { Situation } from '../../rollout/situation.ts';
import type { Transition } from '../../rollout/transition.ts';
import type { CanarySpec } from './canary-spec.ts';
import { isWithinRollbackWindow } from '../rollback.ts';
import { canBePromoted } from './sizes.ts';

/** What the cluster shows about the position that the memory names. */
export interface PositionFacts {
  /** Canary and stable have the sizes of the position. */
  readonly sizesReached: boolean;
  /** The router shows the split of the position. */
  readonly splitInForce: boolean;
}

/** Commands that a person wrote into the status, as far as they change where the rollout stands (spec 6). */
export function takeCommands(situation: Situation, spec: CanarySpec, memory: Memory): Memory {
  const promoted = memory.stableRS !== '' && memory.stableRS === situation.canaryHash;
  const end = spec.steps.length === 0 ? null : spec.steps.length;
  if (promoted) return { ...memory, ...NO_ABORT, currentStepIndex: end };
  if (memory.promoteFull || isWithinRollbackWindow(situation)) {
    return { ...memory, ...NO_PAUSE, ...NO_ABORT, currentStepIndex: end };
  }
  if (memory.abort) {
    return {
      ...memory,
      ...NO_PAUSE,
      abortedAt: memory.abortedAt ?? formatTime(situation.now),
      currentStepIndex: end === null ? null : 0,
    };
  }
  const index = end === null ? null : Math.max(0, Math.min(memory.currentStepIndex ?? 0, end));
  // Whoever moved the index by hand left the pause of another step behind; it says nothing about this one.
  const movedAway = memory.pausedStepIndex !== null && memory.pausedStepIndex !== index;
  return {
    ...memory,
    ...(movedAway ? withoutStepPause(memory) : {}),
    abortedAt: null,
    currentStepIndex: index,
  };
}

function withoutStepPause(memory: Memory): Partial<Memory> {
  const pauseConditions = memory.pauseConditions.filter((one) => one.reason !== 'CanaryPauseStep');
  return { pauseConditions, controllerPause: pauseConditions.length > 0, pausedStepIndex: null };
}

/** The memory after this pass. At most one step completes, because the next one is judged by what it brings about. */
export function advance(situation: Situation, spec: CanarySpec, memory: Memory, facts: PositionFacts): Transition {
  const why = promotionReason(situation, spec, memory, facts);
  if (why !== null) return promote(situation, spec, memory, why);
  if (memory.abort) {
    return {
      memory,
      events: situation.status.abortedAt === undefined ? [events.aborted(currentRevision(situation))] : [],
    };
  }
  return completeStep(situation, spec, memory, facts);
}

function promotionReason(situation: Situation, spec: CanarySpec, memory: Memory, facts: PositionFacts): string | null {
  const paused = situation.rollout.spec.paused === true;
  // Somebody deleted the stable ReplicaSet: what it ran cannot come back, so the present template takes its place (spec 11, 51).
  if (situation.stable === null && memory.stableRS !== situation.canaryHash) return paused ? null : 'Initial deploy';
  if (memory.abort || !canBePromoted(spec, situation)) return null;
  const promoted = memory.stableRS === situation.canaryHash;
  if (!promoted && (paused || !facts.splitInForce)) return null;
  if (memory.promoteFull) return 'Full promotion requested';
  if (isWithinRollbackWindow(situation)) return 'Rollback within window';
  const { currentStepIndex: index } = memory;
  const count = spec.steps.length;
  return count === 0 || (index !== null && index >= count) ? `Completed all ${count} canary steps` : null;
}

function promote(situation: Situation, spec: CanarySpec, memory: Memory, why: string): Transition {
  const next: Memory = {
    ...memory,
    ...NO_PAUSE,
    ...NO_ABORT,
    promoteFull: false,
    currentStepIndex: spec.steps.length === 0 ? null : spec.steps.length,
    stableRS: situation.canaryHash,
  };
  const changed = memory.stableRS !== situation.canaryHash;
  return {
    memory: next,
    events: changed ? [events.completed(currentRevision(situation), situation.canaryHash, why)] : [],
  };
}

function completeStep(situation: Situation, spec: CanarySpec, memory: Memory, facts: PositionFacts): Transition {
  const index = memory.currentStepIndex;
  const step = index === null ? undefined : spec.steps[index];
  if (index === null || step === undefined) return { memory: { ...memory, ...NO_PAUSE }, events: [] };
  if (memory.stableRS === '' || memory.stableRS === situation.canaryHash) return { memory, events: [] };
  if (!isComplete(situation, memory, step, facts)) return pauseAt(situation, memory, step, index);
  const arrived: Memory = { ...memory, ...NO_PAUSE, currentStepIndex: index + 1 };
  const next = spec.steps[index + 1];
  const done = { memory: arrived, events: [events.stepCompleted(step, index, spec.steps.length)] };
  if (next === undefined) return done;
  const paused = pauseAt(situation, arrived, next, index + 1);
  return { memory: paused.memory, events: [...done.events, ...paused.events] };
}

/** The first verb in this order decides when a step is over (spec 1.4). */
function isComplete(situation: Situation, memory: Memory, step: CanaryStep, facts: PositionFacts): boolean {
  if (situation.rollout.spec.paused === true) return false;
  if (memory.pauseConditions.some((pause) => pause.reason !== 'CanaryPauseStep')) return false;
  if (step.pause !== undefined) return pauseIsOver(situation, memory, step);
  // A header route must be on the router, like a weight, before the rollout goes on.
  return step.setCanaryScale === undefined || step.setWeight !== undefined || step.setHeaderRoute !== undefined
    ? facts.sizesReached && facts.splitInForce
    : facts.sizesReached;
}

function pauseIsOver(situation: Situation, memory: Memory, step: CanaryStep): boolean {
  const pause = memory.pauseConditions.find((one) => one.reason === 'CanaryPauseStep');
  if (pause === undefined) {
    // The controller paused here, and a person took the pause away.
    return memory.controllerPause;
  }
  const end = pauseEnd(step, pause.startTime);
  return end !== null && situation.now > end;
}

/** Start plus duration in milliseconds; `null` when only a person ends the pause. */
export function pauseEnd(step: CanaryStep, startTime: string): number | null {
  const seconds = pauseSeconds(step.pause?.duration);
  const start = parseTime(startTime);
  return seconds === null || start === null ? null : start + seconds * 1000;
}

/** Standing at a pause step without a pause begins one, in the same write that arrives there. */
function pauseAt(situation: Situation, memory: Memory, step: CanaryStep, index: number): Transition {
  const paused = memory.pauseConditions.some((one) => one.reason === 'CanaryPauseStep');
  if (step.pause === undefined || paused || situation.rollout.spec.paused === true) return { memory, events: [] };
  const begun = { reason: 'CanaryPauseStep', startTime: formatTime(situation.now) };
  return {
    memory: {
      ...memory,
      pauseConditions: [...memory.pauseConditions, begun],
      controllerPause: true,
      pausedStepIndex: index,
    },
    events: [events.paused('CanaryPauseStep')],
  };
}
