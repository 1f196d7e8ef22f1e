/** Evaluates an expression that names a time, such as `now() - duration("1h")` (specification, B.10). */
import { timeEnvironment } from './environment.ts';
import { outcomeOf } from './evaluate.ts';
import { typeName } from './go/value.ts';

/** Both times in milliseconds since the epoch. */
export function evaluateTime(text: string, now: number): { readonly time: number } | { readonly problem: string } {
  const outcome = outcomeOf(text, timeEnvironment(), now);
  if ('problem' in outcome) return { problem: outcome.problem };
  const { value } = outcome;
  if (typeof value === 'object' && value?.kind === 'time') return { time: Number(value.nanos / 1_000_000n) };
  return { problem: `expected time.Time, but got ${typeName(value)}` };
}
