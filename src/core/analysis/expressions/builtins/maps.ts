/** Builtins that take maps apart and make them. Go's maps have no order; ours are taken in that of their keys. */
import { fromBytes } from '../go/byte-text.ts';
import { failure } from '../go/failure.ts';
import { ANY_MAP, ANYS, PAIR, PAIRS, type GoType } from '../go/go-type.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { dereferenced, isList, list, mapFrom, type Value } from '../go/value.ts';
import { checkHashable } from '../operations/fetch.ts';
import { printed, sortedEntries } from '../operations/print.ts';
import {
  checkCount,
  isListKind,
  kindOf,
  listAt,
  mapAt,
  shownType,
  type ArgumentTypes,
  type Builtins,
  type Surroundings,
} from './builtin.ts';

function checkMap(args: ArgumentTypes, verb: (shown: string) => string): GoType {
  checkCount(args, 1);
  const kind = kindOf(args[0]);
  if (kind !== 'interface' && kind !== 'map') throw new ExpressionProblem(`cannot ${verb(shownType(args[0]))}`);
  return ANYS;
}

function fromPairs(args: readonly Value[], { budget }: Surroundings): Value {
  const { items } = listAt(args, 0, 'transform from pairs');
  budget.spend(items.length);
  const pairs = items.map((item): readonly [Value, Value] => {
    const pair = dereferenced(item);
    if (!isList(pair)) throw failure(`invalid pair ${fromBytes(printed(pair, budget))}`, pair);
    if (pair.items.length !== 2) throw new ExpressionProblem(`invalid pair length ${fromBytes(printed(pair, budget))}`);
    const [key = null, value = null] = pair.items;
    checkHashable(key);
    return [key, value];
  });
  return mapFrom(ANY_MAP, pairs);
}

export const MAP_BUILTINS: Builtins = {
  keys: {
    check: (args) => checkMap(args, (shown) => `get keys from ${shown}`),
    run: (args, { budget }) => {
      const map = mapAt(args, 0, (kind) => `get keys from ${kind}`);
      return list(
        ANYS,
        sortedEntries(map, budget).map(([key]) => key),
      );
    },
  },
  values: {
    check: (args) => checkMap(args, (shown) => `get values from ${shown}`),
    run: (args, { budget }) => {
      const map = mapAt(args, 0, (kind) => `get values from ${kind}`);
      return list(
        ANYS,
        sortedEntries(map, budget).map(([, value]) => value),
      );
    },
  },
  toPairs: {
    check: (args) => checkMap(args, (shown) => `transform ${shown} to pairs`),
    run: (args, { budget }) => {
      const map = mapAt(args, 0, (kind) => `transform ${kind} to pairs`);
      return list(
        PAIRS,
        sortedEntries(map, budget).map((entry) => list(PAIR, entry)),
      );
    },
  },
  fromPairs: {
    check: (args) => {
      checkCount(args, 1);
      const kind = kindOf(args[0]);
      if (kind !== 'interface' && !isListKind(kind)) {
        throw new ExpressionProblem(`cannot transform ${shownType(args[0])} from pairs`);
      }
      return ANY_MAP;
    },
    run: fromPairs,
  },
};
