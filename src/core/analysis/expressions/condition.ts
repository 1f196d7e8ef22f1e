/** Evaluates a condition on a measured value (specification, B.4). */
import type { MetricValue } from '../metric-value.ts';
import { conditionEnvironment } from './environment.ts';
import { outcomeOf, type Problem } from './evaluate.ts';
import { createBudget } from './go/budget.ts';
import { ExpressionProblem } from './go/problem.ts';
import { typeName } from './go/value.ts';
import { resultValue } from './result.ts';

export interface ConditionProblem extends Omit<Problem, 'stage'> {
  /** Before it was run, while it ran, or because it is neither true nor false. */
  readonly stage: Problem['stage'] | 'type';
}

/**
 * Whether the condition holds; `now` in milliseconds since the epoch. A problem is worded like that of expr-lang. The
 * time that it takes is bounded, whatever the condition and the result are.
 */
export function evaluateCondition(
  text: string,
  result: MetricValue,
  now: number,
): { readonly value: boolean } | ConditionProblem {
  const budget = createBudget();
  let environment;
  try {
    environment = conditionEnvironment(resultValue(result, budget));
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    const problem = `the result cannot be evaluated: ${error.message}`;
    return { problem, full: problem, stage: 'run', dataMissing: false };
  }
  const outcome = outcomeOf(text, environment, now, budget);
  if ('problem' in outcome) return outcome;
  const { value } = outcome;
  if (typeof value === 'boolean') return { value };
  const problem = `expected bool, but got ${typeName(value)}`;
  return { problem, full: problem, stage: 'type', dataMissing: value === null };
}
