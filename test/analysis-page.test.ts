/**
 * Holds docs/analysis.md to the code: its conditions come to what their table says, and its YAML is that of the example.
 * The table of docs/reference/metric-providers.md has every provider with every field.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { metricProvider } from '../src/api/schema/metric-provider.ts';
import { judge } from '../src/core/analysis/expressions/judge.ts';
import { NO_DATA, type MetricValue } from '../src/core/analysis/metric-value.ts';
import type { Json } from '../src/kube/json.ts';

const REPOSITORY = join(import.meta.dirname, '..');
const page = readFileSync(join(REPOSITORY, 'docs', 'analysis.md'), 'utf8');

const numbers = (...values: readonly number[]): MetricValue => ({ type: 'floats', values });
const json = (value: Json): MetricValue => ({ type: 'json', value });
const text = (value: string): MetricValue => ({ type: 'text', value });

interface Row {
  readonly success: string;
  readonly failure?: string;
  readonly result: MetricValue;
  readonly phase: string;
}

/** In the order of the table of conditions. */
const ROWS: readonly Row[] = [
  { success: 'result[0] >= 0.95', result: numbers(0.97), phase: 'Successful' },
  { success: 'result[0] >= 0.95', result: numbers(), phase: 'Error' },
  { success: '0.90 < result[0] < 1.01', result: numbers(0.95), phase: 'Successful' },
  { success: '0.90 < result[0] < 1.01', result: numbers(0.5), phase: 'Failed' },
  { success: 'all(result, # > 0.9)', result: numbers(0.95, 0.5), phase: 'Failed' },
  { success: 'all(result, # > 0.9)', result: numbers(), phase: 'Successful' },
  { success: 'none(result, # > 0.9)', result: numbers(), phase: 'Successful' },
  { success: 'count(result, # > 0.9) == 0', result: numbers(), phase: 'Successful' },
  { success: 'sum(result) == 0', result: numbers(), phase: 'Successful' },
  { success: 'mean(result) == 0', result: numbers(), phase: 'Successful' },
  { success: 'median(result) == 0', result: numbers(), phase: 'Successful' },
  { success: 'len(result) > 0 && all(result, # > 0.9)', result: numbers(), phase: 'Failed' },
  {
    success: 'len(result) > 0 && all(result, # > 0.9)',
    failure: 'len(result) > 0 && any(result, # <= 0.9)',
    result: numbers(),
    phase: 'Inconclusive',
  },
  { success: 'default(result, [1])[0] > 0.9', result: numbers(), phase: 'Error' },
  { success: 'default(result, 1) > 0.9', result: NO_DATA, phase: 'Successful' },
  { success: 'isNil(result)', result: NO_DATA, phase: 'Successful' },
  { success: 'isNil(result)', result: numbers(), phase: 'Failed' },
  { success: 'max(result) < 5', result: numbers(), phase: 'Error' },
  { success: 'result[0] > 0.9', result: numbers(NaN), phase: 'Failed' },
  { success: 'result[0] > 0.9', failure: 'result[0] <= 0.9', result: numbers(NaN), phase: 'Inconclusive' },
  { success: 'result[0] / 0 > 1000', result: numbers(1), phase: 'Successful' },
  { success: 'result.errors < 5', result: json({ errors: 3 }), phase: 'Successful' },
  { success: 'result.errors < 5', result: json({}), phase: 'Error' },
  { success: '(result.errors ?? 0) < 5', result: json({}), phase: 'Successful' },
  { success: 'result.errors ?? 0 < 5', result: json({}), phase: 'Error' },
  { success: 'result.code in [200, 201]', result: json({ code: 200 }), phase: 'Successful' },
  { success: 'result.code in 200..299', result: json({ code: 200 }), phase: 'Successful' },
  { success: 'result.code == "200"', result: json({ code: 200 }), phase: 'Failed' },
  { success: 'result contains "OK"', result: text('OK'), phase: 'Successful' },
  { success: 'asInt(result) < 5', result: text('3'), phase: 'Successful' },
  { success: 'filter(result, # > 0.9) | len() == 1', result: numbers(0.95, 0.5), phase: 'Successful' },
  { success: 'not (result[0] > 5) and result[1] > 1', result: numbers(1, 2), phase: 'Successful' },
  { success: 'not result[0] > 5 and result[1] > 1', result: numbers(1, 2), phase: 'Error' },
];

/** The conditions in the first column of the table. */
function conditionsOfPage(): readonly string[] {
  const table = page.split('| condition | on | outcome |')[1]?.split('\n\n')[0] ?? '';
  const cells = table.split('\n').map((line) => line.split(/(?<!\\)\|/)[1] ?? '');
  return cells.flatMap((cell) =>
    [...cell.matchAll(/`([^`]*)`/g)].map(([, condition = '']) => condition.replaceAll(String.raw`\|`, '|')),
  );
}

describe('the table of conditions', () => {
  test.each(ROWS)('$success on $result is $phase', ({ success, failure, result, phase }) => {
    expect(judge({ successCondition: success, failureCondition: failure }, result, 0).phase).toBe(phase);
  });

  test('has no condition that is not tried here', () => {
    const tried = new Set(ROWS.map(({ success }) => success));
    expect(conditionsOfPage().length).toBeGreaterThan(15);
    expect(conditionsOfPage().filter((condition) => !tried.has(condition))).toEqual([]);
  });
});

test('the template and the steps of the page are those of the example', () => {
  const [template, rollout] = parseAllDocuments(
    readFileSync(join(REPOSITORY, 'examples', 'analysis', 'first-analysis.yaml'), 'utf8'),
  ).map((document) => document.toJS() as { spec: { strategy: { canary: object } } });
  const [first = '', second = ''] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block);
  expect(parse(first)).toEqual(template);
  expect(parse(second)).toEqual(rollout?.spec.strategy.canary);
});

describe('the table of providers', () => {
  const reference = readFileSync(join(REPOSITORY, 'docs', 'reference', 'metric-providers.md'), 'utf8');
  const table = reference.split('## Providers')[1]?.split('\n## ')[0] ?? '';
  const rows = new Map(
    table
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((cell) => [...cell.matchAll(/`([^`]*)`/g)].map(([, word = '']) => word)))
      .map(([, [provider = ''] = [], fields = []]) => [provider, fields] as const),
  );
  const schemas = Object.entries(metricProvider.def.shape);

  test('has every provider', () => {
    expect([...rows.keys()].toSorted()).toEqual(schemas.map(([provider]) => provider).toSorted());
  });

  test.each(schemas.filter(([provider]) => provider !== 'plugin'))('has the fields of %s', (provider, schema) => {
    expect(rows.get(provider)?.toSorted()).toEqual(fieldsOf(schema).toSorted());
  });
});

/** The fields of an object that may be optional. */
function fieldsOf(schema: z.ZodType): readonly string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional)
    return fieldsOf(schema.unwrap() as z.ZodType);
  throw new Error(`a provider is a ${schema.type}`);
}
