/**
 * What a new template does to the memory: the rollout starts over (spec A.4, row 4).
 */
import { NO_ABORT, NO_BLUE_GREEN_PROGRESS, NO_PAUSE, type Memory } from '../../rollout/memory.ts';
import { scaleDownDeadlineOf, specReplicasOf } from '../../rollout/replica-sets.ts';
import type { Situation } from '../../rollout/situation.ts';
import { isRollback } from '../rollback.ts';

/** `null` when neither the template nor the strategy has changed since the status was written. */
export function startOver(situation: Situation, memory: Memory): Memory | null {
  // Steps that are remembered are those of a canary: the Rollout was one until now.
  const wasCanary = memory.currentStepHash !== '';
  if (memory.currentPodHash === situation.canaryHash && !wasCanary) return null;
  return {
    ...memory,
    ...NO_PAUSE,
    ...NO_ABORT,
    promoteFull: false,
    restartedAt: situation.rollout.spec.restartAt ?? null,
    currentPodHash: situation.canaryHash,
    currentStepHash: '',
    currentStepIndex: null,
    blueGreen: { ...memory.blueGreen, ...NO_BLUE_GREEN_PROGRESS, fastRollback: ranUntilNow(situation) },
  };
}

/**
 * The template is that of a revision which served before the stable one and whose pods still wait for
 * their delayed scale-down. It is remembered, because the deadline itself goes now that they are needed (spec G-15).
 */
function ranUntilNow(situation: Situation): boolean {
  const { canary, now } = situation;
  if (canary === null || !isRollback(situation) || specReplicasOf(canary) === 0) return false;
  return (scaleDownDeadlineOf(canary) ?? now) > now;
}
