/**
 * What share of the requests a version got at each weight. An answer counts when its request was sent while the weight
 * must have been in force: after the time that the proxy may take to hear of it, and before the next one was on its way.
 */
import { isFailure, type Answer } from '../../test/testbed/data-plane/answers.ts';

/** The proxy may hear of the next weight before we do. */
const LEAD_MS = 1_000;

export interface Share {
  /** Successful answers that count. */
  readonly counted: number;
  readonly percent: number;
}

interface Tally {
  counted: number;
  ofVersion: number;
}

export class Shares {
  readonly #version: string;
  readonly #propagationMs: number;
  readonly #tallies = new Map<number, Tally>();
  #weight: number | undefined;
  #since = 0;
  /** Answers at the present weight, before the next weight appears. */
  #unsettled: Answer[] = [];

  constructor(version: string, propagationMs: number) {
    this.#version = version;
    this.#propagationMs = propagationMs;
  }

  /** The weight as it is seen at the time `now`. */
  seeWeight(weight: number, now: number): void {
    if (weight === this.#weight) return;
    this.#weight = weight;
    this.#since = now;
    this.#unsettled = [];
  }

  add(answer: Answer): void {
    if (this.#weight === undefined || answer.sentAt < this.#since + this.#propagationMs || isFailure(answer)) return;
    this.#unsettled.push(answer);
    const settledAt = answer.sentAt - LEAD_MS;
    for (const { version } of this.#unsettled.filter(({ sentAt }) => sentAt <= settledAt)) {
      this.#count(this.#weight, version);
    }
    this.#unsettled = this.#unsettled.filter(({ sentAt }) => sentAt > settledAt);
  }

  at(weight: number): Share {
    const { counted, ofVersion } = this.#tallies.get(weight) ?? { counted: 0, ofVersion: 0 };
    return { counted, percent: counted === 0 ? Number.NaN : (100 * ofVersion) / counted };
  }

  #count(weight: number, version: string): void {
    const tally = this.#tallies.get(weight) ?? { counted: 0, ofVersion: 0 };
    tally.counted += 1;
    if (version === this.#version) tally.ofVersion += 1;
    this.#tallies.set(weight, tally);
  }
}
