/** The events and metrics of a Rollout that is created, changed or deleted, whatever is decided about it. */
import { events as word } from '../../api/events.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import { keyOf } from '../../kube/object-key.ts';
import { ROLLOUTS } from '../../kube/resources.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type EventRecorder, subjectOf } from '../../runtime/event-recorder.ts';
import type { InformerEvent } from '../../runtime/announced-cache.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { LateForgetting } from '../late-forgetting.ts';
import { observeDuration } from './telemetry.ts';

interface LifeCycleOptions {
  readonly rollouts: Informer<Rollout>;
  readonly events: EventRecorder;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Whether the events of that key are this process's to record. */
  readonly reports: (key: string) => boolean;
}

export class LifeCycle {
  readonly #options: LifeCycleOptions;
  readonly #forgetting: LateForgetting;

  constructor(options: LifeCycleOptions) {
    this.#options = options;
    const { rollouts, clock, metrics } = options;
    const forget = (namespace: string, name: string): void => metrics.forgetRollout(namespace, name);
    this.#forgetting = new LateForgetting({ objects: rollouts, clock, forget });
  }

  /** Every event of a Rollout is announced from now on. */
  connect(): void {
    this.#options.rollouts.addHandler((event) => this.#announce(event));
  }

  /** No timer waits any more. */
  close(): void {
    this.#forgetting.close();
  }

  #announce({ type, object, previous }: InformerEvent<Rollout>): void {
    const { events, metrics, reports } = this.#options;
    const { namespace = '', name } = object.metadata;
    if (type === 'deleted') this.#forgetting.note(namespace, name);
    if (!reports(keyOf(object))) return;
    switch (type) {
      case 'added':
        // A restart of the controller is no news about thousands of Rollouts that are known already.
        if (object.status === undefined)
          events.record(subjectOf(ROLLOUTS, object), word.addedToInformer(namespace, name));
        break;
      case 'updated':
        if (previous !== undefined) observeDuration(metrics, previous, object);
        break;
      case 'deleted':
        events.record(subjectOf(ROLLOUTS, object), word.deleted(namespace, name));
        break;
    }
  }
}
