/**
 * What the invariants have to know of the past: what the user did, and since when. It judges nothing.
 */
import type { Agenda } from './agenda.ts';

/** Edits after which the controller needs time, and is not to blame for what the edit itself took away. */
export type Upheaval = 'replicas' | 'routing' | 'selector' | 'limits';

export class Ledger {
  readonly #agenda: Agenda;
  readonly #upheavals = new Map<Upheaval, number>();
  #resumed = false;
  #acts = 0;

  constructor(agenda: Agenda) {
    this.#agenda = agenda;
  }

  /** How often the user or a fault has given the controller something to do. */
  get acts(): number {
    return this.#acts;
  }

  noteAct(): void {
    this.#acts += 1;
  }

  noteUpheaval(kind: Upheaval): void {
    this.#upheavals.set(kind, this.#agenda.now);
  }

  /** Whether such an edit was made in the last while; without a limit: ever. */
  wasUpheaved(kind: Upheaval, withinMs = Number.POSITIVE_INFINITY): boolean {
    const at = this.#upheavals.get(kind);
    return at !== undefined && this.#agenda.now - at <= withinMs;
  }

  /** The user has taken the pause away. */
  noteResume(): void {
    this.#resumed = true;
  }

  /** The controller has begun a pause: only what the user says from now on ends it. */
  notePause(): void {
    this.#resumed = false;
  }

  get resumed(): boolean {
    return this.#resumed;
  }
}
