import { beforeEach, describe, expect, test } from 'vitest';
import { shardOf } from '../../src/runtime/shard-of.ts';
import { ShardWork } from '../../src/runtime/shard-work.ts';
import { sharded } from '../../src/runtime/sharded-controller.ts';
import type { Controller } from '../../src/runtime/controller.ts';
import type { Outcome, Reconcile } from '../../src/runtime/worker.ts';
import { ManualClock } from './manual-clock.ts';
import { quietLogger } from './parts.ts';

const SHARDS = 4;
const DONE: Outcome = { kind: 'done' };

let clock: ManualClock;
let held: Set<number>;
let work: ShardWork;
/** Ends the refresh that is under way. */
let refreshes: ((isRefreshed: boolean) => void)[];
let cached: string[];
/** How long announcing one of these takes. */
let announcingMs: number;
let enqueued: string[];
let announce: (key: string) => void;
let controller: Controller;
let reconcile: Reconcile;

beforeEach(() => {
  clock = new ManualClock();
  held = new Set();
  refreshes = [];
  cached = [...keysOf(0), ...keysOf(1)];
  announcingMs = 0;
  enqueued = [];
  reconcile = async () => Promise.resolve(DONE);
  work = new ShardWork({
    clock,
    logger: quietLogger,
    shards: SHARDS,
    isHeld: (shard) => held.has(shard),
    refresh: () => new Promise((resolve) => refreshes.push(resolve)),
    *announceAll() {
      for (const key of cached) {
        announce(key);
        clock.freeze(announcingMs);
        yield;
      }
    },
  });
  controller = sharded(
    {
      connect: (enqueue) => {
        announce = enqueue;
      },
      reconcile: (key, run) => reconcile(key, run),
    } as Controller,
    work,
  );
  controller.connect((key) => enqueued.push(key));
});

/** Two keys of the shard. */
function keysOf(shard: number): readonly string[] {
  return Array.from({ length: 100 }, (_, i) => `shop/web-${i}`)
    .filter((key) => shardOf(key, SHARDS) === shard)
    .slice(0, 2);
}

function gain(shard: number): void {
  held.add(shard);
  work.gained(shard);
}

function lose(shard: number): void {
  held.delete(shard);
  work.lost(shard);
}

async function open(shard: number): Promise<void> {
  gain(shard);
  await clock.advance(1000);
  refreshes.shift()?.(true);
  await clock.advance(0);
}

const [KEY = '', OTHER = ''] = keysOf(0);
const look = (key = KEY) => controller.reconcile(key, { logger: quietLogger, signal: new AbortController().signal });

describe('shardOf', () => {
  test.each(['shop/web-', 'team-', 'a'])('spreads keys such as %s1 evenly', (prefix) => {
    const sizes = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) sizes[shardOf(`${prefix}${i}`, 4)]! += 1;
    for (const size of sizes) expect(Math.abs(size - 1000)).toBeLessThan(120);
  });

  test('is the same in every version', () => {
    expect(['shop/web', 'shop/api', 'default/a'].map((key) => shardOf(key, 16))).toEqual([14, 10, 15]);
  });
});

describe('a shard that is gained', () => {
  test('is decided about only once the caches are listed anew, and then all its keys are looked at', async () => {
    gain(0);
    await clock.advance(1000);
    announce(KEY);
    expect(work.decides(KEY)).toBe(false);
    expect(await look()).toEqual(DONE);
    expect(enqueued).toEqual([]);
    refreshes.shift()?.(true);
    await clock.advance(0);
    expect(work.decides(KEY)).toBe(true);
    expect(enqueued).toEqual(keysOf(0));
  });

  test('leaves the keys of the shards that were gained before alone', async () => {
    await open(0);
    enqueued = [];
    await open(1);
    expect(enqueued).toEqual(keysOf(1));
    announce(KEY);
    expect(enqueued).toEqual([...keysOf(1), KEY]);
  });

  test('needs another list where it was lost and gained again while one was made', async () => {
    gain(0);
    await clock.advance(1000);
    lose(0);
    gain(0);
    refreshes.shift()?.(true);
    await clock.advance(1000);
    expect(work.decides(KEY)).toBe(false);
    refreshes.shift()?.(true);
    await clock.advance(0);
    expect(work.decides(KEY)).toBe(true);
  });

  test('shares a list with those that are gained in the same moment', async () => {
    gain(0);
    gain(1);
    await clock.advance(1000);
    expect(refreshes.length).toBe(1);
    refreshes.shift()?.(true);
    await clock.advance(1000);
    expect([work.decides(KEY), refreshes.length]).toEqual([true, 0]);
  });

  test('leaves the event loop its turns while its keys are announced, and events of others count meanwhile', async () => {
    await open(1);
    enqueued = [];
    announcingMs = 20;
    gain(0);
    await clock.advance(1000);
    refreshes.shift()?.(true);
    const [ofOther = ''] = keysOf(1);
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        announce(ofOther);
        resolve();
      });
    });
    await clock.advance(0);
    await clock.advance(0);
    expect(enqueued).toEqual([KEY, ofOther, OTHER]);
  });

  test('is not begun by a process that stops', async () => {
    gain(0);
    await clock.advance(1000);
    refreshes.shift()?.(false);
    await clock.advance(0);
    expect([work.decides(KEY), enqueued]).toEqual([false, []]);
  });
});

describe('what is in hand', () => {
  let finish: (outcome: Outcome) => void;
  let signals: AbortSignal[];
  beforeEach(async () => {
    await open(0);
    signals = [];
    reconcile = (_key, { signal }) =>
      new Promise((resolve, reject) => {
        signals.push(signal);
        finish = resolve;
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
  });

  test('is aborted without an error when the shard is lost', async () => {
    const looking = look();
    lose(0);
    expect(work.mayWrite(KEY)).toBe(false);
    expect(signals[0]?.aborted).toBe(true);
    expect(await looking).toEqual(DONE);
  });

  test('is finished before the shard is left, and nothing else is begun', async () => {
    const looking = look();
    const given: boolean[] = [];
    work.onLeave((concerns) => given.push(concerns(KEY), concerns(keysOf(1)[0] ?? '')));
    let isLeft = false;
    const leaving = (async () => {
      await work.leave(0);
      isLeft = true;
    })();
    await clock.advance(60_000);
    announce(KEY);
    expect(await look(OTHER)).toEqual(DONE);
    expect({ isLeft, given, signals: signals.length }).toEqual({ isLeft: false, given: [true, false], signals: 1 });
    expect(work.mayWrite(KEY)).toBe(true);
    finish({ kind: 'done', requeueAfterMs: 5 });
    expect(await looking).toEqual({ kind: 'done', requeueAfterMs: 5 });
    await leaving;
    expect(isLeft).toBe(true);
  });

  test('fails as without shards while the shard is held', async () => {
    reconcile = () => Promise.reject(new Error('no'));
    await expect(look()).rejects.toThrow('no');
  });

  test('of another shard is not touched', async () => {
    await open(1);
    const looking = look();
    lose(1);
    await work.leave(1);
    expect(signals[0]?.aborted).toBe(false);
    finish(DONE);
    await looking;
  });
});
