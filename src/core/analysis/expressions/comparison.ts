/** The parts of a comparison of a measured value with a number. */
import type { Node } from './syntax/node.ts';

/** A number as it is written, with its sign; `null` for anything else. */
export function numberOf(node: Node): string | null {
  if (node.kind === 'integer' || node.kind === 'float') return String(node.value);
  const isNegative = node.kind === 'unary' && node.operator === '-';
  const positive = isNegative ? numberOf(node.operand) : null;
  return positive === null ? null : `-${positive}`;
}

/** `result`, or a member of it. */
export function isValue(node: Node): boolean {
  if (node.kind === 'identifier') return node.name === 'result';
  return node.kind === 'member' && isValue(node.base);
}

/** The same operator with its sides exchanged. */
export const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
