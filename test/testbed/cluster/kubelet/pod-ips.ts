/**
 * Gives out the addresses of 10.244.0.0/16, each to one pod at a time. A released address is given again
 * as late as possible, so that a new pod is not mistaken for an old one.
 */
const FIRST = 1;
const LAST = 256 * 256 - 2;

export class PodIps {
  readonly #used = new Set<number>();
  #last: number;

  /** `from` is the number of the first address, from 1 to 65534. */
  constructor(from = FIRST) {
    this.#last = from - 1;
  }

  take(): string {
    for (let tried = FIRST; tried <= LAST; tried += 1) {
      this.#last = this.#last >= LAST ? FIRST : this.#last + 1;
      if (!this.#used.has(this.#last)) {
        this.#used.add(this.#last);
        return `10.244.${this.#last >> 8}.${this.#last & 255}`;
      }
    }
    throw new Error('every address of 10.244.0.0/16 belongs to a pod');
  }

  /** The address belongs to a pod that has had it before this allocator began. */
  reserve(address: string): void {
    this.#used.add(numberOf(address));
  }

  release(address: string): void {
    this.#used.delete(numberOf(address));
  }
}

function numberOf(address: string): number {
  const [, , high = 0, low = 0] = address.split('.').map(Number);
  return high * 256 + low;
}
