/**
 * What an invariant returns when it does not hold, and how it ends the history.
 */
export class Violation extends Error {
  readonly invariant: string;

  constructor(invariant: string, detail: string) {
    super(`${invariant}: ${detail}`);
    this.invariant = invariant;
  }
}

/** A sentence about what is wrong; `null` when the invariant holds. */
export type Finding = string | null;
