/**
 * Exponential back-off with jitter for loops that never give up. It computes delays and does not wait.
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

  /** Milliseconds before the next attempt: doubles from `baseMs` to `capMs`, minus a random part of up to half. */
  nextMs(): number {
    const { baseMs, capMs, random = Math.random } = this.#options;
    const fullMs = Math.min(capMs, baseMs * 2 ** this.#failures);
    this.#failures += 1;
    return fullMs * (1 - random() / 2);
  }

  /** Number of delays since the last reset. */
  get failures(): number {
    return this.#failures;
  }

  reset(): void {
    this.#failures = 0;
  }
}
