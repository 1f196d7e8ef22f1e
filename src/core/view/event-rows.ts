/** What was told about a Rollout, in the order in which people read it. */
import { parseTime } from '../../kube/time.ts';
import type { ReportedEvent } from './other-writers.ts';

export interface EventRow {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** When it was seen last, milliseconds since the epoch. */
  readonly at: number | null;
  readonly count: number;
}

/** Newest first; those of one second are listed in the order in which they were told. */
export function eventRows(events: readonly ReportedEvent[]): readonly EventRow[] {
  return events
    .map(eventRow)
    .toReversed()
    .toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0));
}

function eventRow(event: ReportedEvent): EventRow {
  const { type = '', reason = '', message = '', count, series, lastTimestamp, eventTime, firstTimestamp } = event;
  const at = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp;
  return { type, reason, message, at: parseTime(at ?? undefined), count: series?.count ?? count ?? 1 };
}
