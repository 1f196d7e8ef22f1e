/**
 * Time as a dependency: the wall clock for what is written into objects, the monotonic clock for
 * every duration, and timers. Wall clocks jump; nothing in the runtime measures a wait with `now`.
 * This file does not format times.
 */

export interface Clock {
  /** Wall time in milliseconds since 1970. It may jump in either direction. */
  now(): number;
  /** Milliseconds since an arbitrary instant. It never goes back; it goes on while the process is stopped, but not while its machine is suspended. */
  monotonic(): number;
  /** Calls `fire` once after `delayMs` (of any length) and returns what cancels it. */
  setTimer(delayMs: number, fire: () => void): () => void;
}

/** Node clamps longer delays to 1 ms. */
const LONGEST_NODE_DELAY_MS = 2 ** 31 - 1;

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, fire) {
    let remainingMs = Math.max(0, delayMs);
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const partMs = Math.min(remainingMs, LONGEST_NODE_DELAY_MS);
      remainingMs -= partMs;
      timer = setTimeout(() => (remainingMs > 0 ? arm() : fire()), partMs);
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs` or as soon as `signal` is aborted, whichever is first. It never rejects: the caller asks the signal. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const end = (): void => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.setTimer(delayMs, end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
