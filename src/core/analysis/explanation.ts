/**
 * Why a measured value was bad, in a sentence: the value, the limit and the verdict, such as
 * `errors measured 0.31, and 0.05 is the most (failureCondition: result > 0.05): 2 failed, 1 allowed`.
 */
import type { MetricResult } from '../../api/schema/analysis-run.ts';
import type { AnalysisOutcome } from '../../api/words/reasons.ts';
import { boundOf } from './expressions/bound.ts';
import { limitsOf } from './limits.ts';
import type { Metric } from './provider.ts';

/** A longer value, such as a whole document, is cut off: all of it is in the measurement. */
const LONGEST_VALUE = 120;

/** `null` when the last measurement did not lead to the outcome by its value, or says why itself. */
export function explanation(metric: Metric, result: MetricResult, outcome: AnalysisOutcome): string | null {
  const last = result.measurements?.at(-1);
  if (last?.value === undefined || last.phase !== outcome || (last.message ?? '') !== '') return null;
  const why = judgement(metric, outcome);
  return why === null
    ? null
    : `${metric.name} measured ${shown(last.value)}, and ${why}${counts(metric, result, outcome)}`;
}

function judgement({ successCondition = '', failureCondition = '' }: Metric, outcome: AnalysisOutcome): string | null {
  if (outcome === 'Inconclusive' && successCondition !== '' && failureCondition !== '') {
    return `that is neither good (successCondition: ${successCondition}) nor bad (failureCondition: ${failureCondition})`;
  }
  if (outcome !== 'Failed') return null;
  // With both the value is bad because the failureCondition is true.
  if (failureCondition !== '') {
    return `${boundOf(failureCondition, false) ?? 'that is bad'} (failureCondition: ${failureCondition})`;
  }
  if (successCondition === '') return null;
  return `${boundOf(successCondition, true) ?? 'that is not good'} (successCondition: ${successCondition})`;
}

/** Where a limit is exceeded: as many as there were, and as many as may be. */
function counts(metric: Metric, { failed = 0, inconclusive = 0 }: MetricResult, outcome: AnalysisOutcome): string {
  const limits = limitsOf(metric);
  const [number, limit] = outcome === 'Failed' ? [failed, limits.failure] : [inconclusive, limits.inconclusive];
  return limit >= 0 && number > limit ? `: ${number} ${outcome.toLowerCase()}, ${limit} allowed` : '';
}

/** A list of one number is that number. */
function shown(value: string): string {
  const only = /^\[([^,[\]{}]+)\]$/.exec(value)?.[1] ?? value;
  return only.length <= LONGEST_VALUE ? only : `${only.slice(0, LONGEST_VALUE)}...`;
}
