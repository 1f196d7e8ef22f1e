/**
 * Writes Kubernetes Events (core/v1) in the background, in order for each object. It counts repeated events
 * instead of writing them again, and limits floods. It never delays a reconcile.
 */
import { LRUCache } from 'lru-cache';
import type { JsonObject } from '../kube/json.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { EventNote } from '../kube/plan.ts';
import { apiVersionOf, EVENTS, type Resource } from '../kube/resources.ts';
import { formatTime } from '../kube/time.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { isApiError } from './api-error.ts';
import { Backoff } from './backoff.ts';
import type { Client } from './client.ts';
import { type Clock, sleep } from './clock.ts';
import { TokenBucket } from './token-bucket.ts';

/** The object that an event is about. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion?: string;
}

export function subjectOf(resource: Resource, { metadata }: KubeObject): EventSubject {
  const { namespace = '', name, uid, resourceVersion } = metadata;
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, namespace, name, uid, resourceVersion };
}

interface EventRecorderOptions {
  readonly client: Pick<Client, 'create' | 'patch'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'eventsDropped'>;
  /** Source component, e.g. `rollouts-controller`. */
  readonly component: string;
  /** The process of the component. */
  readonly instance: string;
  /** Called for every event at once, also for those that are counted or dropped later. */
  readonly observer: (subject: EventSubject, note: EventNote) => void;
}

interface Pending {
  readonly subject: EventSubject;
  readonly note: EventNote;
  readonly notedAt: number;
  /** Part of the name; rises with every event of this process. */
  readonly serial: string;
}

/** A written event, whose count rises when it repeats. */
interface Written {
  readonly name: string;
  readonly count: number;
  readonly writtenAt: number;
}

/** Repeats within this time are counted; client-go's correlator uses the same. */
const REPEAT_WINDOW_MS = 600_000;
const MAX_REMEMBERED = 4096;
/** A release of a Rollout has about twenty events, and people start several in a row. More than that for a longer time is a loop. */
const BURST_PER_OBJECT = 100;
const REFILL_PER_SECOND = 1;
const MAX_PENDING = 10_000;
/** Number of lanes. Each object belongs to one lane, which writes in order. */
const LANES = 2;
const MAX_ATTEMPTS = 4;
const MAX_NAME_LENGTH = 253;

