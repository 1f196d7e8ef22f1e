/** A checked tree that is rewritten: what is known of a node is known of what takes its place. */
import { ANY, type GoType } from '../go/go-type.ts';
import { natureOf, type Nature } from '../check/nature.ts';
import { withChildren } from '../syntax/children.ts';
import type { Node } from '../syntax/node.ts';

export interface Tree {
  readonly root: Node;
  readonly natures: ReadonlyMap<Node, Nature>;
}

/** Notes what is known of a node that is new. */
export type Note = (node: Node, nature: Nature) => void;

/** What takes a node's place; the node itself if nothing does. Its parts have been replaced before. */
export type Rule = (node: Node, typeOf: (node: Node) => GoType, note: Note) => Node;

/** The tree with a rule applied to each node, from the leaves up. */
export function rewritten({ root, natures }: Tree, rule: Rule): Tree {
  const known = new Map(natures);
  const replaced = new Map<Node, Node>();
  const typeOf = (node: Node): GoType => known.get(node)?.type ?? ANY;
  const note: Note = (node, nature) => known.set(node, nature);
  const visit = (node: Node): Node => {
    const found = replaced.get(node);
    if (found !== undefined) return found;
    let changed = false;
    const rebuilt = withChildren(node, (part) => {
      const next = visit(part);
      changed ||= next !== part;
      return next;
    });
    const current = changed ? rebuilt : node;
    const nature = known.get(node);
    if (changed && nature !== undefined) known.set(current, nature);
    const result = rule(current, typeOf, note);
    // Of a node that was replaced the type is still known, unless the rule knows better.
    if (result !== current && !known.has(result)) known.set(result, natureOf(typeOf(current)));
    replaced.set(node, result);
    return result;
  };
  return { root: visit(root), natures: known };
}
