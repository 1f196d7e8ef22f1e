/**
 * When a process looks at a Rollout. Queue and worker are the real ones. What this file adds to them is of two kinds:
 * the pace of a busy controller, and two departures from the queue that ships, which exist because the golden histories
 * were recorded with them. Each says so where it is made.
 */
import type { Clock } from '../../../src/runtime/clock.ts';
import type { Enqueue, Wish } from '../../../src/runtime/controller.ts';
import type { Outcome, Reconcile } from '../../../src/runtime/worker.ts';
import type { Agenda } from '../agenda.ts';
import { drawDelay, type Pace } from '../cluster/delays.ts';
import type { Random } from '../random.ts';
import type { Turns } from '../turns.ts';

interface Options {
  readonly agenda: Agenda;
  readonly turns: Turns;
  readonly random: Random;
  /** How long a key waits for a worker. */
  readonly pace: Pace;
  /** That of the process. */
  readonly clock: Clock;
  /** Without the second departure: nothing is looked at but what the queue hands out. */
  readonly lookOnlyWhenAsked: boolean;
}

/** When the golden histories look again after a conflict. */
const CONFLICT_LOOK_MS = 20;

export class Looks {
  readonly #options: Options;
  readonly #announced = new Set<string>();
  readonly #waiting = new Set<string>();
  /** When the queue is going to look by itself. */
  readonly #timers = new Set<{ readonly dueAt: number }>();
  #isLooking = false;
  #lastOutcome: Outcome['kind'] = 'done';
  #enqueue: Enqueue = () => {};
  #cancelOneMore: () => void = () => {};

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * The clock for the queue. A departure: no timer of the queue is shorter than 20 ms, and the first five back-offs,
   * of 1 to 16 ms, last that long as well.
   */
  get queueClock(): Clock {
    const { clock } = this.#options;
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimer: (delayMs, fire) => this.#setTimer(Math.max(delayMs, CONFLICT_LOOK_MS), fire),
    };
  }

  #setTimer(delayMs: number, fire: () => void): () => void {
    const { clock } = this.#options;
    const timer = { dueAt: clock.monotonic() + delayMs };
    this.#timers.add(timer);
    const cancel = clock.setTimer(delayMs, () => {
      this.#timers.delete(timer);
      fire();
    });
    return () => {
      this.#timers.delete(timer);
      cancel();
    };
  }

  /** No look is being made or about to be made, and the last one was made to its end. */
  get areAtRest(): boolean {
    return !this.#isLooking && this.#announced.size === 0 && this.#lastOutcome === 'done';
  }

  /** In how many milliseconds the queue looks by itself; Infinity when it does not. */
  get nextLookMs(): number {
    return Math.min(...[...this.#timers].map(({ dueAt }) => dueAt)) - this.#options.clock.monotonic();
  }

  /** From now on a key that is wanted is handed to the queue. */
  connect(enqueue: Enqueue): void {
    this.#enqueue = enqueue;
  }

  /**
   * What one event says twice is wanted once, and so is a key that waits for a worker. The second is the duty of the
   * queue, but the queue takes a key that waits in `slowed` for one that is in hand, and would look once more.
   */
  want(key: string, wish?: Wish): void {
    const isImmediate = wish !== 'soon' && wish !== 'arrived';
    if (this.#waiting.has(key) || (isImmediate && this.#announced.has(key))) return;
    if (isImmediate) this.#announced.add(key);
    this.#options.turns.begin();
    queueMicrotask(() => {
      if (isImmediate) this.#announced.delete(key);
      this.#enqueue(key, wish);
    });
  }

  /** The worker gets the key at once, and waits a while before the look. */
  slowed(reconcile: Reconcile): Reconcile {
    const { random, pace, clock } = this.#options;
    return async (key, run) => {
      this.#isLooking = true;
      this.#waiting.add(key);
      await new Promise<void>((resolve) => {
        clock.setTimer(drawDelay(random, pace), resolve);
      });
      this.#waiting.delete(key);
      const outcome = await reconcile(key, run);
      this.#lookOnceMore(key, outcome);
      this.#lastOutcome = outcome.kind;
      this.#isLooking = false;
      return outcome;
    };
  }

  /**
   * A departure: besides the look that the queue makes at the time that an outcome names, or after a conflict, another
   * one is wanted then, even when a look in between has named no time. The queue forgets a time when a worker takes the
   * key. So a plan that forgets to repeat a time that an earlier plan has named is not found here.
   */
  #lookOnceMore(key: string, outcome: Outcome): void {
    const afterMs = nextLookMs(outcome);
    if (this.#options.lookOnlyWhenAsked || afterMs === undefined) return;
    this.#cancelOneMore();
    this.#cancelOneMore = this.#options.clock.setTimer(afterMs, () => this.want(key));
  }
}

function nextLookMs(outcome: Outcome): number | undefined {
  switch (outcome.kind) {
    case 'stale':
      return outcome.retryAfterMs;
    case 'conflict':
      return CONFLICT_LOOK_MS;
    case 'done':
    case 'refused':
      return outcome.requeueAfterMs;
  }
}
