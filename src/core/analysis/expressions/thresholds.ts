/** The numbers that a condition compares a measured value with, as lines of a chart. */
import { isValue, MIRRORED, numberOf } from './comparison.ts';
import { ExpressionProblem } from './go/problem.ts';
import type { BinaryNode, Node } from './syntax/node.ts';
import { parse } from './syntax/parser.ts';

export interface Threshold {
  readonly value: number;
  /** Which side of it is good. */
  readonly good: 'below' | 'above';
  /** The comparison, the value first, such as `result[0] < 0.05`. */
  readonly text: string;
}

/** What turns a value into a number without changing it. */
const CONVERSIONS = ['asFloat', 'asInt', 'default'];
const JOINS = ['&&', 'and', '||', 'or'];
const NEGATIONS = ['!', 'not'];

/**
 * Every comparison of the value with one number, joined in whatever way. `isGood`: a measurement is good when the
 * condition is true, and else when it is false. None for a condition that cannot be read.
 */
export function thresholdsIn(condition: string, isGood: boolean): readonly Threshold[] {
  if (condition === '') return [];
  try {
    return thresholdsOf(parse(condition), isGood);
  } catch (error) {
    if (error instanceof ExpressionProblem) return [];
    throw error;
  }
}

function thresholdsOf(node: Node, isGood: boolean): readonly Threshold[] {
  if (node.kind === 'unary' && NEGATIONS.includes(node.operator)) return thresholdsOf(node.operand, !isGood);
  if (node.kind !== 'binary') return [];
  if (JOINS.includes(node.operator)) return [node.left, node.right].flatMap((one) => thresholdsOf(one, isGood));
  const threshold = thresholdOf(node, isGood);
  return threshold === null ? [] : [threshold];
}

function thresholdOf({ operator, left, right }: BinaryNode, isGood: boolean): Threshold | null {
  const mirrored = MIRRORED[operator];
  if (mirrored === undefined) return null;
  const [value, sign, bound] =
    numberOf(right) === null ? [right, mirrored, numberOf(left)] : [left, operator, numberOf(right)];
  const name = nameOf(value);
  if (bound === null || name === null) return null;
  const isBelow = sign.startsWith('<') === isGood;
  return { value: Number(bound), good: isBelow ? 'below' : 'above', text: `${name} ${sign} ${bound}` };
}

/** The value as it is written; `null` for anything else. */
function nameOf(node: Node): string | null {
  if (node.kind === 'call' && node.callee.kind === 'identifier' && CONVERSIONS.includes(node.callee.name)) {
    const [first] = node.args;
    const name = first === undefined ? null : nameOf(first);
    return name === null ? null : `${node.callee.name}(${name})`;
  }
  if (!isValue(node)) return null;
  if (node.kind !== 'member') return 'result';
  const base = nameOf(node.base);
  const { property } = node;
  if (property.kind === 'integer') return `${base}[${property.value}]`;
  return property.kind === 'string' ? `${base}.${property.value}` : null;
}
