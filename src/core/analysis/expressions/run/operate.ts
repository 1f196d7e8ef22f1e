/** Operators on two values that have been evaluated. */
import { BOOL, INT, INTS, STRING } from '../go/go-type.ts';
import { fromBytes } from '../go/byte-text.ts';
import { failure } from '../go/failure.ts';
import { wrapped } from '../go/integers.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { isNil, list, typeName, type Value } from '../go/value.ts';
import { compilePattern, type Pattern } from '../../pattern.ts';
import { add, divide, modulo, multiply, raise, subtract } from '../operations/arithmetic.ts';
import { areEqual } from '../operations/equal.ts';
import { isIn, notConverted } from '../operations/fetch.ts';
import { toInt } from '../operations/numbers.ts';
import { compares } from '../operations/order.ts';
import type { BinaryNode, Node } from '../syntax/node.ts';
import type { Run } from './frame.ts';

export function asBool(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw notConverted(value, BOOL);
}

export function operate(node: BinaryNode, left: Value, right: Value, run: Run): Value {
  const { operator } = node;
  switch (operator) {
    case '==':
      return equal(node, left, right, run);
    case '!=':
      return !equal(node, left, right, run);
    case '<':
    case '>':
    case '<=':
    case '>=':
      return compares(operator, left, right);
    case '+':
      return charged(add(left, right), run);
    case '-':
      return subtract(left, right);
    case '*':
      return multiply(left, right);
    case '/':
      return divide(left, right);
    case '%':
      return modulo(left, right);
    case '**':
    case '^':
      return raise(left, right);
    case '..':
      return range(left, right, run);
    case 'in':
      return isIn(left, right, run.budget);
    case 'matches':
      return matches(left, right, node.right.kind === 'string', run);
    default:
      return textual(operator, left, right, run);
  }
}

function charged(value: Value, { budget }: Run): Value {
  if (typeof value === 'string') budget.spendText(value.length);
  return value;
}

/** Two parts that are known to be ints, or strings, are compared as such and fail if they are nil after all. */
function equal({ left, right }: BinaryNode, a: Value, b: Value, { natures, budget }: Run): boolean {
  const known = (node: Node) => natures.get(node)?.type ?? null;
  const [type, other] = [known(left), known(right)];
  if (type !== null && type === other && (type === INT || type === STRING)) {
    const wanted = type === INT ? 'bigint' : 'string';
    // The right one is looked at first, but both are named by their type.
    if (typeof a !== wanted) throw notConverted(a, type);
    if (typeof b !== wanted) throw notConverted(b, type);
    return a === b;
  }
  return areEqual(a, b, budget);
}

function range(from: Value, to: Value, { budget }: Run): Value {
  const [first, last] = [toInt(from), toInt(to)];
  // Like every int it wraps around.
  const size = wrapped(last - first + 1n);
  if (size <= 0n) return list(INTS, []);
  // More than that is refused by the budget.
  const length = size > 1_000_000n ? 1_000_000 : Number(size);
  budget.grow(length);
  return list(
    INTS,
    Array.from({ length }, (_, index) => first + BigInt(index)),
  );
}

function matches(subject: Value, pattern: Value, isConstant: boolean, run: Run): boolean {
  if (isNil(subject) || (!isConstant && isNil(pattern))) return false;
  if (typeof subject !== 'string') {
    throw failure(`interface conversion: interface {} is ${typeName(subject)}, not []uint8`, subject);
  }
  if (typeof pattern !== 'string') throw notConverted(pattern, STRING);
  run.budget.spendText((subject.length * (8 + sizeOf(pattern))) / 4);
  return patternOf(pattern, run).matches(fromBytes(subject));
}

/** Each character of a text may be held against as many states as a pattern has: its length, times its repetitions. */
function sizeOf(pattern: string): number {
  const repeats = Array.from(pattern.matchAll(/\{(\d*),?(\d*)\}/g), ([, least, most]) => Number(most || least));
  return pattern.length * Math.max(1, ...repeats);
}

function patternOf(text: string, { patterns, budget }: Run): Pattern {
  const known = patterns.get(text);
  if (known !== undefined) return known;
  budget.spend(100 + sizeOf(text));
  const compiled = compilePattern(fromBytes(text));
  if ('problem' in compiled) throw new ExpressionProblem(compiled.problem);
  patterns.set(text, compiled);
  return compiled;
}

function textual(operator: string, subject: Value, part: Value, { budget }: Run): boolean {
  if (isNil(subject) || isNil(part)) return false;
  if (typeof subject !== 'string') throw notConverted(subject, STRING);
  if (typeof part !== 'string') throw notConverted(part, STRING);
  budget.spendText(subject.length);
  switch (operator) {
    case 'contains':
      return subject.includes(part);
    case 'startsWith':
      return subject.startsWith(part);
    case 'endsWith':
      return subject.endsWith(part);
    default:
      throw new ExpressionProblem(`unknown operator (${operator})`);
  }
}
