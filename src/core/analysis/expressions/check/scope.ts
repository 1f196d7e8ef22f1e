/** What the checker knows around a node. */
import { ExpressionProblem } from '../go/problem.ts';
import type { Node } from '../syntax/node.ts';
import type { Nature } from './nature.ts';

/** The names that an expression can use, with what is known of each. */
export type EnvironmentNatures = ReadonlyMap<string, Nature>;

export interface PredicateScope {
  readonly collection: Nature;
  /** `#index` and `#acc`. */
  readonly pointers: ReadonlyMap<string, Nature>;
}

export interface Checking {
  readonly environment: EnvironmentNatures;
  /** The nature of each node that has been visited. */
  readonly natures: Map<Node, Nature>;
  /** Whole numbers that stand where a float is asked for. */
  readonly floats: Set<Node>;
  readonly visit: (node: Node) => Nature;
  /** Visits with a variable, or within a predicate. */
  readonly withVariable: (name: string, nature: Nature, node: Node) => Nature;
  readonly inPredicate: (scope: PredicateScope, node: Node) => Nature;
  readonly variable: (name: string) => Nature | undefined;
  readonly predicate: () => PredicateScope | undefined;
}

export function problemAt(node: Node, message: string): ExpressionProblem {
  return new ExpressionProblem(message, node.at);
}
