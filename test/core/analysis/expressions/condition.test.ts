/** What becomes of conditions. The table is held against the real library, too (test/contracts/expressions). */
import { describe, expect, test } from 'vitest';
import { evaluateCondition } from '../../../../src/core/analysis/expressions/condition.ts';
import { CASES, shownResult } from '../../../contracts/expressions/cases/cases.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const rows = CASES.map((one) => ({ ...one, shown: shownResult(one.result) }));

test.each(rows)('$expression on $shown: $outcome', ({ expression, result, outcome }) => {
  const found = evaluateCondition(expression, result, NOW);
  expect('problem' in found ? found.problem : found.value).toBe(outcome);
});

describe('the place of a problem', () => {
  test.each([
    ['a single line', 'result[0] == "a"', 'result[0] == "a"', '..........^', '1:11'],
    ['the second line', 'true &&\n\tresult[0] == "a"', ' result[0] == "a"', '...........^', '2:12'],
    [
      'characters that take more than a byte',
      '"ü" == "ü" && resutl',
      '"ü" == "ü" && resutl',
      '..............^',
      '1:15',
    ],
  ])('is shown in %s', (_, text, line, mark, place) => {
    const found = evaluateCondition(text, { type: 'floats', values: [1] }, NOW);
    const problem = 'problem' in found ? found.problem : '';
    expect(found).toMatchObject({ full: `${problem} (${place})\n | ${line}\n | ${mark}` });
  });
});

test('the current time is the one that is handed in', () => {
  const condition =
    'now().Unix() == 1767323045 && now().Format("2006-01-02 15:04:05 MST") == "2026-01-02 03:04:05 UTC"';
  expect(evaluateCondition(condition, { type: 'nil' }, NOW)).toEqual({ value: true });
});

describe('what the library does wrong is right here', () => {
  test.each([
    ['a findLast on the right of an operator', '2 == findLast([1, 2], # > 1)'],
    ['a findLastIndex as the second argument', 'max(0, findLastIndex([1, 2], # > 0)) == 1'],
    ['the last one of a filter', '1 < filter([1, 2], # > 0)[-1]'],
    ['a call at the end of a chain that ended before', '"a" == (result.none?.Format("x") ?? "a")'],
  ])('%s', (_, condition) => {
    expect(evaluateCondition(condition, { type: 'json', value: {} }, NOW)).toEqual({ value: true });
  });
});
