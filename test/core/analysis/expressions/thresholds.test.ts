/** Which lines a chart of a measured value gets, and which side of them is good. */
import { expect, test } from 'vitest';
import { thresholdsIn } from '../../../../src/core/analysis/expressions/thresholds.ts';

test.each([
  ['result < 0.05', true, ['below 0.05: result < 0.05']],
  ['result < 0.05', false, ['above 0.05: result < 0.05']],
  ['result[0] >= 0.95', true, ['above 0.95: result[0] >= 0.95']],
  ['0.95 <= result[0]', true, ['above 0.95: result[0] >= 0.95']],
  ['result.errors > -2', false, ['below -2: result.errors > -2']],
  ['asFloat(result) <= 1', true, ['below 1: asFloat(result) <= 1']],
  ['default(result, 0) < 5', true, ['below 5: default(result) < 5']],
  ['result > 1 && result < 3', true, ['above 1: result > 1', 'below 3: result < 3']],
  ['isNaN(result) || result > 3', false, ['below 3: result > 3']],
  ['!(result > 3)', true, ['below 3: result > 3']],
  ['result == 3', true, []],
  ['len(result) > 3', true, []],
  ['other > 3', true, []],
  ['result > limit', true, []],
  ['result >', true, []],
  ['', true, []],
])('%s, good when true: %s', (condition, isGood, expected) => {
  const shown = thresholdsIn(condition, isGood).map(({ value, good, text }) => `${good} ${value}: ${text}`);
  expect(shown).toEqual(expected);
});
