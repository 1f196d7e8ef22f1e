/**
 * Time as a dependency: the wall clock for times in objects, the monotonic clock for durations, and timers.
 * Wall clocks jump, so the runtime never measures a wait with `now`.
 */

export interface Clock {
  /** Wall time in milliseconds since 1970. It may jump in either direction. */
  now(): number;
  /** Milliseconds since an arbitrary instant. It never goes back. It runs while the process is stopped, but not while its machine is suspended. */
  monotonic(): number;
  /** Calls `fire` once after `delayMs` (of any length) and returns a function that cancels it. */
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

/** Resolves after `delayMs`, or earlier when `signal` is aborted. It never rejects: the caller checks the signal. */
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

/** Calls `onSilence` after `limitMs` without a note. A note costs no timer: there is only one, and it checks the last note when it fires. */
export function watchInactivity(clock: Clock, limitMs: number, onSilence: () => void): { note(): void; stop(): void } {
  let notedAt = clock.monotonic();
  let cancel = (): void => {};
  const arm = (delayMs: number): void => {
    cancel = clock.setTimer(delayMs, () => {
      const silentMs = clock.monotonic() - notedAt;
      if (silentMs >= limitMs) onSilence();
      else arm(limitMs - silentMs);
    });
  };
  arm(limitMs);
  return {
    note: () => {
      notedAt = clock.monotonic();
    },
    stop: () => cancel(),
  };
}

/** A signal that is aborted after `limitMs`, unless cancelled before. */
export function timeLimit(clock: Clock, limitMs: number): { readonly signal: AbortSignal; cancel(): void } {
  const limit = new AbortController();
  const cancel = clock.setTimer(limitMs, () => limit.abort(new Error(`No answer within ${limitMs} ms`)));
  return { signal: limit.signal, cancel };
}
