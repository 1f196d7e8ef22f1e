/**
 * Takes keys from a queue, has each reconciled, and turns the outcome into the next look at it. It is
 * the one place where an error of a reconcile is logged and counted. It knows nothing of what a key
 * stands for.
 */
import type { Logger } from '../telemetry/logger.ts';
import { type Clock, sleep } from './clock.ts';
import type { WorkQueue } from './work-queue.ts';

/**
 * - `done`: nothing to do until an event comes, or until `requeueAfterMs` has passed
 * - `stale`: a cache is behind our own writes; look again shortly
 * - `conflict`: somebody else changed the object first; look again, later each time
 */
export type Outcome =
  | { readonly kind: 'done'; readonly requeueAfterMs?: number }
  | { readonly kind: 'stale'; readonly retryAfterMs: number }
  | { readonly kind: 'conflict' };

interface Run {
  /** Names this reconcile in every line that it logs. */
  readonly logger: Logger;
  /** Aborted when the time limit has passed or the process must stop writing. */
  readonly signal: AbortSignal;
}

export type Reconcile = (key: string, run: Run) => Promise<Outcome>;

/** Hears how each reconcile ended. */
type ReconcileObserver = (key: string, seconds: number, ended: Outcome['kind'] | 'error') => void;

interface WorkerOptions {
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly reconcile: Reconcile;
  readonly observer: ReconcileObserver;
  /** How many keys are worked on at a time. */
  readonly concurrency: number;
  /** A reconcile that takes longer is aborted and tried again. */
  readonly timeLimitMs?: number;
}

const DEFAULT_TIME_LIMIT_MS = 120_000;

export class Worker {
  readonly #options: WorkerOptions;
  /** One for each reconcile in hand. They are not derived from a common signal, which would cost memory for each. */
  readonly #inHand = new Set<AbortController>();
  #stopping = false;
  #lanes: Promise<unknown> = Promise.resolve();
  #reconciles = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#lanes = Promise.all(Array.from({ length: this.#options.concurrency }, () => this.#lane()));
  }

  /** Takes no more keys, lets those in hand finish for `graceMs`, aborts the rest, and resolves when none is in hand. */
  async stop(graceMs: number): Promise<void> {
    this.#options.queue.close();
    const finished = new AbortController();
    void this.#lanes.then(() => finished.abort());
    await sleep(this.#options.clock, graceMs, finished.signal);
    this.#stopping = true;
    for (const run of this.#inHand) run.abort(new Error('The worker is stopped'));
    await this.#lanes;
  }

  async #lane(): Promise<void> {
    const { queue } = this.#options;
    for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
      await this.#work(key);
      queue.done(key);
    }
  }

  async #work(key: string): Promise<void> {
    const { queue, clock, observer, reconcile, timeLimitMs = DEFAULT_TIME_LIMIT_MS } = this.#options;
    this.#reconciles += 1;
    const logger = this.#options.logger.child({ key, reconcile: this.#reconciles });
    const run = new AbortController();
    this.#inHand.add(run);
    const cancelLimit = clock.setTimer(timeLimitMs, () =>
      run.abort(new Error(`The reconcile took longer than ${timeLimitMs} ms`)),
    );
    const startedAt = clock.monotonic();
    const seconds = (): number => (clock.monotonic() - startedAt) / 1000;
    try {
      const outcome = await reconcile(key, { logger, signal: run.signal });
      observer(key, seconds(), outcome.kind);
      this.#requeue(key, outcome);
    } catch (error) {
      if (this.#stopping) return;
      observer(key, seconds(), 'error');
      logger.error({ err: error }, 'Reconcile failed');
      queue.retry(key);
    } finally {
      cancelLimit();
      this.#inHand.delete(run);
    }
  }

  #requeue(key: string, outcome: Outcome): void {
    const { queue } = this.#options;
    switch (outcome.kind) {
      case 'done':
        queue.forget(key);
        if (outcome.requeueAfterMs !== undefined) queue.addAfter(key, outcome.requeueAfterMs);
        break;
      case 'stale':
        queue.addAfter(key, outcome.retryAfterMs);
        break;
      case 'conflict':
        queue.retry(key);
        break;
    }
  }
}
