/** Reads an expression into a tree, with the grammar of expr-lang 1.17. */
import { ExpressionProblem } from '../go/problem.ts';
import { callNode } from './calls.ts';
import { childrenOf } from './children.ts';
import { createCursor, type Grammar } from './cursor.ts';
import { arrayNode, mapNode, numberNode } from './literals.ts';
import type { Node } from './node.ts';
import { BINARY, isOrder, NEGATABLE, UNARY } from './operators.ts';
import { withPostfixes } from './postfix.ts';
import type { Token } from './token.ts';

/** Characters of a source. */
const LONGEST = 50_000;
const DEEPEST_TREE = 500;
/** Nodes, when one that is used twice counts twice. */
const MOST_NODES = 20_000;

/** The tree, which is not nested more deeply than 500 nodes. Throws the first problem of the syntax. */
export function parse(text: string): Node {
  const characters = Array.from(text);
  if (characters.length > LONGEST) throw new ExpressionProblem(`the expression is longer than ${LONGEST} characters`);
  const cursor = createCursor(characters);
  const grammar: Grammar = {
    cursor,
    expression: (precedence) => cursor.nested(() => expression(grammar, precedence)),
    sequence: () => sequence(grammar),
  };
  const node = grammar.sequence();
  if (!cursor.is('EOF')) throw cursor.unexpected();
  checkDepth(node);
  if (sizeOf(node, new Map()) > MOST_NODES) {
    throw new ExpressionProblem('compilation failed: expression exceeds maximum allowed nodes', node.at);
  }
  return node;
}

function checkDepth(root: Node): void {
  let level: readonly Node[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST_TREE) throw new ExpressionProblem('the expression is nested too deeply', level[0]?.at);
    level = [...new Set(level.flatMap(childrenOf))];
  }
}

function sizeOf(node: Node, known: Map<Node, number>): number {
  const found = known.get(node);
  if (found !== undefined) return found;
  const size = childrenOf(node).reduce((sum, part) => sum + sizeOf(part, known), 1);
  known.set(node, size);
  return size;
}

function sequence({ cursor, expression }: Grammar): Node {
  const nodes = [expression(0)];
  while (cursor.accept('Operator', ';')) {
    if (cursor.is('EOF')) break;
    nodes.push(expression(0));
  }
  const [first] = nodes;
  if (first !== undefined && nodes.length === 1) return first;
  return cursor.make({ kind: 'sequence', nodes, at: first?.at ?? 0 });
}

function expression(grammar: Grammar, precedence: number): Node {
  const { cursor } = grammar;
  if (precedence === 0 && cursor.is('Operator', 'let')) return declaration(grammar);
  if (precedence === 0 && cursor.is('Operator', 'if')) return ifElse(grammar);
  let left = primary(grammar);
  let previous = '';
  while (cursor.is('Operator')) {
    const found = binaryOperator(grammar, precedence);
    if (found === null) break;
    const { token, negated } = found;
    left = withRight(grammar, left, token, previous);
    if (negated) left = cursor.make({ kind: 'unary', operator: 'not', operand: left, at: token.at });
    previous = token.text;
  }
  return precedence === 0 ? conditional(grammar, left) : left;
}

interface BinaryOperator {
  readonly token: Token;
  readonly negated: boolean;
}

/** Takes an operator that binds at least as tightly as `precedence`; `null` if there is none. */
function binaryOperator({ cursor }: Grammar, precedence: number): BinaryOperator | null {
  const first = cursor.current();
  const negated = first.text === 'not';
  if (negated) {
    cursor.next();
    if (!NEGATABLE.has(cursor.current().text)) throw cursor.unexpected();
  }
  const token = cursor.current();
  const binding = BINARY.get(token.text);
  if (binding === undefined || binding.precedence < precedence) {
    if (negated) cursor.putBack(first);
    return null;
  }
  cursor.next();
  return { token, negated };
}

function withRight(grammar: Grammar, left: Node, token: Token, previous: string): Node {
  const { cursor } = grammar;
  const operator = token.text;
  const { precedence = 0, rightToLeft = false } = BINARY.get(operator) ?? {};
  if (operator === '|') return callNode(grammar, cursor.expect('Identifier'), [left]);
  if (previous === '??' && operator !== '??') {
    const what = `Operator (${operator}) and coalesce expressions (??)`;
    throw cursor.fail(`${what} cannot be mixed. Wrap either by parentheses.`, token);
  }
  if (isOrder(operator)) return comparison(grammar, left, token, precedence);
  const right = grammar.expression(rightToLeft ? precedence : precedence + 1);
  return cursor.make({ kind: 'binary', operator, left, right, at: token.at });
}

