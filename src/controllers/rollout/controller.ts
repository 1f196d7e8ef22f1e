/**
 * The Rollout controller put together: caches, triggers, queue and workers, and the events and metrics
 * that belong to the life of the objects. It starts when told to and ends with nothing in hand.
 */
import { events as word } from '../../api/events.ts';
import type { Rollout } from '../../api/rollout.ts';
import { splitKey } from '../../kube/object-key.ts';
import { apiVersionOf, ROLLOUTS } from '../../kube/resources.ts';
import { Applier } from '../../runtime/applier.ts';
import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import { OwnWrites } from '../../runtime/own-writes.ts';
import { WorkQueue } from '../../runtime/work-queue.ts';
import { Worker } from '../../runtime/worker.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { createCaches, type Caches } from './caches.ts';
import { createReconcile } from './reconcile.ts';
import { observeDuration, sampleOf } from './telemetry.ts';
import { connectTriggers, keyOf } from './triggers.ts';
import { Workloads } from './workloads.ts';

interface RolloutControllerOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly namespace: string | undefined;
  readonly instanceId: string;
  readonly threads: number;
  /** How often every Rollout is looked at without an event; 0 is never. */
  readonly resyncMs: number;
  /** How long proxies need to act on a change, in milliseconds; `null`: each as its kind does. */
  readonly propagationMs: number | null;
  /** Names this process in events. */
  readonly identity: string;
  /** Asked before every write; false once another process may be writing. */
  readonly mayWrite: () => boolean;
}

const FIELD_MANAGER = 'serin';
/** Series of a deleted Rollout stay for one more scrape. */
const FORGET_AFTER_MS = 65_000;
const FLUSH_EVENTS_MS = 5000;

export class RolloutController {
  readonly #options: RolloutControllerOptions;
  readonly #caches: Caches;
  readonly #workloads: Workloads;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #worker: Worker;
  readonly #forgetting = new Set<() => void>();
  #cancelResync = (): void => {};
  #synced = false;
  #stopping = false;

  constructor(options: RolloutControllerOptions) {
    const { client, clock, logger, metrics } = options;
    this.#options = options;
    this.#caches = createCaches({ ...options, fieldManager: FIELD_MANAGER });
    this.#events = new EventRecorder({
      client,
      clock,
      logger,
      metrics,
      component: 'rollouts-controller',
      instance: options.identity,
      observer: ({ namespace, name }, { type, reason }) => metrics.rolloutEvents.inc({ namespace, name, type, reason }),
    });
    this.#queue = new WorkQueue({ name: 'Rollouts', clock, metrics });
    this.#workloads = new Workloads(options);
    const ownWrites = new OwnWrites(clock);
    const applier = new Applier({
      client,
      events: this.#events,
      ownWrites,
      fieldManager: FIELD_MANAGER,
      mayWrite: options.mayWrite,
    });
    this.#worker = new Worker({
      queue: this.#queue,
      clock,
      logger,
      concurrency: options.threads,
      reconcile: createReconcile({
        caches: this.#caches,
        workloads: this.#workloads,
        client,
        applier,
        events: this.#events,
        ownWrites,
        clock,
        propagationMs: options.propagationMs,
      }),
      observer: (key, seconds, ended) => this.#observeReconcile(key, seconds, ended),
    });
    metrics.sampleRollouts(() => [...this.#caches.rollouts.cache.values()].map(sampleOf));
  }

  /** Whether every cache has seen the whole cluster once. */
  get isSynced(): boolean {
    return this.#synced;
  }

  /** Resolves when the workers are at work: nothing is decided before all caches are complete. */
  async start(): Promise<void> {
    const informers = Object.values(this.#caches);
    for (const informer of informers) informer.start();
    const complete = await Promise.all(informers.map((informer) => informer.synced));
    if (complete.includes(false) || this.#stopping) return;
    this.#synced = true;
    this.#options.logger.info({ rollouts: this.#caches.rollouts.cache.size }, 'The caches are complete');
    connectTriggers({ caches: this.#caches, workloads: this.#workloads, enqueue: (key) => this.#queue.add(key) });
    this.#announceLifeCycle();
    this.#armResync();
    this.#worker.start();
  }

  /** Finishes what is in hand for `graceMs` at most, and writes the events that are still to be written. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#cancelResync();
    for (const cancel of this.#forgetting) cancel();
    await this.#worker.stop(graceMs);
    await this.#events.close(FLUSH_EVENTS_MS);
    await Promise.all([...Object.values(this.#caches).map((informer) => informer.stop()), this.#workloads.stop()]);
  }

  #announceLifeCycle(): void {
    const { metrics } = this.#options;
    this.#caches.rollouts.addHandler(({ type, object, previous }) => {
      const { namespace = '', name } = object.metadata;
      switch (type) {
        case 'added':
          // A restart of the controller is no news about thousands of Rollouts that are known already.
          if (object.status === undefined)
            this.#events.record(subjectOf(object), word.addedToInformer(namespace, name));
          break;
        case 'updated':
          if (previous !== undefined) observeDuration(metrics, previous, object);
          break;
        case 'deleted':
          this.#events.record(subjectOf(object), word.deleted(namespace, name));
          this.#forgetLater(namespace, name);
          break;
      }
    });
  }

  #forgetLater(namespace: string, name: string): void {
    if (this.#stopping) return;
    const cancel = this.#options.clock.setTimer(FORGET_AFTER_MS, () => {
      this.#forgetting.delete(cancel);
      const isBack = this.#caches.rollouts.cache.get(namespace, name) !== undefined;
      if (!isBack) this.#options.metrics.forgetRollout(namespace, name);
    });
    this.#forgetting.add(cancel);
  }

  /** Looks at everything again from time to time: the net under a lost event, and under timers beyond it. */
  #armResync(): void {
    if (this.#options.resyncMs === 0) return;
    this.#cancelResync = this.#options.clock.setTimer(this.#options.resyncMs, () => {
      for (const rollout of this.#caches.rollouts.cache.values()) this.#queue.add(keyOf(rollout));
      this.#armResync();
    });
  }

  #observeReconcile(key: string, seconds: number, ended: string): void {
    const { namespace, name } = splitKey(key);
    // What ends after its Rollout is gone must not bring its series back.
    if (this.#caches.rollouts.cache.get(namespace, name) === undefined) return;
    this.#options.metrics.reconcileDuration.observe({ namespace, name }, seconds);
    if (ended === 'error') this.#options.metrics.reconcileErrors.inc({ namespace, name });
  }
}

function subjectOf({ metadata }: Rollout) {
  const { namespace = '', name, uid, resourceVersion } = metadata;
  return { apiVersion: apiVersionOf(ROLLOUTS), kind: ROLLOUTS.kind, namespace, name, uid, resourceVersion };
}
