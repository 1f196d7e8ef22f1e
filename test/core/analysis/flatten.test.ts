/** Templates that are combined into one run (spec B.3, G-42). */
import { describe, expect, test } from 'vitest';
import type { AnalysisTemplateSpec } from '../../../src/api/schema/analysis-template.ts';
import { flattenTemplates, type AnalysisRequest } from '../../../src/core/analysis/flatten.ts';
import { metric, templates } from './build-run.ts';

type Specs = Readonly<Record<string, AnalysisTemplateSpec>>;

function refs(...names: readonly string[]): NonNullable<AnalysisRequest['templates']> {
  return names.map((templateName) =>
    templateName.startsWith('cluster') ? { templateName, clusterScope: true } : { templateName },
  );
}

function of(name: string, ...nested: readonly string[]): AnalysisTemplateSpec {
  return { metrics: [metric(name)], ...(nested.length === 0 ? {} : { templates: refs(...nested) }) };
}

function names(specs: Specs, ...asked: readonly string[]): unknown {
  const flat = flattenTemplates({ templates: refs(...asked) }, templates(specs));
  return 'problem' in flat ? flat.problem : flat.metrics.map(({ name }) => name).join(' ');
}

describe('the metrics', () => {
  test.each<{
    readonly name: string;
    readonly specs: Specs;
    readonly asked: readonly string[];
    readonly metrics: string;
  }>([
    { name: 'of one template', specs: { a: of('m1') }, asked: ['a'], metrics: 'm1' },
    { name: 'of several, in their order', specs: { a: of('m1'), b: of('m2') }, asked: ['b', 'a'], metrics: 'm2 m1' },
    {
      name: 'of nested ones after those of the template that names them',
      specs: { a: of('m1', 'b'), b: of('m2', 'c'), c: of('m3'), d: of('m4') },
      asked: ['a', 'd'],
      metrics: 'm1 m2 m3 m4',
    },
    {
      name: 'of the namespace before those of the cluster',
      specs: { clusterA: of('m1', 'b'), b: of('m2'), c: of('m3') },
      asked: ['clusterA', 'c'],
      metrics: 'm2 m3 m1',
    },
    {
      name: 'of a template that is named twice, once',
      specs: { a: of('m1', 'c'), b: of('m2', 'c'), c: of('m3') },
      asked: ['a', 'b', 'a', 'c'],
      metrics: 'm1 m3 m2',
    },
    {
      name: 'of a template that only names others',
      specs: { a: { templates: refs('b') }, b: of('m1') },
      asked: ['a'],
      metrics: 'm1',
    },
    { name: 'of no template', specs: {}, asked: [], metrics: '' },
  ])('$name', ({ specs, asked, metrics }) => {
    expect(names(specs, ...asked)).toBe(metrics);
  });

  test('know the template that they come from', () => {
    const flat = flattenTemplates({ templates: refs('clusterA', 'b') }, templates({ clusterA: of('m1'), b: of('m2') }));
    expect('origins' in flat && flat.origins).toEqual([
      { kind: 'AnalysisTemplate', name: 'b' },
      { kind: 'ClusterAnalysisTemplate', name: 'clusterA' },
    ]);
  });
});

describe('a problem', () => {
  test.each<{
    readonly name: string;
    readonly specs: Specs;
    readonly asked: readonly string[];
    readonly problem: string;
  }>([
    {
      name: 'is a template that does not exist',
      specs: {},
      asked: ['a'],
      problem: "AnalysisTemplate 'a' not found",
    },
    {
      name: 'is a nested template that does not exist',
      specs: { a: of('m1', 'clusterB') },
      asked: ['a'],
      problem: "ClusterAnalysisTemplate 'clusterB' not found",
    },
    { name: 'is a reference without a name', specs: {}, asked: [''], problem: "AnalysisTemplate '' not found" },
    {
      name: 'is a template that names itself',
      specs: { a: of('m1', 'a') },
      asked: ['a'],
      problem: "AnalysisTemplate 'a' refers to itself: AnalysisTemplate 'a' -> AnalysisTemplate 'a'",
    },
    {
      name: 'is a circle of templates, wherever it is entered',
      specs: { a: of('m1', 'b'), b: of('m2', 'clusterC'), clusterC: of('m3', 'b') },
      asked: ['a'],
      problem:
        "AnalysisTemplate 'b' refers to itself: AnalysisTemplate 'b' -> ClusterAnalysisTemplate 'clusterC' -> AnalysisTemplate 'b'",
    },
    {
      name: 'is a name that two metrics have',
      specs: { a: of('m1'), b: of('m1') },
      asked: ['a', 'b'],
      problem: "two metrics have the same name 'm1'",
    },
  ])('$name', ({ specs, asked, problem }) => {
    expect(names(specs, ...asked)).toBe(problem);
  });

  test('names every template that is missing, once', () => {
    const flat = flattenTemplates({ templates: refs('a', 'x', 'clusterY') }, templates({ a: of('m1', 'x') }));
    expect(flat).toEqual({
      problem: "AnalysisTemplate 'x' not found",
      missing: [
        { kind: 'AnalysisTemplate', name: 'x' },
        { kind: 'ClusterAnalysisTemplate', name: 'clusterY' },
      ],
    });
  });

  test('is a template that cannot be read; it is not missing', () => {
    const flat = flattenTemplates({ templates: refs('a') }, () => ({ problem: 'spec.metrics: not a list' }));
    expect(flat).toEqual({ problem: "AnalysisTemplate 'a' cannot be read: spec.metrics: not a list", missing: [] });
  });
});

