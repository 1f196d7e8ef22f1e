/**
 * The parts of a node, and a node with other parts. What an optimized filter maps to is no part: as in expr-lang, it is
 * not looked at again.
 */
import type { Node } from './node.ts';

export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'chain':
      return [node.inner];
    case 'member':
      return [node.base, node.property];
    case 'slice':
      return [node.base, node.from, node.to].filter((part) => part !== null);
    case 'call':
      return [node.callee, ...node.args];
    case 'builtin':
      return node.args;
    case 'predicate':
      return [node.body];
    case 'declaration':
      return [node.value, node.body];
    case 'sequence':
      return node.nodes;
    case 'conditional':
      return [node.condition, node.whenTrue, node.whenFalse];
    case 'array':
      return node.items;
    case 'map':
      return node.pairs.flat();
    case 'nil':
    case 'bool':
    case 'integer':
    case 'float':
    case 'string':
    case 'identifier':
    case 'pointer':
    case 'constant':
      return [];
  }
}

/** The same kind of node with each part replaced by what `change` makes of it. */
export function withChildren(node: Node, change: (part: Node) => Node): Node {
  switch (node.kind) {
    case 'unary':
      return { ...node, operand: change(node.operand) };
    case 'binary':
      return { ...node, left: change(node.left), right: change(node.right) };
    case 'chain':
      return { ...node, inner: change(node.inner) };
    case 'member':
      return { ...node, base: change(node.base), property: change(node.property) };
    case 'slice':
      return {
        ...node,
        base: change(node.base),
        from: node.from === null ? null : change(node.from),
        to: node.to === null ? null : change(node.to),
      };
    case 'call':
      return { ...node, callee: change(node.callee), args: node.args.map(change) };
    case 'builtin':
      return { ...node, args: node.args.map(change) };
    case 'predicate':
      return { ...node, body: change(node.body) };
    case 'declaration':
      return { ...node, value: change(node.value), body: change(node.body) };
    case 'sequence':
      return { ...node, nodes: node.nodes.map(change) };
    case 'conditional':
      return {
        ...node,
        condition: change(node.condition),
        whenTrue: change(node.whenTrue),
        whenFalse: change(node.whenFalse),
      };
    case 'array':
      return { ...node, items: node.items.map(change) };
    case 'map':
      return { ...node, pairs: node.pairs.map(([key, value]) => [change(key), change(value)] as const) };
    case 'nil':
    case 'bool':
    case 'integer':
    case 'float':
    case 'string':
    case 'identifier':
    case 'pointer':
    case 'constant':
      return node;
  }
}
