/** What readers share: made once, kept a while, and closed. */
import { expect, test } from 'vitest';
import { Pool } from '../../../src/dashboard/server/pool.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';

class Thing {
  stopped = false;
  stop(): Promise<void> {
    this.stopped = true;
    return Promise.resolve();
  }
}

function poolOf(limit = 2) {
  const clock = new ManualClock();
  return { clock, pool: new Pool<Thing>({ clock, lingerMs: 1000, limit }) };
}

test('two readers share one value, which is closed a while after the last has gone', async () => {
  const { clock, pool } = poolOf();
  const [first, second] = [pool.take('a', () => new Thing()), pool.take('a', () => new Thing())];
  expect(first?.value).toBe(second?.value);
  first?.release();
  first?.release();
  await clock.advance(5000);
  expect(first?.value.stopped).toBe(false);
  second?.release();
  await clock.advance(999);
  expect(first?.value.stopped).toBe(false);
  await clock.advance(1);
  expect([first?.value.stopped, pool.size]).toEqual([true, 0]);
});

test('a reader who comes back in time finds it as it was', async () => {
  const { clock, pool } = poolOf();
  const first = pool.take('a', () => new Thing());
  first?.release();
  await clock.advance(500);
  const again = pool.take('a', () => new Thing());
  await clock.advance(5000);
  expect([again?.value === first?.value, again?.value.stopped]).toEqual([true, false]);
});

test('there are no more than allowed; one without readers makes room', () => {
  const { pool } = poolOf();
  const first = pool.take('a', () => new Thing());
  pool.take('b', () => new Thing());
  expect(pool.take('c', () => new Thing())).toBeNull();
  first?.release();
  expect(pool.take('c', () => new Thing())).not.toBeNull();
  expect([first?.value.stopped, pool.has('a')]).toEqual([true, false]);
});

test('one that is dropped is closed although it is read, and a new one is made', async () => {
  const { clock, pool } = poolOf();
  const old = pool.take('a', () => new Thing());
  await pool.drop('a');
  const fresh = pool.take('a', () => new Thing());
  old?.release();
  await clock.advance(5000);
  expect([old?.value.stopped, fresh?.value.stopped, pool.has('a')]).toEqual([true, false, true]);
});
