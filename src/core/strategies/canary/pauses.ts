/**
 * The pause of a step, and pauses that are not ours to end: when one begins, and when it is over (spec 1.4, 5.8).
 */
import type { PauseCondition } from '../../../api/schema/status.ts';
import type { CanaryStep } from '../../../api/schema/steps.ts';
import { pauseSeconds } from '../../../kube/duration.ts';
import { formatTime, parseTime } from '../../../kube/time.ts';
import { blocked, type BlockedOn } from '../../acts/blocked.ts';
import type { CanaryMemory } from './memory.ts';
import type { Position } from './position.ts';

/** Reason of the pause of a step. */
export const STEP_PAUSE = 'CanaryPauseStep';

/** The pause of a step that has begun; `undefined` when none has. */
export function stepPauseOf({ pauseConditions }: CanaryMemory): PauseCondition | undefined {
  return pauseConditions.find(({ reason }) => reason === STEP_PAUSE);
}

export function withoutStepPause(memory: CanaryMemory): CanaryMemory {
  const pauseConditions = memory.pauseConditions.filter(({ reason }) => reason !== STEP_PAUSE);
  return { ...memory, pauseConditions, controllerPause: pauseConditions.length > 0, pausedStepIndex: null };
}

/** The step is a pause that has not begun. When the controller paused and the pause is gone, a person has removed it. */
export function hasPauseToBegin({ memory, step }: Position): boolean {
  return step?.pause !== undefined && stepPauseOf(memory) === undefined && !memory.controllerPause;
}

/** A person has ended the pause of the step; whatever still holds the canary, it does not begin again. */
export function isPauseOver({ memory, step }: Position): boolean {
  return step?.pause !== undefined && memory.controllerPause && memory.pauseConditions.length === 0;
}

export function withStepPause(memory: CanaryMemory, now: number, pausedStepIndex: number): CanaryMemory {
  const begun = { reason: STEP_PAUSE, startTime: formatTime(now) };
  return { ...memory, pauseConditions: [...memory.pauseConditions, begun], controllerPause: true, pausedStepIndex };
}

/** Start plus duration in milliseconds; `null` when only a person ends the pause. */
export function pauseEnd(step: CanaryStep, startTime: string): number | null {
  const seconds = pauseSeconds(step.pause?.duration);
  const start = parseTime(startTime);
  return seconds === null || start === null ? null : start + seconds * 1000;
}

/** When the pause of the step is over, in whole milliseconds and strictly after its end; `null`: not by itself. */
export function pauseWake({ memory, step }: Position): number | null {
  const pause = stepPauseOf(memory);
  if (step === null || pause === undefined) return null;
  const end = pauseEnd(step, pause.startTime);
  return end === null ? null : end + 1;
}

/** The pause that a step is at, or one of another controller, as long as it lasts. */
export function pauseNotOver({ situation, memory, step, stepIndex }: Position): BlockedOn | null {
  const foreign = memory.pauseConditions.find(({ reason }) => reason !== STEP_PAUSE);
  if (foreign !== undefined) {
    return blocked('PausedAtStep', `paused since ${foreign.startTime} (${foreign.reason}), promote to go on`);
  }
  const pause = stepPauseOf(memory);
  if (step?.pause === undefined || pause === undefined) return null;
  const at = `paused at step ${stepIndex + 1}`;
  const end = pauseEnd(step, pause.startTime);
  if (end === null) return blocked('PausedAtStep', `${at} since ${pause.startTime}, promote to go on`);
  return situation.now > end ? null : blocked('PausedAtStep', `${at} until ${formatTime(end)}`);
}
