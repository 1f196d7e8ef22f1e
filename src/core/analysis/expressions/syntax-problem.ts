/** Says of an expression that is not evaluated yet whether it can be read at all. */
import { ExpressionProblem } from './go/problem.ts';
import { withSnippet } from './place.ts';
import { parse } from './syntax/parser.ts';

const ARGUMENT = /\{\{.*?\}\}/gs;
/** What an argument can stand for: a name or a value, digits, or an operator. */
const STAND_INS = ['x', '0', '=='] as const;
/** Each argument more triples what has to be tried. */
const MOST_TRIED = 4;

/**
 * What is wrong with the syntax, with its place; `null` if nothing is. Arguments (`{{args.x}}`) may stand in it: it is
 * wrong only if no value and no operator in their places makes it right.
 */
export function syntaxProblem(text: string): string | null {
  const parts = text.split(ARGUMENT);
  const count = parts.length - 1;
  if (count === 0) return problemOf(text)?.shown ?? null;
  const [first = ''] = parts;
  const withValues = problemOf(filled(parts, 0));
  if (withValues === null) return null;
  // What is wrong before the first argument is wrong whatever it stands for.
  if (withValues.place < Array.from(first).length) return withValues.shown;
  if (count > MOST_TRIED) return null;
  const choices = Array.from({ length: STAND_INS.length ** count }, (_, choice) => choice);
  return choices.some((choice) => problemOf(filled(parts, choice)) === null) ? null : withValues.shown;
}

/** The digits of the choice, to the base of three, say what stands for each argument. */
function filled(parts: readonly string[], choice: number): string {
  const { length } = STAND_INS;
  return parts.reduce((text, part, index) => {
    const digit = Math.floor(choice / length ** (index - 1)) % length;
    return `${text}${STAND_INS[digit] ?? ''}${part}`;
  });
}

function problemOf(text: string): { readonly shown: string; readonly place: number } | null {
  try {
    parse(text);
    return null;
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    return { shown: withSnippet(error.message, text, error.place), place: error.place ?? 0 };
  }
}
