/**
 * The condition `Progressing`: whether the update moves, has arrived, or has failed. The phase follows it.
 */
import { conditions as word } from '../../api/words/conditions.ts';
import type { ConditionReason } from '../../api/words/reasons.ts';
import { findCondition, timedCondition, type UntimedCondition } from '../../kube/conditions.ts';
import type { Condition } from '../../kube/objects.ts';
import { refusedCreation } from '../acts/failures.ts';
import { currentRevision, replicaSetName } from '../acts/revisions.ts';
import { isPromoted, type Memory } from '../observed/memory.ts';
import type { Situation } from '../observed/situation.ts';
import type { ReportedStanding } from '../strategies/strategy.ts';
import type { Counts } from './counts.ts';
import type { DeadlineAbort } from './deadline-abort.ts';
import { hasProgressed, progressDeadline } from './progress.ts';

export interface ProgressFacts extends Pick<ReportedStanding, 'hasMoved' | 'suspendsDeadline' | 'abortReason'> {
  readonly counts: Counts;
  readonly memory: Memory;
  /** The abort that this look makes itself; `null` without one. */
  readonly deadlineAbort: DeadlineAbort | null;
}

interface Verdict {
  readonly paused: boolean;
  /** The new revision has been promoted and has all its pods. */
  readonly arrived: boolean;
}

const FAILURES: ReadonlySet<string> = new Set([
  'RolloutAborted',
  'ProgressDeadlineExceeded',
] satisfies ConditionReason[]);

/** The update was given up, or has stood still for too long. */
export function hasFailed({ reason }: Condition): boolean {
  return FAILURES.has(reason);
}

/** Reasons from the first refusal of a ReplicaSet on. */
const REFUSED_REVISION: ReadonlySet<string> = new Set([
  'ReplicaSetCreateError',
  'ProgressDeadlineExceeded',
] satisfies ConditionReason[]);

/** The rows of the table of spec 3.2, in its order. `list` are the conditions so far. */
export function progressingCondition(
  situation: Situation,
  facts: ProgressFacts,
  list: readonly Condition[],
  { paused, arrived }: Verdict,
): Condition {
  const { now, status } = situation;
  const { memory } = facts;
  const name = replicaSetName(situation);
  const present = findCondition(list, 'Progressing');
  // A fresh `lastUpdateTime`, even if the reason is the same, starts the clock of the deadline again.
  const renewed = (condition: UntimedCondition) => timedCondition(condition, present, now);
  const set = (condition: UntimedCondition) =>
    present?.status === condition.status && present.reason === condition.reason ? present : renewed(condition);

  const refusal = refusedCreation(situation);
  if (situation.canary === null && refusal === null) return renewed(word.replicaSetCreated(name));
  const refused = refusal === null ? null : word.replicaSetCreateFailed(name, refusal);
  if (present === undefined) return set(refused ?? word.replicaSetFound(name));
  if (memory.abort)
    return set(
      word.aborted(currentRevision(situation), facts.deadlineAbort?.message ?? facts.abortReason ?? undefined),
    );
  const promoted = isPromoted(memory, memory.currentPodHash);
  if (paused && !promoted) return set(word.progressPaused());
  const deadline = progressDeadline(situation, present, facts.suspendsDeadline);
  const isOver = deadline !== null && now >= deadline;
  if (refused !== null) {
    // The revision cannot come further, whatever its other pods do: the clock runs from the first refusal.
    const isNews = memory.currentPodHash !== status.currentPodHash;
    if (isNews || !REFUSED_REVISION.has(present.reason)) return renewed(refused);
    return isOver ? set(word.deadlineExceeded(name)) : present;
  }
  const hasMoved = hasProgressed(status, memory, facts.counts, facts.hasMoved);
  if (arrived && !paused) {
    const done = word.replicaSetAvailable(name);
    // Pods of former revisions leave one by one, and the pace of the reports is measured from the last of them.
    return hasMoved ? renewed(done) : set(done);
  }
  const hadArrived = present.reason === 'NewReplicaSetAvailable' || findCondition(list, 'Healthy')?.status === 'True';
  if (hasMoved || (hadArrived && !arrived)) {
    return renewed(hadArrived && promoted ? word.replicaSetNotAvailable() : word.replicaSetProgressing(name));
  }
  if (present.reason === 'RolloutAborted') return set(word.progressRetried());
  if (present.reason === 'RolloutPaused') return set(word.progressResumed());
  return isOver ? set(word.deadlineExceeded(name)) : present;
}
