/**
 * Templates of notifications: Go's text/template with those functions of sprig that notifications use. What a rendering
 * may use is bounded.
 */
import { fromBytes } from '../../core/analysis/expressions/go/byte-text.ts';
import type { Value } from '../../core/analysis/expressions/go/value.ts';
import { isFunction } from './functions/functions.ts';
import { run } from './run/evaluator.ts';
import type { Template } from './syntax/node.ts';
import { parse } from './syntax/parser.ts';
import { createTemplateBudget } from './values/budget.ts';
import { TemplateProblem } from './values/problem.ts';

const NANOS = 1_000_000n;

/** The text, or what is wrong, with its line. `now` in milliseconds since the epoch; nothing is thrown for a bad template. */
export function render(
  source: string,
  data: Value,
  now: number,
): { readonly text: string } | { readonly problem: string } {
  try {
    const template: Template = parse(source, isFunction);
    const surroundings = { budget: createTemplateBudget(), now: BigInt(Math.trunc(now)) * NANOS };
    return { text: fromBytes(run(template, data, surroundings)) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

function problemOf(error: unknown): string {
  if (error instanceof TemplateProblem)
    return error.line === null ? error.message : `line ${error.line}: ${error.message}`;
  // The engine's own limit.
  if (error instanceof RangeError) return 'the template is nested too deeply, or too large';
  throw error;
}
