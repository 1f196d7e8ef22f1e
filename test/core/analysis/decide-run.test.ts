/** Whole lives of runs: looks in virtual time, with every write in between (spec B.5 to B.7, H.3). */
import { describe, expect, test } from 'vitest';
import { at, metric, NOW, run } from './build-run.ts';
import { AnalysisHistory, value, verdict, type Answer } from './looks.ts';
import type { Metric } from '../../../src/core/analysis/provider.ts';
import { mayStillBeWritten } from '../../../src/core/analysis/round.ts';
import type { AnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import type { JsonObject } from '../../../src/kube/json.ts';

/** Answers by the name of the metric. */
function by(answers: Readonly<Record<string, Answer>>): Answer {
  return (task, now) => answers[task.due.metric]?.(task, now) ?? null;
}

const good: Answer = () => value(1);
const bad: Answer = () => value(0);
const job: Answer = ({ due }, now) =>
  due.act === 'terminate'
    ? verdict('Inconclusive')
    : { kind: 'unfinished', resumeAt: now + 15_000, metadata: { 'job-name': `j.${due.number}` } };

describe('a run', () => {
  test('of one measurement is over with the first look', () => {
    const history = new AnalysisHistory(run(), { answer: good }).lookOn();
    expect(history.status).toEqual({
      phase: 'Successful',
      startedAt: at(0),
      completedAt: at(0),
      metricResults: [
        {
          name: 'errors',
          phase: 'Successful',
          count: 1,
          successful: 1,
          consecutiveSuccess: 1,
          consecutiveError: 0,
          measurements: [{ phase: 'Successful', value: '1', startedAt: at(0), finishedAt: at(0) }],
        },
      ],
      runSummary: { count: 1, successful: 1 },
      dryRunSummary: {},
    });
    expect(history.events).toEqual([
      "Normal Metric 'errors' Completed. Result: Successful",
      'Normal Analysis Completed. Result: Successful',
    ]);
  });

  test('measures at its interval until it has its count', () => {
    const history = new AnalysisHistory(run({ metrics: [metric('m', { count: 3, interval: '1m' })] }), {
      answer: good,
    }).lookOn();
    expect(history.result('m')?.measurements?.map(({ startedAt }) => startedAt)).toEqual([at(0), at(60), at(120)]);
    expect(history.status).toMatchObject({ phase: 'Successful', completedAt: at(120) });
  });

  test('with a delay begins with its first look, and measures after it', () => {
    const history = new AnalysisHistory(run({ metrics: [metric('m', { initialDelay: '5m' })] }), { answer: good });
    expect(history.look().decision).toMatchObject({
      status: { phase: 'Running', startedAt: at(0), runSummary: { count: 1 } },
      wakeAt: NOW + 300_000,
    });
    history.now = NOW + 300_000;
    history.lookOn();
    expect(history.status).toMatchObject({ phase: 'Successful', startedAt: at(0), completedAt: at(300) });
  });

  test('gives up after five errors in a row, 10 s apart, whatever its interval is', () => {
    const history = new AnalysisHistory(run({ metrics: [metric('m', { interval: '1h', count: 2 })] }), {
      answer: () => verdict('Error', 'no connection'),
    }).lookOn();
    expect(history.status).toMatchObject({
      phase: 'Error',
      completedAt: at(40),
      message:
        'Metric "m" assessed Error due to consecutiveErrors (5) > consecutiveErrorLimit (4): "Error Message: no connection"',
      runSummary: { count: 1, error: 1 },
    });
    expect(history.tasks.map(({ order }) => order.number)).toEqual([1, 2, 3, 4, 5]);
    expect(history.events).toEqual([
      "Warning Metric 'm' Completed. Result: Error",
      'Warning Analysis Completed. Result: Error',
    ]);
  });

  test('that fails does not wait for a metric with an enormous delay', () => {
    const metrics = [
      metric('slow', { initialDelay: '1000h' }),
      metric('m', { count: 3, interval: '5s', failureLimit: 1 }),
    ];
    const history = new AnalysisHistory(run({ metrics }), { answer: bad }).lookOn();
    expect(history.status).toMatchObject({
      phase: 'Failed',
      message: 'Metric "m" assessed Failed due to failed (2) > failureLimit (1)',
      completedAt: at(5),
      runSummary: { count: 2, failed: 1 },
    });
    expect(history.result('slow')).toBeUndefined();
  });

  test('that fails ends the Job that is in flight, in the round after', () => {
    const metrics = [metric('job'), metric('m')];
    const history = new AnalysisHistory(run({ metrics }), { answer: by({ job, m: bad }) });
    const first = history.look();
    expect(first.decision.wakeAt).toBe(NOW);
    expect(history.status.phase).toBe('Running');
    expect(history.result('m')?.phase).toBe('Failed');
    const second = history.look();
    expect(second.round.due).toMatchObject([
      { metric: 'job', act: 'terminate', unfinished: { metadata: { 'job-name': 'j.1' } } },
    ]);
    expect(history.status).toMatchObject({
      phase: 'Failed',
      message: 'Metric "m" assessed Failed due to failed (1) > failureLimit (0)',
      runSummary: { count: 2, failed: 1, inconclusive: 1 },
    });
    expect(history.result('job')).toMatchObject({
      phase: 'Inconclusive',
      measurements: [{ phase: 'Inconclusive', message: 'Metric Terminated' }],
    });
  });

  test('that is ended with a Job in flight is inconclusive, not failed', () => {
    const history = new AnalysisHistory(run({ metrics: [metric('job')] }), { answer: job }).lookOn(60);
    expect(history.status.phase).toBe('Running');
    history.edit({ terminate: true }).lookOn();
    expect(history.status).toMatchObject({
      phase: 'Inconclusive',
      message:
        'Metric "job" assessed Inconclusive due to inconclusive (1) > inconclusiveLimit (0): "Error Message: Metric Terminated"',
    });
    expect(history.events.at(-1)).toBe('Normal Analysis Completed. Result: Inconclusive');
  });

  test('without a count is successful when it is ended', () => {
    const history = new AnalysisHistory(run({ metrics: [metric('m', { interval: '1m' })] }), { answer: good });
    history.lookOn(150);
    expect(history.status.phase).toBe('Running');
    expect(history.status.message).toBeUndefined();
    history.edit({ terminate: true }).lookOn();
    expect(history.status).toMatchObject({ phase: 'Successful', message: 'Run Terminated' });
    expect(history.result('m')).toMatchObject({ phase: 'Successful', count: 3 });
  });

  test('that is ended before it began is successful, and measures nothing', () => {
    const history = new AnalysisHistory(run({ terminate: true }), { answer: bad }).lookOn();
    expect(history.tasks).toEqual([]);
    expect(history.status).toEqual({
      phase: 'Successful',
      message: 'Run Terminated',
      startedAt: at(0),
      completedAt: at(0),
      runSummary: { count: 1 },
      dryRunSummary: {},
    });
  });

  test('whose controller dies before it writes measures again under the same number, and counts once', () => {
    const history = new AnalysisHistory(run(), { answer: good });
    history.lookOnly();
    history.now += 1_000;
    history.lookOn();
    expect(history.tasks.map(({ due, order }) => [due.act, order.number])).toEqual([
      ['measure', 1],
      ['measure', 1],
    ]);
    expect(history.result('errors')).toMatchObject({ count: 1, measurements: [{ startedAt: at(1) }] });
  });

  test('that hears nothing of a measurement asks again at once', () => {
    const history = new AnalysisHistory(run(), { answer: () => null });
    expect(history.look().decision.wakeAt).toBe(NOW);
    expect(history.status.metricResults).toBeUndefined();
  });
});

describe('dry runs and retention', () => {
  test('a failing metric that does not count leaves the run successful', () => {
    const history = new AnalysisHistory(
      run({ metrics: [metric('m'), metric('dry')], dryRun: [{ metricName: 'dry' }] }),
      { answer: by({ m: good, dry: bad }) },
    ).lookOn();
    expect(history.status).toMatchObject({
      phase: 'Successful',
      runSummary: { count: 1, successful: 1 },
      dryRunSummary: { count: 1, failed: 1 },
    });
    expect(history.result('dry')).toMatchObject({
      dryRun: true,
      phase: 'Failed',
      message: 'Metric assessed Failed due to failed (1) > failureLimit (0)',
    });
    expect(history.result('m')).not.toHaveProperty('dryRun');
  });

  test('the last measurements are kept while the counters grow, and providers are told', () => {
    const history = new AnalysisHistory(
      run({
        metrics: [metric('m', { count: 5, interval: '1m' })],
        measurementRetention: [{ metricName: 'm', limit: 2 }],
      }),
      { answer: good },
    );
    history.lookOn(60);
    history.now = NOW + 120_000;
    expect(history.look().decision.removeOld).toEqual([{ metric: 'm', keep: 2 }]);
    history.lookOn();
    expect(history.result('m')).toMatchObject({ count: 5, successful: 5 });
    expect(history.result('m')?.measurements?.map(({ startedAt }) => startedAt)).toEqual([at(180), at(240)]);
  });

  test('ten measurements are kept without a rule', () => {
    const history = new AnalysisHistory(run({ metrics: [metric('m', { count: 12, interval: '1m' })] }), {
      answer: good,
    }).lookOn();
    expect(history.result('m')?.measurements).toHaveLength(10);
  });
});

describe('secrets', () => {
  const args = [{ name: 'token', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } }];
  const withToken = metric('m', {
    provider: { web: { url: 'http://api/{{args.token}}' } },
    successCondition: 'result == "{{args.token}}"',
    count: 2,
    interval: '1m',
  });
  const secrets = new Map([['api', { token: 'hunter2-secret' }]]);

  test('reach the provider and the conditions, and nothing that is stored', () => {
    const described: Metric[] = [];
    const history = new AnalysisHistory(run({ metrics: [withToken], args }), {
      secrets,
      answer: ({ order }) => ({
        kind: 'value',
        result: { type: 'text', value: 'x' },
        text: order.metric.provider.web?.url ?? '',
        metadata: { url: order.metric.provider.web?.url ?? '' },
      }),
      judge: ({ successCondition = '' }) => ({ phase: 'Error', message: `could not evaluate ${successCondition}` }),
      describe: (one) => {
        described.push(one);
        return { ResolvedUrl: one.provider.web?.url ?? '' };
      },
    });
    expect(history.lookOnly().round.secrets).toEqual([{ name: 'api', key: 'token' }]);
    history.look();
    expect(history.tasks.at(-1)?.order.metric.provider.web?.url).toBe('http://api/hunter2-secret');
    expect(history.result('m')).toMatchObject({
      metadata: { ResolvedUrl: 'http://api/temp-for-secret' },
      measurements: [
        {
          value: 'http://api/*****',
          message: 'could not evaluate result == "*****"',
          metadata: { url: 'http://api/*****' },
        },
      ],
    });
    expect(JSON.stringify(history.run)).not.toContain('hunter2');
    expect(described).toHaveLength(2);
  });

  test('stay out of the names of metrics, which providers write into objects of their own', () => {
    const history = new AnalysisHistory(run({ metrics: [metric('m-{{args.token}}')], args }), {
      secrets,
      answer: good,
    }).lookOn();
    expect(history.tasks[0]?.order.metric.name).toBe('m-temp-for-secret');
    expect(history.result('m-temp-for-secret')).toMatchObject({ count: 1 });
  });

  test('that are missing end the run with an error', () => {
    const history = new AnalysisHistory(run({ metrics: [withToken], args }), { answer: good }).lookOn();
    expect(history.status).toEqual({
      phase: 'Error',
      message: 'Unable to resolve metric arguments: secret "api" not found',
      completedAt: at(0),
    });
    expect(history.events).toEqual(['Warning Analysis Completed. Result: Error']);
  });

  test('are read again for each round, so one that is removed meanwhile ends the run', () => {
    const read = new Map<string, { token: string } | null>(secrets);
    const history = new AnalysisHistory(run({ metrics: [withToken], args }), { answer: good, secrets: read });
    history.look();
    read.set('api', null);
    history.now += 30_000;
    expect(history.look().decision).toMatchObject({ status: { phase: 'Running' }, wakeAt: NOW + 60_000 });
    history.now += 30_000;
    history.lookOn();
    expect(history.status.phase).toBe('Error');
    expect(history.result('m')).toMatchObject({ count: 1 });
  });

  test('that are missing end the run after the Jobs that are in flight, also those that are not due', () => {
    const read = new Map<string, { token: string } | null>(secrets);
    const metrics = [metric('job'), withToken];
    const history = new AnalysisHistory(run({ metrics, args }), { answer: by({ job, m: good }), secrets: read });
    history.look();
    read.set('api', null);
    history.now += 7_000;
    history.edit({ metrics: [metric('job'), { ...withToken, interval: '5s' }] });
    const before = history.tasks.length;
    history.look();
    expect(history.tasks.slice(before).map(({ due }) => [due.metric, due.act])).toEqual([['job', 'terminate']]);
    expect(history.status).toMatchObject({
      phase: 'Error',
      message: 'Unable to resolve metric arguments: secret "api" not found',
      completedAt: at(7),
    });
    expect(history.result('job')).toMatchObject({
      phase: 'Inconclusive',
      measurements: [{ phase: 'Inconclusive', message: 'Metric Terminated', finishedAt: at(7) }],
    });
    expect(history.events).toEqual([
      "Normal Metric 'job' Completed. Result: Inconclusive",
      'Warning Analysis Completed. Result: Error',
    ]);
    expect(history.look().plan.writes).toEqual([]);
  });

  test('that are missing keep no Job from being ended', () => {
    const read = new Map<string, { token: string } | null>(secrets);
    const history = new AnalysisHistory(run({ metrics: [withToken], args }), { answer: job, secrets: read });
    history.look();
    read.clear();
    history.edit({ terminate: true }).lookOn();
    expect(history.tasks.at(-1)?.due.act).toBe('terminate');
    expect(history.status.phase).toBe('Inconclusive');
  });
});

