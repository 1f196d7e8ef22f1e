/**
 * The phase of a run, from those of its metrics, with its message and its summaries (spec B.7).
 */
import type { MetricResult, RunSummary } from '../../api/schema/analysis-run.ts';
import type { AnalysisOutcome } from '../../api/words/reasons.ts';
import { limitText, metricPhase } from './assess-metric.ts';
import { explanation } from './explanation.ts';
import { isOutcome, isWorse } from './phases.ts';
import type { PreparedMetric } from './prepare-run.ts';
import { inFlightOf, resultOf } from './schedule.ts';

/** The result with the phase that it has now, and the message that belongs to a change of phase. */
export function assessResult(
  { metric, isDryRun }: PreparedMetric,
  result: MetricResult,
  isTerminating: boolean,
): MetricResult {
  const phase = metricPhase(metric, result, isTerminating);
  if (phase === result.phase) return result;
  const { message: _, ...rest } = result;
  const because = isDryRun && isOutcome(phase) ? limitText(metric, result, phase) : null;
  const why = isOutcome(phase) ? explanation(metric, result, phase) : null;
  const message =
    because === null
      ? (result.measurements?.at(-1)?.message ?? why ?? undefined)
      : `Metric assessed ${phase} due to ${because}${why === null ? '' : `: ${why}`}`;
  return { ...rest, phase, ...(message === undefined ? {} : { message }) };
}

export interface RunAssessment {
  readonly phase: AnalysisOutcome | 'Running';
  /** Why; empty when there is nothing to say. */
  readonly message: string;
  readonly runSummary: RunSummary;
  readonly dryRunSummary: RunSummary;
}

/**
 * The worst outcome of the metrics that count, once all are complete; a run that is being terminated does not wait for
 * the others, except for measurements in flight, which would be left behind.
 */
export function assessRun(
  metrics: readonly PreparedMetric[],
  results: readonly MetricResult[],
  { isTerminating, isTerminateAsked }: { readonly isTerminating: boolean; readonly isTerminateAsked: boolean },
): RunAssessment {
  const assessed = metrics.map((prepared) => ({ ...prepared, result: resultOf(results, prepared.metric.name) }));
  const counting = assessed.filter(({ isDryRun }) => !isDryRun);
  const summaries = {
    runSummary: summaryOf(counting),
    dryRunSummary: summaryOf(assessed.filter(({ isDryRun }) => isDryRun)),
  };
  const isOver = assessed.every(({ result }) =>
    isTerminating ? isOutcome(result?.phase) || inFlightOf(result) === undefined : isOutcome(result?.phase),
  );
  if (!isOver) return { phase: 'Running', message: '', ...summaries };
  const worst = worstOf(counting);
  const message = worst === null ? '' : failureText(worst);
  return {
    phase: worst?.phase ?? 'Successful',
    message: message === '' && isTerminateAsked ? 'Run Terminated' : message,
    ...summaries,
  };
}

interface AssessedMetric extends PreparedMetric {
  readonly result: MetricResult | undefined;
}

interface WorstMetric {
  readonly metric: PreparedMetric['metric'];
  readonly result: MetricResult;
  readonly phase: AnalysisOutcome;
}

/** The first of the worst outcomes; `null` when no metric has one. */
function worstOf(metrics: readonly AssessedMetric[]): WorstMetric | null {
  let worst: WorstMetric | null = null;
  for (const { metric, result } of metrics) {
    const phase = result?.phase;
    if (result === undefined || !isOutcome(phase)) continue;
    if (worst === null || isWorse(phase, worst.phase)) worst = { metric, result, phase };
  }
  return worst;
}

function failureText({ metric, result, phase }: WorstMetric): string {
  const because = limitText(metric, result, phase);
  if (phase === 'Successful' || because === null) return '';
  return `Metric "${metric.name}" assessed ${phase} due to ${because}${detailOf(metric, result, phase)}`;
}

/** What the last measurement says itself, or why its value was bad. */
function detailOf(metric: PreparedMetric['metric'], result: MetricResult, phase: AnalysisOutcome): string {
  const why = explanation(metric, result, phase);
  if (why !== null) return `: ${why}`;
  return result.message === undefined ? '' : `: "Error Message: ${result.message}"`;
}

const SUMMARY_FIELDS = {
  Successful: 'successful',
  Failed: 'failed',
  Inconclusive: 'inconclusive',
  Error: 'error',
} as const satisfies Record<AnalysisOutcome, keyof RunSummary>;

/** Counts metrics, not measurements. What is 0 is left out. */
function summaryOf(metrics: readonly AssessedMetric[]): RunSummary {
  const count = (outcome: AnalysisOutcome) => metrics.filter(({ result }) => result?.phase === outcome).length;
  const outcomes = Object.entries(SUMMARY_FIELDS).map(
    ([outcome, field]) => [field, count(outcome as AnalysisOutcome)] as const,
  );
  return Object.fromEntries([['count', metrics.length] as const, ...outcomes].filter(([, number]) => number > 0));
}
