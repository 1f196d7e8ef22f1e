/** The names that an expression can use besides the builtins (specification, B.4). */
import { natureOf, type Nature } from './check/nature.ts';
import type { EnvironmentNatures } from './check/scope.ts';
import { fromBytes } from './go/byte-text.ts';
import { failure } from './go/failure.ts';
import { parseFloat64 } from './go/floats.ts';
import { ANY, BOOL, FLOAT64, funcOf, INT64, type GoType } from './go/go-type.ts';
import { cutToInteger, parseInteger } from './go/integers.ts';
import { isNil, typeName, typeOf, whole, type FuncValue, type Value } from './go/value.ts';
import { createBudget } from './go/budget.ts';
import { plainNumber } from './operations/numbers.ts';
import { printed } from './operations/print.ts';

export type Environment = ReadonlyMap<string, Value>;

/** What is known of the names before an expression is evaluated; `ofNil` of those that are nil. */
export function naturesOf(environment: Environment, ofNil: Nature): EnvironmentNatures {
  const natures = new Map<string, Nature>();
  for (const [name, value] of environment) {
    const type = typeOf(value);
    natures.set(name, type === null ? ofNil : natureOf(type));
  }
  return natures;
}

type Body = (...args: readonly Value[]) => Value;

function func(params: readonly GoType[], result: GoType, run: Body): FuncValue {
  return funcOfType(funcOf(params, [result]), run);
}

function funcOfType(type: GoType, run: Body): FuncValue {
  return { kind: 'func', type, call: (args) => [run(...args)] };
}

/** Texts are whole numbers in base 10; a float is cut. */
function asInt(value: Value = null): Value {
  if (typeof value === 'string') return whole(INT64, parseInteger(value));
  const number = plainNumber(value);
  if (number === null) throw unsupported('asInt', value);
  return whole(INT64, typeof number === 'number' ? cutToInteger(number) : number);
}

function asFloat(value: Value = null): Value {
  if (typeof value === 'string') return parseFloat64(value);
  const number = plainNumber(value);
  if (number === null) throw unsupported('asFloat', value);
  return Number(number);
}

function unsupported(name: string, value: Value): Error {
  const text = fromBytes(printed(value, createBudget()));
  return failure(`${name}() not supported on ${typeName(value)} ${text}`, value);
}

const OF_TIMES: Environment = new Map([
  ['isNaN', func([FLOAT64], BOOL, (value) => Number.isNaN(value))],
  ['isInf', func([FLOAT64], BOOL, (value) => value === Infinity || value === -Infinity)],
]);

/** What the bounds of a range of time can use. */
export function timeEnvironment(): Environment {
  return OF_TIMES;
}

const AS_INT = func([ANY], INT64, asInt);
const AS_FLOAT = func([ANY], FLOAT64, asFloat);
/** The same for every result, so that a condition which is compiled once fits them all. */
const IS_NIL_TYPE = funcOf([ANY], [BOOL]);
const DEFAULT_TYPE = funcOf([ANY, ANY], [ANY]);

/** What a condition can use: `isNil` and `default` look at the result, whatever they are given. */
export function conditionEnvironment(result: Value): Environment {
  const absent = isNil(result);
  return new Map([
    ...OF_TIMES,
    ['result', absent ? null : result],
    ['asInt', AS_INT],
    ['asFloat', AS_FLOAT],
    ['isNil', funcOfType(IS_NIL_TYPE, () => absent)],
    ['default', funcOfType(DEFAULT_TYPE, (_, otherwise = null) => (absent ? otherwise : result))],
  ]);
}
