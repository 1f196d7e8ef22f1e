import { expect, test } from 'vitest';
import { withinTime } from '../../../src/providers/http/time-limit.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';

const limit = (timer: ManualClock, signal = new AbortController().signal) => ({
  timer,
  limitMs: 30_000,
  host: 'metrics:9090',
  signal,
});

test('what is done in time is the result, and leaves no timer', async () => {
  const clock = new ManualClock();
  expect(await withinTime(limit(clock), async () => Promise.resolve('done'))).toBe('done');
  expect(clock.pendingTimers).toBe(0);
});

test('after the limit it is an error that names who was asked, even if nothing listens to the signal', async () => {
  const clock = new ManualClock();
  let seen: AbortSignal | undefined;
  const result = withinTime(limit(clock), async (signal) => {
    seen = signal;
    return new Promise<never>(() => {});
  });
  const failed = result.catch((error: unknown) => error);
  await clock.advance(29_999);
  expect(seen?.aborted).toBe(false);
  await clock.advance(1);
  expect(await failed).toMatchObject({ message: 'metrics:9090 gave no whole answer within 30 seconds' });
  expect(seen?.aborted).toBe(true);
});

test('when the caller aborts, its reason is the error, and no timer is left', async () => {
  const clock = new ManualClock();
  const controller = new AbortController();
  const result = withinTime(limit(clock, controller.signal), async () => new Promise<never>(() => {}));
  controller.abort(new Error('terminated'));
  await expect(result).rejects.toThrow('terminated');
  expect(clock.pendingTimers).toBe(0);
});

test('nothing is begun for a caller that has aborted already', async () => {
  let begun = false;
  const act = async (): Promise<void> => {
    begun = true;
    return Promise.resolve();
  };
  const signal = AbortSignal.abort(new Error('terminated'));
  await expect(withinTime(limit(new ManualClock(), signal), act)).rejects.toThrow('terminated');
  expect(begun).toBe(false);
});
