/** What is in force at a position of the list of steps (spec 5.1, 8.3). */
import { describe, expect, test } from 'vitest';
import type { CanaryStep } from '../../../../src/api/schema/steps.ts';
import { headerRoutesAt, scaleAt, weightAt } from '../../../../src/core/strategies/canary/steps.ts';

describe('weightAt', () => {
  const steps: CanaryStep[] = [{ pause: {} }, { setWeight: 20 }, { pause: {} }, { setWeight: 0 }, { setWeight: 70 }];
  test.each([
    { index: -1, weight: null },
    { index: 0, weight: null },
    { index: 1, weight: 20 },
    { index: 2, weight: 20 },
    { index: 3, weight: 0 },
    { index: 4, weight: 70 },
    { index: 5, weight: 70 },
  ])('$index → $weight', ({ index, weight }) => {
    expect(weightAt(steps, index)).toBe(weight);
  });

  test('without steps there is none', () => {
    expect(weightAt([], 0)).toBeNull();
  });
});

describe('scaleAt', () => {
  const steps: CanaryStep[] = [
    { setWeight: 10 },
    { setCanaryScale: { weight: 25 } },
    { setWeight: 50 },
    { setCanaryScale: { replicas: 3 } },
    { setCanaryScale: { matchTrafficWeight: true } },
    { pause: {} },
    { setCanaryScale: {} },
    { setCanaryScale: { matchTrafficWeight: false, weight: 30, replicas: 2 } },
  ];
  test.each([
    { index: 0, scale: null },
    { index: 1, scale: { weight: 25 } },
    { index: 2, scale: { weight: 25 } },
    { index: 3, scale: { replicas: 3 } },
    { index: 4, scale: null },
    { index: 5, scale: null },
    // Neither a number nor a share: as good as none, and yet it hides the ones before.
    { index: 6, scale: {} },
    { index: 7, scale: { matchTrafficWeight: false, weight: 30, replicas: 2 } },
  ])('$index → $scale', ({ index, scale }) => {
    expect(scaleAt(steps, index)).toEqual(scale);
  });
});

describe('headerRoutesAt', () => {
  const testers = [{ headerName: 'X-Tester', headerValue: { exact: 'yes' } }];
  const staff = [{ headerName: 'X-Staff', headerValue: { prefix: 'a' } }];
  const steps: CanaryStep[] = [
    { setWeight: 10 },
    { setHeaderRoute: { name: 'testers', match: testers } },
    { setHeaderRoute: { name: 'staff', match: staff } },
    { pause: {} },
    { setHeaderRoute: { name: 'testers', match: staff } },
    { setHeaderRoute: { name: 'staff' } },
    { setHeaderRoute: { name: 'testers', match: [] } },
    { pause: {} },
  ];
  test.each([
    { index: 0, routes: [] },
    { index: 1, routes: [{ name: 'testers', matches: testers }] },
    {
      index: 3,
      routes: [
        { name: 'testers', matches: testers },
        { name: 'staff', matches: staff },
      ],
    },
    {
      index: 4,
      routes: [
        { name: 'staff', matches: staff },
        { name: 'testers', matches: staff },
      ],
    },
    { index: 5, routes: [{ name: 'testers', matches: staff }] },
    { index: 6, routes: [] },
    { index: 7, routes: [] },
  ])('step $index', ({ index, routes }) => {
    expect(headerRoutesAt(steps, index)).toEqual(routes);
  });

  test('the end of the steps switches every route off', () => {
    expect(headerRoutesAt(steps.slice(0, 4), 4)).toEqual([]);
  });
});
