/**
 * What the runs of an update ask of it, whatever the strategy: a failed run gives the update up, and one that shows
 * nothing pauses it (spec A.7, B.8).
 */
import { events } from '../../api/events.ts';
import type { PauseCondition } from '../../api/schema/status.ts';
import type { PauseReason } from '../../api/words/reasons.ts';
import type { EventNote } from '../../kube/plan.ts';
import { formatTime } from '../../kube/time.ts';
import type { RunEffect, Steering } from '../analysis/current-run.ts';
import type { Memory } from '../observed/memory.ts';

/** Reasons of the pause that begins when a run or an Experiment shows nothing. */
const INCONCLUSIVE: readonly string[] = [
  'InconclusiveAnalysisRun',
  'InconclusiveExperiment',
] satisfies readonly PauseReason[];

/** Whether the pause began because a run or an Experiment showed nothing. */
export function isInconclusive({ reason }: PauseCondition): boolean {
  return INCONCLUSIVE.includes(reason);
}

/** What the runs ask for in this look. */
export interface Heeded<Remembered extends Memory> {
  readonly memory: Remembered;
  readonly events: readonly EventNote[];
  /** Why the update is given up in this look; `null` when it is not. */
  readonly abortReason: string | null;
}

/** `aborted`: the memory of an update that is given up now. */
export function heedEffects<Remembered extends Memory>(
  memory: Remembered,
  effects: readonly RunEffect[],
  now: number,
  aborted: (memory: Remembered, now: number) => Remembered,
): Heeded<Remembered> {
  const failure = effects.find((one) => one.effect === 'abort');
  if (failure?.effect === 'abort') {
    return { memory: aborted(memory, now), events: [], abortReason: failure.message };
  }
  const pause = effects.find((one) => one.effect === 'pause');
  if (pause?.effect !== 'pause' || memory.pauseConditions.some(isInconclusive)) {
    return { memory, events: [], abortReason: null };
  }
  const begun = { reason: pause.reason, startTime: formatTime(now) };
  const pauseConditions = [...memory.pauseConditions, begun];
  return {
    memory: { ...memory, pauseConditions, controllerPause: true },
    events: [events.paused(pause.reason)],
    abortReason: null,
  };
}

/** How the status is steered at this moment, as far as it concerns runs. */
export function steeringOf({ controllerPause, pauseConditions, abort, abortedAt }: Memory): Steering {
  return { controllerPause, pauseReasons: pauseConditions.map(({ reason }) => reason), abort, abortedAt };
}

/** A person has ended the pause that the controller began. */
export function isResumed({ controllerPause, pauseConditions }: Memory): boolean {
  return controllerPause && pauseConditions.length === 0;
}
