/**
 * Takes keys from a queue, reconciles each, and schedules the next look by the outcome. Errors of a reconcile are
 * logged and counted only here.
 */
import { childWhenNeeded, type LineLogger, type Logger } from '../telemetry/logger.ts';
import { type Clock, sleep } from './clock.ts';
import { LoopTurns } from './loop-turns.ts';
import type { WorkQueue } from './work-queue.ts';

/**
 * - `done`: nothing to do until an event comes, or until `requeueAfterMs` has passed
 * - `stale`: a cache is behind our own writes; look again when it has caught up, or after `retryAfterMs`
 * - `conflict`: another writer changed the object first; look again, later each time
 * - `refused`: the API server refused some writes, the others are made; look again, later each time, and after `requeueAfterMs` at the latest
 */
export type Outcome =
  | { readonly kind: 'done'; readonly requeueAfterMs?: number }
  | { readonly kind: 'stale'; readonly retryAfterMs: number }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'refused'; readonly errors: readonly Error[]; readonly requeueAfterMs?: number };

interface Run {
  /** Identifies this reconcile in every log line. */
  readonly logger: LineLogger;
  /** Aborted when the time limit has passed or the process must stop writing. */
  readonly signal: AbortSignal;
}

export type Reconcile = (key: string, run: Run) => Promise<Outcome>;

/** Called with the outcome of each reconcile. */
export type ReconcileObserver = (key: string, seconds: number, ended: 'done' | 'stale' | 'conflict' | 'error') => void;

interface WorkerOptions {
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly reconcile: Reconcile;
  readonly observer: ReconcileObserver;
  /** Number of keys that are reconciled at the same time. */
  readonly concurrency: number;
  /** A longer reconcile is aborted and tried again. */
  readonly timeLimitMs?: number;
}

const DEFAULT_TIME_LIMIT_MS = 120_000;

export class Worker {
  readonly #options: WorkerOptions;
  /** One for each running reconcile. A common signal would cost memory for each derived one. */
  readonly #inHand = new Set<AbortController>();
  readonly #turns: LoopTurns;
  #stopping = false;
  #lanes: Promise<unknown> = Promise.resolve();
  #reconciles = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#turns = new LoopTurns(options.clock);
  }

  start(): void {
    this.#lanes = Promise.all(Array.from({ length: this.#options.concurrency }, () => this.#lane()));
  }

  /** Takes no more keys, lets running reconciles finish for `graceMs`, aborts the rest, and resolves when none runs. */
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
      this.#turns.noteWork();
      await this.#work(key);
      queue.done(key);
      // What comes meanwhile may overtake what waits.
      if (this.#turns.isLong) await this.#turns.next();
    }
  }

  async #work(key: string): Promise<void> {
    const { queue, clock, observer, reconcile, timeLimitMs = DEFAULT_TIME_LIMIT_MS } = this.#options;
    this.#reconciles += 1;
    const logger = childWhenNeeded(this.#options.logger, { key, reconcile: this.#reconciles });
    const run = new AbortController();
    this.#inHand.add(run);
    const cancelLimit = clock.setTimer(timeLimitMs, () =>
      run.abort(new Error(`The reconcile took longer than ${timeLimitMs} ms`)),
    );
    const startedAt = clock.monotonic();
    const seconds = (): number => (clock.monotonic() - startedAt) / 1000;
    try {
      const outcome = await reconcile(key, { logger, signal: run.signal });
      observer(key, seconds(), outcome.kind === 'refused' ? 'error' : outcome.kind);
      if (outcome.kind === 'refused') {
        for (const error of outcome.errors) logger.error({ err: error }, 'The API server refused a write');
      }
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
        queue.expect(key, outcome.retryAfterMs);
        break;
      case 'conflict':
        queue.retry(key);
        break;
      case 'refused':
        queue.retry(key);
        if (outcome.requeueAfterMs !== undefined) queue.addAfter(key, outcome.requeueAfterMs);
        break;
    }
  }
}
