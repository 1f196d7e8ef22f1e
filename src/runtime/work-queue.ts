/**
 * Keys that wait for a worker. The queue holds each key once, and never gives it to two workers at the same
 * time. A key that is added while a worker has it comes back when that worker is done.
 */
import { LRUCache } from 'lru-cache';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Clock } from './clock.ts';
import { earlier, type Lane, WaitingLanes } from './waiting-lanes.ts';

interface WorkQueueOptions {
  /** The `name` label of the metrics. */
  readonly name: string;
  readonly clock: Clock;
  readonly metrics: Pick<
    Metrics,
    | 'queueAdds'
    | 'queueDepth'
    | 'queueLimit'
    | 'queueDuration'
    | 'queueRetries'
    | 'workDuration'
    | 'unfinishedWork'
    | 'longestRunning'
  >;
  /** How many keys workers may have at once without a command of a person, which waits for no other key. */
  readonly limit: () => number;
}

/** More changes at once are taken in the order in which they came. */
const MAX_REMEMBERED = 4096;

/** Back-off of a key that keeps failing: 1 ms, 2 ms, 4 ms, ... 10 s (spec 4.1). */
const RETRY_BASE_MS = 1;
const RETRY_CAP_MS = 10_000;

interface Delayed {
  readonly dueAt: number;
  readonly lane: Lane;
  /** It comes earlier when what it waits for has arrived. */
  readonly isExpecting: boolean;
  readonly cancel: () => void;
}

interface InHand {
  /** When a worker took it. */
  readonly since: number;
  readonly lane: Lane;
}

export class WorkQueue {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #metrics: WorkQueueOptions['metrics'];
  readonly #limit: () => number;
  readonly #waiting = new WaitingLanes();
  /** Keys that a worker has. */
  readonly #inHand = new Map<string, InHand>();
  /** Keys that were added while a worker has them. */
  readonly #wantedAgain = new Map<string, Lane>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  /** The number of the last change of a key, or command for it; a key without one counts as the first. */
  readonly #changeOf = new LRUCache<string, number>({ max: MAX_REMEMBERED });
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #changes = 0;
  #isServing = false;
  #closed = false;

