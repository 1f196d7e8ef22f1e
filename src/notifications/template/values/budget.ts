/** What one rendering may use, so that a template cannot hold up the process. */
import type { Budget } from '../../../core/analysis/expressions/go/budget.ts';
import { TemplateProblem } from './problem.ts';

/** Nodes, elements, and pieces of text; about a tenth of a second. */
const STEPS = 1_000_000;
const CHARACTERS_A_STEP = 16;
/** Elements of lists and maps that are made. */
const MEMORY = 1_000_000;

/** Each function throws once the budget is used up. */
export function createTemplateBudget(): Budget {
  let steps = 0;
  let memory = 0;
  const spend = (count: number): void => {
    steps += count;
    if (!(steps <= STEPS)) throw new TemplateProblem('the template takes too many steps');
  };
  return {
    spend,
    spendText: (characters) => spend(Math.ceil(characters / CHARACTERS_A_STEP)),
    grow: (size) => {
      memory += size;
      if (!(memory <= MEMORY)) throw new TemplateProblem('the template makes too large lists');
    },
  };
}
