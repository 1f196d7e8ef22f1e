/** What is measured now, and when to look again (spec B.5, B.6). */
import { describe, expect, test } from 'vitest';
import type { AnalysisRunSpec, MetricResult } from '../../../src/api/schema/analysis-run.ts';
import type { Metric } from '../../../src/core/analysis/provider.ts';
import { dueNow, isRunTerminating, nextWakeAt } from '../../../src/core/analysis/schedule.ts';
import { at, metric, NOW, prepared, run } from './build-run.ts';

interface Case {
  readonly name: string;
  readonly fields?: Partial<Metric>;
  /** What has been measured; nothing by default. */
  readonly result?: Partial<MetricResult>;
  /** Seconds from now to the start of the run; it has none yet by default. */
  readonly started?: number;
  readonly terminate?: boolean;
  /** Metrics of which the outside system says that they have ended. */
  readonly ended?: readonly string[];
  /** `measure`, `resume` or `terminate`, with the number of the measurement; `-` for nothing. */
  readonly due: string;
  /** Seconds from now to the next look. */
  readonly wake?: number | null;
}

function finished(phase: string, seconds: number): Partial<MetricResult> {
  return {
    ...(phase === 'Error' ? { error: 1 } : { count: 1 }),
    measurements: [{ phase, startedAt: at(seconds - 5), finishedAt: at(seconds) }],
  };
}

const IN_FLIGHT = { phase: 'Running', startedAt: at(-30), metadata: { 'job-name': 'j' } };

const CASES: readonly Case[] = [
  { name: 'a new metric is measured at once', due: 'measure 1', wake: 0 },
  {
    name: 'a delay counts from the start of the run, which is now',
    fields: { initialDelay: '30s' },
    due: '-',
    wake: 30,
  },
  {
    name: 'during its delay a metric waits',
    fields: { initialDelay: '30s' },
    started: -29,
    due: '-',
    wake: 1,
  },
  {
    name: 'after its delay a metric is measured',
    fields: { initialDelay: '30s' },
    started: -30,
    due: 'measure 1',
    wake: 0,
  },
  { name: 'a delay of nothing is none', fields: { initialDelay: '0s' }, due: 'measure 1', wake: 0 },
  {
    name: 'a metric with all its measurements is done',
    result: finished('Successful', -60),
    started: -60,
    due: '-',
    wake: null,
  },
  {
    name: 'a complete metric is not measured again',
    fields: { interval: '10s' },
    result: { ...finished('Failed', -60), phase: 'Failed' },
    due: '-',
    wake: null,
  },
  {
    name: 'the interval counts from the end of the last measurement',
    fields: { interval: '1m' },
    result: finished('Successful', -59),
    due: '-',
    wake: 1,
  },
  {
    name: 'a metric is measured when its interval is over',
    fields: { interval: '1m' },
    result: finished('Successful', -60),
    due: 'measure 2',
    wake: 0,
  },
  {
    name: 'an interval shorter than a second counts as one, so that the controller rests between two looks',
    fields: { interval: '1ms' },
    result: finished('Successful', 0),
    due: '-',
    wake: 1,
  },
  {
    name: 'after an error a metric waits 10 s, however long its interval is',
    fields: { interval: '1h' },
    result: finished('Error', -9),
    due: '-',
    wake: 1,
  },
  {
    name: 'after an error a metric is measured 10 s later, however long its interval is',
    fields: { interval: '1h' },
    result: finished('Error', -10),
    due: 'measure 2',
    wake: 0,
  },
  {
    name: 'after an error a short interval does not count',
    fields: { interval: '1s' },
    result: finished('Error', -2),
    due: '-',
    wake: 8,
  },
  {
    name: 'a single measurement that was an error is repeated',
    result: finished('Error', -10),
    due: 'measure 2',
    wake: 0,
  },
  {
    name: 'a measurement in flight waits for its time',
    result: { measurements: [{ ...IN_FLIGHT, resumeAt: at(5) }] },
    due: '-',
    wake: 5,
  },
  {
    name: 'a measurement in flight is resumed at its time, under its number',
    result: { count: 2, error: 1, measurements: [{ ...IN_FLIGHT, resumeAt: at(0) }] },
    fields: { interval: '1s' },
    due: 'resume 4',
    wake: 0,
  },
  {
    name: 'a measurement in flight is resumed before its time when the outside system says that it has ended',
    result: { measurements: [{ ...IN_FLIGHT, resumeAt: at(5) }] },
    ended: ['m'],
    due: 'resume 1',
  },
  {
    name: 'a measurement in flight waits when another one has ended',
    result: { measurements: [{ ...IN_FLIGHT, resumeAt: at(5) }] },
    ended: ['other'],
    due: '-',
  },
  {
    name: 'a metric that waits for its interval is not measured because something has ended',
    fields: { interval: '1m' },
    result: finished('Successful', -5),
    ended: ['m'],
    due: '-',
  },
  {
    name: 'a measurement in flight without a time is resumed at once',
    result: { measurements: [IN_FLIGHT] },
    due: 'resume 1',
    wake: 0,
  },
  {
    name: 'a measurement in flight is terminated before its time',
    result: { measurements: [{ ...IN_FLIGHT, resumeAt: at(5) }] },
    terminate: true,
    due: 'terminate 1',
  },
  { name: 'a run that ends measures nothing new', terminate: true, due: '-' },
  {
    name: 'a run that ends does not repeat a measurement',
    fields: { interval: '1s' },
    result: finished('Successful', -60),
    terminate: true,
    due: '-',
  },
  {
    name: 'a time that cannot be read is over',
    fields: { interval: '1h' },
    result: { count: 1, measurements: [{ phase: 'Successful', finishedAt: 'yesterday' }] },
    due: 'measure 2',
    wake: 0,
  },
];

