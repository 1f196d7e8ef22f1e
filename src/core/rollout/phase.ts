/**
 * One word and one sentence about where a Rollout is, as clients show them (spec 3.3).
 */
import type { Phase } from '../../api/reasons.ts';
import type { Condition } from '../../kube/objects.ts';
import type { OldPodsDelay } from '../strategies/strategy.ts';
import type { Counts } from './counts.ts';
import type { Memory } from './memory.ts';
import { isRestarting } from './restart.ts';
import type { Situation } from './situation.ts';

export interface PhaseReport {
  readonly phase: Phase;
  readonly message: string;
}

export interface PhaseFacts {
  readonly conditions: readonly Condition[];
  readonly counts: Counts;
  readonly memory: Memory;
  readonly oldPodsDelay: OldPodsDelay;
  /** What the strategy has left to do when the pods are there; `null` when nothing is. */
  readonly unfinished: string | null;
}

export function phaseOf(situation: Situation, facts: PhaseFacts): PhaseReport {
  const { rollout, replicas } = situation;
  const { counts, memory } = facts;
  for (const { type, reason, message } of facts.conditions) {
    if (type === 'InvalidSpec') return { phase: 'Degraded', message: `InvalidSpec: ${message}` };
    if (reason === 'RolloutAborted' || reason === 'ProgressDeadlineExceeded') {
      return { phase: 'Degraded', message: `${reason}: ${message}` };
    }
  }
  if (rollout.spec.paused === true) return { phase: 'Paused', message: 'manually paused' };
  const pause = memory.pauseConditions[0];
  if (pause !== undefined) return { phase: 'Paused', message: pause.reason };
  if (isRestarting(situation, memory)) return progressing('rollout is restarting');
  if (counts.updated < replicas) return progressing('more replicas need to be updated');
  if (counts.available < counts.updated) return progressing('updated replicas are still becoming available');
  if (facts.oldPodsDelay === 'phase' && counts.replicas > counts.updated)
    return progressing('old replicas are pending termination');
  return facts.unfinished === null ? { phase: 'Healthy', message: '' } : progressing(facts.unfinished);
}

function progressing(message: string): PhaseReport {
  return { phase: 'Progressing', message };
}
