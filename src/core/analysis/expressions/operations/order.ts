/** Which of two values comes first. */
import { failure } from '../go/failure.ts';
import { typeName, type Value } from '../go/value.ts';
import { asTime } from './arithmetic.ts';
import { durationOf, plainNumber } from './numbers.ts';

export type Comparison = '<' | '>' | '<=' | '>=';

/** Throws for values that have no order. */
export function compares(operator: Comparison, a: Value, b: Value): boolean {
  const [x, y] = comparable(a, b) ?? [null, null];
  if (x === null || y === null) {
    throw failure(`invalid operation: ${typeName(a)} ${operator} ${typeName(b)}`, a, b);
  }
  switch (operator) {
    case '<':
      return x < y;
    case '>':
      return x > y;
    case '<=':
      return x <= y;
    case '>=':
      return x >= y;
  }
}

/** Both as values of JavaScript that compare in the same way. */
function comparable(a: Value, b: Value): readonly [bigint | number | string, bigint | number | string] | null {
  if (typeof a === 'string' && typeof b === 'string') return [a, b];
  const [x, y] = [plainNumber(a), plainNumber(b)];
  // A whole number and a float compare as floats.
  if (x !== null && y !== null) return typeof x === typeof y ? [x, y] : [Number(x), Number(y)];
  const [time, other] = [asTime(a), asTime(b)];
  if (time !== null && other !== null) return [time.nanos, other.nanos];
  const [duration, second] = [durationOf(a), durationOf(b)];
  return duration !== null && second !== null ? [duration, second] : null;
}
