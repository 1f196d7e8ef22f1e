/** Every function that a template can call; those of sprig take precedence over those of text/template. */
import { TemplateProblem } from '../values/problem.ts';
import { BUILTINS } from './builtins.ts';
import { COLLECTIONS } from './collections.ts';
import { NUMBERS } from './numbers.ts';
import { func, textAt, type TemplateFunction, type TemplateFunctions } from './signature.ts';
import { TEXTS } from './texts.ts';
import { TIMES } from './times.ts';
import { fromBytes } from '../../../core/analysis/expressions/go/byte-text.ts';

const FUNCTIONS: TemplateFunctions = {
  ...BUILTINS,
  ...TEXTS,
  ...NUMBERS,
  ...COLLECTIONS,
  ...TIMES,
  date_in_zone: TIMES['dateInZone'] as TemplateFunction,
  tuple: COLLECTIONS['list'] as TemplateFunction,
  fail: func(['string'], (args) => {
    throw new TemplateProblem(fromBytes(textAt(args, 0)));
  }),
};

/** They look at one argument after the other, so the evaluator has them. */
const LAZY = ['and', 'or'];

export const FUNCTION_NAMES: readonly string[] = [...LAZY, ...Object.keys(FUNCTIONS)].toSorted();

export function functionNamed(name: string): TemplateFunction | null {
  return Object.hasOwn(FUNCTIONS, name) ? (FUNCTIONS[name] ?? null) : null;
}

export function isFunction(name: string): boolean {
  return FUNCTION_NAMES.includes(name);
}
