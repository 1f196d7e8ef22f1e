/** An operation that its operands do not allow. */
import { ExpressionProblem } from './problem.ts';
import { isMissing, type Value } from './value.ts';

/** The problem, which is one of missing data if an operand is nil or an empty list. */
export function failure(message: string, ...operands: readonly Value[]): ExpressionProblem {
  return new ExpressionProblem(message, null, operands.some(isMissing));
}
