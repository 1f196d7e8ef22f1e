import { expect, test } from 'vitest';
import { ageText, spanText } from '../../../src/core/view/age.ts';

const [S, M, H, D] = [1000, 60_000, 3_600_000, 86_400_000] as const;

test.each([
  [-5 * S, '0s'],
  [0, '0s'],
  [119 * S, '119s'],
  [2 * M, '2m'],
  [5 * M + 30 * S, '5m30s'],
  [10 * M + 30 * S, '10m'],
  [179 * M, '179m'],
  [3 * H, '3h'],
  [5 * H + 20 * M, '5h20m'],
  [30 * H, '30h'],
  [3 * D + 4 * H, '3d4h'],
  [300 * D, '300d'],
  [(3 * 365 + 30) * D, '3y30d'],
  [9 * 365 * D, '9y'],
])('%i ms: %s', (ms, text) => {
  expect(spanText(ms)).toBe(text);
});

test('an age that is not known is left out', () => {
  expect(ageText(null, 0)).toBe('');
  expect(ageText(1000, 4000)).toBe('3s');
});
