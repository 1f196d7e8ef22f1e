/**
 * Exponential back-off with jitter for loops that try forever. It only computes delays and never waits.
 */

export interface BackoffOptions {
  readonly baseMs: number;
  readonly capMs: number;
  /** Uniform in [0, 1); tests pass a constant. */
  readonly random?: () => number;
}

export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Milliseconds to wait before the next attempt: doubling from `baseMs` to `capMs`, of which a random half is taken off. */
  nextMs(): number {
    const { baseMs, capMs, random = Math.random } = this.#options;
    const fullMs = Math.min(capMs, baseMs * 2 ** this.#failures);
    this.#failures += 1;
    return fullMs * (1 - random() / 2);
  }

  /** How many delays were asked for since the last reset. */
  get failures(): number {
    return this.#failures;
  }

  reset(): void {
    this.#failures = 0;
  }
}
