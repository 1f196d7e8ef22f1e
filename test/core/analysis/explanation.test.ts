/** Why a value was bad, in a sentence. */
import { expect, test } from 'vitest';
import type { MetricResult } from '../../../src/api/schema/analysis-run.ts';
import type { AnalysisOutcome } from '../../../src/api/words/reasons.ts';
import { explanation } from '../../../src/core/analysis/explanation.ts';
import type { Metric } from '../../../src/core/analysis/provider.ts';
import { metric } from './build-run.ts';

interface Row {
  readonly name: string;
  readonly metric: Partial<Metric>;
  readonly outcome?: AnalysisOutcome;
  readonly result?: Partial<MetricResult>;
  readonly measured?: { readonly value?: string; readonly message?: string; readonly phase?: string };
  readonly says: string | null;
}

const FAILURE = { failureCondition: 'result > 0.05', failureLimit: 1 };

test.each<Row>([
  {
    name: 'names the value, the most and the count',
    metric: FAILURE,
    says: 'errors measured 0.31, and 0.05 is the most (failureCondition: result > 0.05): 2 failed, 1 allowed',
  },
  {
    name: 'takes a list of one number for the number',
    metric: { successCondition: 'result[0] >= 0.95' },
    measured: { value: '[0.9]' },
    says: 'errors measured 0.9, and 0.95 is the least (successCondition: result[0] >= 0.95): 2 failed, 0 allowed',
  },
  {
    name: 'reads a bound on the left',
    metric: { successCondition: '5 > result.errors' },
    measured: { value: '{"errors":50}' },
    says: 'errors measured {"errors":50}, and less than 5 is needed (successCondition: 5 > result.errors): 2 failed, 0 allowed',
  },
  {
    name: 'reads a negative bound',
    metric: { failureCondition: 'result < -2' },
    measured: { value: '-3' },
    says: 'errors measured -3, and -2 is the least (failureCondition: result < -2): 2 failed, 0 allowed',
  },
  {
    name: 'reads a failure that begins at its bound',
    metric: { failureCondition: 'result >= 3' },
    measured: { value: '3' },
    says: 'errors measured 3, and less than 3 is needed (failureCondition: result >= 3): 2 failed, 0 allowed',
  },
  {
    name: 'reads a failure that ends at its bound',
    metric: { failureCondition: 'result <= 3' },
    measured: { value: '3' },
    says: 'errors measured 3, and more than 3 is needed (failureCondition: result <= 3): 2 failed, 0 allowed',
  },
  {
    name: 'quotes a failureCondition without one bound',
    metric: { failureCondition: 'any(result, # > 1)' },
    measured: { value: '[1,2]' },
    says: 'errors measured [1,2], and that is bad (failureCondition: any(result, # > 1)): 2 failed, 0 allowed',
  },
  {
    name: 'quotes a successCondition without one bound',
    metric: { successCondition: 'result.ok' },
    measured: { value: '{"ok":false}' },
    says: 'errors measured {"ok":false}, and that is not good (successCondition: result.ok): 2 failed, 0 allowed',
  },
  {
    name: 'does not take what is computed from the value for the value',
    metric: { successCondition: 'len(result) > 2' },
    measured: { value: '[1]' },
    says: 'errors measured 1, and that is not good (successCondition: len(result) > 2): 2 failed, 0 allowed',
  },
  {
    name: 'quotes the condition that was true where both were set',
    metric: { ...FAILURE, successCondition: 'result < 0.01' },
    says: 'errors measured 0.31, and 0.05 is the most (failureCondition: result > 0.05): 2 failed, 1 allowed',
  },
  {
    name: 'quotes both where neither was true',
    metric: { ...FAILURE, successCondition: 'result < 0.01' },
    outcome: 'Inconclusive',
    measured: { value: '0.03' },
    result: { inconclusive: 1 },
    says: 'errors measured 0.03, and that is neither good (successCondition: result < 0.01) nor bad (failureCondition: result > 0.05): 1 inconclusive, 0 allowed',
  },
  {
    name: 'names no count where none is exceeded',
    metric: { ...FAILURE, failureLimit: -1 },
    says: 'errors measured 0.31, and 0.05 is the most (failureCondition: result > 0.05)',
  },
  {
    name: 'cuts off what is long',
    metric: { successCondition: 'result.ok' },
    measured: { value: 'x'.repeat(121) },
    says: `errors measured ${'x'.repeat(120)}..., and that is not good (successCondition: result.ok): 2 failed, 0 allowed`,
  },
  { name: 'says nothing of what was no value', metric: FAILURE, measured: {}, says: null },
  {
    name: 'leaves the word to a measurement that has one',
    metric: FAILURE,
    measured: { value: '1', message: 'no' },
    says: null,
  },
  { name: 'says nothing of a success', metric: FAILURE, outcome: 'Successful', says: null },
  {
    name: 'says nothing when another measurement was the last one',
    metric: FAILURE,
    measured: { value: '0', phase: 'Successful' },
    says: null,
  },
  { name: 'says nothing without conditions', metric: {}, says: null },
])('$name', ({ metric: fields, outcome = 'Failed', result, measured = { value: '0.31' }, says }) => {
  const measurements = [{ phase: outcome, ...measured }];
  const told = explanation(
    { ...metric('errors'), ...fields },
    { name: 'errors', phase: 'Running', failed: 2, ...result, measurements },
    outcome,
  );
  expect(told).toBe(says);
});
