/** Makes of a text the tree that is evaluated: read, checked against the types of the environment, and rewritten. */
import { compilePattern } from '../pattern.ts';
import { check } from './check/checker.ts';
import type { EnvironmentNatures } from './check/scope.ts';
import { fromBytes } from './go/byte-text.ts';
import { ExpressionProblem } from './go/problem.ts';
import { folded } from './run/fold.ts';
import { constantSets, shortened } from './run/shortcuts.ts';
import { rewritten, type Tree } from './run/tree.ts';
import { childrenOf } from './syntax/children.ts';
import type { Node } from './syntax/node.ts';
import { parse } from './syntax/parser.ts';

/** Throws what is wrong with the syntax, or with the types. */
export function compile(text: string, environment: EnvironmentNatures): Tree {
  const root = parse(text);
  const { natures, floats } = check(root, environment);
  const plain: Tree = { root, natures };
  const withFloats = rewritten(plain, (node) =>
    node.kind === 'integer' && floats.has(node) ? { kind: 'float', value: Number(node.value), at: node.at } : node,
  );
  const constant = folded(rewritten(withFloats, constantSets));
  checkPatterns(constant.root);
  return shortened(constant);
}

/** A pattern that has been put together from constants has to be one, too. */
function checkPatterns(node: Node): void {
  if (node.kind === 'binary' && node.operator === 'matches' && node.right.kind === 'string') {
    const pattern = compilePattern(fromBytes(node.right.value));
    if ('problem' in pattern) throw new ExpressionProblem(pattern.problem, node.at);
  }
  for (const part of childrenOf(node)) checkPatterns(part);
}
