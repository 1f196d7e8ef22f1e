/** Builtins that ask a predicate about each element. */
import { failure } from '../go/failure.ts';
import { ANYS, GROUPS, STRING } from '../go/go-type.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { dereferenced, isMap, list, mapFrom, mapKey, typeOf, type Value } from '../go/value.ts';
import { add } from '../operations/arithmetic.ts';
import { checkHashable, elementAt, lengthOf, notConverted } from '../operations/fetch.ts';
import { sorted } from '../builtins/sort.ts';
import type { BuiltinNode, Node } from '../syntax/node.ts';
import type { Collection, Evaluate, Frame, Loop, Run } from './frame.ts';
import { asBool } from './operate.ts';

interface Asking {
  readonly node: BuiltinNode;
  readonly loop: Loop;
  readonly run: Run;
  /** Evaluates a part of the builtin for the current element. */
  readonly part: (node: Node) => Value;
  /** What the predicate makes of an element; the element itself if there is none. */
  readonly made: (index: number) => Value;
  readonly holds: (index: number) => boolean;
  readonly element: (index: number) => Value;
}

type LoopBuiltin = (asking: Asking) => Value;

function indexes({ loop }: Asking): readonly number[] {
  return Array.from({ length: loop.collection.length }, (_, index) => index);
}

/** What is returned for the element that was found: itself, or what it is mapped to. */
function kept({ node, part, element }: Asking, index: number): Value {
  return node.mapped === undefined ? element(index) : part(node.mapped);
}

function found(asking: Asking, index: number | undefined): Value {
  if (index !== undefined) return kept(asking, index);
  if (asking.node.throws === true) throw new ExpressionProblem('reflect: slice index out of range');
  return null;
}

function place(index: number | undefined): Value {
  return index === undefined ? null : BigInt(index);
}

const LOOPS: Readonly<Record<string, LoopBuiltin>> = {
  all: (asking) => indexes(asking).every(asking.holds),
  none: (asking) => !indexes(asking).some(asking.holds),
  any: (asking) => indexes(asking).some(asking.holds),
  one: (asking) => indexes(asking).filter(asking.holds).length === 1,
  count: (asking) => BigInt(indexes(asking).filter(asking.holds).length),
  filter: (asking) => {
    const items: Value[] = [];
    for (const index of indexes(asking)) if (asking.holds(index)) items.push(kept(asking, index));
    asking.run.budget.grow(items.length);
    return list(ANYS, items);
  },
  map: (asking) => {
    const items = indexes(asking).map(asking.made);
    asking.run.budget.grow(items.length);
    return list(ANYS, items);
  },
  sum: (asking) => indexes(asking).reduce<Value>((sum, index) => add(asking.made(index), sum), 0n),
  find: (asking) => found(asking, indexes(asking).find(asking.holds)),
  findLast: (asking) => found(asking, indexes(asking).findLast(asking.holds)),
  findIndex: (asking) => place(indexes(asking).find(asking.holds)),
  findLastIndex: (asking) => place(indexes(asking).findLast(asking.holds)),
  groupBy,
  sortBy,
  reduce,
};

function groupBy(asking: Asking): Value {
  const groups = new Map<string, { readonly key: Value; readonly items: Value[] }>();
  for (const index of indexes(asking)) {
    const key = asking.made(index);
    checkHashable(key);
    // NaN equals no key, so that each one makes a group.
    const name = mapKey(key) ?? `NaN|${index}`;
    const group = groups.get(name) ?? { key, items: [] };
    groups.set(name, group);
    group.items.push(asking.element(index));
  }
  return mapFrom(
    GROUPS,
    [...groups.values()].map(({ key, items }) => [key, list(ANYS, items)]),
  );
}

function sortBy(asking: Asking): Value {
  const { node, part, made, element, run } = asking;
  const [, , orderNode] = node.args;
  const order = orderNode === undefined ? 'asc' : part(orderNode);
  if (typeof order !== 'string') throw notConverted(order, STRING);
  if (order !== 'asc' && order !== 'desc') throw new ExpressionProblem('unknown order, use asc or desc');
  const items = indexes(asking).map((index) => ({ key: made(index), item: element(index) }));
  run.budget.grow(items.length);
  const keys = items.map(({ key }) => key);
  return list(
    ANYS,
    sorted(
      items.map(({ item }) => item),
      (_, index) => keys[index] ?? null,
      order === 'desc',
      run.budget,
    ),
  );
}

/** Without a first value the first element is it. */
function reduce(asking: Asking): Value {
  const { node, loop, part, made, element } = asking;
  const [, , first] = node.args;
  loop.accumulated = first === undefined ? element(0) : dereferenced(part(first));
  for (const index of indexes(asking).slice(first === undefined ? 1 : 0)) loop.accumulated = made(index);
  return loop.accumulated;
}

/** The outcome of a builtin that loops; `undefined` for any other. */
export function looped(node: BuiltinNode, frame: Frame, run: Run, evaluate: Evaluate): Value | undefined {
  const builtin = Object.hasOwn(LOOPS, node.name) ? LOOPS[node.name] : undefined;
  const [listNode, predicate] = node.args;
  if (builtin === undefined || listNode === undefined) return undefined;
  const value = dereferenced(evaluate(listNode, frame));
  run.at = node.at;
  const loop: Loop = { collection: collectionOf(value), index: 0, accumulated: null };
  const inner: Frame = { ...frame, loop };
  const part = (one: Node): Value => evaluate(one, inner);
  const element = (index: number): Value => loop.collection.at(index);
  const made = (index: number): Value => {
    loop.index = index;
    run.budget.spend(1);
    const outcome = predicate === undefined ? element(index) : part(predicate);
    run.at = node.at;
    return outcome;
  };
  return builtin({ node, loop, run, part, made, element, holds: (index) => asBool(made(index)) });
}

/** A map has a length, too, but no element that a predicate could look at. */
function collectionOf(value: Value): Collection {
  const length = isMap(value) ? value.entries.size : lengthOf(value);
  if (length === null) throw failure(`reflect: call of reflect.Value.Len on ${reflectedKind(value)} Value`, value);
  return {
    length,
    at: (index) => {
      const found = elementAt(value, index);
      if (found !== undefined) return found;
      const message = isMap(value)
        ? 'reflect: call of reflect.Value.Index on map Value'
        : 'reflect: slice index out of range';
      throw failure(message, value);
    },
  };
}

function reflectedKind(value: Value): string {
  return value === null ? 'zero' : (typeOf(value)?.kind ?? '');
}
