/**
 * Writes Kubernetes Events (core/v1) in the background, in order for each object. It counts repeated events
 * instead of writing them again, and limits floods. It never delays a reconcile: events are written when little happens,
 * because in a burst of releases they would be half of all requests.
 */
import { LRUCache } from 'lru-cache';
import type { JsonObject } from '../kube/json.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { EventNote } from '../kube/plan.ts';
import { apiVersionOf, EVENTS, type Resource } from '../kube/resources.ts';
import { formatTime } from '../kube/time.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Sample } from '../telemetry/sampled-gauge.ts';
import { isApiError } from './api-error.ts';
import { Backoff } from './backoff.ts';
import type { Client } from './client.ts';
import { type Clock, sleep } from './clock.ts';
import { EventBacklog, sameness, type WaitingEvent } from './event-backlog.ts';
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
  readonly metrics: Pick<Metrics, 'eventsDropped' | 'eventsWaiting'>;
  /** Source component, e.g. `rollouts-controller`. */
  readonly component: string;
  /** The process of the component. */
  readonly instance: string;
  /** Called for every event at once, also for those that are counted or dropped later. */
  readonly observer: (subject: EventSubject, note: EventNote) => void;
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
const MAX_WAITING = 10_000;
/** There is room for warnings when all of that waits: they say what went wrong, and the rest can be read in the status. */
const MAX_WAITING_WITH_WARNINGS = 11_000;
/** Events that wait are written at the end of such a time in which few were noted. */
const LULL_MS = 1000;
const FEW = 20;
/** The longest that an event waits for a lull. */
const LONGEST_WAIT_MS = 30_000;
/** Number of objects whose events are written at the same time. */
const LANES = 2;
const MAX_ATTEMPTS = 4;
const MAX_NAME_LENGTH = 253;

