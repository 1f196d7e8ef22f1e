/** A tree as text, so that two parts of an expression can be told to say the same. */
import { quoted } from '../go/quoted.ts';
import { printFloat } from '../go/floats.ts';
import { childrenOf } from './children.ts';
import type { Node } from './node.ts';

export function sourceOf(node: Node): string {
  return `(${[wordOf(node), ...childrenOf(node).map(sourceOf)].join(' ')})`;
}

/** What a node says besides its parts. */
function wordOf(node: Node): string {
  switch (node.kind) {
    case 'integer':
      return String(node.value);
    case 'float':
      return printFloat(node.value);
    case 'string':
      return quoted(node.value);
    case 'bool':
      return String(node.value);
    case 'identifier':
    case 'builtin':
    case 'declaration':
      return node.name;
    case 'pointer':
      return `#${node.name}`;
    case 'unary':
    case 'binary':
      return node.operator;
    case 'member':
      return node.optional ? '?.' : '.';
    case 'slice':
      return `${node.from === null ? '' : 'from'}:${node.to === null ? '' : 'to'}`;
    case 'constant':
      return JSON.stringify(node.value, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    case 'nil':
    case 'chain':
    case 'call':
    case 'predicate':
    case 'sequence':
    case 'conditional':
    case 'array':
    case 'map':
      return node.kind;
  }
}
