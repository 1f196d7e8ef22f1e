/** What the conditions of a metric make of a measured value (specification, B.4). */
import type { MetricValue } from '../metric-value.ts';
import { evaluateCondition, type ConditionProblem } from './condition.ts';

/** An empty condition is none. */
export interface Conditions {
  readonly successCondition?: string | undefined;
  readonly failureCondition?: string | undefined;
}

export type Judgement =
  { readonly phase: 'Successful' | 'Failed' | 'Inconclusive' } | { readonly phase: 'Error'; readonly message: string };

const NO_DATA = 'metric result is nil or empty: no data returned from the metric provider';

/** A condition that fails counts more than one that succeeds. `now` in milliseconds since the epoch. */
export function judge(conditions: Conditions, result: MetricValue, now: number): Judgement {
  const success = verdict('successCondition', conditions, result, now);
  if (typeof success === 'object' && success !== null) return success;
  const failure = verdict('failureCondition', conditions, result, now);
  if (typeof failure === 'object' && failure !== null) return failure;
  if (failure === true) return { phase: 'Failed' };
  if (success !== false) return { phase: 'Successful' };
  return { phase: failure === null ? 'Failed' : 'Inconclusive' };
}

/** Whether a condition holds; `null` if there is none. */
function verdict(
  name: keyof Conditions,
  { [name]: condition = '' }: Conditions,
  result: MetricValue,
  now: number,
): boolean | null | Extract<Judgement, { phase: 'Error' }> {
  if (condition === '') return null;
  const outcome = evaluateCondition(condition, result, now);
  if (!('problem' in outcome)) return outcome.value;
  return { phase: 'Error', message: `could not evaluate ${name} "${condition}": ${causeOf(outcome, result)}` };
}

/** That there is no data is said only where it is the reason. */
function causeOf({ problem, dataMissing }: ConditionProblem, result: MetricValue): string {
  return dataMissing && hasNoData(result) ? NO_DATA : problem;
}

function hasNoData(result: MetricValue): boolean {
  switch (result.type) {
    case 'nil':
      return true;
    case 'floats':
    case 'records':
    case 'structs':
      return result.values.length === 0;
    case 'json':
      return result.value === null || (Array.isArray(result.value) && result.value.length === 0);
    case 'int':
    case 'float':
    case 'text':
      return false;
  }
}
