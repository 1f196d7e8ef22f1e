/** The bound that a condition sets, in words, where it compares one value with a number. */
import { isValue, MIRRORED, numberOf } from './comparison.ts';
import { ExpressionProblem } from './go/problem.ts';
import type { BinaryNode } from './syntax/node.ts';
import { parse } from './syntax/parser.ts';

const WORDS: Readonly<Record<string, (bound: string) => string>> = {
  '<': (bound) => `less than ${bound} is needed`,
  '<=': (bound) => `${bound} is the most`,
  '>': (bound) => `more than ${bound} is needed`,
  '>=': (bound) => `${bound} is the least`,
};
const OPPOSITES: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' };

/**
 * What values have to be, such as `0.05 is the most`. `isGood`: they are good when the condition is true, and else when it
 * is false. `null` for a condition that is no single comparison of one value with a number.
 */
export function boundOf(condition: string, isGood: boolean): string | null {
  const comparison = comparisonIn(condition);
  if (comparison === null) return null;
  const { left, operator, right } = comparison;
  const [bound, bounding] =
    numberOf(right) === null ? [numberOf(left), MIRRORED[operator]] : [numberOf(right), operator];
  const needed = isGood ? bounding : OPPOSITES[bounding ?? ''];
  const isOfValue = [left, right].some(isValue);
  return bound === null || !isOfValue ? null : (WORDS[needed ?? '']?.(bound) ?? null);
}

function comparisonIn(condition: string): BinaryNode | null {
  try {
    const root = parse(condition);
    return root.kind === 'binary' && root.operator in WORDS ? root : null;
  } catch (error) {
    if (error instanceof ExpressionProblem) return null;
    throw error;
  }
}
