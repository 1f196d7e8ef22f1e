/** Functions of sprig on numbers. Whole numbers wrap around at 64 bits, as in Go. */
import { DURATION, INT64, INTS } from '../../../core/analysis/expressions/go/go-type.ts';
import { parseFloat64 } from '../../../core/analysis/expressions/go/floats.ts';
import { LEAST, wrapped } from '../../../core/analysis/expressions/go/integers.ts';
import { ExpressionProblem } from '../../../core/analysis/expressions/go/problem.ts';
import { list, whole, type Value } from '../../../core/analysis/expressions/go/value.ts';
import { integerIn } from '../syntax/literals.ts';
import { TemplateProblem } from '../values/problem.ts';
import { wholeOf, type TemplateValue } from '../values/value.ts';
import { func, intAt, textAt, valueAt, type Surroundings, type TemplateFunctions } from './signature.ts';

/** What cannot be made a whole number is 0. */
function integerOf(value: TemplateValue): bigint {
  if (typeof value === 'string') return integerIn(value.replace(/^([^.]*)\.0*$/, '$1')) ?? 0n;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return cut(value);
  if (typeof value === 'object' && value?.kind === 'whole' && value.type === DURATION) return 0n;
  return wholeOf(value) ?? 0n;
}

/** What does not fit is the least number, as processors of x86 have it. */
function cut(value: number): bigint {
  return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : LEAST;
}

function floatOf(value: TemplateValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return Number(wholeOf(value) ?? 0n);
  try {
    return parseFloat64(value);
  } catch (error) {
    if (error instanceof ExpressionProblem) return 0;
    throw error;
  }
}

const int64 = (number: bigint): Value => whole(INT64, wrapped(number));

function divided(args: readonly TemplateValue[], divide: (a: bigint, b: bigint) => bigint): Value {
  const [a, b] = [integerOf(args[0]), integerOf(args[1])];
  if (b === 0n) throw new TemplateProblem('a number is divided by zero');
  return int64(divide(a, b));
}

function extreme(args: readonly TemplateValue[], isBetter: (a: bigint, b: bigint) => boolean): Value {
  return int64(args.map(integerOf).reduce((best, one) => (isBetter(one, best) ? one : best)));
}

/** Whole numbers from 0 up, or down, to before the end. */
function until(args: readonly TemplateValue[], { budget }: Surroundings): Value {
  const count = intAt(args, 0);
  budget.grow(Math.abs(count));
  return list(
    INTS,
    Array.from({ length: Math.abs(count) }, (_, index) => BigInt(count < 0 ? -index : index)),
  );
}

/** Half of a unit goes up. Only so far as sprig does it, which counts with floats. */
function rounded(value: number, places: number): number {
  const power = 10 ** places;
  const digits = power * value;
  return (digits % 1 >= 0.5 ? Math.ceil : Math.floor)(digits) / power;
}

export const NUMBERS: TemplateFunctions = {
  int: func(['any'], ([value]) => integerOf(value)),
  int64: func(['any'], ([value]) => int64(integerOf(value))),
  float64: func(['any'], ([value]) => floatOf(value)),
  atoi: func(['string'], (args) => {
    const text = textAt(args, 0);
    return /^[+-]?\d+$/.test(text) ? clamped(BigInt(text.replace('+', ''))) : 0n;
  }),
  add: func([], (args) => int64(args.reduce<bigint>((sum, one) => sum + integerOf(one), 0n)), 'any'),
  add1: func(['any'], ([value]) => int64(integerOf(value) + 1n)),
  sub: func(['any', 'any'], ([a, b]) => int64(integerOf(a) - integerOf(b))),
  mul: func(
    ['any'],
    (args) => int64(args.reduce<bigint>((product, one) => wrapped(product * integerOf(one)), 1n)),
    'any',
  ),
  div: func(['any', 'any'], (args) => divided(args, (a, b) => a / b)),
  mod: func(['any', 'any'], (args) => divided(args, (a, b) => a % b)),
  max: func(['any'], (args) => extreme(args, (a, b) => a > b), 'any'),
  min: func(['any'], (args) => extreme(args, (a, b) => a < b), 'any'),
  floor: func(['any'], (args) => Math.floor(floatOf(valueAt(args, 0)))),
  ceil: func(['any'], (args) => Math.ceil(floatOf(valueAt(args, 0)))),
  round: func(['any', 'int'], (args) => rounded(floatOf(args[0]), intAt(args, 1))),
  until: func(['int'], until),
};

function clamped(number: bigint): bigint {
  const most = -LEAST - 1n;
  return number > most ? most : number < LEAST ? LEAST : number;
}
