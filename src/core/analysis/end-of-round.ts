/**
 * Keeps the metrics of a run in step. The next measurement is an interval after the end of the last one, and ends are
 * stored in whole seconds: of two measurements that end a moment apart, one may be stored a second later, and from then
 * on each of the two metrics would have rounds, and writes, of its own.
 */
import type { TakenReading } from './record.ts';

const SECOND_MS = 1_000;

/**
 * What ended in the second before the last one did, counts as ended with it. So a stored time is as near to the true one
 * as before, less than a second.
 */
export function endedTogether(readings: readonly TakenReading[]): readonly TakenReading[] {
  const last = Math.max(...readings.map(({ finishedAt }) => finishedAt));
  return readings.map((taken) =>
    last - taken.finishedAt < SECOND_MS && secondOf(taken.finishedAt) !== secondOf(last)
      ? { ...taken, finishedAt: last }
      : taken,
  );
}

function secondOf(ms: number): number {
  return Math.floor(ms / SECOND_MS);
}
