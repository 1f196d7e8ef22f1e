/**
 * The progress deadline: when an update has stood still for too long, and when that does not count
 * (spec 3.2, 6.6).
 */
import type { RolloutStatus } from '../../api/schema/status.ts';
import { DEFAULTS } from '../../api/words/defaults.ts';
import type { Condition } from '../../kube/objects.ts';
import { parseTime } from '../../kube/time.ts';
import { reportedCounts, type Counts } from './counts.ts';
import type { Memory } from '../observed/memory.ts';
import type { Situation } from '../observed/situation.ts';

/** Reasons of the Progressing condition under which nothing is expected to move, or the time-out is already reported. */
const CLOCK_STOPPED: ReadonlySet<string> = new Set([
  'NewReplicaSetAvailable',
  'ProgressDeadlineExceeded',
  'RolloutAborted',
  'RolloutPaused',
]);

/** Whether the rollout has come further since the last status. `hasMoved`: its strategy says so. */
export function hasProgressed(before: RolloutStatus, memory: Memory, counts: Counts, hasMoved: boolean): boolean {
  const reported = reportedCounts(before);
  return (
    hasMoved ||
    counts.updated !== reported.updated ||
    counts.replicas - counts.updated < reported.replicas - reported.updated ||
    counts.ready > reported.ready ||
    counts.available > reported.available ||
    (before.stableRS ?? '') !== memory.stableRS ||
    (before.currentPodHash ?? '') !== memory.currentPodHash
  );
}

/**
 * When the present standstill becomes a time-out, in milliseconds since the epoch; `null` while the
 * clock does not run: nothing to wait for, a pause, an abort, or a step without a deadline.
 */
export function progressDeadline(
  situation: Situation,
  progressing: Condition | undefined,
  suspendsDeadline: boolean,
): number | null {
  if (progressing === undefined || suspendsDeadline || CLOCK_STOPPED.has(progressing.reason)) return null;
  if (situation.rollout.spec.paused === true) return null;
  const since = parseTime(progressing.lastUpdateTime);
  const seconds = situation.rollout.spec.progressDeadlineSeconds ?? DEFAULTS.progressDeadlineSeconds;
  return since === null ? null : since + seconds * 1000;
}
