/** Works out what consists of constants only. It is visible: `false && x` is false even if x would fail. */
import { ANYS, BOOL, FLOAT64, INT, STRING, type GoType } from '../go/go-type.ts';
import { power } from '../go/floats.ts';
import { wrapped } from '../go/integers.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { list, type Value } from '../go/value.ts';
import { natureOf } from '../check/nature.ts';
import type { BinaryNode, BuiltinNode, Node, UnaryNode } from '../syntax/node.ts';
import { isAnd, isOr } from '../syntax/operators.ts';
import { rewritten, type Note, type Tree } from './tree.ts';

const MOST_ROUNDS = 1_000;

export function folded(tree: Tree): Tree {
  let current = tree;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let applied = false;
    current = rewritten(current, (node, _, note) => {
      const next = fold(node, note);
      if (next === null) return node;
      applied = true;
      // A part of the tree may stand elsewhere, too: what is known there stays.
      return isConstant(next) ? next : { ...next, at: node.at };
    });
    if (!applied) break;
  }
  return current;
}

const TYPES: Readonly<Partial<Record<Node['kind'], GoType>>> = {
  bool: BOOL,
  integer: INT,
  float: FLOAT64,
  string: STRING,
  constant: ANYS,
};

function isConstant(node: Node): boolean {
  return TYPES[node.kind] !== undefined;
}

/** What takes the node's place; `null` if it stays. */
function fold(node: Node, note: Note): Node | null {
  const found = foldedNode(node);
  const type = found === null ? undefined : TYPES[found.kind];
  if (found !== null && type !== undefined) note(found, natureOf(type));
  return found;
}

function foldedNode(node: Node): Node | null {
  switch (node.kind) {
    case 'unary':
      return foldedUnary(node);
    case 'binary':
      return isAnd(node.operator) || isOr(node.operator) ? foldedLogic(node) : foldedBinary(node);
    case 'array':
      return foldedArray(node.items, node.at);
    case 'builtin':
      return foldedFilter(node);
    default:
      return null;
  }
}

function foldedUnary({ operator, operand, at }: UnaryNode): Node | null {
  if (operand.kind === 'bool') return { kind: 'bool', value: !operand.value, at };
  if (operator === '-' && operand.kind === 'integer') return { ...operand, value: wrapped(-operand.value), at };
  if (operator === '-' && operand.kind === 'float') return { ...operand, value: -operand.value, at };
  return operator === '+' && (operand.kind === 'integer' || operand.kind === 'float') ? { ...operand, at } : null;
}

/** `true and x` is x, and `x and false` is false whatever x is. */
function foldedLogic({ operator, left, right, at }: BinaryNode): Node | null {
  const neutral = isAnd(operator);
  const [a, b] = [left, right].map((part) => (part.kind === 'bool' ? part.value : null));
  if (a === neutral) return right;
  if (b === neutral) return left;
  return a === !neutral || b === !neutral ? { kind: 'bool', value: !neutral, at } : null;
}

function foldedBinary({ operator, left, right, at }: BinaryNode): Node | null {
  if (left.kind === 'string' && right.kind === 'string') {
    if (operator === '+') return { kind: 'string', value: left.value + right.value, at };
    return operator === '==' ? { kind: 'bool', value: left.value === right.value, at } : null;
  }
  if (left.kind === 'bool' && right.kind === 'bool') {
    return operator === '==' ? { kind: 'bool', value: left.value === right.value, at } : null;
  }
  if (left.kind === 'integer' && right.kind === 'integer') {
    if (operator === '==') return { kind: 'bool', value: left.value === right.value, at };
    const whole = wholeOutcome(operator, left.value, right.value, at);
    if (whole !== null) return { kind: 'integer', value: whole, at };
  }
  const isNumber = (node: Node): node is Extract<Node, { kind: 'integer' | 'float' }> =>
    node.kind === 'integer' || node.kind === 'float';
  if (!isNumber(left) || !isNumber(right)) return null;
  const float = floatOutcome(operator, Number(left.value), Number(right.value));
  return float === null ? null : { kind: 'float', value: float, at };
}

function wholeOutcome(operator: string, a: bigint, b: bigint, at: number): bigint | null {
  switch (operator) {
    case '+':
      return wrapped(a + b);
    case '-':
      return wrapped(a - b);
    case '*':
      return wrapped(a * b);
    case '%':
      if (b === 0n) throw new ExpressionProblem('integer divide by zero', at);
      return a % b;
    default:
      return null;
  }
}

function floatOutcome(operator: string, a: number, b: number): number | null {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '**':
    case '^':
      return power(a, b);
    default:
      return null;
  }
}

function foldedArray(items: readonly Node[], at: number): Node | null {
  if (items.length === 0) return null;
  const values: Value[] = [];
  for (const item of items) {
    if (item.kind !== 'integer' && item.kind !== 'float' && item.kind !== 'string' && item.kind !== 'bool') return null;
    values.push(item.value);
  }
  return { kind: 'constant', value: list(ANYS, values), at };
}

/** A filter of a filter becomes one. */
function foldedFilter(node: BuiltinNode): Node | null {
  const [base, outer] = node.args;
  if (node.name !== 'filter' || base?.kind !== 'builtin' || base.name !== 'filter') return null;
  const [list, inner] = base.args;
  if (list === undefined || inner?.kind !== 'predicate' || outer?.kind !== 'predicate') return null;
  const both: Node = { kind: 'binary', operator: '&&', left: inner.body, right: outer.body, at: 0 };
  return { kind: 'builtin', name: 'filter', args: [list, { kind: 'predicate', body: both, at: 0 }], at: node.at };
}
