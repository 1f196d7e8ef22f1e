/**
 * What a new template does to the memory: the rollout starts over (spec A.4, row 4), and skips the pause when it returns
 * to a revision that ran until now.
 */
import type { ReplicaSet } from '../../../kube/objects.ts';
import { scaleDownDeadlineOf, specReplicasOf } from '../../observed/replica-sets.ts';
import type { Situation } from '../../observed/situation.ts';
import { isRollback } from '../rollback.ts';
import { fateOfRetired } from '../scale-down-delay.ts';
import { memoryAtStart } from '../turning-points.ts';
import { retirementRules, type BlueGreenSpec } from './blue-green-spec.ts';
import { NO_PROGRESS, NO_RUNS, type BlueGreenMemory } from './memory.ts';

/** `null` when neither the template nor the strategy has changed since the status was written. */
export function startAfterChange(
  situation: Situation,
  spec: BlueGreenSpec,
  memory: BlueGreenMemory,
): BlueGreenMemory | null {
  if (memory.currentPodHash === situation.canaryHash && !memory.wasCanary) return null;
  return {
    ...memoryAtStart(situation, memory),
    ...NO_PROGRESS,
    ...NO_RUNS,
    fastRollback: ranUntilNow(situation, spec, memory),
    wasCanary: false,
  };
}

/**
 * Another controller of this API does not record a rollback that it began: it recognises it by the deadline, in the same
 * look in which it removes the deadline. While the deadline is there no approval was asked for, and none is needed.
 */
export function withInheritedRollback(situation: Situation, memory: BlueGreenMemory): BlueGreenMemory {
  const wasAsked = memory.controllerPause || memory.pauseConditions.length > 0;
  // After an abort the deadline is that of the aborted revision, and a retry needs an approval again.
  const wasAborted = memory.abort || memory.abortedAt !== null;
  if (wasAsked || wasAborted || memory.fastRollback || !waitsForItsEnd(situation)) return memory;
  return { ...memory, fastRollback: true };
}

/**
 * The template is that of a revision which is older than the stable one and whose pods still wait for their
 * delayed scale-down. It is remembered, because the deadline is removed now that they are needed (spec G-15).
 */
function ranUntilNow(situation: Situation, spec: BlueGreenSpec, { wasCanary }: BlueGreenMemory): boolean {
  const running = formerlyRunning(situation);
  if (running === null || scaleDownDeadlineOf(running) !== null) return waitsForItsEnd(situation);
  // The delay begins when the endpoints have followed the switch; a rollback before that is in time.
  return !wasCanary && fateOfRetired(situation, running, retirementRules(spec), 0).keepUntil !== null;
}

function waitsForItsEnd(situation: Situation): boolean {
  const running = formerlyRunning(situation);
  return running !== null && (scaleDownDeadlineOf(running) ?? 0) > situation.now;
}

function formerlyRunning(situation: Situation): ReplicaSet | null {
  const { canary } = situation;
  return canary !== null && isRollback(situation) && specReplicasOf(canary) > 0 ? canary : null;
}
