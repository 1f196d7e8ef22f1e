/** When a proxy was later than it may be, and the clock that its beats are. */
import { expect, test } from 'vitest';
import { beatsBetween, digitsOf, lastWhere, lateSpells, upTo } from './pulse.ts';

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

test('the clock counts the beats that were written after one moment and acted on before the other', () => {
  const beats = [0, 1_000, 2_000, 3_000, 4_000].map((writtenAt) => ({ writtenAt, seenAt: writtenAt + 1_500 }));
  expect(beatsBetween(beats, 500, 5_000)).toBe(3);
  expect(beatsBetween(beats, 0, 2_500)).toBe(0);
});

test.for([0, 1, 9, 10, 99, 100, 347, 1_000, 1_009, 1_210])(
  'the pattern of %i matches all numbers up to it alone',
  (last) => {
    const pattern = new RegExp(upTo(last));
    const matched = Array.from({ length: 1_300 }, (_, number) => number).filter((number) =>
      pattern.test(digitsOf(number)),
    );
    expect(matched).toEqual(Array.from({ length: last + 1 }, (_, number) => number));
  },
);

test.for([
  { last: 40, of: 100, found: 40 },
  { last: 100, of: 100, found: 100 },
  { last: 0, of: 100, found: undefined },
  { last: 1, of: 1, found: 1 },
  { last: 1, of: 0, found: undefined },
])('the last of $of numbers that is known, $last, is found with few questions', async ({ last, of, found }) => {
  const asked: number[] = [];
  const numbers = Array.from({ length: of }, (_, index) => index + 1);
  const holds = async (number: number): Promise<boolean> => asked.push(number) > 0 && number <= last;
  expect(await lastWhere(numbers, holds)).toBe(found);
  expect(asked.length).toBeLessThanOrEqual(7);
});
