/** What several readers share, by key: made for the first of them, and closed a while after the last one has gone. */
import type { Clock } from '../../runtime/clock.ts';

export interface Lease<T> {
  readonly value: T;
  /** Calling it again does nothing. */
  readonly release: () => void;
}

interface Entry<T> {
  readonly value: T;
  leases: number;
  cancel: () => void;
}

interface PoolOptions {
  readonly clock: Clock;
  /** How long a value outlives its last reader. */
  readonly lingerMs: number;
  /** Of values with readers. */
  readonly limit: number;
}

export class Pool<T extends { stop(): Promise<void> }> {
  readonly #options: PoolOptions;
  readonly #entries = new Map<string, Entry<T>>();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** `null` when there are too many already; values without readers make room. */
  take(key: string, make: () => T): Lease<T> | null {
    const known = this.#entries.get(key);
    if (known === undefined && !this.#hasRoom()) return null;
    const entry = known ?? { value: make(), leases: 0, cancel: () => undefined };
    this.#entries.set(key, entry);
    entry.cancel();
    entry.leases += 1;
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      this.#release(key, entry);
    };
    return { value: entry.value, release };
  }

  /** Stops the value of a key for good, whoever reads it. */
  async drop(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry !== undefined) await this.#remove(key, entry);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#entries].map(([key, entry]) => this.#remove(key, entry)));
  }

  #release(key: string, entry: Entry<T>): void {
    entry.leases -= 1;
    if (entry.leases > 0 || this.#entries.get(key) !== entry) return;
    entry.cancel = this.#options.clock.setTimer(this.#options.lingerMs, () => void this.#remove(key, entry));
  }

  #hasRoom(): boolean {
    if (this.#entries.size < this.#options.limit) return true;
    const unread = [...this.#entries].find(([, { leases }]) => leases === 0);
    if (unread === undefined) return false;
    void this.#remove(...unread);
    return true;
  }

  async #remove(key: string, entry: Entry<T>): Promise<void> {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    entry.cancel();
    await entry.value.stop();
  }
}
