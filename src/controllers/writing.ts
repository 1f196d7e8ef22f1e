/** What every controller is made with, and the parts through which it writes. */
import { Applier } from '../runtime/applier.ts';
import type { Client } from '../runtime/client.ts';
import type { Clock } from '../runtime/clock.ts';
import { EventRecorder } from '../runtime/event-recorder.ts';
import { OwnWrites } from '../runtime/own-writes.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Caches } from './caches.ts';
import { FIELD_MANAGER } from '../api/words/field-manager.ts';

export interface ControllerOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly caches: Caches;
  readonly threads: number;
  readonly resyncMs: number;
  /** Names this process in events. */
  readonly identity: string;
  /** Asked before every write; false once another process may be writing for that key. */
  readonly mayWrite: (key: string) => boolean;
  /** Whether events and metrics of the object are this process's to report, and not another one's; always when absent. */
  readonly reports?: (key: string) => boolean;
}

export interface Writing {
  readonly events: EventRecorder;
  readonly ownWrites: OwnWrites;
  readonly applier: Applier;
  /** Sends the events that wait. */
  readonly close: () => Promise<void>;
}

/** Of a process that has all keys. */
export function always(): boolean {
  return true;
}

const FLUSH_EVENTS_MS = 5000;

/** Of one controller: the same key in the queue of another names another object. `onEvent` is told of every event. */
export function createWriting(
  { client, clock, logger, metrics, identity, mayWrite }: ControllerOptions,
  onEvent: ConstructorParameters<typeof EventRecorder>[0]['observer'] = () => {},
): Writing {
  const events = new EventRecorder({
    client,
    clock,
    logger,
    metrics,
    // The component of all events of this API, whichever object they are about.
    component: 'rollouts-controller',
    instance: identity,
    observer: onEvent,
  });
  const ownWrites = new OwnWrites(clock);
  const applier = new Applier({ client, events, ownWrites, fieldManager: FIELD_MANAGER, mayWrite });
  return { events, ownWrites, applier, close: () => events.close(FLUSH_EVENTS_MS) };
}
