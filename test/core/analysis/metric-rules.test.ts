/** Rules that name metrics by patterns (spec B.5, G-39). */
import { describe, expect, test } from 'vitest';
import { metricRules } from '../../../src/core/analysis/metric-rules.ts';

const METRICS = ['error', 'error-rate', 'latency'];

function dryRun(...patterns: readonly string[]): unknown {
  const rules = metricRules(METRICS, { dryRun: patterns.map((metricName) => ({ metricName })) });
  return 'problem' in rules ? rules.problem : [...rules.dryRun].toSorted();
}

describe('a dry-run rule', () => {
  test.each<{ readonly name: string; readonly patterns: readonly string[]; readonly metrics: readonly string[] }>([
    { name: 'matches anywhere in a name', patterns: ['rror'], metrics: ['error', 'error-rate'] },
    { name: 'can be anchored', patterns: ['^error$'], metrics: ['error'] },
    { name: 'for all metrics is .*', patterns: ['.*'], metrics: METRICS },
    { name: 'may overlap with another', patterns: ['error', 'rate'], metrics: ['error', 'error-rate'] },
    { name: 'has the syntax of Go', patterns: [String.raw`(?i)^LAT\pL+$`], metrics: ['latency'] },
    { name: 'that is empty matches all', patterns: [''], metrics: METRICS },
  ])('$name', ({ patterns, metrics }) => {
    expect(dryRun(...patterns)).toEqual(metrics.toSorted());
  });

  test('must match a metric', () => {
    expect(dryRun('latency', 'none')).toBe("dryRun[1]: Rule didn't match any metric name(s)");
  });

  test('must be a regular expression', () => {
    expect(dryRun('(')).toMatch(/^dryRun\[0\]: Rule didn't match any metric name\(s\): .+/);
    expect(dryRun('(?=a)')).toMatch(/^dryRun\[0\]: Rule didn't match any metric name\(s\): .+/);
  });

  test('that means all metrics by a star says how it is written', () => {
    expect(dryRun('*')).toBe(
      "dryRun[0]: Rule didn't match any metric name(s): the regular expression for all metrics is .*",
    );
  });
});

describe('a retention rule', () => {
  function retention(...rules: readonly (readonly [string, number])[]): unknown {
    const result = metricRules(METRICS, {
      measurementRetention: rules.map(([metricName, limit]) => ({ metricName, limit })),
    });
    return 'problem' in result ? result.problem : METRICS.map(result.retentionOf);
  }

  test.each<{
    readonly name: string;
    readonly rules: readonly (readonly [string, number])[];
    readonly kept: readonly number[];
  }>([
    { name: 'is 10 without a rule', rules: [], kept: [10, 10, 10] },
    { name: 'applies to each metric that it matches', rules: [['^error', 3]], kept: [3, 3, 10] },
    {
      name: 'is replaced by a later one',
      rules: [
        ['.*', 3],
        ['latency', 50],
      ],
      kept: [3, 3, 50],
    },
    {
      name: 'below 1 is no rule',
      rules: [
        ['error', 0],
        ['latency', -1],
      ],
      kept: [10, 10, 10],
    },
  ])('$name', ({ rules, kept }) => {
    expect(retention(...rules)).toEqual(kept);
  });

  test('must match a metric', () => {
    expect(retention(['none', 3])).toBe("measurementRetention[0]: Rule didn't match any metric name(s)");
  });
});