export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #lanes: Pending[][] = Array.from({ length: LANES }, () => []);
  readonly #drains = new Set<Promise<void>>();
  readonly #written = new LRUCache<string, Written>({ max: MAX_REMEMBERED });
  readonly #limits = new LRUCache<string, TokenBucket>({ max: MAX_REMEMBERED });
  readonly #stopping = new AbortController();
  #pending = 0;
  #lastSerial = 0n;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  /** Notes an event and returns at once. It never throws and its failure is only logged. */
  record(subject: EventSubject, note: EventNote): void {
    this.#options.observer(subject, note);
    if (this.#stopping.signal.aborted) return;
    if (this.#pending >= MAX_PENDING) {
      this.#options.metrics.eventsDropped.inc({ cause: 'queue-full' });
      return;
    }
    const { clock } = this.#options;
    const limit = this.#limits.get(subject.uid) ?? new TokenBucket(clock, REFILL_PER_SECOND, BURST_PER_OBJECT);
    this.#limits.set(subject.uid, limit);
    if (!limit.tryTake()) {
      this.#options.metrics.eventsDropped.inc({ cause: 'rate-limit' });
      return;
    }
    const lane = this.#lanes[laneOf(subject.uid)];
    if (lane === undefined) return;
    lane.push({ subject, note, notedAt: clock.now(), serial: this.#nextSerial() });
    this.#pending += 1;
    // An event stays in its lane until it is written.
    if (lane.length === 1) this.#drain(lane);
  }

  /** Resolves when all events are written, or after `limitMs`; later events are not written. */
  async close(limitMs: number): Promise<void> {
    const written = new AbortController();
    void Promise.all(this.#drains).then(() => written.abort());
    await sleep(this.#options.clock, limitMs, written.signal);
    this.#stopping.abort(new Error('The event recorder is closed'));
    await Promise.all(this.#drains);
  }

  #drain(lane: Pending[]): void {
    const draining = this.#writeAll(lane).finally(() => this.#drains.delete(draining));
    this.#drains.add(draining);
  }

  async #writeAll(lane: Pending[]): Promise<void> {
    for (let [pending] = lane; pending !== undefined; [pending] = lane) {
      await this.#write(pending);
      lane.shift();
      this.#pending -= 1;
    }
  }

  async #write(pending: Pending): Promise<void> {
    const { clock, logger, metrics } = this.#options;
    const { signal } = this.#stopping;
    const backoff = new Backoff({ baseMs: 500, capMs: 5000 });
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await this.#createOrCount(pending);
        return;
      } catch (error) {
        const mayPass = isApiError(error) && ['network', 'server', 'throttled'].includes(error.kind);
        if (!signal.aborted && mayPass && attempt < MAX_ATTEMPTS) {
          await sleep(clock, backoff.nextMs(), signal);
          continue;
        }
        metrics.eventsDropped.inc({ cause: 'failed' });
        logger.warn({ err: error, reason: pending.note.reason, object: pending.subject.name }, 'Event not written');
        return;
      }
    }
  }

  async #createOrCount(pending: Pending): Promise<void> {
    const { clock } = this.#options;
    const key = sameness(pending);
    const known = this.#written.get(key);
    if (known !== undefined && clock.monotonic() - known.writtenAt < REPEAT_WINDOW_MS) {
      const counted = await this.#countUp(pending, known);
      if (counted) {
        this.#written.set(key, { ...known, count: known.count + 1, writtenAt: clock.monotonic() });
        return;
      }
    }
    const name = eventName(pending);
    await this.#create(pending, name);
    this.#written.set(key, { name, count: 1, writtenAt: clock.monotonic() });
  }

  /** False when the event no longer exists; the API server deletes events after an hour. */
  async #countUp({ subject, notedAt }: Pending, { name, count }: Written): Promise<boolean> {
    try {
      await this.#options.client.patch(
        EVENTS,
        { namespace: subject.namespace, name },
        { count: count + 1, lastTimestamp: formatTime(notedAt) },
        { signal: this.#stopping.signal },
      );
      return true;
    } catch (error) {
      if (isApiError(error, 'notFound')) return false;
      throw error;
    }
  }

  async #create(pending: Pending, name: string): Promise<void> {
    const { client, component, instance } = this.#options;
    const { subject, note, notedAt } = pending;
    const { namespace } = subject;
    const body: JsonObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: { ...subject },
      type: note.type,
      reason: note.reason,
      message: note.message,
      count: 1,
      firstTimestamp: formatTime(notedAt),
      lastTimestamp: formatTime(notedAt),
      source: { component },
      reportingComponent: component,
      reportingInstance: instance,
    };
    try {
      await client.create(EVENTS, { namespace, name }, body, { signal: this.#stopping.signal });
    } catch (error) {
      // An earlier attempt, whose answer was lost, has written it.
      if (!isApiError(error, 'exists')) throw error;
    }
  }

  #nextSerial(): string {
    const microseconds = BigInt(Math.floor(this.#options.clock.now())) * 1000n;
    this.#lastSerial = microseconds > this.#lastSerial ? microseconds : this.#lastSerial + 1n;
    return this.#lastSerial.toString(16).padStart(16, '0');
  }
}

/** Events with the same key are repeats of one event. */
function sameness({ subject, note }: Pending): string {
  return [subject.uid, note.type, note.reason, note.message].join('\n');
}

/** Names of one object's events sort in the order in which they were noted. */
function eventName({ subject, serial }: Pending): string {
  return `${subject.name.slice(0, MAX_NAME_LENGTH - serial.length - 1)}.${serial}`;
}

function laneOf(uid: string): number {
  let hash = 0;
  for (let index = 0; index < uid.length; index += 1) hash = (hash * 31 + uid.charCodeAt(index)) >>> 0;
  return hash % LANES;
}
