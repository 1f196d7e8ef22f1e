import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WorkQueue } from '../../src/runtime/work-queue.ts';
import { type Outcome, type Reconcile, Worker } from '../../src/runtime/worker.ts';
import { ManualClock } from './manual-clock.ts';
import { quietLogger, testMetrics } from './parts.ts';

let clock: ManualClock;
let queue: WorkQueue;
let worker: Worker;
let ended: string[];
let begun: string[];

beforeEach(() => {
  clock = new ManualClock();
  queue = new WorkQueue({ name: 'Rollouts', clock, metrics: testMetrics(), limit: () => Infinity });
  ended = [];
  begun = [];
});

afterEach(() => worker.stop(0));

function startWith(reconcile: Reconcile, options: { concurrency?: number; timeLimitMs?: number } = {}): void {
  worker = new Worker({
    queue,
    clock,
    logger: quietLogger,
    reconcile: (key, run) => {
      begun.push(key);
      return reconcile(key, run);
    },
    observer: (key, _seconds, how) => ended.push(`${key} ${how}`),
    concurrency: 2,
    ...options,
  });
  worker.start();
}

/** A reconcile whose first outcomes are these, and `done` ever after. */
function outcomes(...list: (Outcome | Error)[]): Reconcile {
  return () => {
    const outcome = list.shift() ?? { kind: 'done' };
    return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
  };
}

describe('the outcome decides when the key comes back', () => {
  const cases: readonly [string, Outcome | Error, number | null][] = [
    ['done: not before an event', { kind: 'done' }, null],
    ['done with a delay: after that delay', { kind: 'done', requeueAfterMs: 5000 }, 5000],
    ['stale: after the asked time', { kind: 'stale', retryAfterMs: 100 }, 100],
    ['conflict: after its back-off', { kind: 'conflict' }, 1],
    ['an error: after its back-off', new Error('no'), 1],
    ['a refused write: after its back-off', { kind: 'refused', errors: [new Error('no')] }, 1],
    ['a refused write: when it has to be, if that is earlier', { kind: 'refused', errors: [], requeueAfterMs: 1 }, 1],
  ];

  test.each(cases)('%s', async (_name, outcome, delayMs) => {
    startWith(outcomes(outcome));
    queue.add('a');
    await clock.advance(0);
    expect(begun).toEqual(['a']);
    await clock.advance((delayMs ?? 1_000_000) - 1);
    expect(begun).toEqual(['a']);
    await clock.advance(1);
    expect(begun).toEqual(delayMs === null ? ['a'] : ['a', 'a']);
  });

  test('failures add up until one success, stale looks do not', async () => {
    const no = new Error('no');
    startWith(outcomes(no, { kind: 'stale', retryAfterMs: 1 }, no, no, { kind: 'done', requeueAfterMs: 1 }, no));
    queue.add('a');
    await clock.advance(0);
    const at: number[] = [];
    for (let ms = 0; ms <= 9; ms += 1) {
      while (at.length < begun.length) at.push(ms);
      await clock.advance(1);
    }
    expect(at).toEqual([0, 1, 2, 4, 8, 9]);
    expect(ended.filter((line) => line === 'a error')).toHaveLength(4);
  });
});

describe('concurrency', () => {
  test('is bounded, and one key is never in two hands', async () => {
    const finish: (() => void)[] = [];
    startWith(() => new Promise((resolve) => finish.push(() => resolve({ kind: 'done' }))));
    for (const key of ['a', 'b', 'c']) queue.add(key, 'swept');
    await clock.advance(0);
    expect(begun).toEqual(['a', 'b']);
    queue.add('a');
    finish[1]?.();
    await clock.advance(0);
    expect(begun).toEqual(['a', 'b', 'c']);
    finish[2]?.();
    await clock.advance(0);
    expect(begun).toHaveLength(3);
    finish[0]?.();
    await clock.advance(0);
    expect(begun).toEqual(['a', 'b', 'c', 'a']);
    finish[3]?.();
  });
});

test('looks that wait for nothing leave the event loop its turns, and what comes meanwhile overtakes', async () => {
  const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`);
  startWith(() => {
    clock.freeze(3);
    return Promise.resolve({ kind: 'done' });
  });
  setImmediate(() => queue.add('command', 'steered'));
  for (const key of keys) queue.add(key, 'swept');
  await vi.waitUntil(() => begun.length === keys.length + 1);
  // Four looks are a turn, and a worker has taken the next one.
  expect(begun.indexOf('command')).toBeLessThan(10);
});

describe('the time limit', () => {
  test('aborts the reconcile, which counts as an error', async () => {
    startWith(rejectWhenAborted, { timeLimitMs: 1000 });
    queue.add('a');
    await clock.advance(999);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toEqual(['a error']);
  });
});

describe('stop', () => {
  test('waits for what is in hand and takes nothing more', async () => {
    let finish = (): void => undefined;
    startWith(() => new Promise((resolve) => (finish = () => resolve({ kind: 'done' }))), { concurrency: 1 });
    queue.add('a');
    queue.add('b');
    await clock.advance(0);
    let stopped = false;
    void worker.stop(60_000).then(() => (stopped = true));
    await clock.advance(1000);
    expect(stopped).toBe(false);
    finish();
    await clock.advance(0);
    expect(stopped).toBe(true);
    expect(begun).toEqual(['a']);
    expect(ended).toEqual(['a done']);
  });

  test('aborts what is still in hand after the grace time, which is no error', async () => {
    startWith(rejectWhenAborted);
    queue.add('a');
    await clock.advance(0);
    const stopped = worker.stop(1000);
    await clock.advance(1000);
    await stopped;
    expect(ended).toEqual([]);
  });
});

const rejectWhenAborted: Reconcile = (_key, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
