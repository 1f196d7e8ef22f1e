/** Metrics that can be measured, and those that cannot; how often, and with which limits (spec B.1). */
import { describe, expect, test } from 'vitest';
import { effectiveCountOf, initialDelayMsOf, intervalMsOf, limitsOf } from '../../../src/core/analysis/limits.ts';
import { metricsProblem } from '../../../src/core/analysis/metric-problem.ts';
import type { Metric } from '../../../src/core/analysis/provider.ts';
import { metric } from './build-run.ts';

describe('a metric is fine', () => {
  test.each<{ readonly name: string; readonly fields: Partial<Metric> }>([
    { name: 'with a provider and nothing else', fields: {} },
    { name: 'without an end', fields: { interval: '30s' } },
    { name: 'with a count and an interval', fields: { count: 3, interval: '1m' } },
    { name: 'with numbers as text', fields: { count: '3', interval: '1m', failureLimit: '1' } },
    {
      name: 'with limits up to its count',
      fields: { count: 3, interval: '1m', failureLimit: 2, consecutiveSuccessLimit: 1 },
    },
    {
      name: 'without a failure limit, when successes end it',
      fields: { failureLimit: -1, consecutiveSuccessLimit: 1 },
    },
    { name: 'with an empty interval and delay', fields: { interval: '', initialDelay: '' } },
    { name: 'with limits above a count that is not set', fields: { failureLimit: 5, interval: '1m' } },
    { name: 'with a plugin', fields: { provider: { plugin: { 'acme/metrics': {} } } } },
  ])('$name', ({ fields }) => {
    expect(metricsProblem([metric('m', fields)])).toBeNull();
  });
});

describe('a metric is refused', () => {
  test.each<{ readonly name: string; readonly fields: Partial<Metric>; readonly problem: string }>([
    {
      name: 'with a negative limit of successes',
      fields: { consecutiveSuccessLimit: -1 },
      problem: 'consecutiveSuccessLimit must be >= 0',
    },
    {
      name: 'with a failure limit below -1',
      fields: { failureLimit: -2, consecutiveSuccessLimit: 1 },
      problem: 'failureLimit must be >= 0, or -1 for no limit',
    },
    {
      name: 'when nothing can end it',
      fields: { failureLimit: '-1' },
      problem: 'failureLimit -1 (no limit) needs a consecutiveSuccessLimit above 0',
    },
    {
      name: 'with a negative limit of inconclusive ones',
      fields: { inconclusiveLimit: '-1' },
      problem: 'inconclusiveLimit must be >= 0',
    },
    {
      name: 'with a negative limit of errors',
      fields: { consecutiveErrorLimit: -1 },
      problem: 'consecutiveErrorLimit must be >= 0',
    },
    {
      name: 'with a negative count, which an error alone would reach',
      fields: { count: '-1' },
      problem: 'count must be >= 0',
    },
    {
      name: 'with a count below its failure limit',
      fields: { count: 2, interval: '1m', failureLimit: 3 },
      problem: 'count must be >= failureLimit',
    },
    {
      name: 'with a count below failures and successes together',
      fields: { count: 3, interval: '1m', failureLimit: 2, consecutiveSuccessLimit: 2 },
      problem: 'count must be >= failureLimit + consecutiveSuccessLimit',
    },
    {
      name: 'with a count below the successes that end it',
      fields: { count: 1, failureLimit: -1, consecutiveSuccessLimit: 2 },
      problem: 'count must be >= consecutiveSuccessLimit',
    },
    {
      name: 'with a count below its limit of inconclusive ones',
      fields: { count: 1, inconclusiveLimit: 2 },
      problem: 'count must be >= inconclusiveLimit',
    },
    {
      name: 'with a count and no interval',
      fields: { count: 2 },
      problem: 'interval must be specified when count > 1',
    },
    {
      name: 'with an interval that cannot be read',
      fields: { interval: '30' },
      problem: 'invalid interval string: "30" is not a duration such as 30s or 5m',
    },
    {
      name: 'with a delay that cannot be read',
      fields: { initialDelay: 'soon' },
      problem: 'invalid initialDelay string: "soon" is not a duration such as 30s or 5m',
    },
    { name: 'without a provider', fields: { provider: {} }, problem: 'no provider specified' },
    { name: 'without a plugin in its map', fields: { provider: { plugin: {} } }, problem: 'no provider specified' },
    {
      name: 'with two providers',
      fields: { provider: { graphite: {}, prometheus: {} } },
      problem: 'multiple providers specified',
    },
    {
      name: 'with a provider and a plugin',
      fields: { provider: { graphite: {}, plugin: { a: {} } } },
      problem: 'multiple providers specified',
    },
    {
      name: 'with two plugins',
      fields: { provider: { plugin: { a: {}, b: {} } } },
      problem: 'multiple plugins specified',
    },
  ])('$name', ({ fields, problem }) => {
    expect(metricsProblem([metric('fine'), metric('m', fields)])).toBe(`metrics[1]: ${problem}`);
  });

  test('in an empty list', () => {
    expect(metricsProblem([])).toBe('no metrics specified');
  });

  test('under a name that another one has', () => {
    expect(metricsProblem([metric('a'), metric('b'), metric('a')])).toBe("metrics[2]: duplicate name 'a'");
  });
});

test.each<{ readonly name: string; readonly fields: Partial<Metric>; readonly count: number | null }>([
  { name: 'one without an interval', fields: {}, count: 1 },
  { name: 'one with a count of 0', fields: { count: 0 }, count: 1 },
  { name: 'one with a count that is no number', fields: { count: 'many' }, count: 1 },
  { name: 'one with an empty interval', fields: { interval: '' }, count: 1 },
  { name: 'as many as it takes with an interval', fields: { interval: '1m' }, count: null },
  { name: 'as many as it takes with a count that is no number', fields: { interval: '1m', count: '3.5' }, count: null },
  { name: 'its count', fields: { interval: '1m', count: 7 }, count: 7 },
  { name: 'its count as text', fields: { interval: '1m', count: '+7' }, count: 7 },
])('a metric is measured $name', ({ fields, count }) => {
  expect(effectiveCountOf(metric('m', fields))).toBe(count);
});

test('limits have the defaults of the API, and a text that is no number counts as 0', () => {
  expect(limitsOf(metric())).toEqual({ failure: 0, inconclusive: 0, consecutiveError: 4, consecutiveSuccess: 0 });
  expect(
    limitsOf(
      metric('m', {
        failureLimit: '-1',
        inconclusiveLimit: '2',
        consecutiveErrorLimit: 'x',
        consecutiveSuccessLimit: '9'.repeat(30),
      }),
    ),
  ).toEqual({ failure: -1, inconclusive: 2, consecutiveError: 0, consecutiveSuccess: 0 });
});

test('durations are those of Go', () => {
  expect(intervalMsOf(metric('m', { interval: '1m30s' }))).toBe(90_000);
  expect(intervalMsOf(metric())).toBeNull();
  expect(initialDelayMsOf(metric('m', { initialDelay: '1.5s' }))).toBe(1_500);
  expect(initialDelayMsOf(metric())).toBe(0);
});
