/**
 * What the invariants have to know of the past: what the user did, and since when.
 */
import type { PodTemplate } from '../../src/kube/objects.ts';
import type { Agenda } from './agenda.ts';

/** Edits after which the controller needs time, and is not to blame for what the edit itself removed. */
export type Upheaval = 'replicas' | 'routing' | 'selector' | 'weight' | 'limits';

export class Ledger {
  readonly #agenda: Agenda;
  readonly #upheavals = new Map<Upheaval, number>();
  readonly #strays = new Set<string>();
  /** When the selector of each Service was moved last, and the time before that. */
  readonly #moves = new Map<string, readonly [last: number, before: number]>();
  readonly #templates: PodTemplate[] = [];
  readonly #cutShort = new Set<string>();
  #resumed = false;
  #acts = 0;
  #wasEmptied = false;

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

  /** The user wants no pods any more. */
  noteEmptied(): void {
    this.#wasEmptied = true;
  }

  /** The user has wanted no pods at some time. */
  get wasEmptied(): boolean {
    return this.#wasEmptied;
  }

  /** The user has removed the pause. */
  noteResume(): void {
    this.#resumed = true;
  }

  /** The controller has begun a pause: only what the user says from now on ends it. */
  notePause(): void {
    this.#resumed = false;
  }

  /** A process that had lost its lead has written to the object, and the present leader cannot know of it. */
  noteStray(name: string): void {
    this.#strays.add(name);
  }

  isStray(name: string): boolean {
    return this.#strays.has(name);
  }

  /** The controller has asked the AnalysisRun or Experiment of that UID to end. */
  noteCutShort(uid: string): void {
    this.#cutShort.add(uid);
  }

  wasCutShort(uid: string): boolean {
    return this.#cutShort.has(uid);
  }

  /** What the user wants pods to be made of from now on. */
  noteTemplate(template: PodTemplate): void {
    this.#templates.push(template);
  }

  /** All that there were, the first one first. */
  get templates(): readonly PodTemplate[] {
    return this.#templates;
  }

  /** The Service selects another revision from now on. */
  noteMove(service: string): void {
    const [last] = this.#moves.get(service) ?? [Number.NEGATIVE_INFINITY];
    this.#moves.set(service, [this.#agenda.now, last]);
  }

  /** The Service was moved twice a moment ago: it may select again what its endpoints, which followed neither, still show. */
  hasTurnedBack(service: string, withinMs: number): boolean {
    const [, before] = this.#moves.get(service) ?? [0, Number.NEGATIVE_INFINITY];
    return this.#agenda.now - before <= withinMs;
  }

  get resumed(): boolean {
    return this.#resumed;
  }
}
