/**
 * How long a rollout has been under way, how much of that it waited for a person, and how it ended
 * (spec 9.3). The record is replaced when the next rollout starts.
 */
import type { CompletionStatus } from '../../api/reasons.ts';
import type { RolloutDuration } from '../../api/status.ts';
import { formatTime, parseTime } from '../../kube/time.ts';

export interface DurationFacts {
  readonly now: number;
  /** The template or the steps changed in this pass, or nothing was ever rolled out. Where all is at its target already, nothing begins. */
  readonly started: boolean;
  /** An aborted rollout is being tried again. */
  readonly retried: boolean;
  /** The revision is stable and as available as the Rollout asks. */
  readonly atTarget: boolean;
  readonly aborted: boolean;
  /** A person has to do something before it goes on. */
  readonly waitsForPerson: boolean;
  readonly fullPromotionRequested: boolean;
  /** The present template ran before: back to the stable one in the middle of an update, or within the window. */
  readonly rollback: 'none' | 'plain' | 'fast';
}

export function nextDuration(before: RolloutDuration | undefined, facts: DurationFacts): RolloutDuration | undefined {
  const begins = (facts.started && !facts.atTarget) || facts.retried;
  const record = begins ? { rolloutStartedAt: formatTime(facts.now) } : before;
  if (record === undefined || record.finishedAt !== undefined) return record;
  const counted = withManualPause(record, facts);
  if (facts.aborted) return finished(counted, 'Aborted', facts.now);
  if (!facts.atTarget) return counted;
  if (facts.rollback !== 'none') {
    return finished(counted, facts.rollback === 'fast' ? 'FastRolledBack' : 'RolledBack', facts.now);
  }
  return finished(counted, facts.fullPromotionRequested ? 'FastPromoted' : 'Promoted', facts.now);
}

function withManualPause(record: RolloutDuration, facts: DurationFacts): RolloutDuration {
  const since = parseTime(record.manualPauseStartedAt);
  if (facts.waitsForPerson) return since === null ? { ...record, manualPauseStartedAt: formatTime(facts.now) } : record;
  if (since === null) return record;
  const { manualPauseStartedAt: _ended, ...rest } = record;
  const seconds = Math.max(0, Math.floor((facts.now - since) / 1000));
  return { ...rest, totalManualPauseDurationSeconds: (record.totalManualPauseDurationSeconds ?? 0) + seconds };
}

function finished(record: RolloutDuration, completionStatus: CompletionStatus, now: number): RolloutDuration {
  return { ...record, finishedAt: formatTime(now), completionStatus };
}
