/** Keys that wait, each once, with the time since which each has waited. */

interface WaitingKeysOptions {
  /** Every second one that is taken is the one that was added last, instead of the one that was added first. */
  readonly newestInTurn: boolean;
}

/** Keys of the stack that do not wait any more are cleared away when there are so many more of them than of others. */
const SLACK = 64;

export class WaitingKeys {
  readonly #newestInTurn: boolean;
  /** In the order in which they were added. */
  readonly #since = new Map<string, number>();
  /** The same order, for its end; with keys that were taken meanwhile. */
  #stack: string[] = [];
  #isTurnOfNewest = false;

  constructor({ newestInTurn }: WaitingKeysOptions) {
    this.#newestInTurn = newestInTurn;
  }

  get size(): number {
    return this.#since.size;
  }

  has(key: string): boolean {
    return this.#since.has(key);
  }

  add(key: string, since: number): void {
    this.#since.set(key, since);
    if (!this.#newestInTurn) return;
    if (this.#stack.length > 2 * this.#since.size + SLACK) this.#stack = [...this.#since.keys()];
    else this.#stack.push(key);
  }

  /** Since when it has waited; `undefined` when it did not. */
  remove(key: string): number | undefined {
    const since = this.#since.get(key);
    this.#since.delete(key);
    return since;
  }

  clear(): void {
    this.#since.clear();
    this.#stack = [];
  }

  /** The next one, which does not wait any more; `undefined` when none waits. */
  take(): { readonly key: string; readonly since: number } | undefined {
    const key = this.#newestInTurn && this.#isTurnOfNewest ? this.#newest() : this.#oldest();
    this.#isTurnOfNewest = !this.#isTurnOfNewest;
    const since = key === undefined ? undefined : this.remove(key);
    return key === undefined || since === undefined ? undefined : { key, since };
  }

  #oldest(): string | undefined {
    return this.#since.keys().next().value;
  }

  #newest(): string | undefined {
    for (let key = this.#stack.pop(); key !== undefined; key = this.#stack.pop()) if (this.#since.has(key)) return key;
    return undefined;
  }
}
