/**
 * When promises may continue: only in a turn, which the simulation waits for before anything else happens. So what a
 * history does depends on its seed, and not on how many awaits there are on the way.
 */
export class Turns {
  #hasBegun = false;

  /** What the caller does now lets promises continue. */
  begin(): void {
    this.#hasBegun = true;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Resolves when every promise has come as far as it can. */
  end(): Promise<void> {
    this.#hasBegun = false;
    // Node runs it when no promise is left that could continue. The second one comes after whatever has asked in this turn
    // to be told of its end (runtime/loop-turns.ts).
    return new Promise((resolve) => {
      setImmediate(() => setImmediate(resolve));
    });
  }
}
