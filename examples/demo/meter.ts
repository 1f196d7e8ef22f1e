/**
 * Counts what users get: which version answered lately, and how many requests have failed since the start.
 */
import { Answers, isFailure, type Answer } from '../../test/testbed/data-plane/answers.ts';

/** Long enough for a meaningful share, short enough to follow a changing weight. */
const WINDOW_MS = 10_000;
/** Of each version. */
const FAILURES_KEPT = 20;

export interface Reading {
  /** Successful answers of the last {@link WINDOW_MS}, and the percent of them that each version gave. */
  readonly counted: number;
  readonly percentOf: Readonly<Record<string, number>>;
  /** Since the start. */
  readonly answered: number;
  readonly failed: number;
}

/** Failures since the start, by what their answers say who they are from; '' for those that do not say it. */
export type FailuresByVersion = ReadonlyMap<string, number>;

export class Meter {
  #recent: Answer[] = [];
  #answered = 0;
  #failed = 0;
  readonly #failures: Answer[] = [];
  readonly #failedOf = new Map<string, number>();

  add(answer: Answer): void {
    this.#recent.push(answer);
    this.#answered += 1;
    if (!isFailure(answer)) return;
    this.#failed += 1;
    const ofVersion = (this.#failedOf.get(answer.version) ?? 0) + 1;
    this.#failedOf.set(answer.version, ofVersion);
    if (ofVersion <= FAILURES_KEPT) this.#failures.push(answer);
  }

  /** The first ones of each version. */
  get failures(): readonly Answer[] {
    return this.#failures;
  }

  get failedOf(): FailuresByVersion {
    return this.#failedOf;
  }

  /** Answers of the last {@link WINDOW_MS}, oldest first, failures included. */
  recent(now: number): readonly Answer[] {
    this.#recent = this.#recent.filter(({ doneAt }) => doneAt > now - WINDOW_MS);
    return this.#recent;
  }

  reading(now: number): Reading {
    const answers = new Answers(this.recent(now));
    const versions = Object.entries(answers.byVersion());
    return {
      counted: versions.reduce((sum, [, count]) => sum + count, 0),
      percentOf: Object.fromEntries(versions.map(([version]) => [version, answers.percentOf(version)])),
      answered: this.#answered,
      failed: this.#failed,
    };
  }
}
