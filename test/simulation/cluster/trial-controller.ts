/**
 * The controllers of AnalysisRuns and of Experiments: each trial begins after a while, goes on for a while, and ends with
 * an outcome that is drawn when it is made; some begin late, end at once, or never end. One that is asked to end does so
 * soon, with an outcome of its own.
 */
import type { AnalysisOutcome } from '../../../src/api/words/reasons.ts';
import { isOutcome } from '../../../src/core/analysis/phases.ts';
import type { Trial } from '../../../src/core/analysis/run-history.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import type { Resource } from '../../../src/kube/resources.ts';
import type { Agenda } from '../agenda.ts';
import type { Random } from '../random.ts';
import { drawDelay, type Pace } from './delays.ts';
import type { Change, Store } from './store.ts';

/** How trials fare in one history. */
export interface TrialFortune {
  /** How long it takes until one begins, and until one that is asked to end does. */
  readonly pace: Pace;
  /** How long one goes on; `null`: until it is asked to end. */
  readonly lengthsMs: readonly (readonly [weight: number, lengthMs: number | null])[];
  readonly outcomes: readonly (readonly [weight: number, outcome: AnalysisOutcome])[];
  /** Chance that one ends before it was seen running, and that a write is made twice. */
  readonly oddChance: number;
}

/** What one kind of trial has to itself. */
export interface TrialKind {
  readonly resource: Resource;
  /** The phases that one goes through before its end. */
  readonly phases: readonly string[];
  /** What one comes to that is asked to end. */
  readonly endings: readonly (readonly [weight: number, outcome: AnalysisOutcome])[];
  /** A part of the status that changes although nothing has happened. */
  readonly echo: JsonObject;
  /** One that ends only when it fails, or is asked to. */
  readonly isEndless: (trial: Trial) => boolean;
}

interface Options {
  readonly kind: TrialKind;
  readonly store: Store;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly fortune: TrialFortune;
}

export class TrialController {
  readonly #options: Options;
  #decreed: AnalysisOutcome | null = null;

  constructor(options: Options) {
    this.#options = options;
    options.store.onChange((change) => this.#onChange(change));
  }

  /** What every trial comes to that ends by itself from now on. */
  decree(outcome: AnalysisOutcome): void {
    this.#decreed = outcome;
  }

  #onChange({ plural, before, after }: Change): void {
    if (plural !== this.#options.kind.resource.plural || after === undefined) return;
    const trial = after as Trial;
    if (before === undefined) this.#begin(trial);
    const wasAsked = (before as Trial | undefined)?.spec.terminate === true;
    if (trial.spec.terminate === true && !wasAsked) this.#endEarly(trial);
  }

  #begin(trial: Trial): void {
    const { agenda, random, fortune, kind } = this.#options;
    const lengthMs = random.weighted(fortune.lengthsMs);
    const outcome = random.weighted(fortune.outcomes);
    const isSeen = !random.chance(fortune.oddChance);
    this.#goThrough(trial, isSeen ? kind.phases : [], () => {
      if (lengthMs === null) return;
      agenda.after(lengthMs, () => {
        const phase = this.#decreed ?? outcome;
        if (phase !== 'Successful' || !kind.isEndless(trial)) this.#end(trial, phase);
      });
    });
  }

  /** One phase after another, then the rest of its life. */
  #goThrough(trial: Trial, [phase, ...others]: readonly string[], goOn: () => void): void {
    const { agenda, random, fortune } = this.#options;
    agenda.after(drawDelay(random, fortune.pace), () => {
      if (phase !== undefined) this.#write(trial, { phase });
      if (others.length > 0) this.#goThrough(trial, others, goOn);
      else goOn();
    });
  }

  #endEarly(trial: Trial): void {
    const { agenda, random, fortune, kind } = this.#options;
    const outcome = random.weighted(kind.endings);
    agenda.after(drawDelay(random, fortune.pace), () => this.#end(trial, outcome));
  }

  #end(trial: Trial, phase: AnalysisOutcome): void {
    this.#write(trial, { phase, message: `it was ${phase.toLowerCase()}` });
  }

  /** Nothing is written to one that has ended, or that another one has replaced under its name. */
  #write({ metadata: { name, uid } }: Trial, status: JsonObject): void {
    const { store, agenda, random, fortune, kind } = this.#options;
    const { plural } = kind.resource;
    const present = store.get<Trial>(plural, name);
    if (present?.metadata.uid !== uid || isOutcome(present.status?.phase)) return;
    store.patch(plural, name, { status }, 'kubernetes');
    if (!random.chance(fortune.oddChance)) return;
    agenda.after(drawDelay(random, fortune.pace), () => store.patch(plural, name, { status: kind.echo }, 'kubernetes'));
  }
}
