/** All streams together: signs of life, an end for those of a session, and not too many. */
import { expect, test } from 'vitest';
import type { Outlet } from '../../../src/dashboard/server/outlet.ts';
import { Streams } from '../../../src/dashboard/server/streams.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';

class Reader {
  signs = 0;
  ended = false;
  readonly #ends: (() => void)[] = [];
  onEnd(end: () => void): void {
    this.#ends.push(end);
  }
  keepAlive(): void {
    this.signs += 1;
  }
  end(): void {
    this.ended = true;
    for (const end of this.#ends) end();
  }
}

function added(streams: Streams, limitMs: number | null): Reader {
  const reader = new Reader();
  streams.add(reader as unknown as Outlet, limitMs);
  return reader;
}

test('every stream gets a sign of life every 15 seconds until it ends', async () => {
  const clock = new ManualClock();
  const streams = new Streams(clock);
  const [first, second] = [added(streams, null), added(streams, null)];
  await clock.advance(30_000);
  first.end();
  await clock.advance(30_000);
  expect([first.signs, second.signs, streams.size]).toEqual([2, 4, 1]);
  streams.stop();
  expect([second.ended, streams.size, clock.pendingTimers]).toEqual([true, 0, 0]);
});

test('one of a session ends after its time, and leaves no timer when it ends before', async () => {
  const clock = new ManualClock();
  const streams = new Streams(clock);
  const [first, second] = [added(streams, 60_000), added(streams, 60_000)];
  second.end();
  await clock.advance(59_999);
  expect(first.ended).toBe(false);
  await clock.advance(1);
  expect(first.ended).toBe(true);
  streams.stop();
  expect(clock.pendingTimers).toBe(0);
});

test('there are at most a thousand', () => {
  const streams = new Streams(new ManualClock());
  for (let count = 0; count < 999; count += 1) added(streams, null);
  streams.checkRoom();
  added(streams, null);
  expect(() => streams.checkRoom()).toThrow('too many streams');
  streams.stop();
});
