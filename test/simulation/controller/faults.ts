/**
 * What goes wrong with the writes of a controller process in one history. The number of faults is
 * limited, so that every history can come to rest.
 */
import type { Random } from '../random.ts';

/**
 * - `none`: the write is made and answered
 * - `conflict`: the write is refused as if another writer had been faster
 * - `timeout`: the write is made, and its answer is lost
 * - `crash-before`, `crash-after`: the process ends before or after the write is made
 * - `freeze`: the process stops before the write, and makes it when another one leads already
 */
export type Fault = 'none' | 'conflict' | 'timeout' | 'crash-before' | 'crash-after' | 'freeze';

export interface FaultRates {
  readonly chance: number;
  readonly kinds: readonly (readonly [weight: number, fault: Fault])[];
  readonly limit: number;
}

export class Faults {
  readonly #random: Random;
  readonly #rates: FaultRates;
  #left: number;

  constructor(random: Random, rates: FaultRates) {
    this.#random = random;
    this.#rates = rates;
    this.#left = rates.limit;
  }

  draw(): Fault {
    if (this.#left === 0 || !this.#random.chance(this.#rates.chance)) return 'none';
    this.#left -= 1;
    return this.#random.weighted(this.#rates.kinds);
  }

  /** Nothing goes wrong any more. */
  end(): void {
    this.#left = 0;
  }
}
