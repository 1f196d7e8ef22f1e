/** The operators that make numbers, texts, times and durations. */
import { DURATION } from '../go/go-type.ts';
import { failure } from '../go/failure.ts';
import { power } from '../go/floats.ts';
import { wrapped } from '../go/integers.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { typeName, whole, type TimeValue, type Value } from '../go/value.ts';
import { between, later } from '../time/methods.ts';
import { durationOf, plainNumber, toFloat } from './numbers.ts';

/** No text of an expression is longer. */
export const LONGEST_TEXT = 10_000_000;

export function asTime(value: Value): TimeValue | null {
  return typeof value === 'object' && value?.kind === 'time' ? value : null;
}

function mismatch(operator: string, a: Value, b: Value): ExpressionProblem {
  return failure(`invalid operation: ${typeName(a)} ${operator} ${typeName(b)}`, a, b);
}

/** Two whole numbers make one, everything else a float; `null` unless both are plain numbers. */
function combined(
  a: Value,
  b: Value,
  ofWhole: (x: bigint, y: bigint) => bigint,
  ofFloats: (x: number, y: number) => number,
): Value {
  const [x, y] = [plainNumber(a), plainNumber(b)];
  if (x === null || y === null) return null;
  if (typeof x === 'bigint' && typeof y === 'bigint') return wrapped(ofWhole(x, y));
  return ofFloats(Number(x), Number(y));
}

export function add(a: Value, b: Value): Value {
  const sum = combined(
    a,
    b,
    (x, y) => x + y,
    (x, y) => x + y,
  );
  if (sum !== null) return sum;
  if (typeof a === 'string' && typeof b === 'string') {
    if (a.length + b.length > LONGEST_TEXT) throw new ExpressionProblem('memory budget exceeded');
    return a + b;
  }
  const [x, y] = [durationOf(a), durationOf(b)];
  if (x !== null && y !== null) return whole(DURATION, wrapped(x + y));
  const [start, other] = [asTime(a), asTime(b)];
  if (start !== null && y !== null) return later(start, y);
  if (other !== null && x !== null) return later(other, x);
  throw mismatch('+', a, b);
}

export function subtract(a: Value, b: Value): Value {
  const difference = combined(
    a,
    b,
    (x, y) => x - y,
    (x, y) => x - y,
  );
  if (difference !== null) return difference;
  const [x, y] = [durationOf(a), durationOf(b)];
  if (x !== null && y !== null) return whole(DURATION, wrapped(x - y));
  const [time, earlier] = [asTime(a), asTime(b)];
  if (time !== null && earlier !== null) return whole(DURATION, between(time, earlier));
  if (time !== null && y !== null) return later(time, wrapped(-y));
  throw mismatch('-', a, b);
}

/** A duration times a whole number is a duration, times a float a float. */
export function multiply(a: Value, b: Value): Value {
  const [x, y] = [plainNumber(a) ?? durationOf(a), plainNumber(b) ?? durationOf(b)];
  if (x === null || y === null) throw mismatch('*', a, b);
  if (typeof x === 'number' || typeof y === 'number') return Number(x) * Number(y);
  const product = wrapped(x * y);
  return durationOf(a) === null && durationOf(b) === null ? product : whole(DURATION, product);
}

/** Always a float. */
export function divide(a: Value, b: Value): Value {
  const [x, y] = [plainNumber(a), plainNumber(b)];
  if (x === null || y === null) throw mismatch('/', a, b);
  return Number(x) / Number(y);
}

export function modulo(a: Value, b: Value): Value {
  const [x, y] = [plainNumber(a), plainNumber(b)];
  if (typeof x !== 'bigint' || typeof y !== 'bigint') throw mismatch('%', a, b);
  if (y === 0n) throw new ExpressionProblem('runtime error: integer divide by zero');
  return wrapped(x % y);
}

/** Always a float. */
export function raise(a: Value, b: Value): Value {
  return power(toFloat(a), toFloat(b));
}

export function negate(value: Value): Value {
  if (typeof value === 'bigint') return wrapped(-value);
  if (typeof value === 'number') return -value;
  const number = plainNumber(value);
  if (number === null || typeof value !== 'object' || value?.kind !== 'whole') {
    throw failure(`invalid operation: - ${typeName(value)}`, value);
  }
  const bits = value.type.kind === 'uint8' ? BigInt.asUintN(8, -value.number) : wrapped(-value.number);
  return whole(value.type, bits);
}
