/**
 * Where a blue-green rollout stands: what is seen, what is asked for, and the memory at this point of a look.
 */
import type { PauseCondition } from '../../../api/schema/status.ts';
import { isPromoted as isStable } from '../../observed/memory.ts';
import { selectedHash } from '../../observed/endpoints.ts';
import type { Situation } from '../../observed/situation.ts';
import { isWithinRollbackWindow } from '../rollback.ts';
import type { BlueGreenSpec } from './blue-green-spec.ts';
import type { BlueGreenMemory } from './memory.ts';

export interface Position {
  readonly situation: Situation;
  readonly spec: BlueGreenSpec;
  readonly memory: BlueGreenMemory;
  /** The rollout starts over in this look: nothing has moved for it yet. */
  readonly begins: boolean;
}

/** Reason of the pause before the switch. */
export const PAUSE = 'BlueGreenPause';

export function isPromoted({ situation, memory }: Position): boolean {
  return isStable(memory, situation.canaryHash);
}

/** The active Service selects the new revision at this moment. */
export function isActive({ situation, spec }: Position): boolean {
  return selectedHash(situation, spec.activeService) === situation.canaryHash;
}

/** The gate is behind the new revision: the active Service selects it, or did before another writer removed its selector. */
export function hasTakenOver({ situation, spec, memory }: Position): boolean {
  return (selectedHash(situation, spec.activeService) || memory.activeSelector) === situation.canaryHash;
}

/** No approval is needed: a person has given it, or the revision has served before. */
export function isFastTracked({ situation, memory }: Position): boolean {
  return memory.promoteFull || memory.fastRollback || isWithinRollbackWindow(situation);
}

/** The Rollout is stopped where it is, by the user or by a pause that this controller must not end. */
export function isHalted({ situation, memory }: Position): boolean {
  return situation.rollout.spec.paused === true || awaitsJudgement(memory);
}

/** A pause that only a person can judge: of a run that was inconclusive, or one that another controller of this API began. */
export function awaitsJudgement({ pauseConditions }: BlueGreenMemory): boolean {
  return pauseConditions.some(({ reason }) => reason !== PAUSE);
}

/** The pause before the switch; `undefined` when there is none. */
export function pauseBeforeSwitch(pauseConditions: readonly PauseCondition[]): PauseCondition | undefined {
  return pauseConditions.find(({ reason }) => reason === PAUSE);
}
