import { expect, test } from 'vitest';
import { FIGURES, targetOf } from './figures.ts';
import { crowdOf } from './crowd.ts';
import { median } from './times.ts';
import { loadDuring, machineSeconds } from './usage.ts';

test('a size has the target of the largest size that it reaches', () => {
  const figure = FIGURES.find(({ name }) => name === 'peak memory, MiB') ?? { name: '', of: () => 0 };
  const targets = [60, 500, 1_999, 2_000, 12_000].map((size) => targetOf(figure, size));
  expect(targets).toEqual([undefined, { ratio: 0.8 }, { ratio: 0.8 }, { ratio: 0.6 }, { limit: 600 }]);
});

test('every figure has a name of its own', () => {
  expect(new Set(FIGURES.map(({ name }) => name)).size).toBe(FIGURES.length);
});

test.each([
  { size: 500, lone: 20, each: 20, burst: 420 },
  { size: 100, lone: 20, each: 5, burst: 80 },
  { size: 10, lone: 20, each: 0, burst: 10 },
  { size: 500, lone: 0, each: 0, burst: 500 },
])('of $size Rollouts $burst change at once, and $each of each kind by themselves', ({ size, lone, each, burst }) => {
  const crowd = crowdOf(size, lone);
  expect([crowd.changed, crowd.aborted, crowd.promoted, crowd.quiet].map(({ length }) => length)).toEqual(
    Array.from({ length: 4 }, () => each),
  );
  expect(crowd.burst).toHaveLength(burst);
  const parts = [crowd.changed, crowd.aborted, crowd.promoted, crowd.quiet, crowd.burst].flat();
  expect(new Set(parts)).toEqual(new Set(crowd.all));
});

test.each([
  { name: 'an odd number', numbers: [9, 1, 4], expected: 4 },
  { name: 'an even number', numbers: [9, 1, 4, 5], expected: 4.5 },
  { name: 'none', numbers: [], expected: Number.NaN },
])('the median of $name', ({ numbers, expected }) => {
  expect(median(numbers)).toBe(expected);
});

test('the machine is busy in user, nice, system and interrupts, and idle in the rest', () => {
  expect(machineSeconds('cpu  100 20 30 9999 888 4 6 777 0 0\ncpu0 1 2 3\n')).toBe(1.6);
});

test('the load of a bench is the least and the most of its stretches, and the share of the others', () => {
  const usage = { controller: 1, controlPlane: 2, kubelet: 0, bench: 0 };
  const { load } = loadDuring([
    { ...usage, seconds: 10, others: 4, load: 3 },
    { ...usage, seconds: 10, others: 0, load: 7.5 },
  ]);
  expect(load).toEqual([3, 7.5]);
});
