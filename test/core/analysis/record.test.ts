/** From readings to measurements and counters (spec B.6). */
import { describe, expect, test } from 'vitest';
import type { Measurement, MetricResult } from '../../../src/api/schema/analysis-run.ts';
import type { Reading } from '../../../src/core/analysis/provider.ts';
import { measurementOf, recordMeasurement, type Judge } from '../../../src/core/analysis/record.ts';
import { redactor } from '../../../src/core/analysis/redaction.ts';
import type { Act } from '../../../src/core/analysis/schedule.ts';
import { at, metric, NOW } from './build-run.ts';

const judge: Judge = ({ successCondition }, result) => {
  if (successCondition === 'broken') return { phase: 'Error', message: 'could not evaluate s3cret' };
  return { phase: result.type === 'float' && result.value > 0.9 ? 'Successful' : 'Failed' };
};

interface Options {
  readonly act?: Act;
  readonly condition?: string;
}

function taken(reading: Reading, { act = 'measure', condition = 'x' }: Options = {}): Measurement {
  const unfinished = { startedAt: NOW - 60_000, metadata: { 'job-name': 'j', echo: 's3cret' } };
  const due = { metric: 'm', index: 0, act, number: 1, ...(act === 'measure' ? {} : { unfinished }) };
  return measurementOf(
    {
      due,
      metric: metric('m', { successCondition: condition }),
      startedAt: NOW - 2_400,
      finishedAt: NOW + 900,
      reading,
    },
    judge,
    redactor(['s3cret']),
  );
}

const TIMES = { startedAt: at(-3), finishedAt: at(0) };
const RESUMED = { startedAt: at(-60), finishedAt: at(0) };

describe('a measurement', () => {
  test.each<{ readonly name: string; readonly reading: Reading; readonly options?: Options; readonly is: Measurement }>(
    [
      {
        name: 'of a value is judged by the conditions of its metric',
        reading: { kind: 'value', result: { type: 'float', value: 0.95 }, text: '0.95' },
        is: { phase: 'Successful', value: '0.95', ...TIMES },
      },
      {
        name: 'keeps the text of the value when it fails',
        reading: { kind: 'value', result: { type: 'float', value: 0.5 }, text: '0.5', metadata: { query: 'up' } },
        is: { phase: 'Failed', value: '0.5', metadata: { query: 'up' }, ...TIMES },
      },
      {
        name: 'shows no secret in message, value and metadata',
        reading: {
          kind: 'value',
          result: { type: 'text', value: 's3cret' },
          text: '"s3cret"',
          metadata: { query: 'token=s3cret' },
        },
        options: { condition: 'broken' },
        is: {
          phase: 'Error',
          message: 'could not evaluate *****',
          value: '"*****"',
          metadata: { query: 'token=*****' },
          ...TIMES,
        },
      },
      {
        name: 'that the provider has judged has its word',
        reading: { kind: 'verdict', phase: 'Error', message: 'received non 2xx response code: 503' },
        is: { phase: 'Error', message: 'received non 2xx response code: 503', ...TIMES },
      },
      {
        name: 'with an empty message has none',
        reading: { kind: 'verdict', phase: 'Failed', message: '', text: '' },
        is: { phase: 'Failed', value: '', ...TIMES },
      },
      {
        name: 'that takes longer is in flight until a whole second, with metadata that the provider gets back unchanged',
        reading: { kind: 'unfinished', resumeAt: NOW + 1_100, metadata: { 'job-name': 's3cret' } },
        is: { phase: 'Running', startedAt: at(-3), resumeAt: at(2), metadata: { 'job-name': 's3cret' } },
      },
      {
        name: 'that goes on keeps its start and its metadata',
        reading: { kind: 'unfinished', resumeAt: NOW + 5_000, metadata: { polls: '2' } },
        options: { act: 'resume' },
        is: {
          phase: 'Running',
          startedAt: at(-60),
          resumeAt: at(5),
          metadata: { 'job-name': 'j', echo: 's3cret', polls: '2' },
        },
      },
      {
        name: 'that has finished after a while hides the secrets in its metadata then',
        reading: { kind: 'verdict', phase: 'Successful' },
        options: { act: 'resume' },
        is: { phase: 'Successful', ...RESUMED, metadata: { 'job-name': 'j', echo: '*****' } },
      },
      {
        name: 'that was terminated says so',
        reading: { kind: 'verdict', phase: 'Inconclusive', message: 'Job deleted' },
        options: { act: 'terminate' },
        is: {
          phase: 'Inconclusive',
          message: 'Metric Terminated',
          ...RESUMED,
          metadata: { 'job-name': 'j', echo: '*****' },
        },
      },
      {
        name: 'that failed while it was terminated keeps its reason',
        reading: { kind: 'verdict', phase: 'Error', message: 'no connection' },
        options: { act: 'terminate' },
        is: { phase: 'Error', message: 'no connection', ...RESUMED, metadata: { 'job-name': 'j', echo: '*****' } },
      },
      {
        name: 'that a provider leaves open when it is terminated is closed',
        reading: { kind: 'unfinished', resumeAt: NOW + 5_000, metadata: {} },
        options: { act: 'terminate' },
        is: {
          phase: 'Inconclusive',
          message: 'Metric Terminated',
          ...RESUMED,
          metadata: { 'job-name': 'j', echo: '*****' },
        },
      },
    ],
  )('$name', ({ reading, options, is }) => {
    expect(taken(reading, options)).toEqual(is);
  });

  test('is judged at the time of its end', () => {
    const times: number[] = [];
    measurementOf(
      {
        due: { metric: 'm', index: 0, act: 'measure', number: 1 },
        metric: metric('m'),
        startedAt: NOW,
        finishedAt: NOW + 7,
        reading: { kind: 'value', result: { type: 'nil' }, text: '[]' },
      },
      (_conditions, _result, now) => {
        times.push(now);
        return { phase: 'Successful' };
      },
      (text) => text,
    );
    expect(times).toEqual([NOW + 7]);
  });

  test('is cut to a length that the API server stores, and no part of a secret is left at the cut', () => {
    const { value = '' } = taken({
      kind: 'verdict',
      phase: 'Successful',
      text: `${'x'.repeat(9_997)}s3cret${'y'.repeat(1_000_000)}`,
    });
    expect(value).toHaveLength(10_003);
    expect(value.endsWith('x***...')).toBe(true);
  });
});

