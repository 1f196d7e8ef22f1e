/** Looks at something that changes, until it is as wanted, a person presses Ctrl-C, or the time is over. */
import { sleep, type Clock } from '../../runtime/clock.ts';

export type Ending = 'reached' | 'interrupted' | 'timeout';

interface UntilOptions {
  readonly clock: Clock;
  readonly live: { readonly onChange: (listener: () => void) => () => void };
  readonly interrupted: AbortSignal;
  /** 0: for ever. */
  readonly timeoutMs: number;
  /** Two looks are at least so far apart. */
  readonly paceMs: number;
  /** A look is taken after this time even if nothing has changed; `null`: never. */
  readonly tickMs: number | null;
  /** Takes a look: shows what there is, and returns whether it is as wanted. */
  readonly look: () => boolean;
}

export async function until(options: UntilOptions): Promise<Ending> {
  const { clock, live, interrupted, timeoutMs, paceMs, tickMs, look } = options;
  const over = new AbortController();
  const cancelTimeout = timeoutMs === 0 ? null : clock.setTimer(timeoutMs, () => over.abort());
  const ended = AbortSignal.any([interrupted, over.signal]);
  let wake: () => void = () => undefined;
  let pending = true;
  const forget = live.onChange(() => {
    pending = true;
    wake();
  });
  const onEnd = (): void => wake();
  ended.addEventListener('abort', onEnd);
  try {
    while (!ended.aborted) {
      pending = false;
      if (look()) return 'reached';
      await sleep(clock, paceMs, ended);
      if (pending || ended.aborted) continue;
      await new Promise<void>((resolve) => {
        const cancelTick = tickMs === null ? null : clock.setTimer(Math.max(0, tickMs - paceMs), resolve);
        wake = () => {
          cancelTick?.();
          resolve();
        };
      });
    }
    // What came last is shown as well.
    return look() ? 'reached' : interrupted.aborted ? 'interrupted' : 'timeout';
  } finally {
    cancelTimeout?.();
    forget();
    ended.removeEventListener('abort', onEnd);
  }
}
