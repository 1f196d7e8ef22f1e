/**
 * What is wrong with the metrics of a run, once every argument is filled in (spec B.1). The first problem ends the run.
 */
import { goDurationSeconds } from '../../kube/duration.ts';
import { countOf, hasInterval, limitsOf } from './limits.ts';
import type { Metric } from './provider.ts';

/** Returns what is wrong, or `null`. */
type MetricCheck = (metric: Metric) => string | null;

/** The first problem of a list of metrics, or `null`. */
export function metricsProblem(metrics: readonly Metric[]): string | null {
  if (metrics.length === 0) return 'no metrics specified';
  const seen = new Set<string>();
  for (const [index, metric] of metrics.entries()) {
    const problem = seen.has(metric.name) ? `duplicate name '${metric.name}'` : metricProblem(metric);
    if (problem !== null) return `metrics[${index}]: ${problem}`;
    seen.add(metric.name);
  }
  return null;
}

function metricProblem(metric: Metric): string | null {
  for (const check of METRIC_CHECKS) {
    const problem = check(metric);
    if (problem !== null) return problem;
  }
  return null;
}

const consecutiveSuccessLimitNegative: MetricCheck = (metric) =>
  limitsOf(metric).consecutiveSuccess < 0 ? 'consecutiveSuccessLimit must be >= 0' : null;

const failureLimitBelowNone: MetricCheck = (metric) =>
  limitsOf(metric).failure < -1 ? 'failureLimit must be >= 0, or -1 for no limit' : null;

/** Such a metric could only end by an error. */
const nothingEndsIt: MetricCheck = (metric) => {
  const { failure, consecutiveSuccess } = limitsOf(metric);
  return failure === -1 && consecutiveSuccess === 0
    ? 'failureLimit -1 (no limit) needs a consecutiveSuccessLimit above 0'
    : null;
};

const inconclusiveLimitNegative: MetricCheck = (metric) =>
  limitsOf(metric).inconclusive < 0 ? 'inconclusiveLimit must be >= 0' : null;

const consecutiveErrorLimitNegative: MetricCheck = (metric) =>
  limitsOf(metric).consecutiveError < 0 ? 'consecutiveErrorLimit must be >= 0' : null;

/** It would be reached before the first measurement, so that an error alone would count as a success. */
const countNegative: MetricCheck = (metric) => (countOf(metric) < 0 ? 'count must be >= 0' : null);

const countTooSmall: MetricCheck = (metric) => {
  const count = countOf(metric);
  const { failure, consecutiveSuccess, inconclusive } = limitsOf(metric);
  if (count <= 0) return null;
  if (failure >= 0 && count < failure + consecutiveSuccess) {
    return consecutiveSuccess === 0
      ? 'count must be >= failureLimit'
      : 'count must be >= failureLimit + consecutiveSuccessLimit';
  }
  if (failure === -1 && count < consecutiveSuccess) return 'count must be >= consecutiveSuccessLimit';
  return count < inconclusive ? 'count must be >= inconclusiveLimit' : null;
};

const intervalMissing: MetricCheck = (metric) =>
  countOf(metric) > 1 && !hasInterval(metric) ? 'interval must be specified when count > 1' : null;

const intervalUnreadable: MetricCheck = ({ interval }) => durationProblem('interval', interval);

const initialDelayUnreadable: MetricCheck = ({ initialDelay }) => durationProblem('initialDelay', initialDelay);

const providerCount: MetricCheck = ({ provider }) => {
  const { plugin, ...others } = provider;
  const plugins = plugin === undefined ? 0 : Object.keys(plugin).length;
  const providers = Object.values(others).filter((one) => one !== undefined).length;
  if (providers + plugins === 0) return 'no provider specified';
  if (providers + Math.min(plugins, 1) > 1) return 'multiple providers specified';
  return plugins > 1 ? 'multiple plugins specified' : null;
};

const METRIC_CHECKS: readonly MetricCheck[] = [
  consecutiveSuccessLimitNegative,
  failureLimitBelowNone,
  nothingEndsIt,
  inconclusiveLimitNegative,
  consecutiveErrorLimitNegative,
  countNegative,
  countTooSmall,
  intervalMissing,
  intervalUnreadable,
  initialDelayUnreadable,
  providerCount,
];

function durationProblem(field: string, duration: string | undefined): string | null {
  return duration === undefined || duration === '' || goDurationSeconds(duration) !== null
    ? null
    : `invalid ${field} string: ${JSON.stringify(duration)} is not a duration such as 30s or 5m`;
}
