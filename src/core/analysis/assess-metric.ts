/**
 * The phase of a metric, from its counters and its last measurement (spec B.7).
 */
import type { MetricResult } from '../../api/schema/analysis-run.ts';
import type { AnalysisOutcome, AnalysisPhase } from '../../api/words/reasons.ts';
import { effectiveCountOf, limitsOf } from './limits.ts';
import { isOutcome } from './phases.ts';
import type { Metric } from './provider.ts';
import { inFlightOf } from './schedule.ts';

/** A phase that a limit led to, and which one, such as `failed (2) > failureLimit (1)`. */
interface LimitVerdict {
  readonly phase: AnalysisOutcome;
  readonly because: string;
}

/** An outcome stays as it is. A termination makes a metric successful that nothing speaks against. */
export function metricPhase(metric: Metric, result: MetricResult, isTerminating: boolean): AnalysisPhase {
  if (isOutcome(result.phase)) return result.phase;
  if ((result.measurements ?? []).length === 0) return isTerminating ? 'Successful' : 'Pending';
  if (inFlightOf(result) !== undefined) return 'Running';
  const verdict = lostByLimit(metric, result);
  if (verdict !== null) return verdict.phase;
  const { consecutiveSuccess } = limitsOf(metric);
  if (consecutiveSuccess > 0 && (result.consecutiveSuccess ?? 0) >= consecutiveSuccess) return 'Successful';
  // A measurement that the termination itself cut off may be the last one of the count: it must not fail the metric.
  if (isTerminating) return 'Successful';
  if (hasAllMeasurements(metric, result)) return verdictWithoutSuccesses(metric, result)?.phase ?? 'Successful';
  return 'Running';
}

/** Which limit led to that outcome of the metric; `null` when none did. */
export function limitText(metric: Metric, result: MetricResult, outcome: AnalysisOutcome): string | null {
  const verdicts = [lostByLimit(metric, result), verdictWithoutSuccesses(metric, result)];
  return verdicts.find((verdict) => verdict?.phase === outcome)?.because ?? null;
}

/** The last limit that is exceeded, in the order of their weight: an error hides a failure. */
function lostByLimit(metric: Metric, result: MetricResult): LimitVerdict | null {
  const limits = limitsOf(metric);
  const { failed = 0, inconclusive = 0, consecutiveError = 0 } = result;
  if (consecutiveError > limits.consecutiveError) {
    const because = `consecutiveErrors (${consecutiveError}) > consecutiveErrorLimit (${limits.consecutiveError})`;
    return { phase: 'Error', because };
  }
  if (inconclusive > limits.inconclusive) {
    return {
      phase: 'Inconclusive',
      because: `inconclusive (${inconclusive}) > inconclusiveLimit (${limits.inconclusive})`,
    };
  }
  return limits.failure >= 0 && failed > limits.failure
    ? { phase: 'Failed', because: `failed (${failed}) > failureLimit (${limits.failure})` }
    : null;
}

/** All measurements are taken, and there were not enough successes in a row. Without a failure limit, nothing else can fail the metric. */
function verdictWithoutSuccesses(metric: Metric, result: MetricResult): LimitVerdict | null {
  const { failure, consecutiveSuccess } = limitsOf(metric);
  const successes = result.consecutiveSuccess ?? 0;
  if (consecutiveSuccess <= 0 || successes >= consecutiveSuccess || !hasAllMeasurements(metric, result)) return null;
  return {
    phase: failure >= 0 ? 'Inconclusive' : 'Failed',
    because: `consecutiveSuccesses (${successes}) < consecutiveSuccessLimit (${consecutiveSuccess}) after ${result.count ?? 0} measurements`,
  };
}

function hasAllMeasurements(metric: Metric, { count = 0 }: MetricResult): boolean {
  const needed = effectiveCountOf(metric);
  return needed !== null && count >= needed;
}
