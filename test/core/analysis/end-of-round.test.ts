/** Metrics that are measured together stay together. */
import { expect, test } from 'vitest';
import { endedTogether } from '../../../src/core/analysis/end-of-round.ts';
import type { TakenReading } from '../../../src/core/analysis/record.ts';
import { metric } from './build-run.ts';

function endedAt(finishedAt: number): TakenReading {
  return {
    due: { metric: 'errors', index: 0, act: 'measure', number: 1 },
    metric: metric('errors'),
    startedAt: 0,
    finishedAt,
    reading: { kind: 'verdict', phase: 'Successful' },
  };
}

test.each([
  { name: 'of none there is none', ends: [], stored: [] },
  { name: 'one ends when it ends', ends: [20_400], stored: [20_400] },
  { name: 'in one second each has its own end', ends: [20_010, 20_990], stored: [20_010, 20_990] },
  {
    name: 'around the turn of a second all have the last end',
    ends: [20_995, 21_003, 20_300],
    stored: [21_003, 21_003, 21_003],
  },
  { name: 'a second apart they are apart', ends: [20_003, 21_003], stored: [20_003, 21_003] },
  { name: 'a slow one delays no other', ends: [20_010, 26_400], stored: [20_010, 26_400] },
])('$name', ({ ends, stored }) => {
  expect(endedTogether(ends.map(endedAt)).map(({ finishedAt }) => finishedAt)).toEqual(stored);
});
