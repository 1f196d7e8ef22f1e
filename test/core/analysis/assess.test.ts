/** Phases of metrics and of runs, with their messages and summaries (spec B.7). */
import { describe, expect, test } from 'vitest';
import type { MetricResult } from '../../../src/api/schema/analysis-run.ts';
import { metricPhase } from '../../../src/core/analysis/assess-metric.ts';
import { assessResult, assessRun } from '../../../src/core/analysis/assess-run.ts';
import { isBad, isOutcome, isWorse } from '../../../src/core/analysis/phases.ts';
import type { Metric } from '../../../src/core/analysis/provider.ts';
import { at, metric, prepared } from './build-run.ts';

const DONE = [{ phase: 'Successful', finishedAt: at(-1) }];

function result(fields: Partial<MetricResult> = {}): MetricResult {
  return { name: 'm', phase: 'Running', measurements: DONE, ...fields };
}

describe('a metric', () => {
  const FOREVER = { interval: '1m' };

  test.each<{
    readonly name: string;
    readonly fields?: Partial<Metric>;
    readonly counters: Partial<MetricResult>;
    readonly terminating?: boolean;
    readonly phase: string;
  }>([
    { name: 'without a measurement is pending', counters: { measurements: [] }, phase: 'Pending' },
    {
      name: 'without a measurement is successful when the run ends',
      counters: { measurements: [] },
      terminating: true,
      phase: 'Successful',
    },
    {
      name: 'with a measurement in flight is running, also when the run ends',
      counters: { failed: 9, measurements: [{ phase: 'Running' }] },
      terminating: true,
      phase: 'Running',
    },
    { name: 'keeps its outcome', counters: { phase: 'Inconclusive', failed: 9 }, phase: 'Inconclusive' },
    { name: 'is successful with all its measurements', counters: { count: 1, successful: 1 }, phase: 'Successful' },
    { name: 'runs on while it has no count', fields: FOREVER, counters: { count: 9, successful: 9 }, phase: 'Running' },
    {
      name: 'that has no count is successful when the run ends',
      fields: FOREVER,
      counters: { count: 9, successful: 9 },
      terminating: true,
      phase: 'Successful',
    },
    { name: 'fails beyond its limit', fields: FOREVER, counters: { count: 1, failed: 1 }, phase: 'Failed' },
    {
      name: 'does not fail at its limit',
      fields: { ...FOREVER, failureLimit: 1 },
      counters: { count: 1, failed: 1 },
      phase: 'Running',
    },
    {
      name: 'fails beyond its limit also when the run ends',
      fields: FOREVER,
      counters: { count: 1, failed: 1 },
      terminating: true,
      phase: 'Failed',
    },
    {
      name: 'is inconclusive beyond that limit, which weighs more than failures',
      fields: FOREVER,
      counters: { count: 2, failed: 1, inconclusive: 1 },
      phase: 'Inconclusive',
    },
    {
      name: 'ends with an error beyond that limit, which weighs most',
      fields: FOREVER,
      counters: { failed: 1, inconclusive: 1, consecutiveError: 5, error: 5 },
      phase: 'Error',
    },
    { name: 'tolerates four errors in a row', counters: { consecutiveError: 4, error: 4 }, phase: 'Running' },
    {
      name: 'is never successful by errors alone',
      counters: { consecutiveError: 1, error: 1, count: 0 },
      phase: 'Running',
    },
    {
      name: 'is successful after enough successes in a row',
      fields: { ...FOREVER, consecutiveSuccessLimit: 2 },
      counters: { count: 2, consecutiveSuccess: 2 },
      phase: 'Successful',
    },
    {
      name: 'fails beyond its limit also with enough successes in a row',
      fields: { ...FOREVER, consecutiveSuccessLimit: 2 },
      counters: { count: 3, failed: 1, consecutiveSuccess: 2 },
      phase: 'Failed',
    },
    {
      name: 'is inconclusive with too few successes in a row and no more failures than allowed',
      fields: { ...FOREVER, count: 3, failureLimit: 1, consecutiveSuccessLimit: 2 },
      counters: { count: 3, failed: 1, successful: 2, consecutiveSuccess: 1 },
      phase: 'Inconclusive',
    },
    {
      name: 'fails with too few successes in a row when nothing else can fail it',
      fields: { ...FOREVER, count: 3, failureLimit: -1, consecutiveSuccessLimit: 2 },
      counters: { count: 3, failed: 2, successful: 1, consecutiveSuccess: 1 },
      phase: 'Failed',
    },
    {
      name: 'does not fail by the measurement that a termination cut off, although it was the last one',
      fields: { ...FOREVER, count: 3, failureLimit: -1, consecutiveSuccessLimit: 2, inconclusiveLimit: 1 },
      counters: { count: 3, successful: 1, failed: 1, inconclusive: 1 },
      terminating: true,
      phase: 'Successful',
    },
    {
      name: 'without a failure limit runs on',
      fields: { ...FOREVER, failureLimit: -1, consecutiveSuccessLimit: 2 },
      counters: { count: 50, failed: 50 },
      phase: 'Running',
    },
  ])('$name', ({ fields = {}, counters, terminating = false, phase }) => {
    expect(metricPhase(metric('m', fields), result(counters), terminating)).toBe(phase);
  });
});

