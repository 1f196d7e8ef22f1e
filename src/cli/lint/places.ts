/** Where the fields of a YAML document stand in its text. */
import { isAlias, isMap, isNode, isScalar, isSeq, type Document, type Node, type YAMLMap } from 'yaml';

/** The keys and the places in lists that lead to a field. */
export type FieldPath = readonly (string | number)[];

/** Where the field begins: its key in a map, the item in a list. Of a field that is not there: the nearest one around it. */
export function offsetOf(document: Document, node: Node, path: FieldPath): number {
  let at: Node = node;
  let offset = startOf(node);
  for (const step of path) {
    const child = childAt(document, at, step);
    if (child === null) break;
    offset = startOf(child.key ?? child.value ?? at);
    if (child.value === null) break;
    at = child.value;
  }
  return offset;
}

export function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

interface Child {
  /** `null` in a list. */
  readonly key: Node | null;
  readonly value: Node | null;
}

/** One step down; `null` when there is nothing. */
export function childAt(document: Document, node: Node, step: string | number): Child | null {
  const parent = isAlias(node) ? (node.resolve(document) ?? node) : node;
  if (isSeq(parent)) {
    const value = typeof step === 'number' ? parent.items[step] : undefined;
    return isNode(value) ? { key: null, value } : null;
  }
  const pair = isMap(parent) ? pairAt(parent, String(step)) : undefined;
  if (pair === undefined) return null;
  return { key: isNode(pair.key) ? pair.key : null, value: isNode(pair.value) ? pair.value : null };
}

/** The last one counts when a key stands twice. */
function pairAt({ items }: YAMLMap, key: string): YAMLMap['items'][number] | undefined {
  return items.findLast((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}
