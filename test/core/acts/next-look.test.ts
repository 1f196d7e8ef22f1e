import { expect, test } from 'vitest';
import { firstAfter } from '../../../src/core/acts/next-look.ts';

test.each([
  { name: 'nothing', times: [], first: null },
  { name: 'what is due already', times: [9, 10, null], first: null },
  { name: 'the first of what is to come', times: [30, 20, 5, null], first: 20 },
  { name: 'what has no time yet', times: [Number.POSITIVE_INFINITY], first: null },
  { name: 'both', times: [Number.POSITIVE_INFINITY, 40], first: 40 },
])('$name', ({ times, first }) => {
  expect(firstAfter(10, times)).toBe(first);
});
