/** Waiting for the Rollout to be seen in some state. */
import type { RolloutView } from '../../src/core/rollout/view.ts';
import { summaryOf } from './change-log.ts';
import type { Sight } from './sight.ts';

export interface Patience {
  readonly limitMs: number;
  /** Its reason is what the wait rejects with. */
  readonly signal: AbortSignal;
}

/** The first view that satisfies. Rejects when the limit is over, with what was seen last. */
export function until(
  sight: Sight,
  what: string,
  satisfied: (view: RolloutView) => boolean,
  { limitMs, signal }: Patience,
): Promise<RolloutView> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const view = sight.view(Date.now());
      if (view !== null && satisfied(view)) finish(() => resolve(view));
    };
    const aborted = (): void => finish(() => reject(signal.reason as Error));
    const tooLate = (): void => {
      const view = sight.view(Date.now());
      const seen = view === null ? 'there is no Rollout' : summaryOf(view).replaceAll(/ {2,}/g, ', ');
      finish(() => reject(new Error(`waited ${limitMs / 1000} s for ${what}; last seen: ${seen}`)));
    };
    const forget = sight.onChange(look);
    const timer = setTimeout(tooLate, limitMs);
    const finish = (settle: () => void): void => {
      forget();
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      settle();
    };
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
    else look();
  });
}
