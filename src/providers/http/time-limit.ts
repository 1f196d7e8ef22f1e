/** Ends of a measurement that do not depend on what it waits for: the caller's signal, and a limit for all of it together. */

/** The part of a clock that a limit needs. */
export interface Timer {
  /** Calls `fire` once after `delayMs` and returns a function that cancels it. */
  readonly setTimer: (delayMs: number, fire: () => void) => () => void;
}

export interface TimeLimit {
  readonly timer: Timer;
  readonly limitMs: number;
  /** Who is asked, for the message. */
  readonly host: string;
  readonly signal: AbortSignal;
}

/**
 * Runs `act` with a signal that is aborted by `signal` and by the limit. Rejects at once when that happens, whether or
 * not `act` listens to it.
 */
export async function withinTime<T>(
  { timer, host, limitMs, signal }: TimeLimit,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limit = new AbortController();
  // By hand: `AbortSignal.any` is slow, and leaves work to the garbage collector.
  const stop = (): void => limit.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const cancel = timer.setTimer(limitMs, () =>
    limit.abort(new Error(`${host} gave no whole answer within ${secondsText(limitMs)}`)),
  );
  try {
    return await endingWith(limit.signal, async () => act(limit.signal));
  } finally {
    cancel();
    signal.removeEventListener('abort', stop);
  }
}

/** What `act` does, or the reason of the signal as soon as it is aborted. */
export async function endingWith<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const end = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([act(), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function secondsText(ms: number): string {
  return ms === 1000 ? '1 second' : `${ms / 1000} seconds`;
}
