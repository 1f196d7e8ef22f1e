/**
 * What a new template does to the memory: the rollout starts over (spec A.4, row 4), and skips the pause when it goes
 * back to what ran until now. What is skipped with it is decided in `gate.ts`.
 */
import type { ReplicaSet } from '../../../kube/objects.ts';
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
 * Another controller of this API keeps no note of a way back that it began: it reads it off the deadline, in the same
 * look in which it takes that away. As long as the deadline is there nobody has been asked, and nobody needs to be.
 */
export function withInheritedRollback(situation: Situation, memory: Memory): Memory {
  const wasAsked = memory.controllerPause || memory.pauseConditions.length > 0;
  // After an abort the deadline is that of the aborted revision, and whoever tries again is asked again.
  const wasAborted = memory.abort || memory.abortedAt !== null;
  if (wasAsked || wasAborted || memory.blueGreen.fastRollback || !waitsForItsEnd(situation)) return memory;
  return { ...memory, blueGreen: { ...memory.blueGreen, fastRollback: true } };
}

/**
 * The template is that of a revision which is older than the stable one and whose pods still wait for their
 * delayed scale-down. It is remembered, because the deadline itself goes now that they are needed (spec G-15).
 */
function ranUntilNow(situation: Situation, spec: BlueGreenSpec, memory: Memory): boolean {
  const running = formerlyRunning(situation);
  if (running === null || scaleDownDeadlineOf(running) !== null) return waitsForItsEnd(situation);
  // The delay begins when the endpoints have followed the switch; whoever goes back before that is not late.
  return !wasCanary(memory) && fateOfRetired(situation, running, retirementRules(spec), 0).keepUntil !== null;
}

function waitsForItsEnd(situation: Situation): boolean {
  const running = formerlyRunning(situation);
  return running !== null && (scaleDownDeadlineOf(running) ?? 0) > situation.now;
}

function formerlyRunning(situation: Situation): ReplicaSet | null {
  const { canary } = situation;
  return canary !== null && isRollback(situation) && specReplicasOf(canary) > 0 ? canary : null;
}
