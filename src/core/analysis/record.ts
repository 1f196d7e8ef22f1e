/**
 * From what a provider read to measurements and counters (spec B.6).
 */
import type { Measurement, MetricResult } from '../../api/schema/analysis-run.ts';
import type { AnalysisOutcome } from '../../api/words/reasons.ts';
import { formatTime } from '../../kube/time.ts';
import type { MetricValue } from './metric-value.ts';
import { isOutcome } from './phases.ts';
import type { Metric, MeasurementMetadata, Reading } from './provider.ts';
import type { Redact } from './redaction.ts';
import type { DueMeasurement } from './schedule.ts';

interface Conditions {
  readonly successCondition?: string;
  readonly failureCondition?: string;
}

interface Judgement {
  readonly phase: AnalysisOutcome;
  /** Why there is no other outcome; with `Error`. */
  readonly message?: string;
}

/** Judges a value by the conditions of its metric. `now` is the time of expressions, milliseconds since the epoch. */
export type Judge = (conditions: Conditions, result: MetricValue, now: number) => Judgement;

/** A measurement that was due, and what came of it. Times are milliseconds since the epoch. */
export interface TakenReading {
  readonly due: DueMeasurement;
  /** With the values of secrets: its conditions judge the value, and no part of it is stored. */
  readonly metric: Metric;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly reading: Reading;
}

/** A longer text is cut off: it would fill the status, which the API server then refuses to store. */
const MAX_TEXT_LENGTH = 10_000;

/** A provider that is asked again too early only says so. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

/** The message of a measurement that a termination ended. */
const TERMINATED = 'Metric Terminated';

/**
 * The measurement as the status has it. No secret is in it once it is finished; the metadata of an unfinished one is
 * what the provider wrote, because the provider needs it back unchanged.
 */
export function measurementOf(taken: TakenReading, judge: Judge, redact: Redact): Measurement {
  const { due, reading, startedAt, finishedAt } = taken;
  const metadata = { ...due.unfinished?.metadata, ...reading.metadata };
  const start = { startedAt: formatTime(due.unfinished?.startedAt ?? startedAt) };
  if (reading.kind === 'unfinished' && due.act !== 'terminate') {
    return {
      phase: 'Running',
      ...start,
      resumeAt: formatTime(resumeTime(reading.resumeAt, finishedAt)),
      ...withMetadata(metadata),
    };
  }
  const { phase, message } = judged(taken, judge);
  // Cut after the secrets are hidden: of one that was cut first, a part would stay.
  const shown = (text: string): string => shortened(redact(text));
  const text = reading.kind === 'unfinished' ? undefined : reading.text;
  return {
    phase,
    ...(message === undefined || message === '' ? {} : { message: shown(message) }),
    ...start,
    finishedAt: formatTime(finishedAt),
    ...(text === undefined ? {} : { value: shown(text) }),
    ...withMetadata(Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, shown(value)]))),
  };
}

function judged(taken: TakenReading, judge: Judge): Judgement {
  const { due, metric, finishedAt, reading } = taken;
  const judgement = judgements.get(taken) ?? judgementOf(reading, metric, finishedAt, judge);
  judgements.set(taken, judgement);
  const isCalm = judgement.phase === 'Successful' || judgement.phase === 'Inconclusive';
  return due.act === 'terminate' && isCalm ? { phase: judgement.phase, message: TERMINATED } : judgement;
}

/** Of a reading that was judged before: a round is decided after each of its measurements, and once more at its end. */
const judgements = new WeakMap<TakenReading, Judgement>();

function judgementOf(reading: Reading, metric: Metric, now: number, judge: Judge): Judgement {
  switch (reading.kind) {
    case 'value':
      return judge(metric, reading.result, now);
    case 'verdict':
      return reading;
    case 'unfinished':
      // A termination is asked for once: what the provider leaves open is closed here.
      return { phase: 'Inconclusive' };
  }
}

function shortened(text: string): string {
  return text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH)}...`;
}

/**
 * A whole second: cut off, the time would already be over when it is written, and the provider asked again at once. A
 * time that is none, or too far away to be written, is a mistake of the provider.
 */
function resumeTime(asked: number, now: number): number {
  const sane = Number.isNaN(asked) ? now : Math.min(Math.max(asked, now), now + LONGEST_WAIT_MS);
  return Math.ceil(sane / 1000) * 1000;
}

function withMetadata(metadata: MeasurementMetadata): { readonly metadata?: MeasurementMetadata } {
  return Object.keys(metadata).length === 0 ? {} : { metadata };
}

/** The result with a measurement in it: in the place of the one that was in flight, or after the others. */
export function recordMeasurement(
  result: MetricResult,
  measurement: Measurement,
  act: DueMeasurement['act'],
): MetricResult {
  const measurements = result.measurements ?? [];
  const earlier = act === 'measure' ? measurements : measurements.slice(0, -1);
  const recorded = { ...result, measurements: [...earlier, measurement] };
  return isOutcome(measurement.phase) ? { ...recorded, ...counted(result, measurement.phase) } : recorded;
}

type Counters = Pick<
  MetricResult,
  'count' | 'successful' | 'failed' | 'inconclusive' | 'error' | 'consecutiveError' | 'consecutiveSuccess'
>;

/** The counters that change. An error does not count as a measurement taken. */
function counted(result: MetricResult, phase: AnalysisOutcome): Counters {
  const plusOne = (counter: keyof Counters) => ({ [counter]: (result[counter] ?? 0) + 1 });
  switch (phase) {
    case 'Successful':
      return { ...plusOne('successful'), ...plusOne('count'), ...plusOne('consecutiveSuccess'), consecutiveError: 0 };
    case 'Failed':
      return { ...plusOne('failed'), ...plusOne('count'), consecutiveSuccess: 0, consecutiveError: 0 };
    case 'Inconclusive':
      return { ...plusOne('inconclusive'), ...plusOne('count'), consecutiveSuccess: 0, consecutiveError: 0 };
    case 'Error':
      return { ...plusOne('error'), ...plusOne('consecutiveError'), consecutiveSuccess: 0 };
  }
}
