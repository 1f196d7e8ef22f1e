import { afterEach, describe, expect, test, vi } from 'vitest';
import { realClock, sleep } from '../../src/runtime/clock.ts';
import { ManualClock } from './manual-clock.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('the real clock', () => {
  test.each([
    ['short', 1000],
    ['longer than Node can count', 2 ** 31 + 5000],
    ['a season', 90 * 86_400_000],
  ])('a timer fires once, when it is due: %s', (_name, delayMs) => {
    vi.useFakeTimers();
    let fired = 0;
    realClock.setTimer(delayMs, () => (fired += 1));
    vi.advanceTimersByTime(delayMs - 1);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a cancelled timer does not fire, not even a long one in its second part', () => {
    vi.useFakeTimers();
    let fired = 0;
    const cancel = realClock.setTimer(2 ** 31 + 5000, () => (fired += 1));
    vi.advanceTimersByTime(2 ** 31);
    cancel();
    vi.advanceTimersByTime(10_000);
    expect(fired).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('goes on', () => {
    const before = realClock.monotonic();
    while (realClock.monotonic() === before);
    expect(realClock.monotonic()).toBeGreaterThan(before);
    expect(Math.abs(realClock.now() - Date.now())).toBeLessThan(10_000);
  });
});

describe('sleep', () => {
  test('ends after its time', async () => {
    const clock = new ManualClock();
    let awake = false;
    void sleep(clock, 1000).then(() => (awake = true));
    await clock.advance(999);
    expect(awake).toBe(false);
    await clock.advance(1);
    expect(awake).toBe(true);
  });

  test('ends when aborted, and leaves no timer', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const sleeping = sleep(clock, 1000, abort.signal);
    abort.abort();
    await sleeping;
    await sleep(clock, 1000, abort.signal);
    expect(clock.pendingTimers).toBe(0);
  });
});
