/**
 * The AnalysisRun controller: each run begins after a while, is measured for a while, and ends with an outcome that is
 * drawn when it is made; some runs begin late, end at once, or never end. A run that is asked to end does so soon, and its
 * outcome is that of what was measured until then.
 */
import type { AnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import type { AnalysisOutcome } from '../../../src/api/words/reasons.ts';
import { isOutcome } from '../../../src/core/analysis/phases.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { ANALYSIS_RUNS } from '../../../src/kube/resources.ts';
import type { Agenda } from '../agenda.ts';
import type { Random } from '../random.ts';
import { drawDelay, type Pace } from './delays.ts';
import type { Change, Store } from './store.ts';

/** How runs fare in one history. */
export interface RunFortune {
  /** How long it takes until a run begins, and until one that is asked to end does. */
  readonly pace: Pace;
  /** How long a run is measured; `null`: until it is asked to end. */
  readonly lengthsMs: readonly (readonly [weight: number, lengthMs: number | null])[];
  readonly outcomes: readonly (readonly [weight: number, outcome: AnalysisOutcome])[];
  /** Chance that a run ends before it was seen running, and that a write is made twice. */
  readonly oddChance: number;
}

interface Options {
  readonly store: Store;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly fortune: RunFortune;
}

export class AnalysisRunController {
  readonly #options: Options;
  #decreed: AnalysisOutcome | null = null;

  constructor(options: Options) {
    this.#options = options;
    options.store.onChange((change) => this.#onChange(change));
  }

  /** What every run comes to that ends by itself from now on. */
  decree(outcome: AnalysisOutcome): void {
    this.#decreed = outcome;
  }

  #onChange({ plural, before, after }: Change): void {
    if (plural !== ANALYSIS_RUNS.plural || after === undefined) return;
    const run = after as AnalysisRun;
    if (before === undefined) this.#begin(run);
    const wasAsked = (before as AnalysisRun | undefined)?.spec.terminate === true;
    if (run.spec.terminate === true && !wasAsked) this.#endEarly(run);
  }

  #begin(run: AnalysisRun): void {
    const { agenda, random, fortune } = this.#options;
    const lengthMs = random.weighted(fortune.lengthsMs);
    const outcome = random.weighted(fortune.outcomes);
    const isSeenRunning = !random.chance(fortune.oddChance);
    agenda.after(drawDelay(random, fortune.pace), () => {
      if (isSeenRunning) this.#write(run, { phase: 'Running' });
      if (lengthMs === null) return;
      agenda.after(lengthMs, () => {
        const phase = this.#decreed ?? outcome;
        if (phase !== 'Successful' || !isEndless(run)) this.#end(run, phase);
      });
    });
  }

  /** A termination is no failure: what was measured so far was well, or was not enough. */
  #endEarly(run: AnalysisRun): void {
    const { agenda, random, fortune } = this.#options;
    const outcome = random.weighted<AnalysisOutcome>([
      [3, 'Successful'],
      [1, 'Inconclusive'],
    ]);
    agenda.after(drawDelay(random, fortune.pace), () => this.#end(run, outcome));
  }

  #end(run: AnalysisRun, phase: AnalysisOutcome): void {
    this.#write(run, { phase, message: `it was ${phase.toLowerCase()}` });
  }

  /** Nothing is written to a run that has ended, or that another one has replaced under its name. */
  #write({ metadata: { name, uid } }: AnalysisRun, status: JsonObject): void {
    const { store, agenda, random, fortune } = this.#options;
    const present = store.get<AnalysisRun>(ANALYSIS_RUNS.plural, name);
    if (present?.metadata.uid !== uid || isOutcome(present.status?.phase)) return;
    store.patch(ANALYSIS_RUNS.plural, name, { status }, 'kubernetes');
    if (!random.chance(fortune.oddChance)) return;
    const runSummary = { count: 1 };
    agenda.after(drawDelay(random, fortune.pace), () =>
      store.patch(ANALYSIS_RUNS.plural, name, { status: { runSummary } }, 'kubernetes'),
    );
  }
}

/** A metric without a count is measured until it is wrong, or asked to end. */
function isEndless({ spec }: AnalysisRun): boolean {
  return spec.metrics.some(({ count, interval }) => count === undefined && interval !== undefined);
}