test.each([
  { name: 'a time that is over', resumeAt: NOW - 60_000, seconds: 1 },
  { name: 'a time that is none', resumeAt: NaN, seconds: 1 },
  { name: 'a time without end', resumeAt: Infinity, seconds: 86_401 },
  { name: 'a time before all times', resumeAt: -Infinity, seconds: 1 },
])('a provider that asks for $name is asked again at a time that can be written', ({ resumeAt, seconds }) => {
  expect(taken({ kind: 'unfinished', resumeAt, metadata: {} }).resumeAt).toBe(at(seconds));
});

describe('the counters', () => {
  const BEFORE: MetricResult = {
    name: 'm',
    phase: 'Running',
    count: 5,
    successful: 2,
    failed: 2,
    inconclusive: 1,
    error: 3,
    consecutiveError: 1,
    consecutiveSuccess: 1,
    measurements: [{ phase: 'Successful', finishedAt: at(-9) }],
  };

  function counted(phase: string): MetricResult {
    const { measurements: _, ...counters } = recordMeasurement(BEFORE, { phase }, 'measure');
    return counters;
  }

  test.each([
    { phase: 'Successful', changes: { count: 6, successful: 3, consecutiveSuccess: 2, consecutiveError: 0 } },
    { phase: 'Failed', changes: { count: 6, failed: 3, consecutiveSuccess: 0, consecutiveError: 0 } },
    { phase: 'Inconclusive', changes: { count: 6, inconclusive: 2, consecutiveSuccess: 0, consecutiveError: 0 } },
    { phase: 'Error', changes: { error: 4, consecutiveError: 2, consecutiveSuccess: 0 } },
    { phase: 'Running', changes: {} },
  ])('after $phase', ({ phase, changes }) => {
    const { measurements: _, ...before } = BEFORE;
    expect(counted(phase)).toEqual({ ...before, ...changes });
  });

  test('a measurement that was in flight is replaced, and counted when it ends', () => {
    const begun = recordMeasurement({ name: 'm', phase: 'Running' }, { phase: 'Running', startedAt: at(0) }, 'measure');
    expect(begun).toEqual({ name: 'm', phase: 'Running', measurements: [{ phase: 'Running', startedAt: at(0) }] });
    const ended = recordMeasurement(begun, { phase: 'Failed', startedAt: at(0), finishedAt: at(9) }, 'resume');
    expect(ended).toMatchObject({
      count: 1,
      failed: 1,
      measurements: [{ phase: 'Failed', startedAt: at(0), finishedAt: at(9) }],
    });
    expect(ended.measurements).toHaveLength(1);
  });
});
