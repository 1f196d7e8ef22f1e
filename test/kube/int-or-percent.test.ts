import { describe, expect, test } from 'vitest';
import { isLiterallyZero, resolveIntOrPercent, surgeAndUnavailable } from '../../src/kube/int-or-percent.ts';

describe('resolving', () => {
  test.each([
    { value: 3, total: 10, up: 3, down: 3 },
    { value: 0, total: 10, up: 0, down: 0 },
    { value: '25%', total: 10, up: 3, down: 2 },
    { value: '25', total: 10, up: 3, down: 2 },
    { value: '1', total: 10, up: 1, down: 0 },
    { value: '100%', total: 7, up: 7, down: 7 },
    { value: '150%', total: 3, up: 5, down: 4 },
    { value: '0%', total: 3, up: 0, down: 0 },
    { value: '7%', total: 100, up: 7, down: 7 },
    { value: '25%', total: 0, up: 0, down: 0 },
    { value: 'many', total: 10, up: 0, down: 0 },
    { value: '1.5%', total: 100, up: 0, down: 0 },
    { value: ' 5%', total: 100, up: 0, down: 0 },
    { value: '', total: 100, up: 0, down: 0 },
    { value: 1.5, total: 100, up: 0, down: 0 },
    { value: undefined, total: 10, up: 5, down: 5 },
    { value: undefined, total: 3, up: 2, down: 1 },
  ])('$value of $total, 50 when absent: $up up, $down down', ({ value, total, up, down }) => {
    expect(resolveIntOrPercent(value, total, 'up', '50')).toBe(up);
    expect(resolveIntOrPercent(value, total, 'down', '50')).toBe(down);
  });
});

test.each([
  { value: 0, isZero: true },
  { value: '0', isZero: true },
  { value: '0%', isZero: true },
  { value: '00%', isZero: true },
  { value: 1, isZero: false },
  { value: '1%', isZero: false },
  { value: 'none', isZero: false },
  { value: '', isZero: false },
  { value: undefined, isZero: false },
])('$value is literally zero: $isZero', ({ value, isZero }) => {
  expect(isLiterallyZero(value)).toBe(isZero);
});

describe('surge and unavailable', () => {
  test.each([
    {
      name: 'the defaults of 10 pods',
      maxSurge: undefined,
      maxUnavailable: undefined,
      replicas: 10,
      surge: 3,
      unavailable: 2,
    },
    {
      name: 'the defaults of one pod',
      maxSurge: undefined,
      maxUnavailable: undefined,
      replicas: 1,
      surge: 1,
      unavailable: 0,
    },
    {
      name: 'the defaults of no pod',
      maxSurge: undefined,
      maxUnavailable: undefined,
      replicas: 0,
      surge: 0,
      unavailable: 0,
    },
    {
      name: 'shares that both come out as zero',
      maxSurge: 0,
      maxUnavailable: '1%',
      replicas: 10,
      surge: 0,
      unavailable: 1,
    },
    { name: 'unreadable values', maxSurge: 'x', maxUnavailable: 'y', replicas: 10, surge: 0, unavailable: 1 },
    { name: 'more unavailable than there are', maxSurge: 1, maxUnavailable: 5, replicas: 3, surge: 1, unavailable: 3 },
    { name: 'more surge than there are', maxSurge: 5, maxUnavailable: 0, replicas: 3, surge: 5, unavailable: 0 },
  ])('$name: $surge and $unavailable', ({ maxSurge, maxUnavailable, replicas, surge, unavailable }) => {
    expect(surgeAndUnavailable(maxSurge, maxUnavailable, replicas)).toEqual({ surge, unavailable });
  });
});
