/** What the two conditions of a metric make of a measured value (specification, B.4). */
import { describe, expect, test } from 'vitest';
import { judge } from '../../../../src/core/analysis/expressions/judge.ts';
import type { Json } from '../../../../src/kube/json.ts';
import type { MetricValue } from '../../../../src/core/analysis/metric-value.ts';

const ONE: MetricValue = { type: 'floats', values: [1] };
const EMPTY: MetricValue = { type: 'floats', values: [] };
const NIL: MetricValue = { type: 'nil' };
const NO_DATA = 'metric result is nil or empty: no data returned from the metric provider';

describe('a measurement', () => {
  test.each([
    ['without conditions is successful', '', '', 'Successful'],
    ['is successful when the success condition holds', 'result[0] == 1', '', 'Successful'],
    ['fails when the success condition does not hold', 'result[0] == 2', '', 'Failed'],
    ['fails when the failure condition holds', '', 'result[0] == 1', 'Failed'],
    ['is successful when the failure condition does not hold', '', 'result[0] == 2', 'Successful'],
    ['fails when both hold', 'true', 'true', 'Failed'],
    ['fails when only the failure condition holds', 'false', 'true', 'Failed'],
    ['is successful when only the success condition holds', 'true', 'false', 'Successful'],
    ['is inconclusive when neither holds', 'false', 'false', 'Inconclusive'],
  ])('%s', (_, successCondition, failureCondition, phase) => {
    expect(judge({ successCondition, failureCondition }, ONE, 0)).toEqual({ phase });
  });

  test('that is not a number is inconclusive', () => {
    const conditions = { successCondition: 'result[0] >= 0.95', failureCondition: 'result[0] < 0.9' };
    expect(judge(conditions, { type: 'floats', values: [Number.NaN] }, 0)).toEqual({ phase: 'Inconclusive' });
  });
});

test('one condition judges results of all types, each as if it were the first', () => {
  const successful = { phase: 'Successful' };
  const wrong = (types: string) => ({
    phase: 'Error',
    message: expect.stringContaining(`invalid operation: > (mismatched types ${types} and int)`) as string,
  });
  const expected = [wrong('string'), { phase: 'Failed' }, wrong('[]interface {}'), successful];
  const values = ['a', 1, [1], 2] as const;
  const judged = (successCondition: string, value: Json) => judge({ successCondition }, { type: 'json', value }, 0);
  expect(values.map((value) => judged('result >   1', value))).toEqual(expected);
  // Another text, which nothing is kept of yet.
  expect(values.toReversed().map((value) => judged('result >    1', value))).toEqual(expected.toReversed());
});

describe('an error', () => {
  test.each([
    ['of the success condition names it', 'result > 1', 'true', 'successCondition "result > 1"'],
    ['of the failure condition names it', 'true', 'result > 1', 'failureCondition "result > 1"'],
    ['of both names the success condition', 'result > 1', 'result > 2', 'successCondition "result > 1"'],
  ])('%s', (_, successCondition, failureCondition, named) => {
    expect(judge({ successCondition, failureCondition }, ONE, 0)).toEqual({
      phase: 'Error',
      message: `could not evaluate ${named}: invalid operation: > (mismatched types []float64 and int)`,
    });
  });

  test.each([
    ['an index into an empty list', EMPTY, 'result[0] > 1', NO_DATA],
    ['an index into an empty JSON list', { type: 'json', value: [] } as const, 'result[0].n > 1', NO_DATA],
    ['the greatest of an empty list', EMPTY, 'max(result) > 1', NO_DATA],
    ['a comparison of nil', NIL, 'result > 1', NO_DATA],
    ['a member of nil', NIL, 'result.errors == 0', NO_DATA],
    ['an index into JSON null', { type: 'json', value: null } as const, 'result[0] > 1', NO_DATA],
    ['nil that is neither true nor false', NIL, 'result', NO_DATA],
    ['no records', { type: 'records', values: [] } as const, 'result[0] > 1', NO_DATA],
    ['a mistake in the syntax on an empty list', EMPTY, 'result[0] >', 'unexpected token EOF'],
    ['a name that does not exist on nil', NIL, 'resutl > 1', 'unknown name resutl'],
    [
      'a mistake in the types on nil',
      NIL,
      'result == nil && 1 > "a"',
      'invalid operation: > (mismatched types int and string)',
    ],
    [
      'a mistake in the types on an empty list',
      EMPTY,
      'result == 1',
      'invalid operation: == (mismatched types []float64 and int)',
    ],
    [
      'a text that is no number, on an empty list',
      EMPTY,
      'asInt("x") > len(result)',
      'strconv.ParseInt: parsing "x": invalid syntax',
    ],
    ['an outcome that is no truth value, on an empty list', EMPTY, 'len(result)', 'expected bool, but got int'],
    ['an index that is too large, with data', ONE, 'result[1] > 1', 'index out of range: 1 (array length is 1)'],
    [
      'an empty list within the result',
      { type: 'json', value: { list: [] } } as const,
      'result.list[0] > 1',
      'index out of range: 0 (array length is 0)',
    ],
  ])('for %s', (_, result, successCondition, cause) => {
    expect(judge({ successCondition }, result, 0)).toEqual({
      phase: 'Error',
      message: `could not evaluate successCondition "${successCondition}": ${cause}`,
    });
  });
});
