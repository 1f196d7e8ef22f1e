/** Reads numbers, lists and maps that are written out. */
import { parseFloat64 } from '../go/floats.ts';
import { parseLiteral } from '../go/integers.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { toBytes } from '../go/byte-text.ts';
import type { Cursor, Grammar } from './cursor.ts';
import type { Node } from './node.ts';
import { shown, type Token } from './token.ts';

export function numberNode(cursor: Cursor, { text, at }: Token): Node {
  const digits = text.replaceAll('_', '');
  const lower = digits.toLowerCase();
  const kind = lower.startsWith('0x')
    ? 'hex'
    : /[.e]/.test(lower)
      ? 'float'
      : lower.startsWith('0b')
        ? 'binary'
        : lower.startsWith('0o')
          ? 'octal'
          : 'integer';
  try {
    if (kind === 'float') return cursor.make({ kind: 'float', value: parseFloat64(digits), at });
    return cursor.make({ kind: 'integer', value: parseLiteral(digits), at });
  } catch (error) {
    throw error instanceof ExpressionProblem ? cursor.fail(`invalid ${kind} literal: ${error.message}`) : error;
  }
}

/** Items between brackets; a comma may stand after the last one. */
function separated(cursor: Cursor, close: string, item: () => void): void {
  let isFirst = true;
  while (!cursor.is('Bracket', close)) {
    if (!isFirst) {
      cursor.expect('Operator', ',');
      if (cursor.is('Bracket', close)) break;
    }
    isFirst = false;
    item();
  }
  cursor.expect('Bracket', close);
}

export function arrayNode({ cursor, expression }: Grammar): Node {
  const { at } = cursor.expect('Bracket', '[');
  const items: Node[] = [];
  separated(cursor, ']', () => items.push(expression(0)));
  return cursor.make({ kind: 'array', items, at });
}

export function argumentNodes({ cursor, expression }: Grammar, first: readonly Node[]): readonly Node[] {
  const args = [...first];
  cursor.expect('Bracket', '(');
  separated(cursor, ')', () => args.push(expression(0)));
  return args;
}

export function mapNode({ cursor, expression }: Grammar): Node {
  const { at } = cursor.expect('Bracket', '{');
  const pairs: (readonly [Node, Node])[] = [];
  separated(cursor, '}', () => {
    const key = keyNode(cursor, expression);
    cursor.expect('Operator', ':');
    const value = expression(0);
    // A pair counts as a node.
    cursor.make(value);
    pairs.push([key, value]);
  });
  return cursor.make({ kind: 'map', pairs, at });
}

/** A name, a number or a string stands for its text; an expression needs brackets. */
function keyNode(cursor: Cursor, expression: Grammar['expression']): Node {
  const token = cursor.current();
  if (token.kind === 'Number' || token.kind === 'String' || token.kind === 'Identifier') {
    cursor.next();
    const value = token.kind === 'String' ? token.text : toBytes(token.text);
    return cursor.make({ kind: 'string', value, at: token.at });
  }
  if (cursor.is('Bracket', '(')) return expression(0);
  throw cursor.fail(
    'a map key must be a quoted string, a number, a identifier, or an expression enclosed in parentheses ' +
      `(unexpected token ${shown(token)})`,
  );
}
