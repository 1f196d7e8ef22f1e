/** Waiting for something to be seen. */
import type { RolloutView } from '../../src/core/view/view.ts';
import { summaryOf } from './change-log.ts';
import type { Sight } from './sight.ts';

export interface Patience {
  readonly limitMs: number;
  /** Its reason is what the wait rejects with. */
  readonly signal: AbortSignal;
}

export interface Awaited<T> {
  /** As it reads in "waited 300 s for ...". */
  readonly what: string;
  /** `null` while it is not there. */
  readonly look: () => T | null;
  /** For a person who wonders why it did not come. */
  readonly lastSeen: () => string;
  /** `listener` is called whenever the value may have changed; the returned function ends that. */
  readonly onChange: (listener: () => void) => () => void;
}

/** What was looked for. Rejects when the limit is over, with what was seen last. */
export function until<T>({ what, look, lastSeen, onChange }: Awaited<T>, { limitMs, signal }: Patience): Promise<T> {
  return new Promise((resolve, reject) => {
    const lookAgain = (): void => {
      const found = look();
      if (found !== null) finish(() => resolve(found));
    };
    const aborted = (): void => finish(() => reject(signal.reason as Error));
    const tooLate = (): void =>
      finish(() => reject(new Error(`waited ${limitMs / 1000} s for ${what}; last seen: ${lastSeen()}`)));
    const forget = onChange(lookAgain);
    const timer = setTimeout(tooLate, limitMs);
    const finish = (settle: () => void): void => {
      forget();
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      settle();
    };
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
    else lookAgain();
  });
}

/** The first view of the Rollout that satisfies. */
export function untilSeen(
  sight: Sight,
  what: string,
  satisfied: (view: RolloutView) => boolean,
  patience: Patience,
): Promise<RolloutView> {
  const view = (): RolloutView | null => sight.view(Date.now());
  return until(
    {
      what,
      look() {
        const seen = view();
        return seen !== null && satisfied(seen) ? seen : null;
      },
      lastSeen() {
        const seen = view();
        return seen === null ? 'there is no Rollout' : summaryOf(seen).replaceAll(/ {2,}/g, ', ');
      },
      onChange: (listener) => sight.onChange(listener),
    },
    patience,
  );
}
