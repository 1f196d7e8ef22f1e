/** Builtins that make one number of many: of arguments and of lists, however deeply nested. */
import { checkDepth, type Budget } from '../go/budget.ts';
import { failure } from '../go/failure.ts';
import { ANY, type GoType } from '../go/go-type.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { isList, typeName, type Value } from '../go/value.ts';
import { plainNumber } from '../operations/numbers.ts';
import { compares } from '../operations/order.ts';
import { isListKind, isNumberKind, kindOf, shownType, type ArgumentTypes, type Builtins } from './builtin.ts';

function checkNumbers(name: string, args: ArgumentTypes): GoType {
  if (args.length === 0) throw new ExpressionProblem(`not enough arguments to call ${name}`);
  for (const arg of args) {
    const kind = kindOf(arg);
    if (kind === 'interface' || isListKind(kind)) return ANY;
    if (!isNumberKind(kind)) throw new ExpressionProblem(`invalid argument for ${name} (type ${shownType(arg)})`);
  }
  return args[0] ?? ANY;
}

/** Kept as it is when another is not beyond it; NaN is never beyond. */
type IsBeyond = (kept: Value, next: Value) => boolean;

function extreme(name: string, isBeyond: IsBeyond, args: readonly Value[], budget: Budget, depth = 0): Value {
  checkDepth(depth);
  let kept: Value = null;
  for (const arg of args) {
    budget.spend(1);
    if (isList(arg)) {
      for (const item of arg.items) {
        const found = extreme(name, isBeyond, [item], budget, depth + 1);
        if (plainNumber(found) === null) {
          throw failure(`invalid argument for ${name} (type ${typeName(found)})`, found);
        }
        if (kept === null || isBeyond(kept, found)) kept = found;
      }
    } else if (isNumeric(arg)) {
      if (kept === null || isBeyond(kept, arg)) kept = arg;
    } else {
      if (args.length === 1) return arg;
      throw failure(`invalid argument for ${name} (type ${typeName(arg)})`, arg);
    }
  }
  return kept;
}

/** Durations and months count as well. */
function isNumeric(value: Value): boolean {
  return plainNumber(value) !== null || (typeof value === 'object' && value?.kind === 'whole');
}

function numbersIn(name: string, args: readonly Value[], budget: Budget, depth = 0): readonly number[] {
  checkDepth(depth);
  return args.flatMap((arg) => {
    budget.spend(1);
    if (isList(arg)) return numbersIn(name, arg.items, budget, depth + 1);
    const number = typeof arg === 'object' && arg?.kind === 'whole' ? arg.number : plainNumber(arg);
    if (number === null) throw failure(`invalid argument for ${name} (type ${typeName(arg)})`, arg);
    return [Number(number)];
  });
}

/** In Go's order: NaN comes first. */
function byValue(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  return Number.isNaN(b) ? 1 : a - b;
}

function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted(byValue);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}

/** Nested lists are summed up on their own. */
function sumOf(args: readonly Value[], budget: Budget): number {
  return args.reduce<number>(
    (sum, arg) => sum + (isList(arg) ? sumOf(arg.items, budget) : (numbersIn('mean', [arg], budget)[0] ?? 0)),
    0,
  );
}

export const AGGREGATE_BUILTINS: Builtins = {
  max: {
    check: (args) => checkNumbers('max', args),
    run: (args, { budget }) => extreme('max', (kept, next) => compares('<', kept, next), args, budget),
  },
  min: {
    check: (args) => checkNumbers('min', args),
    run: (args, { budget }) => extreme('min', (kept, next) => compares('>', kept, next), args, budget),
  },
  mean: {
    check: (args) => checkNumbers('mean', args),
    run: (args, { budget }) => {
      const { length } = numbersIn('mean', args, budget);
      return length === 0 ? 0 : sumOf(args, budget) / length;
    },
  },
  median: {
    check: (args) => checkNumbers('median', args),
    run: (args, { budget }) => medianOf(numbersIn('median', args, budget)),
  },
};
