/** The measurements of an AnalysisRun, metric by metric, as a person reads them: values, limits and what came of them. */
import type { AnalysisRun, Measurement, MetricResult } from '../../api/schema/analysis-run.ts';
import { parseTime } from '../../kube/time.ts';
import { thresholdsIn, type Threshold } from '../analysis/expressions/thresholds.ts';
import { effectiveCountOf, limitsOf } from '../analysis/limits.ts';
import { metricRules } from '../analysis/metric-rules.ts';
import type { Metric } from '../analysis/provider.ts';
import { queryOf, shownMetrics } from './query.ts';

export interface MetricView {
  readonly name: string;
  /** '' before the first measurement. */
  readonly phase: string;
  readonly message: string;
  /** It does not affect the outcome of the run. */
  readonly dryRun: boolean;
  /** As the run has them, with its arguments put in; '' when there is none. */
  readonly successCondition: string;
  readonly failureCondition: string;
  /** Where the conditions compare the value with one number: lines for a chart. */
  readonly thresholds: readonly Threshold[];
  readonly limits: readonly LimitView[];
  /** What was asked of the provider, without secrets; '' when the run does not say. */
  readonly query: string;
  /** Those that the run still keeps, oldest first. */
  readonly measurements: readonly MeasurementView[];
}

/** How many measurements ended in one way, against how many may. Errors and successes are counted in a row. */
export interface LimitView {
  readonly outcome: 'failed' | 'inconclusive' | 'error' | 'successful';
  readonly count: number;
  /**
   * The metric is decided when there are more, and by successes when there are so many; `null` without a limit.
   */
  readonly allowed: number | null;
}

export interface MeasurementView {
  /** When it ended, or began while it runs; milliseconds since the epoch. */
  readonly at: number | null;
  /** `Successful`, `Failed`, `Inconclusive`, `Error`, `Running`. */
  readonly phase: string;
  /** `null` when the value is not one number. */
  readonly value: number | null;
  /** The value as the status has it; '' when there is none. */
  readonly text: string;
  readonly message: string;
}

/** The metrics of a run in the order of its spec, with what the status has of each. */
export function metricViews({ spec, status }: AnalysisRun): readonly MetricView[] {
  const metrics = shownMetrics(spec.metrics, spec.args);
  const rules = metricRules(
    metrics.map(({ name }) => name),
    spec,
  );
  const dryRun = 'problem' in rules ? new Set<string>() : rules.dryRun;
  return metrics.map((metric) => {
    const result = status?.metricResults?.find(({ name }) => name === metric.name);
    return metricView(metric, result, dryRun.has(metric.name));
  });
}

function metricView(metric: Metric, result: MetricResult | undefined, dryRun: boolean): MetricView {
  const { name, successCondition = '', failureCondition = '' } = metric;
  return {
    name,
    phase: result?.phase ?? '',
    message: result?.message ?? '',
    dryRun,
    successCondition,
    failureCondition,
    thresholds: [...thresholdsIn(successCondition, true), ...thresholdsIn(failureCondition, false)],
    limits: limitViews(metric, result),
    query: queryOf(metric),
    measurements: (result?.measurements ?? []).map(measurementView),
  };
}

function limitViews(metric: Metric, result: Partial<MetricResult> = {}): readonly LimitView[] {
  const limits = limitsOf(metric);
  const { failed = 0, inconclusive = 0, successful = 0, consecutiveError = 0, consecutiveSuccess = 0 } = result;
  const isCounted = limits.consecutiveSuccess > 0;
  return [
    { outcome: 'failed', count: failed, allowed: limits.failure < 0 ? null : limits.failure },
    { outcome: 'inconclusive', count: inconclusive, allowed: limits.inconclusive },
    { outcome: 'error', count: consecutiveError, allowed: limits.consecutiveError },
    isCounted
      ? { outcome: 'successful', count: consecutiveSuccess, allowed: limits.consecutiveSuccess }
      : { outcome: 'successful', count: successful, allowed: effectiveCountOf(metric) },
  ];
}

function measurementView({ phase, value = '', message = '', startedAt, finishedAt }: Measurement): MeasurementView {
  return { at: parseTime(finishedAt ?? startedAt), phase, value: numberIn(value), text: value, message };
}

/** A number, or a list of one, as providers write a single value. */
function numberIn(text: string): number | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const [only, ...others] = Array.isArray(value) ? (value as unknown[]) : [value];
  return typeof only === 'number' && others.length === 0 ? only : null;
}