describe('the message of a metric', () => {
  const [counting, dry] = prepared({ metrics: [metric('a'), metric('dry')], dryRun: [{ metricName: 'dry' }] });
  if (counting === undefined || dry === undefined) throw new Error('two metrics');
  const FAILED = { count: 1, failed: 1, measurements: [{ phase: 'Failed', message: 'low', finishedAt: at(-1) }] };

  test('is that of its last measurement once the phase changes', () => {
    expect(assessResult(counting, result({ ...FAILED, message: 'old' }), false)).toMatchObject({
      phase: 'Failed',
      message: 'low',
    });
  });

  test('is gone when the last measurement has none', () => {
    expect(assessResult(counting, result({ count: 1, message: 'old' }), false)).toEqual(
      result({ count: 1, phase: 'Successful' }),
    );
  });

  test('stays while the phase stays', () => {
    const running = result({ message: 'old', count: 0 });
    expect(assessResult(counting, running, false)).toBe(running);
  });

  test('names the limit when it does not count', () => {
    expect(assessResult(dry, result({ ...FAILED, name: 'dry' }), false)).toMatchObject({
      phase: 'Failed',
      message: 'Metric assessed Failed due to failed (1) > failureLimit (0)',
    });
  });
});

describe('a run', () => {
  const SPEC = {
    metrics: [metric('a'), metric('b', { inconclusiveLimit: 1, interval: '1m' }), metric('dry')],
    dryRun: [{ metricName: 'dry' }],
  };
  const RUNNING = { phase: 'Running' };
  const SUCCESSFUL = { phase: 'Successful', count: 1 };

  function assessed(
    results: Readonly<Record<string, Partial<MetricResult>>>,
    isTerminating = false,
    isTerminateAsked = false,
  ) {
    const metricResults = Object.entries(results).map(([name, fields]) => result({ name, ...fields }));
    return assessRun(prepared(SPEC), metricResults, { isTerminating, isTerminateAsked });
  }

  test.each<{
    readonly name: string;
    readonly results: Readonly<Record<string, Partial<MetricResult>>>;
    readonly ending?: 'asked' | 'lost';
    readonly phase: string;
    readonly message?: string;
  }>([
    { name: 'is running before anything is measured', results: {}, phase: 'Running' },
    { name: 'waits for every metric', results: { a: SUCCESSFUL, dry: SUCCESSFUL }, phase: 'Running' },
    {
      name: 'waits for metrics that do not count, too',
      results: { a: SUCCESSFUL, b: SUCCESSFUL, dry: RUNNING },
      phase: 'Running',
    },
    {
      name: 'is successful when all are',
      results: { a: SUCCESSFUL, b: SUCCESSFUL, dry: SUCCESSFUL },
      phase: 'Successful',
    },
    {
      name: 'is successful although a metric failed that does not count',
      results: { a: SUCCESSFUL, b: SUCCESSFUL, dry: { phase: 'Failed', failed: 1 } },
      phase: 'Successful',
    },
    {
      name: 'is running on in the round in which a metric is lost',
      results: { a: { phase: 'Failed', failed: 1 }, b: RUNNING },
      phase: 'Running',
    },
    {
      name: 'has the worst outcome, and says which limit it was',
      results: {
        a: { phase: 'Error', consecutiveError: 5, message: 'no connection' },
        b: { phase: 'Inconclusive', inconclusive: 2 },
        dry: { phase: 'Failed', failed: 1 },
      },
      ending: 'lost',
      phase: 'Error',
      message:
        'Metric "a" assessed Error due to consecutiveErrors (5) > consecutiveErrorLimit (4): "Error Message: no connection"',
    },
    {
      name: 'does not wait for others when a metric is lost',
      results: { b: { phase: 'Inconclusive', inconclusive: 2 } },
      ending: 'lost',
      phase: 'Inconclusive',
      message: 'Metric "b" assessed Inconclusive due to inconclusive (2) > inconclusiveLimit (1)',
    },
    {
      name: 'waits for a measurement in flight, which would be left behind',
      results: { a: { phase: 'Failed', failed: 1 }, b: { phase: 'Running', measurements: [{ phase: 'Running' }] } },
      ending: 'lost',
      phase: 'Running',
    },
    {
      name: 'is successful when it is ended before anything is complete',
      results: {},
      ending: 'asked',
      phase: 'Successful',
      message: 'Run Terminated',
    },
    {
      name: 'keeps the reason of a failure when it is ended',
      results: { a: { phase: 'Failed', failed: 1 } },
      ending: 'asked',
      phase: 'Failed',
      message: 'Metric "a" assessed Failed due to failed (1) > failureLimit (0)',
    },
  ])('$name', ({ results, ending, phase, message = '' }) => {
    const assessment = assessed(results, ending !== undefined, ending === 'asked');
    expect({ phase: assessment.phase, message: assessment.message }).toEqual({ phase, message });
  });

  test('says why, too, when successes in a row are missing', () => {
    const spec = { metrics: [metric('m', { count: 3, interval: '1m', failureLimit: 1, consecutiveSuccessLimit: 2 })] };
    const lost = result({ phase: 'Inconclusive', count: 3, consecutiveSuccess: 1 });
    expect(assessRun(prepared(spec), [lost], { isTerminating: true, isTerminateAsked: false })).toMatchObject({
      phase: 'Inconclusive',
      message:
        'Metric "m" assessed Inconclusive due to consecutiveSuccesses (1) < consecutiveSuccessLimit (2) after 3 measurements',
      runSummary: { count: 1, inconclusive: 1 },
    });
  });

  test('counts metrics in two summaries', () => {
    const { runSummary, dryRunSummary } = assessed({ a: SUCCESSFUL, dry: { phase: 'Failed', failed: 1 } });
    expect(runSummary).toEqual({ count: 2, successful: 1 });
    expect(dryRunSummary).toEqual({ count: 1, failed: 1 });
  });

  test('has an empty summary of dry runs when there are none', () => {
    const { dryRunSummary } = assessRun(prepared({ metrics: [metric()] }), [], {
      isTerminating: false,
      isTerminateAsked: false,
    });
    expect(dryRunSummary).toEqual({});
  });
});

test('phases are worse in the order of the API', () => {
  const order = ['Successful', 'Running', 'Pending', 'Inconclusive', 'Error', 'Failed'] as const;
  for (const [index, phase] of order.entries()) {
    expect(order.filter((than) => isWorse(phase, than))).toEqual(order.slice(0, index));
  }
  expect(order.filter(isOutcome)).toEqual(['Successful', 'Inconclusive', 'Error', 'Failed']);
  expect(order.filter(isBad)).toEqual(['Inconclusive', 'Error', 'Failed']);
});
