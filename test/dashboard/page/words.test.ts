/** Times, numbers and sentences as the pages have them. */
import { describe, expect, test } from 'vitest';
import { countText, percentText, valueText } from '../../../src/dashboard/page/words/numbers.ts';
import { sentenceOf } from '../../../src/dashboard/page/words/sentence.ts';
import { agoText, instantText, inText } from '../../../src/dashboard/page/words/times.ts';

// Of the time zone that the tests run in.
const NOW = new Date(2026, 0, 5, 14, 3, 20).getTime();

describe('times', () => {
  test.each([
    [NOW, '14:03:20'],
    [NOW - 3_600_000, '13:03:20'],
    [NOW - 24 * 3_600_000, '4 Jan 2026, 14:03:20'],
  ])('an instant of today has no date', (at, text) => {
    expect(instantText(at, NOW)).toBe(text);
  });

  test.each([
    [NOW - 90_000, '90s ago'],
    [NOW - 330_000, '5m30s ago'],
    [NOW + 5000, '0s ago'],
  ])('what has passed', (at, text) => {
    expect(agoText(at, NOW)).toBe(text);
  });

  test.each([
    [NOW + 600_000, 'in 10m'],
    [NOW, 'now'],
    [NOW - 1, 'now'],
  ])('what is to come', (at, text) => {
    expect(inText(at, NOW)).toBe(text);
  });
});

test.each([
  [0, '0'],
  [0.012_345, '0.01235'],
  [1234.5, '1,235'],
  [99.999, '100'],
  [0.000_012, '1.20e-5'],
  [-3, '-3'],
  [12_345_678, '1.23e+7'],
])('the value %d is %s', (value, text) => {
  expect(valueText(value)).toBe(text);
});

test('counts and percentages', () => {
  expect([countText(1, 'pod'), countText(0, 'pod'), countText(2000, 'pod')]).toEqual(['1 pod', '0 pods', '2,000 pods']);
  expect([percentText(20, 100), percentText(1, 3), percentText(5, 1000)]).toEqual(['20 %', '33.3 %', '0.5 %']);
});

test.each([
  ['', ''],
  ['there is nothing', 'There is nothing.'],
  ['Is it?', 'Is it?'],
  ['it is.', 'It is.'],
])('the sentence of "%s"', (text, sentence) => {
  expect(sentenceOf(text)).toBe(sentence);
});
