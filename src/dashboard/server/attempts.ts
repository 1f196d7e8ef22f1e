/**
 * Slows down those who try tokens. Only what fails counts, for all people together: each try costs the API server a
 * request, and behind a proxy they all come from one address.
 */
import type { Clock } from '../../runtime/clock.ts';
import { TokenBucket } from '../../runtime/token-bucket.ts';
import { HttpProblem } from './problem.ts';

const FAILURES = { perSecond: 0.5, burst: 20 };
const BLOCKED_MS = 10_000;

export class Attempts {
  readonly #clock: Clock;
  readonly #failures: TokenBucket;
  #blockedUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#failures = new TokenBucket(clock, FAILURES.perSecond, FAILURES.burst);
  }

  /** Throws a problem while there are too many. Those who are known already are not asked. */
  check(): void {
    if (this.#clock.monotonic() < this.#blockedUntil)
      throw new HttpProblem(429, 'too many attempts to sign in have failed; wait a little');
  }

  failed(): void {
    if (!this.#failures.tryTake()) this.#blockedUntil = this.#clock.monotonic() + BLOCKED_MS;
  }
}