describe('rules', () => {
  const find = templates({
    a: { ...of('m1'), dryRun: [{ metricName: 'm1' }], measurementRetention: [{ metricName: 'm1', limit: 3 }] },
    b: { ...of('m2'), dryRun: [{ metricName: 'm2' }] },
  });

  test('of the Rollout come before those of the templates', () => {
    const flat = flattenTemplates(
      {
        templates: refs('a', 'b'),
        dryRun: [{ metricName: '.*' }],
        measurementRetention: [{ metricName: 'm2', limit: 9 }],
      },
      find,
    );
    expect(flat).toMatchObject({
      dryRun: [{ metricName: '.*' }, { metricName: 'm1' }, { metricName: 'm2' }],
      measurementRetention: [
        { metricName: 'm2', limit: 9 },
        { metricName: 'm1', limit: 3 },
      ],
    });
  });

  test.each<{ readonly name: string; readonly rules: Partial<AnalysisRequest>; readonly problem: string }>([
    {
      name: 'for dry runs',
      rules: { dryRun: [{ metricName: 'm2' }] },
      problem: "two Dry-Run metric rules have the same name 'm2'",
    },
    {
      name: 'for retention',
      rules: { measurementRetention: [{ metricName: 'm1', limit: 1 }] },
      problem: "two Measurement Retention metric rules have the same name 'm1'",
    },
  ])('$name must not repeat', ({ rules, problem }) => {
    expect(flattenTemplates({ templates: refs('a', 'b'), ...rules }, find)).toEqual({ problem, missing: [] });
  });
});

describe('an argument that two templates declare', () => {
  const SECRET = { secretKeyRef: { name: 's', key: 'k' } };

  test.each<{ readonly name: string; readonly first: object; readonly second: object; readonly wins: object }>([
    { name: 'has the value of the first', first: { value: '1' }, second: { valueFrom: SECRET }, wins: { value: '1' } },
    { name: 'may have the same value in both', first: { value: '1' }, second: { value: '1' }, wins: { value: '1' } },
    {
      name: 'has the value of the second when the first has none',
      first: {},
      second: { value: '' },
      wins: { value: '' },
    },
    {
      name: 'has a value rather than a source',
      first: { valueFrom: SECRET },
      second: { value: '2' },
      wins: { value: '2' },
    },
    {
      name: 'keeps its source when the second has nothing',
      first: { valueFrom: SECRET },
      second: {},
      wins: { valueFrom: SECRET },
    },
    {
      name: 'keeps its source when the second has another',
      first: { valueFrom: SECRET },
      second: { valueFrom: { secretKeyRef: { name: 's2', key: 'k' } } },
      wins: { valueFrom: SECRET },
    },
  ])('$name', ({ first, second, wins }) => {
    const find = templates({ a: { args: [{ name: 'x', ...first }] }, b: { args: [{ name: 'x', ...second }] } });
    const flat = flattenTemplates({ templates: refs('a', 'b') }, find);
    expect('args' in flat && flat.args).toEqual([{ name: 'x', ...wins }]);
  });

  test('must not have two values', () => {
    const find = templates({ a: { args: [{ name: 'x', value: '1' }] }, b: { args: [{ name: 'x', value: '2' }] } });
    expect(flattenTemplates({ templates: refs('a', 'b') }, find)).toEqual({
      problem: "Argument `x` specified multiple times with different values: '1', '2'",
      missing: [],
    });
  });
});
