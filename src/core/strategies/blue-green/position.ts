/**
 * Where a blue-green rollout stands, read off its memory and its active Service. What follows from it is decided in the files
 * beside this one.
 */
import type { PauseCondition } from '../../../api/status.ts';
import { selectedHash } from '../../rollout/endpoints.ts';
import type { Memory } from '../../rollout/memory.ts';
import type { Situation } from '../../rollout/situation.ts';
import { isWithinRollbackWindow } from '../rollback.ts';
import type { BlueGreenSpec } from './blue-green-spec.ts';

/** Reason of the pause before the switch. */
export const PAUSE = 'BlueGreenPause';

/** The present template is stable, be it because it was promoted or because a person went back to it. */
export function isPromoted(situation: Situation, memory: Memory): boolean {
  return memory.stableRS !== '' && memory.stableRS === situation.canaryHash;
}

/** The active Service selects the new revision at this moment. */
export function isActive(situation: Situation, { activeService }: BlueGreenSpec): boolean {
  return selectedHash(situation, activeService) === situation.canaryHash;
}

/** Nobody is asked: the person has decided, or the revision has proved itself before. */
export function isFastTracked(situation: Situation, memory: Memory): boolean {
  return memory.promoteFull || memory.blueGreen.fastRollback || isWithinRollbackWindow(situation);
}

/** Somebody stopped the Rollout where it is: the user, or a pause that is not ours to end. */
export function isHalted(situation: Situation, memory: Memory): boolean {
  return situation.rollout.spec.paused === true || isHeldByOthers(memory);
}

/** Another controller of this API began a pause that only a person can judge. */
export function isHeldByOthers(memory: Memory): boolean {
  return memory.pauseConditions.some(({ reason }) => reason !== PAUSE);
}

/** The pause before the switch; `undefined` when there is none. */
export function pauseBeforeSwitch({ pauseConditions }: Pick<Memory, 'pauseConditions'>): PauseCondition | undefined {
  return pauseConditions.find(({ reason }) => reason === PAUSE);
}
