/** Builtins that take lists. */
import { fromBytes } from '../go/byte-text.ts';
import { checkDepth, type Budget } from '../go/budget.ts';
import { failure } from '../go/failure.ts';
import { ANY, ANYS, FLOATS, INTS, STRING, STRINGS, type GoType } from '../go/go-type.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { dereferenced, isList, isMap, list, nilList, type Value } from '../go/value.ts';
import { areEqual } from '../operations/equal.ts';
import { elementAt, fetch, lookUp, notConverted } from '../operations/fetch.ts';
import { boundMethod } from '../operations/named-methods.ts';
import { plainNumber, toInt } from '../operations/numbers.ts';
import {
  checkCount,
  form,
  isListKind,
  kindOf,
  listAt,
  shownType,
  textAt,
  valueKind,
  type ArgumentTypes,
  type Builtin,
  type Builtins,
  type Surroundings,
} from './builtin.ts';
import { sorted } from './sort.ts';

/** The one argument has to be a list, or unknown; `verb` says what is done with it. */
function checkList(args: ArgumentTypes, verb: string, count = 1): GoType {
  checkCount(args, count);
  const [type = null] = args;
  const kind = kindOf(type);
  if (kind !== 'interface' && !isListKind(kind)) throw new ExpressionProblem(`cannot ${verb} ${shownType(type)}`);
  return type ?? ANY;
}

/** The element at one end; nil if there is none. */
function end(name: string, index: bigint): Builtin {
  return {
    check: (args) => {
      const type = checkList(args, `get ${name} element from`);
      return type.kind === 'interface' ? ANY : (type.elem ?? ANY);
    },
    run: ([value = null], { budget }) => {
      try {
        return fetch(value, index, budget);
      } catch (error) {
        if (error instanceof ExpressionProblem) return null;
        throw error;
      }
    },
  };
}

/** Like `value[what]`, but nil where there is nothing. */
function get([from = null, what = null]: readonly Value[], { budget }: Surroundings): Value {
  if (from === null) return null;
  const method = typeof what === 'string' ? boundMethod(from, what) : null;
  if (method !== null) return method;
  if (isMap(from)) return lookUp(from, what) ?? null;
  if (typeof from === 'object' && (from.kind === 'struct' || from.kind === 'time')) {
    if (typeof what !== 'string') throw notConverted(what, STRING);
    return from.kind === 'struct' ? (from.fields.get(what) ?? null) : null;
  }
  budget.spend(1);
  if (!isList(from) && typeof from !== 'string' && !(typeof from === 'object' && from.kind === 'named')) return null;
  const index = Number(toInt(what));
  if (index >= 0) return elementAt(from, index) ?? null;
  const { length } = isList(from) ? from.items : typeof from === 'string' ? from : from.text;
  return elementAt(from, length + index) ?? null;
}

function take(args: readonly Value[], { budget }: Surroundings): Value {
  const from = listAt(args, 0, 'take from');
  const count = args[1] ?? null;
  const number = typeof count === 'object' && count?.kind === 'whole' ? count.number : plainNumber(count);
  if (typeof number !== 'bigint') throw failure(`cannot take ${valueKind(count)} elements`, count);
  if (number < 0n) throw new ExpressionProblem('reflect.Value.Slice: slice index out of bounds');
  const length = Math.min(Number(number), from.items.length);
  budget.spend(length);
  return list(from.type, from.items.slice(0, length));
}

function uniq(args: readonly Value[], { budget }: Surroundings): Value {
  const found: Value[] = [];
  for (const item of listAt(args, 0, 'uniq').items) {
    if (!found.some((one) => areEqual(item, one, budget))) found.push(item);
  }
  return list(ANYS, found);
}

function concat(args: readonly Value[], { budget }: Surroundings): Value {
  const items = args.flatMap((_, index) => {
    const part = listAt(args, index, 'concat').items;
    budget.grow(part.length);
    return part;
  });
  return items.length === 0 ? nilList(ANYS) : list(ANYS, items);
}

/** Steps for each element, which is copied once for each list that it is in. */
const FLATTENING = 4;

function flatItems(items: readonly Value[], budget: Budget, depth: number): readonly Value[] {
  checkDepth(depth);
  budget.spend(items.length * FLATTENING);
  return items.flatMap((item) => {
    const value = dereferenced(item);
    return isList(value) ? flatItems(value.items, budget, depth + 1) : [value];
  });
}

function flatten(args: readonly Value[], { budget }: Surroundings): Value {
  const items = flatItems(listAt(args, 0, 'flatten').items, budget, 0);
  budget.grow(items.length);
  return list(ANYS, items);
}

const SORTABLE = [ANYS, INTS, FLOATS, STRINGS];

function sort(args: readonly Value[], { budget }: Surroundings): Value {
  const value = dereferenced(args[0] ?? null);
  const order = args.length > 1 ? textAt(args, 1) : 'asc';
  if (order !== 'asc' && order !== 'desc') {
    throw new ExpressionProblem(`invalid order ${fromBytes(order)}, expected asc or desc`);
  }
  if (!isList(value) || !SORTABLE.includes(value.type)) return nilList(ANYS);
  budget.grow(value.items.length);
  return list(
    ANYS,
    sorted(value.items, (item) => item, order === 'desc', budget),
  );
}

const SORT_FORMS = [ANYS, INTS, FLOATS, STRINGS].map((type) => form([type, STRING], ANYS));

export const LIST_BUILTINS: Builtins = {
  first: end('first', 0n),
  last: end('last', -1n),
  // The checker knows it by name.
  get: { run: get },
  take: {
    check: (args) => {
      const type = checkList(args, 'take from', 2);
      const kind = kindOf(args[1]);
      if (kind !== 'interface' && kind !== 'int' && kind !== 'int64') {
        throw new ExpressionProblem(`cannot take ${shownType(args[1])} elements`);
      }
      return type;
    },
    run: take,
  },
  reverse: {
    check: (args) => {
      checkList(args, 'reverse');
      return ANYS;
    },
    run: (args, { budget }) => {
      const { items } = listAt(args, 0, 'reverse');
      budget.grow(items.length);
      return list(ANYS, items.toReversed());
    },
  },
  uniq: {
    check: (args) => {
      checkList(args, 'uniq');
      return ANYS;
    },
    run: uniq,
  },
  concat: {
    check: (args) => {
      if (args.length === 0) throw new ExpressionProblem('invalid number of arguments (expected at least 1, got 0)');
      for (const arg of args) checkList([arg], 'concat');
      return ANYS;
    },
    run: concat,
  },
  flatten: {
    check: (args) => {
      checkList(args, 'flatten');
      return ANYS;
    },
    run: flatten,
  },
  sort: {
    signatures: [...SORT_FORMS, ...[ANYS, FLOATS, STRINGS, INTS].map((type) => form([type], ANYS))],
    run: sort,
  },
};
