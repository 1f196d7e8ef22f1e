/**
 * The abort that the controller makes itself when an update misses its progress deadline and the
 * Rollout asks for it (spec 6.6). It affects pods and traffic in the next look, after it has been written down.
 */
import { deadlineExceededText } from '../../api/words/conditions.ts';
import { events } from '../../api/events.ts';
import { findCondition } from '../../kube/conditions.ts';
import type { EventNote } from '../../kube/plan.ts';
import { formatTime } from '../../kube/time.ts';
import type { StrategyDecision } from '../strategies/strategy.ts';
import type { BlockedOn } from '../acts/blocked.ts';
import type { Counts } from './counts.ts';
import { NO_PAUSE, type Memory } from '../observed/memory.ts';
import { hasProgressed, progressDeadline } from './progress.ts';
import { currentRevision, replicaSetName } from '../acts/revisions.ts';
import type { Situation } from '../observed/situation.ts';

export interface DeadlineAbort {
  readonly memory: Memory;
  readonly message: string;
  readonly events: readonly EventNote[];
}

interface DeadlineFacts {
  /** This look has something to do: then the controller stood still, not the update. */
  readonly changesCluster: boolean;
  /** What the update needs and the API server refuses. */
  readonly missing: BlockedOn | null;
}

/** `null` when there is nothing to abort, or no reason to. */
export function deadlineAbort(
  situation: Situation,
  decision: StrategyDecision,
  counts: Counts,
  { changesCluster, missing }: DeadlineFacts,
): DeadlineAbort | null {
  const { memory, standing } = decision;
  const { rollout, status, canaryHash, now } = situation;
  if (rollout.spec.progressDeadlineAbort !== true || memory.abort || standing.begins || changesCluster) return null;
  if (standing.overridesAbort) return null;
  if (memory.stableRS === canaryHash || memory.pauseConditions.length > 0) return null;
  if (hasProgressed(status, memory, counts, standing.hasMoved)) return null;
  const progressing = findCondition(status.conditions, 'Progressing');
  const deadline = progressDeadline(situation, progressing, standing.suspendsDeadline);
  const timedOut = progressing?.reason === 'ProgressDeadlineExceeded';
  if (!timedOut && (deadline === null || now < deadline)) return null;
  const name = replicaSetName(situation);
  const message = [deadlineExceededText(name), ...(missing === null ? [] : [missing.message])].join(' ');
  return {
    memory: { ...memory, ...NO_PAUSE, abort: true, abortedAt: formatTime(now) },
    message,
    events: [events.abortedByDeadline(name), events.aborted(currentRevision(situation), message)],
  };
}