/** `0 < x < 1` means `0 < x && x < 1`. */
function comparison({ cursor, expression }: Grammar, first: Node, firstToken: Token, precedence: number): Node {
  let root: Node | null = null;
  let left = first;
  let token = firstToken;
  for (;;) {
    const right = expression(precedence + 1);
    const { at } = token;
    const one = cursor.make({ kind: 'binary', operator: token.text, left, right, at });
    root = root === null ? one : cursor.make({ kind: 'binary', operator: '&&', left: root, right: one, at });
    left = right;
    token = cursor.current();
    if (token.kind !== 'Operator' || !isOrder(token.text)) return root;
    cursor.next();
  }
}

function declaration({ cursor, expression, sequence }: Grammar): Node {
  cursor.expect('Operator', 'let');
  const { text: name, at } = cursor.expect('Identifier');
  cursor.expect('Operator', '=');
  const value = expression(0);
  cursor.expect('Operator', ';');
  const body = cursor.nested(sequence);
  return cursor.make({ kind: 'declaration', name, value, body, at });
}

function ifElse(grammar: Grammar): Node {
  const { cursor, expression, sequence } = grammar;
  cursor.next();
  const condition = expression(0);
  cursor.expect('Bracket', '{');
  const whenTrue = sequence();
  cursor.expect('Bracket', '}');
  cursor.expect('Operator', 'else');
  if (cursor.is('Operator', 'if')) {
    const whenFalse = cursor.nested(() => ifElse(grammar));
    return { kind: 'conditional', ternary: false, condition, whenTrue, whenFalse, at: 0 };
  }
  cursor.expect('Bracket', '{');
  const whenFalse = sequence();
  cursor.expect('Bracket', '}');
  return { kind: 'conditional', ternary: false, condition, whenTrue, whenFalse, at: 0 };
}

/** `a ? b : c`, and `a ?: c` for `a ? a : c`. */
function conditional({ cursor, expression }: Grammar, first: Node): Node {
  let condition = first;
  while (cursor.accept('Operator', '?')) {
    const short = cursor.accept('Operator', ':');
    const whenTrue = short ? condition : expression(0);
    if (!short) cursor.expect('Operator', ':');
    const whenFalse = expression(0);
    const { at } = cursor.current();
    condition = cursor.make({ kind: 'conditional', ternary: true, condition, whenTrue, whenFalse, at });
  }
  return condition;
}

function primary(grammar: Grammar): Node {
  const { cursor } = grammar;
  const token = cursor.current();
  const { at } = token;
  const unary = token.kind === 'Operator' ? UNARY.get(token.text) : undefined;
  if (unary !== undefined) {
    cursor.next();
    const operand = grammar.expression(unary.precedence);
    return withPostfixes(grammar, cursor.make({ kind: 'unary', operator: token.text, operand, at }));
  }
  if (cursor.accept('Bracket', '(')) {
    const node = grammar.sequence();
    cursor.expect('Bracket', ')');
    return withPostfixes(grammar, node);
  }
  if (cursor.isInPredicate() && (cursor.is('Operator', '#') || cursor.is('Operator', '.'))) {
    return withPostfixes(grammar, pointer(grammar));
  }
  if (cursor.accept('Operator', '::')) {
    return withPostfixes(grammar, callNode(grammar, cursor.expect('Identifier'), []));
  }
  return secondary(grammar, token);
}

/** `#`, `#index`; before `.name` it may be left out. */
function pointer({ cursor }: Grammar): Node {
  const { at } = cursor.current();
  let name = '';
  if (cursor.accept('Operator', '#') && cursor.is('Identifier')) name = cursor.expect('Identifier').text;
  return cursor.make({ kind: 'pointer', name, at });
}

function secondary(grammar: Grammar, token: Token): Node {
  const { cursor } = grammar;
  const { kind, text, at } = token;
  if (kind === 'Identifier') {
    cursor.next();
    if (text === 'true' || text === 'false') return cursor.make({ kind: 'bool', value: text === 'true', at });
    if (text === 'nil') return cursor.make({ kind: 'nil', at });
    const node = cursor.is('Bracket', '(')
      ? callNode(grammar, token, [])
      : cursor.make({ kind: 'identifier', name: text, at });
    return withPostfixes(grammar, node);
  }
  if (kind === 'Number') {
    cursor.next();
    return numberNode(cursor, token);
  }
  if (kind === 'String') {
    cursor.next();
    return withPostfixes(grammar, cursor.make({ kind: 'string', value: text, at }));
  }
  if (cursor.is('Bracket', '[')) return withPostfixes(grammar, arrayNode(grammar));
  if (cursor.is('Bracket', '{')) return withPostfixes(grammar, mapNode(grammar));
  throw cursor.unexpected();
}
