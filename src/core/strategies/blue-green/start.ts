/**
 * What a new template does to the memory: the rollout starts over (spec A.4, row 4).
 */
import { NO_ABORT, NO_BLUE_GREEN_PROGRESS, NO_PAUSE, type Memory } from '../../rollout/memory.ts';
import { scaleDownDeadlineOf, specReplicasOf } from '../../rollout/replica-sets.ts';
import type { Situation } from '../../rollout/situation.ts';
import { isRollback } from '../rollback.ts';
import { fateOfRetired } from '../scale-down-delay.ts';
import { retirementRules, type BlueGreenSpec } from './blue-green-spec.ts';

/** `null` when neither the template nor the strategy has changed since the status was written. */
export function startOver(situation: Situation, spec: BlueGreenSpec, memory: Memory): Memory | null {
  if (memory.currentPodHash === situation.canaryHash && !wasCanary(memory)) return null;
  return {
    ...memory,
    ...NO_PAUSE,
    ...NO_ABORT,
    promoteFull: false,
    restartedAt: situation.rollout.spec.restartAt ?? null,
    currentPodHash: situation.canaryHash,
    blueGreen: { ...memory.blueGreen, ...NO_BLUE_GREEN_PROGRESS, fastRollback: ranUntilNow(situation, spec, memory) },
  };
}

/** Steps that are remembered are those of a canary: the Rollout was one until now. */
function wasCanary(memory: Memory): boolean {
  return memory.currentStepHash !== '';
}

/**
 * The template is that of a revision which is older than the stable one and whose pods still wait for their
 * delayed scale-down. It is remembered, because the deadline itself goes now that they are needed (spec G-15).
 */
function ranUntilNow(situation: Situation, spec: BlueGreenSpec, memory: Memory): boolean {
  const { canary, now } = situation;
  if (canary === null || !isRollback(situation) || specReplicasOf(canary) === 0) return false;
  const deadline = scaleDownDeadlineOf(canary);
  if (deadline !== null) return deadline > now;
  // The delay begins when the endpoints have followed the switch; whoever goes back before that is not late.
  return !wasCanary(memory) && fateOfRetired(situation, canary, retirementRules(spec), 0).keepUntil !== null;
}