test.each(CASES)('$name', ({ fields = {}, result, started, terminate = false, ended, due, wake }) => {
  const spec: AnalysisRunSpec = { metrics: [metric('m', fields)], ...(terminate ? { terminate } : {}) };
  const metricResults = result === undefined ? [] : [{ name: 'm', phase: 'Running', ...result }];
  const status = { metricResults, ...(started === undefined ? {} : { startedAt: at(started) }) };
  const metrics = prepared(spec);
  const [measurement] = dueNow(run({ ...spec, status }), metrics, NOW, new Set(ended));
  expect(measurement === undefined ? '-' : `${measurement.act} ${measurement.number}`).toBe(due);
  if (wake === undefined) return;
  const wakeAt = nextWakeAt(metrics, metricResults, started === undefined ? null : NOW + started * 1000, NOW);
  expect(wakeAt).toBe(wake === null ? null : NOW + wake * 1000);
});

test('what is in flight is given back to the provider as it is', () => {
  const metricResults = [{ name: 'm', phase: 'Running', measurements: [IN_FLIGHT] }];
  const spec = { metrics: [metric('m')] };
  expect(dueNow(run({ ...spec, status: { metricResults } }), prepared(spec), NOW, new Set())).toEqual([
    {
      metric: 'm',
      index: 0,
      act: 'resume',
      number: 1,
      unfinished: { startedAt: NOW - 30_000, metadata: { 'job-name': 'j' } },
    },
  ]);
});

test('several metrics are due side by side, and the earliest of the others sets the alarm', () => {
  const spec = {
    metrics: [metric('a'), metric('b', { initialDelay: '1m' }), metric('c', { initialDelay: '20s' }), metric('d')],
  };
  const metrics = prepared(spec);
  expect(dueNow(run(spec), metrics, NOW, new Set()).map(({ metric: name, index }) => [name, index])).toEqual([
    ['a', 0],
    ['d', 3],
  ]);
  const done = ['a', 'd'].map((name) => ({ name, phase: 'Successful' }));
  expect(nextWakeAt(metrics, done, NOW - 5_000, NOW)).toBe(NOW + 15_000);
});

describe('a run is ending', () => {
  const spec = { metrics: [metric('a'), metric('dry')], dryRun: [{ metricName: 'dry' }] };

  function ends(results: Readonly<Record<string, string>>, terminate?: boolean): boolean {
    const metricResults = Object.entries(results).map(([name, phase]) => ({ name, phase }));
    const ending = terminate === undefined ? spec : { ...spec, terminate };
    return isRunTerminating(run({ ...ending, status: { metricResults } }), prepared(spec));
  }

  test.each([
    { name: 'when it was asked to', results: {}, terminate: true, is: true },
    { name: 'when a metric failed', results: { a: 'Failed' }, is: true },
    { name: 'when a metric could not be measured', results: { a: 'Error' }, is: true },
    { name: 'when a metric was inconclusive', results: { a: 'Inconclusive' }, is: true },
    { name: 'not when a metric succeeded', results: { a: 'Successful' }, is: false },
    { name: 'not when a dry-run metric failed', results: { dry: 'Failed' }, is: false },
    { name: 'not when a metric failed that it does not have', results: { other: 'Failed' }, is: false },
    { name: 'not before anything was measured', results: {}, terminate: false, is: false },
  ])('$name', ({ results, terminate, is }) => {
    expect(ends(results, terminate)).toBe(is);
  });
});
