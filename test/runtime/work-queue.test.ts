import { beforeEach, describe, expect, test } from 'vitest';
import { WorkQueue } from '../../src/runtime/work-queue.ts';
import { ManualClock } from './manual-clock.ts';
import { testMetrics } from './parts.ts';

let clock: ManualClock;
let queue: WorkQueue;
let metrics: ReturnType<typeof testMetrics>;

beforeEach(() => {
  clock = new ManualClock();
  metrics = testMetrics();
  queue = new WorkQueue({ name: 'Rollouts', clock, metrics, limit: () => Infinity });
});

/** The next key, or `null` when none is to be had now. */
async function next(): Promise<string | null> {
  return queue.depth > 0 ? ((await queue.take()) ?? null) : null;
}

describe('keys', () => {
  test('come in the order in which they were added, each once', async () => {
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key, 'swept');
    expect([await next(), await next(), await next(), await next()]).toEqual(['a', 'b', 'c', null]);
  });

  test('go to a worker that waits already', async () => {
    const taken = queue.take();
    queue.add('a');
    expect(await taken).toBe('a');
  });

  test('that are added twice at once are handed out once, also where a worker waits already', async () => {
    const taken = queue.take();
    queue.add('a');
    queue.add('a');
    expect(await taken).toBe('a');
    queue.done('a');
    expect(await next()).toBeNull();
  });

  test('are handed out by their lanes where several are added at once and a worker waits already', async () => {
    const taken = queue.take();
    queue.add('a', 'swept');
    queue.add('b', 'steered');
    expect(await taken).toBe('b');
  });

  test('added while in hand come back once, after done', async () => {
    queue.add('a');
    await next();
    queue.add('a');
    queue.add('a');
    expect(await next()).toBeNull();
    queue.done('a');
    expect(await next()).toBe('a');
    queue.done('a');
    expect(await next()).toBeNull();
  });
});

describe('delays', () => {
  test('an earlier one wins, whichever was asked for first', async () => {
    queue.addAfter('a', 100);
    queue.addAfter('a', 50);
    queue.addAfter('a', 200);
    await clock.advance(49);
    expect(await next()).toBeNull();
    await clock.advance(1);
    expect(await next()).toBe('a');
    queue.done('a');
    await clock.advance(1000);
    expect(await next()).toBeNull();
  });

  test('none is an ordinary add', async () => {
    queue.addAfter('a', 0);
    expect(await next()).toBe('a');
  });

  test('end when the key is handed out, since its worker says anew when to look again', async () => {
    queue.addAfter('a', 100);
    queue.add('a');
    expect(await next()).toBe('a');
    expect(clock.pendingTimers).toBe(0);
    queue.addAfter('a', 300);
    queue.done('a');
    await clock.advance(300);
    expect(await next()).toBe('a');
  });
});

