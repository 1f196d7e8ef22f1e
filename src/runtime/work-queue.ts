/**
 * Keys that wait for a worker. The queue holds each key once, and never gives it to two workers at the same
 * time. A key that is added while a worker has it comes back when that worker is done.
 */
import type { Metrics } from '../telemetry/metrics.ts';
import type { Clock } from './clock.ts';

interface WorkQueueOptions {
  /** The `name` label of the metrics. */
  readonly name: string;
  readonly clock: Clock;
  readonly metrics: Pick<
    Metrics,
    'queueAdds' | 'queueDepth' | 'queueDuration' | 'queueRetries' | 'workDuration' | 'unfinishedWork' | 'longestRunning'
  >;
}

/** Back-off of a key that keeps failing: 1 ms, 2 ms, 4 ms, ... 10 s (spec 4.1). */
const RETRY_BASE_MS = 1;
const RETRY_CAP_MS = 10_000;

interface Delayed {
  readonly dueAt: number;
  readonly cancel: () => void;
}

export class WorkQueue {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #metrics: WorkQueueOptions['metrics'];
  /** Waiting keys in order, with the time at which they were added. */
  readonly #waiting = new Map<string, number>();
  /** Keys that a worker has, with the time at which it took them. */
  readonly #inHand = new Map<string, number>();
  /** Keys that were added while a worker has them. */
  readonly #wantedAgain = new Set<string>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #closed = false;

  constructor({ name, clock, metrics }: WorkQueueOptions) {
    this.#name = name;
    this.#clock = clock;
    this.#metrics = metrics;
    const labels = { name };
    metrics.queueDepth.addSource(() => [{ labels, value: this.#waiting.size }]);
    metrics.unfinishedWork.addSource(() => [{ labels, value: this.#agesOfWork().reduce((a, b) => a + b, 0) }]);
    metrics.longestRunning.addSource(() => [{ labels, value: Math.max(0, ...this.#agesOfWork()) }]);
  }

  /** Number of keys that wait for a worker now, without delayed ones. */
  get depth(): number {
    return this.#waiting.size;
  }

  add(key: string): void {
    if (this.#closed || this.#waiting.has(key) || this.#wantedAgain.has(key)) return;
    this.#metrics.queueAdds.inc({ name: this.#name });
    if (this.#inHand.has(key)) {
      this.#wantedAgain.add(key);
      return;
    }
    this.#waiting.set(key, this.#clock.monotonic());
    this.#serve();
  }

  /**
   * Adds the key after `delayMs`, unless it is due earlier. When a worker gets the key, the delay is cancelled:
   * the worker sets a new one.
   */
  addAfter(key: string, delayMs: number): void {
    if (this.#closed) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const dueAt = this.#clock.monotonic() + delayMs;
    const delayed = this.#delayed.get(key);
    if (delayed !== undefined && delayed.dueAt <= dueAt) return;
    delayed?.cancel();
    const cancel = this.#clock.setTimer(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { dueAt, cancel });
  }

  /** Adds the key after its back-off, which doubles with every call until `forget`. */
  retry(key: string): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#metrics.queueRetries.inc({ name: this.#name });
    this.addAfter(key, Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** failures));
  }

  /** Resets the back-off of the key. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, as soon as there is one, or `undefined` once the queue is closed. Return it with `done`. */
  take(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      this.#serve();
    });
  }

  /** The worker has finished with the key. */
  done(key: string): void {
    const startedAt = this.#inHand.get(key);
    if (startedAt === undefined) return;
    this.#inHand.delete(key);
    this.#metrics.workDuration.observe({ name: this.#name }, (this.#clock.monotonic() - startedAt) / 1000);
    if (!this.#wantedAgain.delete(key) || this.#closed) return;
    this.#waiting.set(key, this.#clock.monotonic());
    this.#serve();
  }

  /** Gives out no more keys and drops those that wait; workers finish the keys that they have. */
  close(): void {
    this.#closed = true;
    this.#waiting.clear();
    this.#wantedAgain.clear();
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#serve();
  }

  #serve(): void {
    if (this.#closed) {
      for (const taker of this.#takers.splice(0)) taker(undefined);
      return;
    }
    for (const [key, since] of this.#waiting) {
      const taker = this.#takers.shift();
      if (taker === undefined) return;
      const now = this.#clock.monotonic();
      this.#waiting.delete(key);
      this.#delayed.get(key)?.cancel();
      this.#delayed.delete(key);
      this.#inHand.set(key, now);
      this.#metrics.queueDuration.observe({ name: this.#name }, (now - since) / 1000);
      taker(key);
    }
  }

  #agesOfWork(): number[] {
    const now = this.#clock.monotonic();
    return [...this.#inHand.values()].map((startedAt) => (now - startedAt) / 1000);
  }
}
