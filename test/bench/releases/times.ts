/** Times of a bench, in whole milliseconds. */
import { percentile } from '../percentile.ts';

export interface Times {
  readonly p50: number;
  readonly p99: number;
  /** How many there were. */
  readonly count: number;
}

export function timesOf(times: readonly number[]): Times {
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), count: times.length };
}

export function since(from: number, to: number): number {
  return Math.round(to - from);
}

/** Of two in the middle their mean; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
