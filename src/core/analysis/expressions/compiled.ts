/**
 * Keeps what was compiled last: a metric is judged by the same conditions at every measurement, and compiling them takes
 * longer than evaluating them.
 */
import { LRUCache } from 'lru-cache';
import type { EnvironmentNatures } from './check/scope.ts';
import { compile } from './compile.ts';
import type { Tree } from './run/tree.ts';

interface Compiled {
  readonly environment: EnvironmentNatures;
  readonly tree: Tree;
}

/** Enough for the conditions of a large cluster, which mostly come from few templates. */
const KEPT = 200;
/** A longer text is compiled each time, so that what is kept stays small. */
const LONGEST_KEPT = 1_000;

const kept = new LRUCache<string, Compiled>({ max: KEPT });

/** As `compile`. A tree is never changed, so that many evaluations can share it. */
export function compiled(text: string, environment: EnvironmentNatures): Tree {
  const known = kept.get(text);
  if (known !== undefined && isAlike(known.environment, environment)) return known.tree;
  const tree = compile(text, environment);
  if (text.length <= LONGEST_KEPT) kept.set(text, { environment, tree });
  return tree;
}

/** Types exist once each, so the same type is the identical one. */
function isAlike(a: EnvironmentNatures, b: EnvironmentNatures): boolean {
  if (a.size !== b.size) return false;
  for (const [name, { type, nil }] of a) {
    const other = b.get(name);
    if (other?.type !== type || other.nil !== nil) return false;
  }
  return true;
}
