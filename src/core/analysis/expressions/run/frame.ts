/** What is around a node while it is evaluated. */
import type { Nature } from '../check/nature.ts';
import type { Surroundings } from '../builtins/builtin.ts';
import type { Value } from '../go/value.ts';
import type { Pattern } from '../../pattern.ts';
import type { Node } from '../syntax/node.ts';

/** Of one evaluation. */
export interface Run extends Surroundings {
  readonly environment: ReadonlyMap<string, Value>;
  /** The environment as one value, `$env`. */
  readonly environmentMap: Value;
  readonly natures: ReadonlyMap<Node, Nature>;
  readonly patterns: Map<string, Pattern>;
  /** Where in the source it is, for messages. */
  at: number;
}

export interface Loop {
  readonly collection: Collection;
  index: number;
  accumulated: Value;
}

/** The elements that a predicate is asked about: of a list, or the bytes of a text. */
export interface Collection {
  readonly length: number;
  readonly at: (index: number) => Value;
}

/** Variables and the innermost loop. */
export interface Frame {
  readonly variable: { readonly name: string; readonly value: Value; readonly outer: Frame['variable'] } | null;
  readonly loop: Loop | null;
}

export type Evaluate = (node: Node, frame: Frame) => Value;