export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #backlog = new EventBacklog();
  readonly #lanes = new Set<Promise<void>>();
  /** Events that are being written, by the UID of their object. */
  readonly #inHand = new Map<string, WaitingEvent[]>();
  readonly #written = new LRUCache<string, Written>({ max: MAX_REMEMBERED });
  readonly #limits = new LRUCache<string, TokenBucket>({ max: MAX_REMEMBERED });
  readonly #stopping = new AbortController();
  #notedLately = 0;
  #cancelLull: (() => void) | undefined;
  #closing = false;
  #lastSerial = 0n;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    options.metrics.eventsWaiting.addSource(() => this.#waiting());
  }

  /** Notes an event and returns at once. It never throws and its failure is only logged. */
  record(subject: EventSubject, note: EventNote): void {
    this.#options.observer(subject, note);
    if (this.#stopping.signal.aborted || note.saidByAnother === true) return;
    const { clock, metrics } = this.#options;
    this.#notedLately += 1;
    if (this.#backlog.countRepeat(subject, note, clock.now())) return;
    if (this.#backlog.size >= (note.type === 'Warning' ? MAX_WAITING_WITH_WARNINGS : MAX_WAITING)) {
      metrics.eventsDropped.inc({ cause: 'queue-full' });
      return;
    }
    const limit = this.#limits.get(subject.uid) ?? new TokenBucket(clock, REFILL_PER_SECOND, BURST_PER_OBJECT);
    this.#limits.set(subject.uid, limit);
    if (!limit.tryTake()) {
      metrics.eventsDropped.inc({ cause: 'rate-limit' });
      return;
    }
    const notedAt = clock.now();
    const event = { subject, note, notedAt, repeatedAt: notedAt, count: 1, serial: this.#nextSerial() };
    this.#backlog.add(event, clock.monotonic());
    this.#awaitLull();
    // A person may be waiting to read what went wrong.
    if (note.type === 'Warning' || this.#closing) this.#backlog.release(subject.uid);
    this.#writeReleased();
  }

  /** Resolves when all events are written, or after `limitMs`; later events are not written. */
  async close(limitMs: number): Promise<void> {
    this.#closing = true;
    this.#cancelLull?.();
    this.#backlog.releaseAll();
    this.#writeReleased();
    const written = new AbortController();
    void this.#allWritten().then(() => written.abort());
    await sleep(this.#options.clock, limitMs, written.signal);
    this.#stopping.abort(new Error('The event recorder is closed'));
    await this.#allWritten();
  }

  #awaitLull(): void {
    if (this.#cancelLull !== undefined || this.#closing) return;
    const { clock } = this.#options;
    this.#cancelLull = clock.setTimer(LULL_MS, () => {
      this.#cancelLull = undefined;
      const isLull = this.#notedLately <= FEW;
      this.#notedLately = 0;
      // What does not fit is lost, which is worse than a request in a burst.
      if (isLull || this.#backlog.size > MAX_WAITING / 2) this.#backlog.releaseAll();
      else this.#backlog.releaseOlderThan(clock.monotonic() - LONGEST_WAIT_MS);
      this.#writeReleased();
      if (this.#backlog.size > 0) this.#awaitLull();
    });
  }

  async #allWritten(): Promise<void> {
    while (this.#lanes.size > 0) await Promise.all(this.#lanes);
  }

  #writeReleased(): void {
    while (this.#lanes.size < LANES) {
      const taken = this.#backlog.take(this.#inHand);
      if (taken === undefined) return;
      const lane = this.#lane(taken).finally(() => {
        this.#lanes.delete(lane);
        this.#writeReleased();
      });
      this.#lanes.add(lane);
    }
  }

  async #lane({ uid, events }: { readonly uid: string; readonly events: WaitingEvent[] }): Promise<void> {
    this.#inHand.set(uid, events);
    for (let [event] = events; event !== undefined; [event] = events) {
      await this.#write(event);
      events.shift();
    }
    this.#inHand.delete(uid);
  }

  /** How many are not written yet. */
  #waiting(): Sample<'namespace' | 'kind'>[] {
    const counts = new Map<string, { labels: { namespace: string; kind: string }; value: number }>();
    for (const { subject } of [...this.#backlog.values(), ...[...this.#inHand.values()].flat()]) {
      const { namespace, kind } = subject;
      const key = `${kind} ${namespace}`;
      counts.set(key, { labels: { namespace, kind }, value: (counts.get(key)?.value ?? 0) + 1 });
    }
    return [...counts.values()];
  }

  async #write(pending: WaitingEvent): Promise<void> {
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

  async #createOrCount(pending: WaitingEvent): Promise<void> {
    const { clock } = this.#options;
    const key = sameness(pending);
    const known = this.#written.get(key);
    if (known !== undefined && clock.monotonic() - known.writtenAt < REPEAT_WINDOW_MS) {
      const counted = await this.#countUp(pending, known);
      if (counted) {
        this.#written.set(key, { ...known, count: known.count + pending.count, writtenAt: clock.monotonic() });
        return;
      }
    }
    const name = eventName(pending);
    await this.#create(pending, name);
    this.#written.set(key, { name, count: pending.count, writtenAt: clock.monotonic() });
  }

  /** False when the event no longer exists; the API server deletes events after an hour. */
  async #countUp({ subject, repeatedAt, ...more }: WaitingEvent, { name, count }: Written): Promise<boolean> {
    try {
      await this.#options.client.patch(
        EVENTS,
        { namespace: subject.namespace, name },
        { count: count + more.count, lastTimestamp: formatTime(repeatedAt) },
        { signal: this.#stopping.signal, metadataOnly: true },
      );
      return true;
    } catch (error) {
      if (isApiError(error, 'notFound')) return false;
      throw error;
    }
  }

  async #create(pending: WaitingEvent, name: string): Promise<void> {
    const { client, component, instance } = this.#options;
    const { subject, note, notedAt, repeatedAt, count } = pending;
    const { namespace } = subject;
    const body: JsonObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: { ...subject },
      type: note.type,
      reason: note.reason,
      message: note.message,
      count,
      firstTimestamp: formatTime(notedAt),
      lastTimestamp: formatTime(repeatedAt),
      source: { component },
      reportingComponent: component,
      reportingInstance: instance,
    };
    try {
      await client.create(EVENTS, { namespace, name }, body, { signal: this.#stopping.signal, metadataOnly: true });
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

/** Names of one object's events sort in the order in which they were noted. */
function eventName({ subject, serial }: WaitingEvent): string {
  return `${subject.name.slice(0, MAX_NAME_LENGTH - serial.length - 1)}.${serial}`;
}
