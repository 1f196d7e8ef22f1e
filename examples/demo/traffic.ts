/**
 * A little traffic for the demo: requests as its users would send them, all the time, and the answers. Nothing is sent
 * before the first version serves, because those requests would not count as lost.
 */
import type { Answer } from '../../test/testbed/data-plane/answers.ts';
import { untilServed } from '../../test/testbed/data-plane/ask.ts';
import { toleranceOf, type Proxy } from '../../test/testbed/data-plane/proxy.ts';
import { SteadyRequests } from '../../test/testbed/data-plane/steady-requests.ts';
import { aborted } from './aborted.ts';
import { Meter, type FailuresByVersion, type Reading } from './meter.ts';

/** Each of them can be seen as a square of its own. */
const PER_SECOND = 20;

/** In points; a weight may change just when it is measured. */
const TOLERANCE = 4;

export class Traffic {
  /** After this the proxy acts on a weight that was written before. */
  readonly propagationMs: number;
  readonly #proxy: Proxy;
  readonly #host: string;
  readonly #meter = new Meter();
  readonly #listeners = new Set<(answer: Answer) => void>();
  #requests: SteadyRequests | undefined;

  constructor(proxy: Proxy, host: string) {
    this.#proxy = proxy;
    this.#host = host;
    this.propagationMs = proxy.propagationMs;
  }

  /** Requests are sent from now on. Rejects with the signal's reason. */
  async begin(signal: AbortSignal): Promise<void> {
    await Promise.race([untilServed(this.#proxy.address, { host: this.#host }), aborted(signal)]);
    this.#requests = new SteadyRequests(
      this.#proxy.address,
      { host: this.#host, path: '/color', perSecond: PER_SECOND, sendAgain: this.#proxy.closesKept },
      (answer) => {
        this.#meter.add(answer);
        for (const listener of this.#listeners) listener(answer);
      },
    );
  }

  /** By how many points a share of so many requests may differ from its weight. */
  tolerance(percent: number, requests: number): number {
    return Math.max(TOLERANCE, toleranceOf(this.#proxy.shares, percent, requests));
  }

  /** `listener` gets every answer; the returned function ends that. */
  onAnswer(listener: (answer: Answer) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  reading(now: number): Reading {
    return this.#meter.reading(now);
  }

  /** The answers that a reading is about, oldest first. */
  recent(now: number): readonly Answer[] {
    return this.#meter.recent(now);
  }

  /** The first ones of each version since the start. */
  get failures(): readonly Answer[] {
    return this.#meter.failures;
  }

  get failedOf(): FailuresByVersion {
    return this.#meter.failedOf;
  }

  /** Every request has its answer when this resolves. */
  async stop(): Promise<void> {
    await this.#requests?.stop();
  }
}
