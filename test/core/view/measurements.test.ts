/** Metrics as a person reads them: what was asked, what came of it, and what may come of it. */
import { expect, test } from 'vitest';
import type { AnalysisRunSpec, MetricResult } from '../../../src/api/schema/analysis-run.ts';
import { metricViews } from '../../../src/core/view/measurements.ts';
import { at, metric, NOW, run } from '../analysis/build-run.ts';

type Metric = AnalysisRunSpec['metrics'][number];

test('values stand beside the limits and the lines of the conditions', () => {
  const errors = metric('errors', {
    interval: '10s',
    count: 5,
    failureLimit: 1,
    successCondition: 'result[0] < 0.05',
    failureCondition: 'result[0] > 0.2',
  });
  const measurements = [
    { phase: 'Successful', startedAt: at(0), finishedAt: at(1), value: '[0.01]' },
    { phase: 'Failed', startedAt: at(11), finishedAt: at(12), value: '[0.3]', message: 'too many' },
    { phase: 'Error', startedAt: at(22), finishedAt: at(23), value: '' },
    { phase: 'Running', startedAt: at(34) },
  ];
  const result: MetricResult = { name: 'errors', phase: 'Running', measurements, failed: 1, successful: 1, error: 1 };
  const status = { metricResults: [{ ...result, consecutiveError: 1 }] };
  expect(metricViews(run({ metrics: [errors], status }))).toEqual([
    {
      name: 'errors',
      phase: 'Running',
      message: '',
      dryRun: false,
      successCondition: 'result[0] < 0.05',
      failureCondition: 'result[0] > 0.2',
      thresholds: [
        { value: 0.05, good: 'below', text: 'result[0] < 0.05' },
        { value: 0.2, good: 'below', text: 'result[0] > 0.2' },
      ],
      limits: [
        { outcome: 'failed', count: 1, allowed: 1 },
        { outcome: 'inconclusive', count: 0, allowed: 0 },
        { outcome: 'error', count: 1, allowed: 4 },
        { outcome: 'successful', count: 1, allowed: 5 },
      ],
      query: 'up',
      measurements: [
        { at: NOW + 1000, phase: 'Successful', value: 0.01, text: '[0.01]', message: '' },
        { at: NOW + 12_000, phase: 'Failed', value: 0.3, text: '[0.3]', message: 'too many' },
        { at: NOW + 23_000, phase: 'Error', value: null, text: '', message: '' },
        { at: NOW + 34_000, phase: 'Running', value: null, text: '', message: '' },
      ],
    },
  ]);
});

test('no limit, and successes in a row', () => {
  const spec = { failureLimit: -1, consecutiveSuccessLimit: 3, interval: '1m' };
  const result = { name: 'errors', phase: 'Running', successful: 7, consecutiveSuccess: 2 };
  const [view] = metricViews(run({ metrics: [metric('errors', spec)], status: { metricResults: [result] } }));
  expect(view?.limits.map(({ outcome, count, allowed }) => [outcome, count, allowed])).toEqual([
    ['failed', 0, null],
    ['inconclusive', 0, 0],
    ['error', 0, 4],
    ['successful', 2, 3],
  ]);
});

test('arguments are put in, and what a Secret holds is masked', () => {
  const query = 'errors{app="{{args.app}}",key="{{args.key}}"}';
  const errors = metric('errors', { provider: { prometheus: { query } }, successCondition: 'result < {{args.most}}' });
  const args = [
    { name: 'app', value: 'web' },
    { name: 'most', value: '0.5' },
    { name: 'key', valueFrom: { secretKeyRef: { name: 'secret', key: 'key' } } },
  ];
  const [view] = metricViews(run({ metrics: [errors], args, dryRun: [{ metricName: 'err' }] }));
  expect(view).toMatchObject({
    query: 'errors{app="web",key="*****"}',
    thresholds: [{ value: 0.5, good: 'below' }],
    dryRun: true,
    phase: '',
    measurements: [],
  });
});

test.each<readonly [string, Metric['provider'], string]>([
  ['a Job has no query', { job: { spec: { template: { spec: { containers: [] } } } } }, ''],
  [
    'a URL is shown without the password in it',
    { web: { url: 'https://me:secret@metrics.example/api', jsonPath: '{$.value}' } },
    'GET https://*****@metrics.example/api {$.value}',
  ],
  [
    'queries are named',
    { datadog: { apiVersion: 'v2', queries: { a: 'sum:errors', b: 'sum:all' }, formula: 'a / b' } },
    'a: sum:errors\nb: sum:all\na / b',
  ],
  [
    'a metric of CloudWatch, and an expression',
    {
      cloudWatch: {
        metricDataQueries: [
          { id: 'e', metricStat: { metric: { namespace: 'App', metricName: 'Errors' }, stat: 'Sum' } },
          { id: 'rate', expression: 'e / 2' },
        ],
      },
    },
    'e: App Errors Sum\nrate: e / 2',
  ],
])('%s', (_, provider, query) => {
  expect(metricViews(run({ metrics: [metric('errors', { provider })] }))[0]?.query).toBe(query);
});

test.each([
  ['0.5', 0.5],
  ['[1]', 1],
  ['[1,2]', null],
  ['[]', null],
  ['NaN', null],
  ['{"a":1}', null],
  ['"1"', null],
])('the value %s is drawn as %s', (value, drawn) => {
  const measurements = [{ phase: 'Successful', finishedAt: at(0), value }];
  const status = { metricResults: [{ name: 'errors', phase: 'Running', measurements }] };
  expect(metricViews(run({ status }))[0]?.measurements[0]?.value).toBe(drawn);
});
