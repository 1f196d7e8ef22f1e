/** Expressions that name a time. */
import { expect, test } from 'vitest';
import { evaluateTime } from '../../../../src/core/analysis/expressions/time-expression.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

test.each([
  ['now', 'now()', NOW],
  ['an hour ago', 'now() - duration("1h")', NOW - 3_600_000],
  ['yesterday by the calendar', 'now().AddDate(0, 0, -1)', NOW - 86_400_000],
  ['the whole hour', 'now().Truncate(duration("1h"))', Date.UTC(2026, 0, 2, 3)],
  ['a date', 'date("2024-02-29")', Date.UTC(2024, 1, 29)],
])('%s', (_, text, time) => {
  expect(evaluateTime(text, NOW)).toEqual({ time });
});

test.each([
  ['a duration', 'duration("1h")', 'expected time.Time, but got time.Duration'],
  ['the result of a metric', 'result', 'unknown name result'],
  ['nothing', '', 'unexpected token EOF'],
  ['a date that does not exist', 'date("2023-02-30")', 'invalid date 2023-02-30'],
])('%s is none', (_, text, problem) => {
  expect(evaluateTime(text, NOW)).toEqual({ problem });
});
