/**
 * Keeps work that waits for nothing from holding up the event loop: answers, health checks, leases and commands of people
 * are only noticed between its turns.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** A few decisions, or some hundred objects of a list. */
const LONGEST_TURN_MS = 10;

export class LoopTurns {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** When the present turn was first heard of; `null` in a new one. */
  #since: number | null = null;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Before a piece of work. */
  noteWork(): void {
    if (this.#since !== null) return;
    this.#since = this.#clock.monotonic();
    setImmediate(() => (this.#since = null));
  }

  /** Whether the next piece of work belongs into another turn. */
  get isLong(): boolean {
    return this.#since !== null && this.#clock.monotonic() - this.#since >= LONGEST_TURN_MS;
  }

  next(): Promise<void> {
    return nextTurn();
  }
}
