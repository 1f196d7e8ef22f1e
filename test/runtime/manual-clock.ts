/**
 * A clock that moves only when a test says so. Timers fire in order of their time while it moves.
 */
import type { Clock } from '../../src/runtime/clock.ts';

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

export class ManualClock implements Clock {
  #elapsedMs = 0;
  #wallMs: number;
  #timers: Timer[] = [];

  constructor(wallMs = Date.parse('2026-01-01T00:00:00Z')) {
    this.#wallMs = wallMs;
  }

  now(): number {
    return this.#wallMs + this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  setTimer(delayMs: number, fire: () => void): () => void {
    const timer = { at: this.#elapsedMs + Math.max(0, delayMs), fire };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** How many timers wait. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** Moves the clock, firing what becomes due on the way; promises settle between two timers. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsedMs + ms;
    await settle();
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.at);
      next.fire();
      await settle();
    }
    this.#elapsedMs = end;
    await settle();
  }

  /** Time passes and nothing fires, as for a process that was stopped and goes on. */
  freeze(ms: number): void {
    this.#elapsedMs += ms;
  }

  /** Somebody sets the wall clock. */
  jumpWall(ms: number): void {
    this.#wallMs += ms;
  }
}

/** Lets every promise that can settle without I/O settle. */
async function settle(): Promise<void> {
  for (let round = 0; round < 20; round += 1) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}
