/** Providers asked side by side, in virtual time. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { MetricProvider, Reading } from '../../../src/core/analysis/provider.ts';
import type { TakenReading } from '../../../src/core/analysis/record.ts';
import type { MeasurementTask } from '../../../src/core/analysis/round.ts';
import type { Act } from '../../../src/core/analysis/schedule.ts';
import {
  measureSideBySide,
  type MeasureOptions,
  ROUND_LIMIT_MS,
} from '../../../src/controllers/analysis-run/measure.ts';
import { ApiError, type ApiErrorKind } from '../../../src/runtime/api-error.ts';
import { metric } from '../../core/analysis/build-run.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';

let clock: ManualClock;
let stop: AbortController;
let ended: AbortController;
beforeEach(() => {
  clock = new ManualClock();
  stop = new AbortController();
  ended = new AbortController();
});

function task(name: string, act: Act = 'measure', index = 0): MeasurementTask {
  const unfinished = act === 'measure' ? {} : { unfinished: { startedAt: clock.now(), metadata: { job: name } } };
  return {
    due: { metric: name, index, act, number: 1, ...unfinished },
    order: {
      run: { namespace: 'shop', name: 'web-1', uid: '1' },
      runStartedAt: null,
      metric: metric(name),
      now: clock.now(),
      number: 1,
    },
  };
}

function measure(
  tasks: readonly MeasurementTask[],
  providerOf: (name: string) => MetricProvider | undefined,
  isDecided: MeasureOptions['isDecided'] = () => false,
): Promise<readonly TakenReading[]> {
  return measureSideBySide(tasks, {
    clock,
    signal: stop.signal,
    ended: ended.signal,
    providerOf: ({ due }) => providerOf(due.metric),
    isDecided,
  });
}

const FINE: Reading = { kind: 'verdict', phase: 'Successful' };
const answers = (reading: Reading): MetricProvider => ({ measure: async () => Promise.resolve(reading) });
/** Ends with its signal. */
const hangs: MetricProvider = {
  measure: (_order, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
};
const deaf: MetricProvider = { measure: () => new Promise(() => {}) };
const after = (ms: number, reading: Reading): MetricProvider => ({
  measure: () => new Promise((resolve) => void clock.setTimer(ms, () => resolve(reading))),
});
const errorOf = (kind: ApiErrorKind): ApiError =>
  new ApiError({ kind, status: 500, reason: 'Test', attempt: 'create jobs shop/job', message: 'not now' });
const outcomes = (readings: readonly TakenReading[]): readonly string[] =>
  readings.map(({ due, reading }) =>
    reading.kind === 'verdict' ? `${due.metric} ${reading.phase} ${reading.message ?? ''}`.trim() : due.metric,
  );

describe('whatever goes wrong in a provider is a reading', () => {
  test.each<{ name: string; provider: MetricProvider | undefined; act?: Act; message: string }>([
    {
      name: 'a rejection',
      provider: { measure: async () => Promise.reject(new Error('no route')) },
      message: 'no route',
    },
    {
      name: 'an exception',
      provider: {
        measure: () => {
          throw new TypeError('x is undefined');
        },
      },
      message: 'x is undefined',
    },
    { name: 'what is no error', provider: { measure: async () => Promise.reject('text') }, message: 'text' },
    {
      name: 'an error without words',
      provider: { measure: async () => Promise.reject(new Error()) },
      message: 'the measurement failed without a reason',
    },
    { name: 'no provider', provider: undefined, message: 'there is no provider for this metric' },
    {
      name: 'a measurement to resume, of a provider that has none',
      provider: answers(FINE),
      act: 'resume',
      message: 'a measurement of this provider cannot be resumed',
    },
  ])('$name', async ({ provider, act, message }) => {
    const readings = await measure([task('a', act)], () => provider);
    expect(outcomes(readings)).toEqual([`a Error ${message}`]);
  });

  test.each<{ name: string; remove: () => Promise<Reading>; message: string }>([
    { name: 'and what it has begun is ended', remove: async () => Promise.resolve(FINE), message: 'no right' },
    {
      name: 'and says when what it has begun could not be ended',
      remove: async () => Promise.reject(new Error('no right to delete')),
      message: 'no right; what it has begun goes on: no right to delete',
    },
  ])('a measurement that cannot be resumed is an Error, $name', async ({ remove, message }) => {
    let ends = 0;
    const provider: MetricProvider = {
      ...answers(FINE),
      resume: async () => Promise.reject(new Error('no right')),
      terminate: () => {
        ends += 1;
        return remove();
      },
    };
    expect(outcomes(await measure([task('a', 'resume')], () => provider))).toEqual([`a Error ${message}`]);
    expect(ends).toBe(1);
  });

  test('a termination of a provider that cannot end anything leaves it to the core', async () => {
    const [taken] = await measure([task('a', 'terminate')], () => answers(FINE));
    expect(taken?.reading).toMatchObject({ kind: 'unfinished' });
  });
});

describe('time', () => {
  test.each([
    { name: 'that ends with its signal', provider: hangs },
    { name: 'that does not listen', provider: deaf },
  ])('of a provider $name has a limit', async ({ provider }) => {
    const measured = measure([task('a'), task('b')], (name) => (name === 'a' ? provider : answers(FINE)));
    await clock.advance(ROUND_LIMIT_MS);
    expect(outcomes(await measured)).toEqual([
      'b Successful',
      'a Error the measurement did not end within 300 seconds',
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('of each measurement is its own', async () => {
    const start = clock.now();
    const measured = measure([task('slow'), task('fast')], (name) => after(name === 'slow' ? 5_000 : 1_000, FINE));
    await clock.advance(5_000);
    expect(
      (await measured).map((taken) => [taken.due.metric, taken.startedAt - start, taken.finishedAt - start]),
    ).toEqual([
      ['fast', 0, 1_000],
      ['slow', 0, 5_000],
    ]);
  });

  test('passes for no more than sixteen at once', async () => {
    let now = 0;
    let most = 0;
    const provider: MetricProvider = {
      measure: async () => {
        most = Math.max(most, ++now);
        await new Promise<void>((resolve) => void clock.setTimer(1_000, resolve));
        now -= 1;
        return FINE;
      },
    };
    const measured = measure(
      Array.from({ length: 40 }, (_, index) => task(`m${index}`)),
      () => provider,
    );
    await clock.advance(3_000);
    expect(await measured).toHaveLength(40);
    expect(most).toBe(16);
  });
});

describe('an end before all have answered', () => {
  const tasks = () => [task('done'), task('slow')];
  const providers = (name: string): MetricProvider => (name === 'done' ? answers(FINE) : hangs);

  test('of the process rejects, and records nothing', async () => {
    const measured = measure(tasks(), providers);
    const rejected = measured.catch((error: unknown) => error);
    await clock.advance(1);
    stop.abort(new Error('The worker is stopped'));
    expect(await rejected).toMatchObject({ message: 'The worker is stopped' });
    expect(clock.pendingTimers).toBe(0);
  });

  test('of the run leaves out what is given up', async () => {
    const measured = measure(tasks(), providers);
    await clock.advance(1);
    ended.abort(new Error('The run is asked to end'));
    expect(outcomes(await measured)).toEqual(['done Successful']);
  });

  test('of the run that came before the round begins nothing', async () => {
    ended.abort(new Error('The run is asked to end'));
    expect(await measure(tasks(), providers)).toEqual([]);
  });

  test('of the run waits for what would be left behind in another system', async () => {
    const leaves = { ...after(2_000, FINE), terminate: async () => Promise.resolve(FINE) };
    const measured = measure([task('job')], () => leaves);
    await clock.advance(1_000);
    ended.abort(new Error('The run is asked to end'));
    await clock.advance(1_000);
    expect(outcomes(await measured)).toEqual(['job Successful']);
  });

  test('of the run does not keep it from ending what is in flight', async () => {
    ended.abort(new Error('The run is asked to end'));
    const provider = { ...hangs, terminate: async () => Promise.resolve({ ...FINE, phase: 'Inconclusive' as const }) };
    expect(outcomes(await measure([task('job', 'terminate')], () => provider))).toEqual(['job Inconclusive']);
  });

  test('comes with the reading that decides the run', async () => {
    const failed: Reading = { kind: 'verdict', phase: 'Failed' };
    const isDecided = (readings: readonly TakenReading[]): boolean =>
      readings.some(({ reading }) => reading.kind === 'verdict' && reading.phase === 'Failed');
    const providersOf = (name: string): MetricProvider =>
      name === 'bad' ? after(100, failed) : name === 'good' ? answers(FINE) : hangs;
    const measured = measure([task('slow'), task('good'), task('bad')], providersOf, isDecided);
    await clock.advance(100);
    expect(outcomes(await measured)).toEqual(['good Successful', 'bad Failed']);
  });
});

describe('an API server that does not say what has become of a request', () => {
  test.each<ApiErrorKind>(['network', 'server', 'throttled'])(
    '(%s) is asked again with the same order',
    async (kind) => {
      const orders: unknown[] = [];
      const provider: MetricProvider = {
        measure: async (order) => {
          orders.push(order);
          if (orders.length < 3) throw errorOf(kind);
          return Promise.resolve(FINE);
        },
      };
      const one = task('a');
      const measured = measure([one], () => provider);
      await clock.advance(10_000);
      expect(outcomes(await measured)).toEqual(['a Successful']);
      expect(orders).toEqual([one.order, one.order, one.order]);
    },
  );

  test('for a minute is an error', async () => {
    const provider: MetricProvider = { measure: async () => Promise.reject(errorOf('network')) };
    const measured = measure([task('a')], () => provider);
    await clock.advance(60_000);
    expect(outcomes(await measured)).toEqual(['a Error Cannot create jobs shop/job: not now']);
  });

  test.each<ApiErrorKind>(['forbidden', 'invalid', 'notFound'])('but refuses it (%s) is not', async (kind) => {
    const provider: MetricProvider = { measure: async () => Promise.reject(errorOf(kind)) };
    expect(outcomes(await measure([task('a')], () => provider))).toEqual([
      'a Error Cannot create jobs shop/job: not now',
    ]);
  });
});