describe('a mistake in the spec ends the run with an error at once', () => {
  test.each<{ readonly name: string; readonly spec: Parameters<typeof run>[0]; readonly message: string }>([
    { name: 'no metrics', spec: { metrics: [] }, message: 'Analysis spec invalid: no metrics specified' },
    {
      name: 'a metric that cannot be measured',
      spec: { metrics: [metric('m', { count: 2 })] },
      message: 'Analysis spec invalid: metrics[0]: interval must be specified when count > 1',
    },
    {
      name: 'a rule for no metric',
      spec: { dryRun: [{ metricName: 'other' }] },
      message: "Analysis spec invalid: dryRun[0]: Rule didn't match any metric name(s)",
    },
    {
      name: 'an argument without a value, even when nothing uses it',
      spec: { args: [{ name: 'a' }] },
      message: 'Unable to resolve metric arguments: argument "a" was not supplied',
    },
    {
      name: 'a placeholder without an argument',
      spec: { metrics: [metric('{{args.a}}')] },
      message: 'Unable to resolve metric arguments: failed to resolve {{args.a}}',
    },
    {
      name: 'a secret where a number is needed',
      spec: {
        metrics: [metric('m', { interval: '{{args.a}}' })],
        args: [{ name: 'a', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
      },
      message:
        'Analysis spec invalid: metrics[0]: invalid interval string: "temp-for-secret" is not a duration such as 30s or 5m',
    },
  ])('$name', ({ spec, message }) => {
    const history = new AnalysisHistory(run(spec), { answer: good }).lookOn();
    expect(history.tasks).toEqual([]);
    expect(history.status).toEqual({ phase: 'Error', message, completedAt: at(0) });
    expect(history.events).toEqual(['Warning Analysis Completed. Result: Error']);
  });

  test('numbers that are filled in are numbers', () => {
    const spec = {
      metrics: [metric('m', { count: '{{args.n}}', interval: '{{args.every}}' })],
      args: [
        { name: 'n', value: '2' },
        { name: 'every', value: '30s' },
      ],
    };
    const history = new AnalysisHistory(run(spec), { answer: good }).lookOn();
    expect(history.status).toMatchObject({ phase: 'Successful', completedAt: at(30) });
  });
});

describe('a finished run', () => {
  const FINISHED = { phase: 'Failed', completedAt: at(-10), metricResults: [] };

  test('is left alone', () => {
    const history = new AnalysisHistory(run({ status: FINISHED }), { answer: good });
    const { plan, decision } = history.look();
    expect(plan).toEqual({ writes: [] });
    expect(decision).toMatchObject({ wakeAt: null, deleteAt: null, events: [] });
    expect(history.tasks).toEqual([]);
  });

  test('is deleted when its time to live is over, and not before', () => {
    const history = new AnalysisHistory(run({ status: FINISHED, ttlStrategy: { secondsAfterCompletion: 60 } }), {
      answer: good,
    });
    expect(history.look().plan).toEqual({ writes: [], requeueAfterMs: 51_000 });
    history.now += 51_000;
    expect(history.look().plan.writes).toEqual([
      expect.objectContaining({ op: 'delete', name: 'web-abc-2', namespace: 'shop', uid: 'uid-run' }),
    ]);
  });

  test('is deleted in time also when it just finished', () => {
    const history = new AnalysisHistory(run({ ttlStrategy: { secondsAfterSuccess: 0 } }), { answer: good }).lookOn();
    expect(history.isDeleted).toBe(true);
    expect(history.now).toBe(NOW + 1_000);
    expect(history.events).toHaveLength(2);
  });

  test('is written before it is deleted, however short its time to live is', () => {
    const history = new AnalysisHistory(run({ ttlStrategy: { secondsAfterCompletion: -60 } }), { answer: good });
    expect(history.look().plan).toMatchObject({ writes: [{ op: 'patch' }], requeueAfterMs: 0 });
    expect(history.look().plan.writes).toMatchObject([{ op: 'delete' }]);
  });

  test('that another controller left without its end gets one when it has a time to live', () => {
    const spec = { status: { phase: 'Error' }, ttlStrategy: { secondsAfterCompletion: 60 } };
    const history = new AnalysisHistory(run(spec), { answer: good });
    expect(history.look().plan.requeueAfterMs).toBe(61_000);
    expect(history.status).toEqual({ phase: 'Error', completedAt: at(0) });
    expect(new AnalysisHistory(run({ status: { phase: 'Error' } }), { answer: good }).look().plan.writes).toEqual([]);
  });
});

test('a run that is being deleted is left alone', () => {
  const history = new AnalysisHistory(run({ metadata: { deletionTimestamp: at(0) } }), { answer: good });
  expect(history.look()).toMatchObject({ plan: { writes: [] }, decision: { wakeAt: null } });
  expect(history.tasks).toEqual([]);
});

test('the patch is about the status only, and bound to the version that was looked at', () => {
  const history = new AnalysisHistory(run(), { answer: good });
  const [write] = history.lookOnly().plan.writes;
  expect(write).toMatchObject({ op: 'patch', resource: { plural: 'analysisruns' }, resourceVersion: '7' });
  expect(write).not.toHaveProperty('subresource');
  expect(Object.keys((write as { readonly patch: JsonObject }).patch)).toEqual(['status']);
});

describe('what a look decided may be written to a newer version of the run', () => {
  const seen = run({ status: { phase: 'Running' } });

  test.each<{ readonly name: string; readonly latest: AnalysisRun; readonly may: boolean }>([
    { name: 'when nothing has changed', latest: seen, may: true },
    {
      name: 'when it was only asked to end, or labelled',
      latest: run({ status: { phase: 'Running' }, terminate: true, metadata: { labels: {}, resourceVersion: '9' } }),
      may: true,
    },
    { name: 'not when its status has changed', latest: run({ status: { phase: 'Failed' } }), may: false },
    {
      name: 'not when it measures something else',
      latest: run({ status: { phase: 'Running' }, metrics: [metric('x')] }),
      may: false,
    },
    {
      name: 'not when it is another run of that name',
      latest: { ...seen, metadata: { ...seen.metadata, uid: 'x' } },
      may: false,
    },
    {
      name: 'not when it is being deleted',
      latest: { ...seen, metadata: { ...seen.metadata, deletionTimestamp: at(0) } },
      may: false,
    },
  ])('$name', ({ latest, may }) => {
    expect(mayStillBeWritten(seen, latest)).toBe(may);
  });

  test('also to one that has no status yet', () => {
    expect(mayStillBeWritten(run(), run({ status: {} }))).toBe(true);
  });
});

test('a look at which nothing is due writes nothing', () => {
  const history = new AnalysisHistory(run({ metrics: [metric('m', { interval: '1m' })] }), { answer: good });
  history.look();
  history.now += 10_000;
  expect(history.look().plan).toEqual({ writes: [], requeueAfterMs: 50_000 });
});
