/**
 * What one evaluation may use. An expression of a user cannot hold up the process: every step counts, and so does every
 * piece of a text or list that is looked at or made.
 */
import { ExpressionProblem } from './problem.ts';

/** Nodes evaluated, elements visited, and pieces of text; about a tenth of a second. */
const STEPS = 2_000_000;
/** Elements of lists and maps, and repeated characters, as expr-lang counts them. */
const MEMORY = 1_000_000;
const CHARACTERS_A_STEP = 16;
/** No value may be nested deeper than this. */
const DEEPEST_VALUE = 500;

export interface Budget {
  readonly spend: (steps: number) => void;
  /** Text of this length is read or made. */
  readonly spendText: (characters: number) => void;
  /** A list or map of this size is made. */
  readonly grow: (size: number) => void;
}

/** Each function throws once the budget is used up. */
export function createBudget(): Budget {
  let steps = 0;
  let memory = 0;
  const spend = (count: number): void => {
    steps += count;
    if (steps > STEPS) throw new ExpressionProblem('the expression takes too many steps');
  };
  return {
    spend,
    spendText: (characters) => spend(Math.ceil(characters / CHARACTERS_A_STEP)),
    grow: (size) => {
      memory += size;
      if (memory >= MEMORY) throw new ExpressionProblem('memory budget exceeded');
    },
  };
}

/** Throws when a value is nested too deeply to be walked through. */
export function checkDepth(depth: number): void {
  if (depth > DEEPEST_VALUE) throw new ExpressionProblem('recursion depth exceeded');
}
