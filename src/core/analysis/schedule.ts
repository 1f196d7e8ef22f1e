/**
 * When a metric is measured next (spec B.6). What is due and when to wake up follow from the same time, so that a
 * controller that wakes up in time always finds something to do.
 */
import type { AnalysisRun, Measurement, MetricResult } from '../../api/schema/analysis-run.ts';
import { parseTime } from '../../kube/time.ts';
import { effectiveCountOf, initialDelayMsOf, intervalMsOf } from './limits.ts';
import { isBad, isOutcome } from './phases.ts';
import type { PreparedMetric } from './prepare-run.ts';
import type { Metric, UnfinishedMeasurement } from './provider.ts';

/** After an error, whatever the interval is (G-37). */
const ERROR_RETRY_MS = 10_000;
const INTERVAL_WHEN_ABSENT_MS = 10_000;
/** Times are stored in whole seconds, so a shorter interval would already be over when its measurement is written. */
const SHORTEST_INTERVAL_MS = 1_000;

/** What a due measurement asks of the provider. */
export type Act = 'measure' | 'resume' | 'terminate';

export interface DueMeasurement {
  /** Name of the metric. */
  readonly metric: string;
  /** Place of the metric in the spec. */
  readonly index: number;
  readonly act: Act;
  /** As in an order: the same until the measurement is recorded, so that a repeated one is known as the same. */
  readonly number: number;
  /** With `resume` and `terminate`. */
  readonly unfinished?: UnfinishedMeasurement;
}

/** True when nothing new is measured any more: a person or a Rollout ended the run, or a metric that counts is lost. */
export function isRunTerminating(
  { spec, status }: Pick<AnalysisRun, 'spec' | 'status'>,
  metrics: readonly PreparedMetric[],
): boolean {
  if (spec.terminate === true) return true;
  const counting = new Set(metrics.filter(({ isDryRun }) => !isDryRun).map(({ metric }) => metric.name));
  return (status?.metricResults ?? []).some(({ name, phase }) => counting.has(name) && isBad(phase));
}

/** What is due now, in the order of the spec. A measurement in flight of a metric in `ended` does not wait for its time. */
export function dueNow(
  run: AnalysisRun,
  metrics: readonly PreparedMetric[],
  now: number,
  ended: ReadonlySet<string>,
): readonly DueMeasurement[] {
  const isTerminating = isRunTerminating(run, metrics);
  const startedAt = parseTime(run.status?.startedAt);
  return metrics.flatMap(({ metric }, index): readonly DueMeasurement[] => {
    const result = resultOf(run.status?.metricResults, metric.name);
    const inFlight = isOutcome(result?.phase) ? undefined : inFlightOf(result);
    const at = nextMeasurementAt(metric, result, startedAt, now);
    const isInTime = (at !== null && at <= now) || (inFlight !== undefined && ended.has(metric.name));
    const isDue = isTerminating ? inFlight !== undefined : isInTime;
    if (!isDue) return [];
    const number = (result?.count ?? 0) + (result?.error ?? 0) + 1;
    if (inFlight === undefined) return [{ metric: metric.name, index, act: 'measure', number }];
    const unfinished = { startedAt: parseTime(inFlight.startedAt) ?? now, metadata: inFlight.metadata ?? {} };
    return [{ metric: metric.name, index, act: isTerminating ? 'terminate' : 'resume', number, unfinished }];
  });
}

/** When to look at the run again: at the earliest measurement, but not before now; `null` when nothing is measured any more. */
export function nextWakeAt(
  metrics: readonly PreparedMetric[],
  results: readonly MetricResult[] | undefined,
  startedAt: number | null,
  now: number,
): number | null {
  const times = metrics.flatMap(
    ({ metric }) => nextMeasurementAt(metric, resultOf(results, metric.name), startedAt, now) ?? [],
  );
  return times.length === 0 ? null : Math.max(now, Math.min(...times));
}

export function resultOf(results: readonly MetricResult[] | undefined, name: string): MetricResult | undefined {
  return results?.find((result) => result.name === name);
}

/** The measurement that has begun and not finished. */
export function inFlightOf(result: MetricResult | undefined): Measurement | undefined {
  const last = result?.measurements?.at(-1);
  return last?.finishedAt === undefined ? last : undefined;
}

/** Milliseconds since the epoch, perhaps in the past; `null` for a metric that is complete. `startedAt` is that of the run. */
function nextMeasurementAt(
  metric: Metric,
  result: MetricResult | undefined,
  startedAt: number | null,
  now: number,
): number | null {
  if (isOutcome(result?.phase)) return null;
  const last = result?.measurements?.at(-1);
  if (last === undefined) {
    const delay = initialDelayMsOf(metric);
    return delay > 0 ? (startedAt ?? now) + delay : now;
  }
  if (last.finishedAt === undefined) return parseTime(last.resumeAt) ?? now;
  const count = effectiveCountOf(metric);
  if (count !== null && (result?.count ?? 0) >= count) return null;
  const wait =
    last.phase === 'Error'
      ? ERROR_RETRY_MS
      : Math.max(SHORTEST_INTERVAL_MS, intervalMsOf(metric) ?? INTERVAL_WHEN_ABSENT_MS);
  return (parseTime(last.finishedAt) ?? now - wait) + wait;
}
