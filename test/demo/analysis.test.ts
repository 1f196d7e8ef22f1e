/** What the demo says about an AnalysisRun: which one it is, what was measured, and what came of it. */
import { describe, expect, test } from 'vitest';
import type { AnalysisRun } from '../../src/api/schema/analysis-run.ts';
import { ANNOTATIONS, LABELS } from '../../src/api/words/labels.ts';
import { analysisSentence, newestAnalysis, type AnalysisView } from '../../examples/demo/analysis.ts';

const T = '2026-01-02T03:04:05Z';
const MESSAGE = 'Metric "failed-requests" assessed Failed due to failed (3) > failureLimit (2)';

interface Measured {
  readonly phase: string;
  readonly value?: string;
  readonly finishedAt?: string;
  readonly message?: string;
}

interface Made {
  readonly revision?: number;
  readonly name?: string;
  readonly createdAt?: string;
  readonly phase?: string;
  readonly measurements?: readonly Measured[];
}

function run({ revision = 4, name = `web-c-${revision}`, createdAt = T, phase, measurements = [] }: Made): AnalysisRun {
  return {
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      creationTimestamp: createdAt,
      labels: { [LABELS.podTemplateHash]: 'c' },
      annotations: { [ANNOTATIONS.revision]: String(revision) },
    },
    spec: {
      metrics: [],
      args: [
        { name: 'image', value: 'argoproj/rollouts-demo:bad-red' },
        { name: 'maximum-failed-percent', value: '10' },
      ],
    },
    ...(phase === undefined
      ? {}
      : {
          status: {
            phase,
            message: MESSAGE,
            metricResults: [{ name: 'failed-requests', phase, measurements: [...measurements] }],
          },
        }),
  };
}

test('a run that has not begun', () => {
  expect(newestAnalysis([run({})])).toEqual({
    run: 'web-c-4',
    hash: 'c',
    revision: 4,
    version: 'red',
    phase: 'Running',
    limitPercent: 10,
    measurements: [],
    message: '',
  });
});

test('what was measured, with what could not be measured and without what is not finished', () => {
  const measurements = [
    { phase: 'Inconclusive', finishedAt: T, value: '{"failed":0,"failedPercent":null,"requests":0}' },
    { phase: 'Failed', finishedAt: T, value: '{"failed":7,"failedPercent":33.3,"requests":21}' },
    { phase: 'Error', finishedAt: T, message: 'refused the connection' },
    { phase: 'Running' },
  ];
  const at = Date.parse(T);
  expect(newestAnalysis([run({ phase: 'Running', measurements })])?.measurements).toEqual([
    { at, outcome: 'Inconclusive', percent: null, requests: 0, message: '' },
    { at, outcome: 'Failed', percent: 33.3, requests: 21, message: '' },
    { at, outcome: 'Error', percent: null, requests: null, message: 'refused the connection' },
  ]);
});

test('a value of another form is no value', () => {
  const measurements = [{ phase: 'Successful', finishedAt: T, value: '"fine"' }];
  expect(newestAnalysis([run({ phase: 'Running', measurements })])?.measurements[0]?.percent).toBeNull();
});

test.each([
  { which: 'of the last revision', runs: [run({ revision: 10 }), run({ revision: 9 })], name: 'web-c-10' },
  {
    which: 'of the last try',
    runs: [run({ name: 'web-c-4.1', createdAt: '2026-01-02T03:05:00Z' }), run({ name: 'web-c-4' })],
    name: 'web-c-4.1',
  },
])('the run $which is shown', ({ runs, name }) => {
  expect(newestAnalysis(runs)?.run).toBe(name);
});

test('without a run there is no analysis', () => {
  expect(newestAnalysis([])).toBeNull();
});

describe('the sentence', () => {
  const bad = (percent: number): Measured => ({
    phase: 'Failed',
    finishedAt: T,
    value: JSON.stringify({ requests: 20, failedPercent: percent }),
  });

  function sentenceOf(made: Made): string {
    return analysisSentence(newestAnalysis([run(made)]) as AnalysisView);
  }

  test.each([
    { of: 'a run without a value', made: {}, is: 'Serin is about to measure red.' },
    {
      of: 'a run under way',
      made: { phase: 'Running', measurements: [bad(35)] },
      is: 'Serin measures red until the release is over.',
    },
    {
      of: 'a run whose release is over',
      made: { phase: 'Successful' },
      is: 'The release of red is over. Serin has not aborted it.',
    },
    {
      of: 'a failed run',
      made: { phase: 'Failed', measurements: [bad(35), { ...bad(5), phase: 'Successful' }, bad(25), bad(30)] },
      is: `Went back by itself: ${MESSAGE}. 35.0 %, 25.0 % and 30.0 % of the requests of red failed, at most 10 % may.`,
    },
    {
      of: 'a run that could not measure',
      made: { phase: 'Error' },
      is: `Went back by itself, because red could not be measured: ${MESSAGE}.`,
    },
    {
      of: 'a run that shows nothing',
      made: { phase: 'Inconclusive' },
      is: `Paused, because the numbers do not show how red does: ${MESSAGE}.`,
    },
  ])('of $of', ({ made, is }) => {
    expect(sentenceOf(made)).toBe(is);
  });
});
