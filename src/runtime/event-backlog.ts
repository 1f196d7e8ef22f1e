/**
 * Events that wait to be written, in order for each object. The repeat of one that waits is counted on it, so that one
 * request says both.
 */
import type { EventNote } from '../kube/plan.ts';
import type { EventSubject } from './event-recorder.ts';

export interface WaitingEvent {
  readonly subject: EventSubject;
  readonly note: EventNote;
  /** Part of the name; rises with every event of this process. */
  readonly serial: string;
  /** Wall time. */
  readonly notedAt: number;
  /** Wall time of the last repeat. */
  readonly repeatedAt: number;
  readonly count: number;
}

interface ObjectEvents {
  /** By what makes them the same. */
  readonly events: Map<string, WaitingEvent>;
  /** Monotonic time of the first of them. */
  readonly since: number;
}

export class EventBacklog {
  /** By UID; the object whose first event is the oldest comes first. */
  readonly #objects = new Map<string, ObjectEvents>();
  /** Objects whose events may be written now, in this order. */
  readonly #released = new Set<string>();
  #size = 0;

  /** Number of events that wait. */
  get size(): number {
    return this.#size;
  }

  *values(): Iterable<WaitingEvent> {
    for (const { events } of this.#objects.values()) yield* events.values();
  }

  /** Whether the event repeats one that waits, which counts it from now on. */
  countRepeat(subject: EventSubject, note: EventNote, now: number): boolean {
    const events = this.#objects.get(subject.uid)?.events;
    const key = sameness({ subject, note });
    const waiting = events?.get(key);
    if (events === undefined || waiting === undefined) return false;
    // The map keeps its place: it is written where it was noted first.
    events.set(key, { ...waiting, repeatedAt: now, count: waiting.count + 1 });
    return true;
  }

  add(event: WaitingEvent, monotonicNow: number): void {
    const { uid } = event.subject;
    const object = this.#objects.get(uid) ?? { events: new Map<string, WaitingEvent>(), since: monotonicNow };
    this.#objects.set(uid, object);
    object.events.set(sameness(event), event);
    this.#size += 1;
  }

  /** The events of the object may be written. */
  release(uid: string): void {
    if (this.#objects.has(uid)) this.#released.add(uid);
  }

  releaseAll(): void {
    for (const uid of this.#objects.keys()) this.#released.add(uid);
  }

  /** Releases the objects with an event that was noted before that monotonic time. */
  releaseOlderThan(monotonicTime: number): void {
    for (const [uid, { since }] of this.#objects) {
      if (since > monotonicTime) return;
      this.#released.add(uid);
    }
  }

  /** The events of the first released object that is not among `inHand`; they do not wait any more. */
  take(inHand: ReadonlyMap<string, unknown>): { readonly uid: string; readonly events: WaitingEvent[] } | undefined {
    for (const uid of this.#released) {
      if (inHand.has(uid)) continue;
      const events = [...(this.#objects.get(uid)?.events.values() ?? [])];
      this.#released.delete(uid);
      this.#objects.delete(uid);
      this.#size -= events.length;
      return { uid, events };
    }
    return undefined;
  }
}

/** Events with the same key are repeats of one event. */
export function sameness({ subject, note }: Pick<WaitingEvent, 'subject' | 'note'>): string {
  return [subject.uid, note.type, note.reason, note.message].join('\n');
}