describe('lanes', () => {
  const LANES = ['swept', 'followed', 'changed', 'steered'] as const;

  test('what a person has commanded comes first, and what was swept last', async () => {
    for (const lane of LANES) queue.add(lane, lane);
    const handedOut = [await next(), await next(), await next(), await next()];
    expect([handedOut[0], handedOut[3]]).toEqual(['steered', 'swept']);
  });

  test('a change comes before what follows', async () => {
    queue.add('followed', 'followed');
    queue.add('changed', 'changed');
    expect([await next(), await next()]).toEqual(['changed', 'followed']);
  });

  test('a key that waits moves to an earlier lane, and to no later one', async () => {
    queue.add('a', 'changed');
    queue.add('b', 'swept');
    queue.add('b', 'steered');
    queue.add('b', 'followed');
    expect([await next(), await next(), await next()]).toEqual(['b', 'a', null]);
  });

  test('a key that comes back after it was in hand comes back in the earliest lane that was asked for', async () => {
    queue.add('a');
    await next();
    queue.add('b', 'changed');
    queue.add('a', 'followed');
    queue.add('a', 'steered');
    queue.done('a');
    expect([await next(), await next()]).toEqual(['a', 'b']);
  });

  test('no lane waits for ever', async () => {
    queue.add('last', 'swept');
    queue.add('late', 'changed');
    const handedOut: (string | null)[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      queue.add(`urgent ${turn}`, 'steered');
      handedOut.push(await next());
    }
    expect([handedOut.indexOf('late'), handedOut.indexOf('last')]).toEqual([8, 9]);
  });

  test('what follows from changes takes turns with changes', async () => {
    for (const key of ['a', 'b', 'c']) queue.add(key, 'changed');
    for (const key of ['1', '2', '3']) queue.add(key, 'followed');
    const handedOut = [await next(), await next(), await next(), await next(), await next(), await next()];
    expect(handedOut.map((key) => 'abc'.includes(key ?? ''))).toEqual([true, false, true, false, true, false]);
  });

  test('of many changes the last has its turn with the first', async () => {
    const keys = Array.from({ length: 1000 }, (_, index) => String(index));
    for (const key of keys) queue.add(key, 'changed');
    const oldest = await next();
    queue.add('lone', 'changed');
    expect([oldest, await next(), await next(), await next(), await next()]).toEqual(['0', 'lone', '1', '999', '2']);
    const rest: (string | null)[] = [];
    for (let key = await next(); key !== null; key = await next()) rest.push(key);
    expect(new Set([...rest, '0', '1', '999', '2'])).toEqual(new Set(keys));
  });

  test('what follows from the last change has its turn, however early it was added', async () => {
    for (const key of ['a', 'lone', 'b']) queue.add(key, 'changed');
    for (const key of ['a', 'b', 'lone']) {
      await next();
      queue.done(key);
    }
    queue.add('lone', 'changed');
    expect(await next()).toBe('lone');
    for (const key of ['a', 'other 1', 'lone', 'other 2', 'b', 'other 3']) queue.add(key);
    queue.done('lone');
    const handedOut = [await next(), await next(), await next(), await next(), await next(), await next()];
    expect(handedOut.indexOf('lone')).toBeLessThan(2);
    expect(handedOut.slice(0, 4)).toContain('b');
  });

  test('a lane that never becomes empty keeps no more than what waits', async () => {
    for (let index = 0; index < 100_000; index += 1) {
      queue.add(`key ${index}`, 'changed');
      if (index >= 10) queue.done((await next()) ?? '');
    }
    const rest = new Set<string | null>();
    for (let key = await next(); key !== null; key = await next()) rest.add(key);
    expect(rest.size).toBe(10);
  });

  test('a change that was taken and is made again counts as the last', async () => {
    for (const key of ['a', 'b', 'c']) queue.add(key, 'changed');
    expect(await next()).toBe('a');
    queue.done('a');
    queue.add('a', 'changed');
    expect([await next(), await next(), await next(), await next()]).toEqual(['a', 'b', 'c', null]);
  });

  test('a retry keeps the lane of the key, a time that has come does not', async () => {
    queue.add('a', 'steered');
    await next();
    queue.retry('a');
    queue.done('a');
    await clock.advance(1);
    queue.add('b', 'changed');
    expect(await next()).toBe('a');
    queue.addAfter('a', 10);
    queue.done('a');
    await clock.advance(10);
    expect([await next(), await next()]).toEqual(['b', 'a']);
  });
});

