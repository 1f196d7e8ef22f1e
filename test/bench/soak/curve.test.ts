import { expect, test } from 'vitest';
import { curve } from './curve.ts';

test('a curve begins at nothing, so that what grows by a little looks flat', () => {
  const points = [
    { minutes: 0, value: 100 },
    { minutes: 10, value: 101 },
  ];
  const svg = curve('memory', 'MiB', [{ name: 'heap', color: '#000', points }], [5]);
  const [, drawn = ''] = /points="([^"]*)"/.exec(svg) ?? [];
  const heights = drawn.split(' ').map((point) => Number(point.split(',')[1]));
  expect(heights).toHaveLength(2);
  expect(Math.abs((heights[0] ?? 0) - (heights[1] ?? 0))).toBeLessThan(3);
  expect(svg).toContain('stroke-dasharray');
});

test('a curve of nothing has no line and no broken number', () => {
  expect(curve('memory', 'MiB', [], [])).not.toMatch(/NaN|Infinity|polyline/);
});
