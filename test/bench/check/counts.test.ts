/** That the check fails when a count grows, and says which. */
import { expect, test } from 'vitest';
import { comparison } from './counts.ts';

const HINT = '`npm run bench -- --check --accept` makes these the accepted counts.';
const accepted = { release: { requests: 45, looks: 44, 'KiB allocated': 1000 } };

test.each([
  { name: 'the same', release: { requests: 45, looks: 44, 'KiB allocated': 1000 }, lines: ['3 passed, 0 failed'] },
  {
    name: 'a request more',
    release: { requests: 46, looks: 44, 'KiB allocated': 1000 },
    lines: ['MORE: release: requests 45 → 46 (+1, +2 %)', HINT, '2 passed, 1 failed'],
  },
  {
    name: 'a request less',
    release: { requests: 44, looks: 44, 'KiB allocated': 1000 },
    lines: ['less: release: requests 45 → 44 (-1, -2 %)', HINT, '3 passed, 0 failed'],
  },
  {
    name: 'a kind of request that there was not',
    release: { requests: 45, looks: 44, 'KiB allocated': 1000, 'get pods': 2 },
    lines: ['MORE: release: get pods 0 → 2 (+2)', HINT, '3 passed, 1 failed'],
  },
  {
    name: 'as much memory as another build of V8 may take',
    release: { requests: 45, looks: 44, 'KiB allocated': 1099 },
    lines: ['3 passed, 0 failed'],
  },
  {
    name: 'more memory than that',
    release: { requests: 45, looks: 44, 'KiB allocated': 1101 },
    lines: ['MORE: release: KiB allocated 1000 → 1101 (+101, +10 %)', HINT, '2 passed, 1 failed'],
  },
])('$name', ({ release, lines }) => {
  const grown = lines.filter((line) => line.startsWith('MORE')).length;
  expect(comparison(accepted, { release })).toEqual({ lines, grown });
});

test('a part that is not played any more is not a failure, and is told', () => {
  expect(comparison(accepted, {}).lines[0]).toBe('less: release: requests 45 → 0 (-45, -100 %)');
});