describe('a limit of keys in hand', () => {
  let limit: number;

  beforeEach(() => {
    limit = 2;
    metrics = testMetrics();
    queue = new WorkQueue({ name: 'Rollouts', clock, metrics, limit: () => limit });
  });

  /** What workers that wait have been given, in this order. */
  function workers(count: number): readonly string[] {
    const given: string[] = [];
    for (let worker = 0; worker < count; worker += 1) void queue.take().then((key) => given.push(key ?? ''));
    return given;
  }

  test('holds the others back until a worker is done', async () => {
    const given = workers(4);
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key, 'followed');
    await clock.advance(0);
    expect(given).toHaveLength(2);
    expect(await metrics.registry.metrics()).toContain('controller_reconcile_limit{name="Rollouts"} 2');
    queue.done(given[0] ?? '');
    void queue.take();
    await clock.advance(0);
    expect(given).toHaveLength(3);
  });

  test('is none to what a person has commanded', async () => {
    const given = workers(8);
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key, 'changed');
    queue.add('commanded', 'steered');
    queue.add('c', 'steered');
    await clock.advance(0);
    expect(given).toHaveLength(4);
    expect(given).toEqual(expect.arrayContaining(['commanded', 'c']));
  });

  test('may be another one whenever a worker comes back', async () => {
    const given = workers(4);
    for (const key of ['a', 'b', 'c', 'd', 'e']) queue.add(key, 'followed');
    await clock.advance(0);
    limit = 4;
    queue.done(given[0] ?? '');
    void queue.take();
    await clock.advance(0);
    expect(given).toHaveLength(4);
  });
});

describe('a key that something has to arrive for', () => {
  test('comes back when it has arrived, in its lane', async () => {
    queue.add('a', 'steered');
    await next();
    queue.expect('a', 1000);
    queue.done('a');
    queue.add('b', 'changed');
    queue.arrived('a');
    expect([await next(), await next()]).toEqual(['a', 'b']);
    expect(clock.pendingTimers).toBe(0);
  });

  test('comes back after a while when nothing arrives', async () => {
    queue.add('a');
    await next();
    queue.expect('a', 1000);
    queue.done('a');
    await clock.advance(1000);
    expect(await next()).toBe('a');
  });

  test('still expects it when an earlier look was planned', async () => {
    queue.addAfter('a', 500);
    queue.expect('a', 1000);
    queue.arrived('a');
    expect(await next()).toBe('a');
  });

  test('only then: an arrival is nothing to a key that waits for its time', async () => {
    queue.addAfter('a', 500);
    queue.arrived('a');
    queue.arrived('b');
    expect(await next()).toBeNull();
  });
});

describe('retries', () => {
  test('back off from 1 ms to 10 s, and start over after forget', async () => {
    const waited: number[] = [];
    for (let failure = 0; failure < 16; failure += 1) {
      queue.retry('a');
      const from = clock.monotonic();
      while (queue.depth === 0) await clock.advance(1 << Math.min(failure, 3));
      waited.push(clock.monotonic() - from);
      await next();
      queue.done('a');
    }
    expect(waited.slice(0, 5)).toEqual([1, 2, 4, 8, 16]);
    expect(waited.at(-1)).toBe(10_000);
    queue.forget('a');
    queue.retry('a');
    await clock.advance(1);
    expect(await next()).toBe('a');
  });
});

describe('closed', () => {
  test('it hands out nothing more, forgets what waits and holds no timer', async () => {
    const waiting = queue.take();
    queue.addAfter('a', 100);
    queue.close();
    queue.add('b');
    queue.addAfter('c', 5);
    queue.retry('d');
    expect(await waiting).toBeUndefined();
    expect(await queue.take()).toBeUndefined();
    expect(clock.pendingTimers).toBe(0);
  });
});

test('metrics tell depth, adds, retries, waits and work', async () => {
  queue.add('a');
  queue.add('b');
  await clock.advance(2000);
  await next();
  await clock.advance(3000);
  const text = await metrics.registry.metrics();
  for (const line of [
    'workqueue_depth{name="Rollouts"} 1',
    'workqueue_adds_total{name="Rollouts"} 2',
    'workqueue_queue_duration_seconds_sum{name="Rollouts"} 2',
    'workqueue_unfinished_work_seconds{name="Rollouts"} 3',
    'workqueue_longest_running_processor_seconds{name="Rollouts"} 3',
  ])
    expect(text).toContain(line);
  queue.retry('a');
  queue.done('a');
  expect(await metrics.registry.metrics()).toMatch(
    /workqueue_retries_total\{name="Rollouts"\} 1[^]*workqueue_work_duration_seconds_sum\{name="Rollouts"\} 3/,
  );
});
