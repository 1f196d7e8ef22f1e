/**
 * How long a rollout has been under way, how much of that it waited for a person, and how it ended
 * (spec 9.3). The record is replaced when the next rollout starts.
 */
import type { CompletionStatus } from '../../api/words/reasons.ts';
import type { RolloutDuration } from '../../api/schema/status.ts';
import { formatTime, parseTime } from '../../kube/time.ts';
import { isPromoted, type Memory } from '../observed/memory.ts';
import type { Situation } from '../observed/situation.ts';
import type { ReportedStanding } from '../strategies/strategy.ts';

export function nextDuration(
  { status, rollout, now }: Situation,
  memory: Memory,
  { begins, promotedWithItsPods, waitsForPerson, rollback }: ReportedStanding,
): RolloutDuration | undefined {
  const isRetried = status.abortedAt !== undefined && !memory.abort && !isPromoted(memory, memory.currentPodHash);
  // Nothing begins where the stable revision already has all its pods.
  const startsAnew = (begins && !promotedWithItsPods) || isRetried;
  const record = startsAnew ? { rolloutStartedAt: formatTime(now) } : status.duration;
  if (record === undefined || record.finishedAt !== undefined) return record;
  const counted = withManualPause(record, waitsForPerson || rollout.spec.paused === true, now);
  if (memory.abort) return finished(counted, 'Aborted', now);
  if (!promotedWithItsPods) return counted;
  if (rollback !== 'none') return finished(counted, rollback === 'fast' ? 'FastRolledBack' : 'RolledBack', now);
  return finished(counted, status.promoteFull === true ? 'FastPromoted' : 'Promoted', now);
}

function withManualPause(record: RolloutDuration, waitsForPerson: boolean, now: number): RolloutDuration {
  const since = parseTime(record.manualPauseStartedAt);
  if (waitsForPerson) return since === null ? { ...record, manualPauseStartedAt: formatTime(now) } : record;
  if (since === null) return record;
  const { manualPauseStartedAt: _ended, ...rest } = record;
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  return { ...rest, totalManualPauseDurationSeconds: (record.totalManualPauseDurationSeconds ?? 0) + seconds };
}

function finished(record: RolloutDuration, completionStatus: CompletionStatus, now: number): RolloutDuration {
  return { ...record, finishedAt: formatTime(now), completionStatus };
}
