/** When a proxy was later than it may be. */
import { expect, test } from 'vitest';
import { lateSpells } from './pulse.ts';

test.for([
  { name: 'in time', seenAfter: [0, 2_000, 5_000], late: [] },
  { name: 'so late that a write just before the beat was too late', seenAfter: [5_001], late: [[15_000, 15_001]] },
  {
    name: 'late for a while',
    seenAfter: [9_000, 8_000, 1_000],
    late: [
      [15_000, 19_000],
      [16_000, 19_000],
    ],
  },
])('$name', ({ seenAfter, late }) => {
  const beats = seenAfter.map((ms, index) => {
    const writtenAt = 10_000 + 1_000 * index;
    return { writtenAt, seenAt: writtenAt + ms };
  });
  expect(lateSpells(beats, 6_000)).toEqual(late.map(([fromMs, toMs]) => ({ fromMs, toMs })));
});
