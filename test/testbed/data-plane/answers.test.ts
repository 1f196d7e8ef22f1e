/** Questions about what a load got. */
import { expect, test } from 'vitest';
import { Answers } from './answers.ts';

test.for([
  { percent: 50, tookMs: [3, 1, 2], withinMs: 2 },
  { percent: 99, tookMs: Array.from({ length: 100 }, (_, index) => 100 - index), withinMs: 99 },
  { percent: 99, tookMs: [7], withinMs: 7 },
  { percent: 99, tookMs: [], withinMs: NaN },
])('$percent % of answers that took $tookMs ms came within $withinMs ms', ({ percent, tookMs, withinMs }) => {
  const answers = tookMs.map((ms) => ({ sentAt: 1_000, doneAt: 1_000 + ms, status: 200, version: '1', fresh: false }));
  expect(new Answers(answers).withinMs(percent)).toBe(withinMs);
});
