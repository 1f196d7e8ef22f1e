/** Does something soon after it was asked for, however often that is, and never more than four times a second. */
import type { Clock } from '../../runtime/clock.ts';

const INTERVAL_MS = 250;

export class Pace {
  readonly #clock: Clock;
  readonly #act: () => void;
  #lastAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;
  #stopped = false;

  constructor(clock: Clock, act: () => void) {
    this.#clock = clock;
    this.#act = act;
  }

  request(): void {
    if (this.#cancel !== null || this.#stopped) return;
    // A moment, so that what changes together is sent together.
    const delayMs = Math.max(20, this.#lastAt + INTERVAL_MS - this.#clock.monotonic());
    this.#cancel = this.#clock.setTimer(delayMs, () => {
      this.#cancel = null;
      this.#lastAt = this.#clock.monotonic();
      this.#act();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#cancel = null;
  }
}
