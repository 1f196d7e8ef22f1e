/**
 * The phase of a Rollout and a sentence about it, as clients show them (spec 3.3).
 */
import type { Phase } from '../../api/words/reasons.ts';
import type { Condition } from '../../kube/objects.ts';
import type { Memory } from '../observed/memory.ts';
import { isRestarting } from '../observed/restart-pending.ts';
import type { Situation } from '../observed/situation.ts';
import type { HeldBack } from '../strategies/strategy.ts';
import type { Counts } from './counts.ts';
import { hasFailed } from './progressing.ts';

export interface PhaseReport {
  readonly phase: Phase;
  readonly message: string;
}

export interface PhaseFacts {
  /** The condition of that type. */
  readonly progressing: Condition;
  readonly counts: Counts;
  readonly memory: Memory;
  readonly oldPodsHoldBack: HeldBack;
  /** What is left to do although the pods are there; `null` when nothing is. */
  readonly leftToDo: string | null;
}

export function phaseOf(situation: Situation, facts: PhaseFacts): PhaseReport {
  const { rollout, replicas } = situation;
  const { counts, memory, progressing: progress } = facts;
  if (hasFailed(progress)) return { phase: 'Degraded', message: `${progress.reason}: ${progress.message}` };
  if (rollout.spec.paused === true) return { phase: 'Paused', message: 'manually paused' };
  const pause = memory.pauseConditions[0];
  if (pause !== undefined) return { phase: 'Paused', message: pause.reason };
  if (isRestarting(situation, memory)) return progressing('rollout is restarting');
  if (counts.updated < replicas) return progressing('more replicas need to be updated');
  if (counts.available < counts.updated) return progressing('updated replicas are still becoming available');
  if (facts.oldPodsHoldBack === 'phase' && counts.replicas > counts.updated)
    return progressing('old replicas are pending termination');
  return facts.leftToDo === null ? { phase: 'Healthy', message: '' } : progressing(facts.leftToDo);
}

function progressing(message: string): PhaseReport {
  return { phase: 'Progressing', message };
}
