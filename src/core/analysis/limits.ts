/**
 * The numbers of a metric: how often it is measured, how long it waits, and what it tolerates (spec B.1). Numbers may
 * be text, because of arguments.
 */
import { goDurationSeconds } from '../../kube/duration.ts';
import type { Metric } from './provider.ts';

export interface Limits {
  /** -1 for no limit. */
  readonly failure: number;
  readonly inconclusive: number;
  readonly consecutiveError: number;
  /** 0 when it is off. */
  readonly consecutiveSuccess: number;
}

const DEFAULT_CONSECUTIVE_ERROR_LIMIT = 4;

export function limitsOf(metric: Metric): Limits {
  return {
    failure: wholeNumber(metric.failureLimit ?? 0),
    inconclusive: wholeNumber(metric.inconclusiveLimit ?? 0),
    consecutiveError: wholeNumber(metric.consecutiveErrorLimit ?? DEFAULT_CONSECUTIVE_ERROR_LIMIT),
    consecutiveSuccess: wholeNumber(metric.consecutiveSuccessLimit ?? 0),
  };
}

/** `count` as it is written; 0 when it is absent or no whole number. */
export function countOf(metric: Metric): number {
  return wholeNumber(metric.count ?? 0);
}

/** How many measurements complete the metric; `null` when it is measured until the run is terminated. */
export function effectiveCountOf(metric: Metric): number | null {
  const count = countOf(metric);
  if (count !== 0) return count;
  return hasInterval(metric) ? null : 1;
}

/** It is measured until the run is terminated. */
export function isEndless(metric: Metric): boolean {
  return effectiveCountOf(metric) === null && limitsOf(metric).consecutiveSuccess === 0;
}

/** An empty text counts as absent. */
export function hasInterval({ interval }: Metric): boolean {
  return interval !== undefined && interval !== '';
}

/** `null` when there is no interval, or when it cannot be read. */
export function intervalMsOf({ interval }: Metric): number | null {
  return milliseconds(interval);
}

/** 0 when there is no delay, or when it cannot be read. */
export function initialDelayMsOf({ initialDelay }: Metric): number {
  return milliseconds(initialDelay) ?? 0;
}

function milliseconds(duration: string | undefined): number | null {
  const seconds = goDurationSeconds(duration ?? '');
  return seconds === null ? null : seconds * 1000;
}

/** Text is read as a decimal number; 0 when it is none. */
function wholeNumber(value: number | string): number {
  const number = typeof value === 'number' ? value : Number(/^[+-]?\d+$/.test(value) ? value : 0);
  return Number.isSafeInteger(number) ? number : 0;
}
