/**
 * Rewrites some forms into faster ones, as expr-lang does. They are no mere savings: each can be seen in what fails.
 * `x in ["a"]` looks the text up, and fails for a number; `filter(…)[0]` stops at the first one found.
 */
import { INT_SET, STRING_SET } from '../go/go-type.ts';
import { mapFrom, type Value } from '../go/value.ts';
import { natureOf } from '../check/nature.ts';
import { childrenOf } from '../syntax/children.ts';
import type { BinaryNode, BuiltinNode, Node } from '../syntax/node.ts';
import { isAnd, isOr } from '../syntax/operators.ts';
import { sourceOf } from '../syntax/source.ts';
import { rewritten, type Rule, type Tree } from './tree.ts';

function constantOf(node: Node): Value {
  return node.kind === 'integer' || node.kind === 'string' ? node.value : null;
}

/** A list of constants on the right of `in` becomes a set. */
export const constantSets: Rule = (node, typeOf, note) => {
  if (node.kind !== 'binary' || node.operator !== 'in' || node.right.kind !== 'array') return node;
  const { items } = node.right;
  if (items.length === 0) return node;
  const isWhole = typeOf(node.left).kind === 'int' && items.every(({ kind }) => kind === 'integer');
  if (!isWhole && !items.every(({ kind }) => kind === 'string')) return node;
  const type = isWhole ? INT_SET : STRING_SET;
  const values = items.map((item): readonly [Value, Value] => [constantOf(item), true]);
  const right: Node = { kind: 'constant', value: mapFrom(type, values), at: node.right.at };
  note(right, natureOf(type));
  return { ...node, right };
};

/** `n in 1..3` becomes two comparisons. */
const ranges: Rule = (node, typeOf) => {
  if (node.kind !== 'binary' || node.operator !== 'in' || typeOf(node.left).kind !== 'int') return node;
  const { left, right, at } = node;
  if (right.kind !== 'binary' || right.operator !== '..') return node;
  const { left: from, right: to } = right;
  if (from.kind !== 'integer' || to.kind !== 'integer') return node;
  return {
    kind: 'binary',
    operator: 'and',
    left: { kind: 'binary', operator: '>=', left, right: from, at: 0 },
    right: { kind: 'binary', operator: '<=', left, right: to, at: 0 },
    at,
  };
};

function isFilter(node: Node | undefined): node is BuiltinNode {
  return node?.kind === 'builtin' && node.name === 'filter' && node.args.length === 2;
}

function usesIndex(node: Node): boolean {
  return (node.kind === 'pointer' && node.name === 'index') || childrenOf(node).some(usesIndex);
}

/** `map(filter(…), …)` becomes a filter that maps. */
const mappedFilters: Rule = (node) => {
  if (node.kind !== 'builtin' || node.name !== 'map') return node;
  const [filter, predicate] = node.args;
  if (!isFilter(filter) || filter.mapped !== undefined) return node;
  if (predicate?.kind !== 'predicate' || usesIndex(predicate)) return node;
  return { kind: 'builtin', name: 'filter', args: filter.args, mapped: predicate.body, at: node.at };
};

/** `len(filter(…))` becomes `count(…)`. */
const counts: Rule = (node) => {
  const [filter] = node.kind === 'builtin' && node.name === 'len' ? node.args : [];
  return isFilter(filter) ? { kind: 'builtin', name: 'count', args: filter.args, at: node.at } : node;
};

/** The first or last element of a filter is found without the others. */
function ends(index: bigint, end: string, name: string): Rule {
  return (node) => {
    const { at } = node;
    if (node.kind === 'member' && !node.optional && isFilter(node.base)) {
      const { property, base } = node;
      if (property.kind !== 'integer' || property.value !== index) return node;
      const { args, mapped } = base;
      return { kind: 'builtin', name, args, throws: true, at, ...(mapped === undefined ? {} : { mapped }) };
    }
    const [filter] = node.kind === 'builtin' && node.name === end && node.args.length === 1 ? node.args : [];
    if (!isFilter(filter)) return node;
    const { args, mapped } = filter;
    return { kind: 'builtin', name, args, throws: false, at, ...(mapped === undefined ? {} : { mapped }) };
  };
}

/** How the predicates of two equal builtins beside an operator become one. */
function joinedBy(name: string, operator: string): string | null {
  if (name === 'all' && isAnd(operator)) return operator;
  if (name === 'any' && isOr(operator)) return operator;
  if (name === 'none' && isAnd(operator)) return operator === 'and' ? 'or' : '||';
  return null;
}

/** `all(x, a) && all(x, b)` becomes `all(x, a && b)`. */
const jointPredicates: Rule = (node, typeOf) => {
  if (node.kind !== 'binary') return node;
  const joint = (binary: BinaryNode): Node | null => {
    const { left, right, at } = binary;
    if (left.kind !== 'builtin' || right.kind !== 'builtin' || left.name !== right.name) return null;
    const operator = joinedBy(left.name, binary.operator);
    const [list, first] = left.args;
    const [other, second] = right.args;
    if (operator === null || list === undefined || other === undefined) return null;
    if (first?.kind !== 'predicate' || second?.kind !== 'predicate') return null;
    if (typeOf(list) !== typeOf(other) || sourceOf(list) !== sourceOf(other)) return null;
    const both: BinaryNode = { kind: 'binary', operator, left: first.body, right: second.body, at: 0 };
    const body = joint(both) ?? both;
    return { kind: 'builtin', name: left.name, args: [list, { kind: 'predicate', body, at: 0 }], at };
  };
  return joint(node) ?? node;
};

/** `sum([a, b, c])` becomes `a + (b + c)`. */
const listedSums: Rule = (node) => {
  const [list] = node.kind === 'builtin' && node.name === 'sum' && node.args.length === 1 ? node.args : [];
  if (list?.kind !== 'array' || list.items.length < 2) return node;
  const [last, ...rest] = list.items.toReversed();
  if (last === undefined) return node;
  return rest.reduce<Node>((right, left) => ({ kind: 'binary', operator: '+', left, right, at: node.at }), last);
};

/** `sum(map(…))` becomes a sum with a predicate. */
const mappedSums: Rule = (node) => {
  const [map] = node.kind === 'builtin' && node.name === 'sum' && node.args.length === 1 ? node.args : [];
  if (map?.kind !== 'builtin' || map.name !== 'map' || map.args.length !== 2) return node;
  return { kind: 'builtin', name: 'sum', args: map.args, at: node.at };
};

/** In the order in which expr-lang applies them, after constants have been folded. */
const RULES: readonly Rule[] = [
  ranges,
  mappedFilters,
  counts,
  ends(-1n, 'last', 'findLast'),
  ends(0n, 'first', 'find'),
  jointPredicates,
  listedSums,
  mappedSums,
];

export function shortened(tree: Tree): Tree {
  return RULES.reduce(rewritten, tree);
}
