/**
 * Virtual time: what is to happen and when. Nothing here waits: the next thing happens when it is asked for, and the time
 * moves to it.
 */
export type Cancel = () => void;

interface Entry {
  readonly time: number;
  /** Order of entry, so that things of one instant happen in the order in which they were planned. */
  readonly order: number;
  readonly act: () => void;
  readonly isRoutine: boolean;
  cancelled: boolean;
}

export class Agenda {
  readonly #heap: Entry[] = [];
  #now = 0;
  #entered = 0;
  /** How many entries are to happen that are no routine. */
  #due = 0;

  /** Milliseconds since the beginning of the history. */
  get now(): number {
    return this.#now;
  }

  /** Whether anything is to happen that is no routine. */
  get isBusy(): boolean {
    return this.#due > 0;
  }

  after(delayMs: number, act: () => void): Cancel {
    return this.#enter(delayMs, act, false);
  }

  /** What happens again and again for ever, so that nothing waits for its end. */
  routine(delayMs: number, act: () => void): Cancel {
    return this.#enter(delayMs, act, true);
  }

  #enter(delayMs: number, act: () => void, isRoutine: boolean): Cancel {
    const time = this.#now + Math.max(0, delayMs);
    const entry: Entry = { time, order: this.#entered++, act, isRoutine, cancelled: false };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    if (!isRoutine) this.#due += 1;
    return () => {
      if (!entry.cancelled && !isRoutine) this.#due -= 1;
      entry.cancelled = true;
    };
  }

  /** Lets the next thing happen; false when there is none. */
  step(): boolean {
    for (;;) {
      const entry = this.#take();
      if (entry === undefined) return false;
      if (entry.cancelled) continue;
      this.#now = entry.time;
      if (!entry.isRoutine) this.#due -= 1;
      // A cancellation that comes later changes nothing.
      entry.cancelled = true;
      entry.act();
      return true;
    }
  }

  #take(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (heap.length > 0) {
      heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfEarlier(index, parent)) return;
      index = parent;
    }
  }

  #sink(start: number): void {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const smaller = this.#isEarlier(right, left) ? right : left;
      if (!this.#swapIfEarlier(smaller, index)) return;
      index = smaller;
    }
  }

  #isEarlier(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined) return false;
    if (other === undefined) return true;
    return one.time < other.time || (one.time === other.time && one.order < other.order);
  }

  #swapIfEarlier(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined || !this.#isEarlier(a, b)) return false;
    this.#heap[a] = other;
    this.#heap[b] = one;
    return true;
  }
}
