/** What a Rollout checks about the templates of an analysis before it starts (spec A.1, G-44). */
import { describe, expect, test } from 'vitest';
import type { RolloutAnalysis } from '../../../src/api/schema/analysis.ts';
import type { AnalysisTemplateSpec } from '../../../src/api/schema/analysis-template.ts';
import { fieldErrorText } from '../../../src/api/words/field-error.ts';
import { analysisMistake, requestedAnalysis } from '../../../src/core/analysis/template-problem.ts';
import { rollout } from '../../api/sample-rollout.ts';
import { metric, templates } from './build-run.ts';

const PATH = 'spec.strategy.canary.steps[0].analysis';

interface Case {
  readonly name: string;
  readonly specs: Readonly<Record<string, AnalysisTemplateSpec>>;
  readonly analysis?: Omit<RolloutAnalysis, 'templates'>;
  readonly endless?: boolean;
  readonly problem: string | null;
}

function mistake({ specs, analysis = {}, endless = false }: Omit<Case, 'name' | 'problem'>) {
  const references = Object.keys(specs).map((templateName) => ({
    templateName,
    clusterScope: templateName.startsWith('cluster'),
  }));
  const sources = { rollout: rollout(), latestHash: 'new', stableHash: 'old' };
  return analysisMistake(
    { analysis: { templates: references, ...analysis }, path: PATH, mustEnd: !endless, sources },
    templates(specs),
  );
}

const ENDLESS = metric('m', { interval: '1m' });

const CASES: readonly Case[] = [
  { name: 'a template with one measurement is fine', specs: { a: { metrics: [metric()] } }, problem: null },
  { name: 'a background analysis may have no end', specs: { a: { metrics: [ENDLESS] } }, endless: true, problem: null },
  {
    name: 'an analysis that a rollout waits for must end',
    specs: { a: { metrics: [metric()] }, clusterB: { metrics: [ENDLESS] } },
    problem: 'ClusterAnalysisTemplate clusterB has metric m which runs indefinitely. Invalid value for count: <nil>',
  },
  {
    name: 'a condition that cannot be read is found before the release',
    specs: { a: { metrics: [metric('m', { successCondition: 'result >' })] } },
    problem: expect.stringMatching(
      /^AnalysisTemplate a has metric m whose successCondition cannot be read: unexpected token EOF/,
    ),
  },
  {
    name: 'a dry run may have one',
    specs: { a: { metrics: [metric('m', { failureCondition: 'result >' })], dryRun: [{ metricName: 'm' }] } },
    problem: null,
  },
  {
    name: 'a count of 0 has no end either',
    specs: { a: { metrics: [metric('m', { interval: '1m', count: '0' })] } },
    problem: 'AnalysisTemplate a has metric m which runs indefinitely. Invalid value for count: 0',
  },
  {
    name: 'a count that the Rollout supplies is an end',
    specs: { a: { metrics: [metric('m', { interval: '1m', count: '{{args.n}}' })], args: [{ name: 'n' }] } },
    analysis: { args: [{ name: 'n', value: '3' }] },
    problem: null,
  },
  {
    name: 'a metric may use an argument that only another template declares',
    specs: { a: { metrics: [metric('{{args.x}}')] }, b: { metrics: [metric('m')], args: [{ name: 'x', value: 'y' }] } },
    problem: null,
  },
  {
    name: 'a placeholder of no template is a mistake',
    specs: { a: { metrics: [metric('{{args.x}}')] } },
    analysis: { args: [{ name: 'x', value: 'y' }] },
    problem: 'Unable to resolve metric arguments: failed to resolve {{args.x}}',
  },
  {
    name: 'an argument without a value must be supplied',
    specs: { a: { metrics: [metric()], args: [{ name: 'x' }] } },
    endless: true,
    problem: 'args.x was not resolved',
  },
  {
    name: 'an argument must not have two sources',
    specs: {
      a: {
        metrics: [metric()],
        args: [{ name: 'x', value: '1', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
      },
    },
    problem: 'args.x has both value and valueFrom',
  },
  {
    name: 'a secret needs no value',
    specs: {
      a: { metrics: [metric()], args: [{ name: 'x', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
    },
    problem: null,
  },
  {
    name: 'a metric that no run can measure is a mistake',
    specs: { a: { metrics: [metric('m', { count: 2 })] } },
    problem: 'Analysis spec invalid: metrics[0]: interval must be specified when count > 1',
  },
  {
    name: 'a rule for no metric is a mistake',
    specs: { a: { metrics: [metric()] } },
    analysis: { dryRun: [{ metricName: '*' }] },
    problem:
      "Analysis spec invalid: dryRun[0]: Rule didn't match any metric name(s): the regular expression for all metrics is .*",
  },
  {
    name: 'a template that names itself is a mistake',
    specs: { a: { metrics: [metric()], templates: [{ templateName: 'a' }] } },
    problem: "AnalysisTemplate 'a' refers to itself: AnalysisTemplate 'a' -> AnalysisTemplate 'a'",
  },
  {
    name: 'a field that the Rollout does not have yet may still come',
    specs: { a: { metrics: [metric('{{args.x}}')], args: [{ name: 'x' }] } },
    analysis: { args: [{ name: 'x', valueFrom: { fieldRef: { fieldPath: 'status.phase' } } }] },
    problem: null,
  },
  {
    name: 'a field that may still come hides no other mistake',
    specs: { a: { metrics: [metric()] } },
    analysis: {
      args: [
        { name: 'x', valueFrom: { fieldRef: { fieldPath: 'status.phase' } } },
        { name: 'y', valueFrom: { podTemplateHashValue: 'Newest' } },
      ],
    },
    problem: 'args.y: podTemplateHashValue must be Stable or Latest',
  },
];

test.each(CASES)('$name', ({ problem, ...check }) => {
  expect(mistake(check)?.error.detail ?? null).toEqual(problem);
});

test('the error names the field and its templates', () => {
  const found = mistake({ specs: { a: { metrics: [] }, b: { metrics: [] } } });
  expect(found && fieldErrorText(found.error)).toBe(
    `${PATH}.templates: Invalid value: "a, b": Analysis spec invalid: no metrics specified`,
  );
  expect(found?.missing).toEqual([]);
});

test('templates that may still appear are named', () => {
  const found = mistake({ specs: { a: { metrics: [metric()], templates: [{ templateName: 'late' }] } } });
  expect(found).toMatchObject({
    error: { detail: "AnalysisTemplate 'late' not found" },
    missing: [{ kind: 'AnalysisTemplate', name: 'late' }],
  });
});

describe('an analysis without templates asks for nothing', () => {
  test.each<{ readonly name: string; readonly analysis: RolloutAnalysis | undefined; readonly asks: boolean }>([
    { name: 'no block', analysis: undefined, asks: false },
    { name: 'an empty block', analysis: {}, asks: false },
    { name: 'an empty list', analysis: { templates: [], args: [{ name: 'x', value: 'y' }] }, asks: false },
    { name: 'one template', analysis: { templates: [{ templateName: 'a' }] }, asks: true },
  ])('$name', ({ analysis, asks }) => {
    expect(requestedAnalysis(analysis)).toBe(asks ? analysis : null);
  });
});
