import { expect, test } from 'vitest';
import { growthPer10Minutes } from './memory-trend.ts';

const samples = (...mebibytes: readonly number[]) => mebibytes.map((one, minutes) => ({ minutes, mebibytes: one }));

test.each([
  { name: 'what stays the same', seen: samples(80, 80, 80), growth: 0 },
  { name: 'what grows by one each minute', seen: samples(80, 81, 82, 83), growth: 10 },
  { name: 'what shrinks', seen: samples(82, 80, 78), growth: -20 },
  { name: 'what goes up and comes down', seen: samples(80, 90, 80), growth: 0 },
  { name: 'one sample', seen: samples(80), growth: 0 },
  { name: 'no sample', seen: [], growth: 0 },
])('the growth of $name', ({ seen, growth }) => {
  expect(growthPer10Minutes(seen)).toBeCloseTo(growth);
});
