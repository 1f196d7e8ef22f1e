/**
 * Runs a controller for objects of any kind: connects the triggers, waits until the caches are complete, and lets
 * workers reconcile the keys that the triggers have enqueued, until it is stopped.
 */
import { keyOf } from '../kube/object-key.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Clock } from './clock.ts';
import type { Informer } from './informer.ts';
import type { Lane } from './waiting-lanes.ts';
import { WorkQueue } from './work-queue.ts';
import { type Reconcile, type ReconcileObserver, Worker } from './worker.ts';

/**
 * What an event asks for:
 * - a lane (see WorkQueue): a look as soon as it is its turn
 * - `soon`: a look that may wait for other events, so that they are looked at together
 * - `arrived`: no look, unless something is awaited for the key
 */
export type Wish = Lane | 'soon' | 'arrived';

/** In the lane `followed` when no wish is given. */
export type Enqueue = (key: string, wish?: Wish) => void;

/** The parts in which controllers differ. */
export interface Controller {
  /** Names the queue in the metrics. */
  readonly name: string;
  /** The objects that are reconciled; the queue holds their keys. */
  readonly objects: Pick<Informer<KubeObject>, 'resource' | 'cache'>;
  /**
   * Nothing is reconciled before each of these is complete. `objects` is one of them. Other controllers may read them as
   * well, so they are started here but not stopped.
   */
  readonly informers: readonly Pick<Informer<KubeObject>, 'start' | 'synced'>[];
  /**
   * Called once, before the informers are started: from then on every event enqueues the keys that it concerns. While the
   * caches are filled an object may be announced before another that names its key; the other enqueues it then.
   */
  readonly connect: (enqueue: Enqueue) => void;
  readonly reconcile: Reconcile;
  readonly observer: ReconcileObserver;
  /** Number of keys that are reconciled at the same time, at the most. */
  readonly threads: number;
  /** How many at the most just now, beside those that a person has commanded; no other limit when absent. */
  readonly pace?: { readonly limit: number };
  /** A reconcile that takes longer is aborted and made again; the worker's own limit when absent. */
  readonly timeLimitMs?: number;
  /** Interval at which every object is reconciled without an event; 0: never. */
  readonly resyncMs: number;
  /** Called when it is to stop, before the running reconciles are waited for: gives up what may take long. */
  readonly giveUp?: () => void;
  /** The same for some of its keys, which another process is to look at from now on. */
  readonly giveUpKeys?: (concerns: (key: string) => boolean) => void;
  /**
   * Resolves with true once what only this controller watches holds everything that was written before the call; with
   * false when it is closed.
   */
  readonly refresh?: () => Promise<boolean>;
  /** Closes what only this controller uses. Called when no reconcile runs any more. */
  readonly close: () => Promise<void>;
}

interface RunnerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** How long what can wait is waited for: counts that are reported may be as old as this (core/report/pace.ts). */
const SETTLING_MS = 2000;

export class ControllerRunner {
  readonly #controller: Controller;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #queue: WorkQueue;
  readonly #worker: Worker;
  #cancelResync = (): void => {};
  #synced = false;
  #stopping = false;

  constructor(controller: Controller, { clock, logger, metrics }: RunnerOptions) {
    const { name, reconcile, observer, threads, pace, timeLimitMs } = controller;
    this.#controller = controller;
    this.#clock = clock;
    this.#logger = logger;
    this.#queue = new WorkQueue({ name, clock, metrics, limit: () => Math.min(threads, pace?.limit ?? threads) });
    const limit = timeLimitMs === undefined ? {} : { timeLimitMs };
    this.#worker = new Worker({
      queue: this.#queue,
      clock,
      logger,
      reconcile,
      observer,
      concurrency: threads,
      ...limit,
    });
  }

  /** Whether every cache has seen the whole cluster once. */
  get isSynced(): boolean {
    return this.#synced;
  }

  /** Resolves when the workers run, or when it was stopped before. Rejects when the triggers cannot be connected. */
  async start(): Promise<void> {
    const { objects, informers, connect } = this.#controller;
    // First, so that what exists is announced as it is listed, which takes turns with the rest of the process.
    connect((key, wish = 'followed') => this.#enqueue(key, this.#synced ? wish : wishAtStart(wish)));
    for (const informer of informers) informer.start();
    const complete = await Promise.all(informers.map((informer) => informer.synced));
    if (complete.includes(false) || this.#stopping) return;
    this.#synced = true;
    this.#logger.info({ [objects.resource.plural]: objects.cache.size }, 'The caches are complete');
    this.#armResync();
    this.#worker.start();
  }

  /**
   * Lets running reconciles finish for `graceMs`, then aborts the rest; with 0 it aborts all at once, as a process must
   * that may no longer write. Resolves when no reconcile runs and the controller is closed.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#cancelResync();
    this.#controller.giveUp?.();
    await this.#worker.stop(graceMs);
    await this.#controller.close();
  }

  #enqueue(key: string, wish: Wish): void {
    if (wish !== 'soon' && wish !== 'arrived') {
      this.#queue.add(key, wish);
      return;
    }
    this.#queue.arrived(key);
    if (wish === 'soon') this.#queue.addAfter(key, SETTLING_MS);
  }

  /** Catches lost events, and timers that are longer than the interval. */
  #armResync(): void {
    const { objects, resyncMs } = this.#controller;
    if (resyncMs === 0) return;
    this.#cancelResync = this.#clock.setTimer(resyncMs, () => {
      for (const object of objects.cache.values()) this.#queue.add(keyOf(object), 'swept');
      this.#armResync();
    });
  }
}

/** Nobody is known to wait for what exists at a start, unless it was changed meanwhile. */
function wishAtStart(wish: Wish): Wish {
  return wish === 'changed' || wish === 'steered' ? wish : 'swept';
}
