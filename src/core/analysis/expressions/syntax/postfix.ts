/** Reads what follows an operand: members, elements, slices and calls of methods. */
import { toBytes } from '../go/byte-text.ts';
import { isName } from './characters.ts';
import type { Grammar } from './cursor.ts';
import { argumentNodes } from './literals.ts';
import type { MemberNode, Node } from './node.ts';

export function withPostfixes(grammar: Grammar, operand: Node): Node {
  const { cursor } = grammar;
  let node = operand;
  for (;;) {
    const { at } = cursor.current();
    if (cursor.accept('Operator', '?.')) {
      const { at: bracketAt } = cursor.current();
      node = cursor.accept('Bracket', '[') ? element(grammar, node, bracketAt, true) : member(grammar, node, true);
    } else if (cursor.accept('Operator', '.')) node = member(grammar, node, false);
    else if (cursor.accept('Bracket', '[')) node = element(grammar, node, at, false);
    else return node;
  }
}

/** After the dot. Members of a chain belong to it. */
function member(grammar: Grammar, base: Node, optional: boolean): Node {
  const { cursor } = grammar;
  const name = cursor.current();
  const { at } = name;
  cursor.next();
  if (name.kind !== 'Identifier' && !(name.kind === 'Operator' && isName(name.text)))
    throw cursor.fail('expected name');
  const property = cursor.make({ kind: 'string', value: toBytes(name.text), at });
  const method = cursor.is('Bracket', '(');
  const found: MemberNode = cursor.make({
    kind: 'member',
    base: base.kind === 'chain' ? base.inner : base,
    property,
    optional,
    method,
    at,
  });
  const node: Node = method
    ? cursor.make({ kind: 'call', callee: found, args: argumentNodes(grammar, []), at })
    : found;
  return base.kind === 'chain' || optional ? cursor.make({ kind: 'chain', inner: node, at }) : node;
}

/** After the bracket: an index, or a slice. */
function element({ cursor, expression }: Grammar, base: Node, at: number, optional: boolean): Node {
  const from = cursor.is('Operator', ':') ? null : expression(0);
  if (from !== null && !cursor.is('Operator', ':')) {
    const found = cursor.make({ kind: 'member', base, property: from, optional, method: false, at });
    const node: Node = optional ? cursor.make({ kind: 'chain', inner: found, at }) : found;
    cursor.expect('Bracket', ']');
    return node;
  }
  cursor.expect('Operator', ':');
  const to = cursor.is('Bracket', ']') ? null : expression(0);
  const node = cursor.make({ kind: 'slice', base, from, to, at });
  cursor.expect('Bracket', ']');
  return node;
}
