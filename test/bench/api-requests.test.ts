import { expect, test } from 'vitest';
import { added } from './api-requests.ts';

const patch = (name: string) => `kind="rollouts",name="${name}",namespace="shop",status_code="200",verb="Patch"`;

test('what was added is summed over the objects of a kind, and what a counter has forgotten is not taken from it', () => {
  const before = new Map([
    [patch('a'), 5],
    [patch('b'), 7],
    [patch('c'), 3],
    [patch('d'), 2],
  ]);
  const after = new Map([
    [patch('b'), 9],
    [patch('c'), 1],
    [patch('d'), 2],
    ['kind="events",name="x",namespace="shop",status_code="201",verb="Create"', 4],
  ]);
  expect(added(before, after)).toEqual({ 'Create events': 4, 'Patch rollouts': 3 });
  expect(added(before, before)).toEqual({});
});
