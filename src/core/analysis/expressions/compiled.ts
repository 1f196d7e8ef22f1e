/**
 * Keeps what was compiled last: a metric is judged by the same conditions at every measurement, and compiling them takes
 * longer than evaluating them.
 */
import { LRUCache } from 'lru-cache';
import { NIL } from './check/nature.ts';
import { compile } from './compile.ts';
import { type Environment, naturesOf } from './environment.ts';
import type { GoType } from './go/go-type.ts';
import { typeOf } from './go/value.ts';
import type { Tree } from './run/tree.ts';

interface Compiled {
  /** By name; `null` of nil. A tree fits these types only. */
  readonly types: ReadonlyMap<string, GoType | null>;
  readonly tree: Tree;
}

/** Enough for the conditions of a large cluster, which mostly come from few templates. */
const KEPT = 200;
/** A longer text is compiled each time, so that what is kept stays small. */
const LONGEST_KEPT = 1_000;

const kept = new LRUCache<string, Compiled>({ max: KEPT });

/** As `compile`, for the types of these values. A tree is never changed, so that many evaluations can share it. */
export function compiled(text: string, environment: Environment): Tree {
  const known = kept.get(text);
  if (known !== undefined && fits(known, environment)) return known.tree;
  const tree = compile(text, naturesOf(environment, NIL));
  if (text.length <= LONGEST_KEPT) kept.set(text, { types: typesOf(environment), tree });
  return tree;
}

function typesOf(environment: Environment): Compiled['types'] {
  return new Map([...environment].map(([name, value]) => [name, typeOf(value)]));
}

/** Each type exists once, so the same type is the identical one. */
function fits({ types }: Compiled, environment: Environment): boolean {
  if (types.size !== environment.size) return false;
  for (const [name, value] of environment) if (types.get(name) !== typeOf(value)) return false;
  return true;
}
