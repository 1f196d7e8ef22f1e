/**
 * The abort that the controller makes itself when an update misses its progress deadline and the
 * Rollout asks for it (spec 6.6). It takes effect on pods and traffic in the next pass, when it is written down.
 */
import { deadlineExceededText } from '../../api/conditions.ts';
import { events } from '../../api/events.ts';
import { findCondition } from '../../kube/conditions.ts';
import type { EventNote } from '../../kube/plan.ts';
import { formatTime } from '../../kube/time.ts';
import type { StrategyDecision } from '../strategies/strategy.ts';
import type { Counts } from './counts.ts';
import { NO_PAUSE, type Memory } from './memory.ts';
import { hasProgressed, progressDeadline } from './progress.ts';
import { currentRevision, replicaSetName } from './revisions.ts';
import type { Situation } from './situation.ts';

export interface DeadlineAbort {
  readonly memory: Memory;
  readonly message: string;
  readonly events: readonly EventNote[];
}

/**
 * `null` when there is nothing to abort, or no reason to. `acts`: this pass has something to do, so that
 * it was us who stood still and not the update.
 */
export function deadlineAbort(
  situation: Situation,
  decision: StrategyDecision,
  counts: Counts,
  acts: boolean,
): DeadlineAbort | null {
  const { memory } = decision;
  const { rollout, status, canaryHash, now } = situation;
  if (rollout.spec.progressDeadlineAbort !== true || memory.abort || decision.started || acts) return null;
  if (decision.takesBackAborts) return null;
  if (memory.stableRS === canaryHash || memory.pauseConditions.length > 0) return null;
  if (hasProgressed(status, memory, counts)) return null;
  const deadline = progressDeadline(situation, status.conditions, decision.waitsForItsTime);
  const timedOut = findCondition(status.conditions, 'Progressing')?.reason === 'ProgressDeadlineExceeded';
  if (!timedOut && (deadline === null || now < deadline)) return null;
  const name = replicaSetName(situation);
  const message = deadlineExceededText(name);
  return {
    memory: { ...memory, ...NO_PAUSE, abort: true, abortedAt: formatTime(now) },
    message,
    events: [events.abortedByDeadline(name), events.aborted(currentRevision(situation), message)],
  };
}
