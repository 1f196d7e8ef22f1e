/**
 * What the beginning and the promotion of a rollout do to the memory that all strategies share.
 */
import { NO_ABORT, NO_PAUSE, type Memory } from '../observed/memory.ts';
import type { Situation } from '../observed/situation.ts';

/** The rollout starts over with the present template: pauses, aborts and commands were meant for the former one. */
export function memoryAtStart<Remembered extends Memory>(situation: Situation, memory: Remembered): Remembered {
  const restartedAt = situation.rollout.spec.restartAt ?? null;
  return { ...memory, ...NO_PAUSE, ...NO_ABORT, promoteFull: false, restartedAt, currentPodHash: situation.canaryHash };
}

/** The present template is stable from now on. */
export function memoryAtPromotion<Remembered extends Memory>(situation: Situation, memory: Remembered): Remembered {
  return { ...memory, ...NO_PAUSE, ...NO_ABORT, promoteFull: false, stableRS: situation.canaryHash };
}
