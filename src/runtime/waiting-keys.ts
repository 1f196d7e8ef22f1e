/** Keys that wait, each once, with the time since which each has waited. */

interface WaitingKeysOptions {
  /** Every second one that is taken is the one of the highest rank, instead of the one that has waited longest. */
  readonly byRankInTurn: boolean;
}

interface Waiting {
  readonly since: number;
  readonly rank: number;
}

interface Ranked {
  readonly key: string;
  readonly rank: number;
}

/** The heap is made anew when it has so many more keys than wait. */
const SLACK = 256;

export class WaitingKeys {
  readonly #byRankInTurn: boolean;
  /** In the order in which they were added. */
  readonly #waiting = new Map<string, Waiting>();
  /** A binary heap with the highest rank first. It also has keys that do not wait any more. */
  #heap: Ranked[] = [];
  #isTurnOfRank = false;

  constructor({ byRankInTurn }: WaitingKeysOptions) {
    this.#byRankInTurn = byRankInTurn;
  }

  get size(): number {
    return this.#waiting.size;
  }

  has(key: string): boolean {
    return this.#waiting.has(key);
  }

  add(key: string, since: number, rank: number): void {
    this.#waiting.set(key, { since, rank });
    if (!this.#byRankInTurn) return;
    if (this.#heap.length < 2 * this.#waiting.size + SLACK) {
      this.#push({ key, rank });
      return;
    }
    this.#heap = [];
    for (const [one, waiting] of this.#waiting) this.#push({ key: one, rank: waiting.rank });
  }

  /** Since when it has waited; `undefined` when it did not. */
  remove(key: string): number | undefined {
    const since = this.#waiting.get(key)?.since;
    this.#waiting.delete(key);
    return since;
  }

  clear(): void {
    this.#waiting.clear();
    this.#heap = [];
  }

  /** The next one, which does not wait any more; `undefined` when none waits. */
  take(): { readonly key: string; readonly since: number } | undefined {
    const key = this.#byRankInTurn && this.#isTurnOfRank ? this.#highest() : this.#waiting.keys().next().value;
    this.#isTurnOfRank = !this.#isTurnOfRank;
    const since = key === undefined ? undefined : this.remove(key);
    return key === undefined || since === undefined ? undefined : { key, since };
  }

  #highest(): string | undefined {
    for (let one = this.#pop(); one !== undefined; one = this.#pop()) if (this.#waiting.has(one.key)) return one.key;
    return undefined;
  }

  #push(one: Ranked): void {
    let place = this.#heap.push(one) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#rankAt(parent) >= one.rank) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  #pop(): Ranked | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return first;
    this.#heap[0] = last;
    for (let place = 0; ;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const child = this.#rankAt(right) > this.#rankAt(left) ? right : left;
      if (this.#rankAt(child) <= last.rank) return first;
      this.#swap(place, child);
      place = child;
    }
  }

  /** Below every rank where there is none. */
  #rankAt(place: number): number {
    return this.#heap[place]?.rank ?? -Infinity;
  }

  #swap(one: number, other: number): void {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined) return;
    this.#heap[one] = b;
    this.#heap[other] = a;
  }
}