  constructor({ name, clock, metrics, limit }: WorkQueueOptions) {
    this.#name = name;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#limit = limit;
    const labels = { name };
    metrics.queueDepth.addSource(() => [{ labels, value: this.depth }]);
    metrics.queueLimit.addSource(() => [{ labels, value: limit() }]);
    metrics.unfinishedWork.addSource(() => [{ labels, value: this.#agesOfWork().reduce((a, b) => a + b, 0) }]);
    metrics.longestRunning.addSource(() => [{ labels, value: Math.max(0, ...this.#agesOfWork()) }]);
  }

  /** Number of keys that wait for a worker now, without delayed ones. */
  get depth(): number {
    return this.#waiting.size;
  }

  /** A key that waits already, or for a time, keeps the lane that is the earlier one. */
  add(key: string, wanted: Lane = 'followed'): void {
    if (this.#closed) return;
    if (wanted === 'steered' || wanted === 'changed') this.#changeOf.set(key, ++this.#changes);
    const lane = earlier(wanted, this.#delayed.get(key)?.lane);
    const known = this.#wantedAgain.get(key) ?? this.#waiting.laneOf(key);
    if (known !== undefined) {
      if (earlier(lane, known) !== known) this.#overtake(key, known, lane);
      return;
    }
    this.#metrics.queueAdds.inc({ name: this.#name });
    if (this.#inHand.has(key)) {
      this.#wantedAgain.set(key, lane);
      return;
    }
    this.#await(lane, key, this.#clock.monotonic());
    this.#serveSoon();
  }

  /**
   * Adds the key after `delayMs`, unless it is due earlier. When a worker gets the key, the delay is cancelled:
   * the worker sets a new one.
   */
  addAfter(key: string, delayMs: number): void {
    this.#addLater(key, delayMs, 'followed', false);
  }

  /** The same for a key in hand that something has to arrive for: `arrived` ends the delay. It comes back in its lane. */
  expect(key: string, delayMs: number): void {
    this.#addLater(key, delayMs, this.#inHand.get(key)?.lane ?? 'followed', true);
  }

  /** Something has arrived that the key may wait for. */
  arrived(key: string): void {
    if (this.#delayed.get(key)?.isExpecting === true) this.add(key);
  }

  /** Adds the key in hand, in its lane, after its back-off, which doubles with every call until `forget`. */
  retry(key: string): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#metrics.queueRetries.inc({ name: this.#name });
    const delayMs = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** failures);
    this.#addLater(key, delayMs, this.#inHand.get(key)?.lane ?? 'followed', false);
  }

  /** Resets the back-off of the key. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, as soon as there is one, or `undefined` once the queue is closed. Return it with `done`. */
  take(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      this.#serveSoon();
    });
  }

  /** The worker has finished with the key. */
  done(key: string): void {
    const inHand = this.#inHand.get(key);
    if (inHand === undefined) return;
    this.#inHand.delete(key);
    this.#metrics.workDuration.observe({ name: this.#name }, (this.#clock.monotonic() - inHand.since) / 1000);
    const lane = this.#wantedAgain.get(key);
    if (lane === undefined || this.#closed) return;
    this.#wantedAgain.delete(key);
    this.#await(lane, key, this.#clock.monotonic());
    this.#serveSoon();
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

  #addLater(key: string, delayMs: number, lane: Lane, isExpecting: boolean): void {
    if (this.#closed) return;
    if (delayMs <= 0) {
      this.add(key, lane);
      return;
    }
    const dueAt = this.#clock.monotonic() + delayMs;
    const delayed = this.#delayed.get(key);
    if (delayed !== undefined && delayed.dueAt <= dueAt) {
      this.#delayed.set(key, {
        ...delayed,
        lane: earlier(lane, delayed.lane),
        isExpecting: delayed.isExpecting || isExpecting,
      });
      return;
    }
    delayed?.cancel();
    const cancel = this.#clock.setTimer(delayMs, () => {
      this.add(key);
      this.#delayed.delete(key);
    });
    this.#delayed.set(key, {
      dueAt,
      lane: earlier(lane, delayed?.lane),
      isExpecting: isExpecting || delayed?.isExpecting === true,
      cancel,
    });
  }

  #await(lane: Lane, key: string, since: number): void {
    this.#waiting.add(lane, key, since, this.#changeOf.get(key) ?? 0);
  }

  /** It keeps the time at which it was added. */
  #overtake(key: string, from: Lane, to: Lane): void {
    if (this.#wantedAgain.has(key)) {
      this.#wantedAgain.set(key, to);
      return;
    }
    this.#await(to, key, this.#waiting.remove(from, key) ?? this.#clock.monotonic());
  }

  /**
   * Not at once: one event often adds a key several times, and what arrives together has several events of a key. A
   * worker that already had it would have to take it again.
   */
  #serveSoon(): void {
    if (this.#isServing) return;
    this.#isServing = true;
    queueMicrotask(() => {
      this.#isServing = false;
      this.#serve();
    });
  }

  #serve(): void {
    if (this.#closed) {
      for (const taker of this.#takers.splice(0)) taker(undefined);
      return;
    }
    while (this.#takers.length > 0) {
      const isFull = this.#isFull;
      const next = this.#waiting.take((lane) => !isFull || lane === 'steered');
      if (next === null) return;
      const { key, since, lane } = next;
      const now = this.#clock.monotonic();
      this.#delayed.get(key)?.cancel();
      this.#delayed.delete(key);
      this.#inHand.set(key, { since: now, lane });
      this.#metrics.queueDuration.observe({ name: this.#name }, (now - since) / 1000);
      this.#takers.shift()?.(key);
    }
  }

  /** Whether all that the limit is for is in hand. They are counted only where they may be enough. */
  get #isFull(): boolean {
    const limit = this.#limit();
    if (this.#inHand.size < limit) return false;
    let count = 0;
    for (const { lane } of this.#inHand.values()) if (lane !== 'steered') count += 1;
    return count >= limit;
  }

  #agesOfWork(): number[] {
    const now = this.#clock.monotonic();
    return [...this.#inHand.values()].map(({ since }) => (now - since) / 1000);
  }
}
