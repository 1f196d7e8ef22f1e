/** Builtins that make numbers of numbers and texts, and the bits of whole numbers. */
import { failure } from '../go/failure.ts';
import { parseFloat64, rounded } from '../go/floats.ts';
import { ANY, FLOAT64, INT, type GoType } from '../go/go-type.ts';
import { cutToInteger, parseInteger, wrapped } from '../go/integers.ts';
import { fromBytes } from '../go/byte-text.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { typeName, type Value } from '../go/value.ts';
import { plainNumber } from '../operations/numbers.ts';
import { negate } from '../operations/arithmetic.ts';
import {
  checkCount,
  form,
  isNumberKind,
  kindOf,
  shownType,
  type ArgumentTypes,
  type Builtin,
  type Builtins,
  type Surroundings,
} from './builtin.ts';

function checkNumber(name: string, args: ArgumentTypes, text = false): GoType {
  checkCount(args, 1);
  const kind = kindOf(args[0]);
  if (kind === 'interface' || isNumberKind(kind) || (text && kind === 'string')) return args[0] ?? ANY;
  throw new ExpressionProblem(`invalid argument for ${name} (type ${shownType(args[0])})`);
}

function rounding(name: string, round: (number: number) => number): Builtin {
  return {
    check: (args) => {
      checkNumber(name, args);
      return FLOAT64;
    },
    run: ([value = null]) => {
      const number = plainNumber(value);
      if (number === null) throw failure(`invalid argument for ${name} (type ${typeName(value)})`, value);
      return typeof number === 'bigint' ? Number(number) : round(number);
    },
  };
}

function absolute(value: Value): Value {
  const number = plainNumber(value);
  if (number === null) throw failure(`invalid argument for abs (type ${typeName(value)})`, value);
  return number < 0 ? negate(value) : value;
}

/** Whole numbers with a type of their own count, too. */
function toWhole(value: Value, { budget }: Surroundings): Value {
  if (typeof value === 'string') {
    budget.spend(value.length);
    try {
      return parseInteger(value);
    } catch {
      throw new ExpressionProblem(`invalid operation: int(${fromBytes(value)})`);
    }
  }
  if (typeof value === 'object' && value?.kind === 'whole') return value.number;
  const number = plainNumber(value);
  if (number === null) throw failure(`invalid operation: int(${typeName(value)})`, value);
  return typeof number === 'number' ? cutToInteger(number) : number;
}

function toFloating(value: Value, { budget }: Surroundings): Value {
  if (typeof value === 'string') {
    budget.spend(value.length);
    try {
      return parseFloat64(value);
    } catch {
      throw new ExpressionProblem(`invalid operation: float(${fromBytes(value)})`);
    }
  }
  const number = plainNumber(value);
  if (number === null) throw failure(`invalid operation: float(${typeName(value)})`, value);
  return Number(number);
}

function bitsOf(value: Value, name: string): bigint {
  const number = plainNumber(value);
  if (typeof number === 'bigint') return number;
  throw failure(`cannot use ${typeName(value)} as argument (type int) to call ${name}`, value);
}

function bits(name: string, combine: (x: bigint, y: bigint) => bigint): Builtin {
  return {
    signatures: [form([INT, INT], INT)],
    run: ([x = null, y = null]) => wrapped(combine(bitsOf(x, name), bitsOf(y, name))),
  };
}

/** What lies beyond 64 bits is gone. */
function shift(name: string, move: (x: bigint, by: bigint) => bigint): Builtin {
  return bits(name, (x, by) => {
    if (by < 0n) throw new ExpressionProblem(`invalid operation: negative shift count ${by} (type int)`);
    return move(x, by > 64n ? 64n : by);
  });
}

export const NUMBER_BUILTINS: Builtins = {
  abs: { check: (args) => checkNumber('abs', args), run: ([value = null]) => absolute(value) },
  ceil: rounding('ceil', Math.ceil),
  floor: rounding('floor', Math.floor),
  round: rounding('round', rounded),
  int: {
    check: (args) => {
      checkNumber('int', args, true);
      return INT;
    },
    run: ([value = null], surroundings) => toWhole(value, surroundings),
  },
  float: {
    check: (args) => {
      checkNumber('float', args, true);
      return FLOAT64;
    },
    run: ([value = null], surroundings) => toFloating(value, surroundings),
  },
  bitand: bits('bitand', (x, y) => x & y),
  bitor: bits('bitor', (x, y) => x | y),
  bitxor: bits('bitxor', (x, y) => x ^ y),
  bitnand: bits('bitnand', (x, y) => x & ~y),
  bitshl: shift('bitshl', (x, by) => x << by),
  bitshr: shift('bitshr', (x, by) => x >> by),
  bitushr: shift('bitushr', (x, by) => BigInt.asUintN(64, x) >> by),
  bitnot: { signatures: [form([INT], INT)], run: ([x = null]) => ~bitsOf(x, 'bitnot') },
};
