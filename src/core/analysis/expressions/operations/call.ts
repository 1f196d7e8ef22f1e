/** Calls of functions that are values: the arguments are checked against the type, as Go's reflection does it. */
import { failure } from '../go/failure.ts';
import type { GoType } from '../go/go-type.ts';
import { isAssignable, typeName, typeOf, zeroOf, type Value } from '../go/value.ts';
import { ExpressionProblem } from '../go/problem.ts';

/** Functions that expr-lang knows by their type, and calls without reflection. */
const DIRECT = new Set([
  'func(float64) bool',
  'func(time.Duration) time.Duration',
  'func(time.Duration) time.Time',
  'func(time.Time) time.Duration',
  'func(time.Time) bool',
  'func(string) string',
]);

/** The first result. `known` says that the checker knew that the value is a function, and of which type. */
export function call(callee: Value, args: readonly Value[], known: boolean): Value {
  if (callee === null) throw failure('invalid operation: cannot call nil', callee);
  if (typeof callee !== 'object' || callee.kind !== 'func') {
    throw failure(`invalid operation: cannot call non-function of type ${typeName(callee)}`);
  }
  const { params = [] } = callee.type;
  if (args.length < params.length) throw new ExpressionProblem('reflect: Call with too few input arguments');
  if (args.length > params.length) throw new ExpressionProblem('reflect: Call with too many input arguments');
  return (
    callee.call(args.map((arg, index) => converted(arg, params[index], known && DIRECT.has(callee.type.name))))[0] ??
    null
  );
}

/** Nil becomes the zero value, except where the function is called without reflection. */
function converted(arg: Value, type: GoType | undefined, direct: boolean): Value {
  if (type === undefined) return arg;
  if (arg === null) {
    if (type.kind === 'interface' || !direct) return zeroOf(type);
    throw failure(`interface conversion: interface {} is nil, not ${type.name}`, arg);
  }
  const found = typeOf(arg);
  if (found === null || isAssignable(found, type)) return arg;
  throw failure(
    direct
      ? `interface conversion: interface {} is ${found.name}, not ${type.name}`
      : `reflect: Call using ${found.name} as type ${type.name}`,
    arg,
  );
}
