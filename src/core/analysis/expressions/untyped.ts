/**
 * Evaluates an expression of which nothing is known before it runs, as the `when` of a notification: every name may be
 * used, and one that stands for nothing is nil.
 */
import { UNKNOWN, type Nature } from './check/nature.ts';
import type { EnvironmentNatures } from './check/scope.ts';
import { compile } from './compile.ts';
import type { Environment } from './environment.ts';
import { outcomeOf, type Problem } from './evaluate.ts';
import { createBudget } from './go/budget.ts';
import type { Value } from './go/value.ts';

class AnyName extends Map<string, Nature> {
  override get(): Nature {
    return UNKNOWN;
  }
}

const ANY_NAME: EnvironmentNatures = new AnyName();

/** The value, or why there is none. `now` in milliseconds since the epoch; nothing is thrown for a bad expression. */
export function evaluateUntyped(
  text: string,
  environment: Environment,
  now: number,
): { readonly value: Value } | Problem {
  return outcomeOf(text, environment, now, createBudget(), (source) => compile(source, ANY_NAME));
}
