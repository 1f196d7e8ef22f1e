/** Steady requests whose answers are all kept, for tests that count them. */
import { setTimeout as delay } from 'node:timers/promises';
import { Answers, type Answer } from './answers.ts';
import type { ProxyAddress } from './proxy.ts';
import { SteadyRequests, type SteadyOptions } from './steady-requests.ts';

const POLL_MS = 50;

export type LoadOptions = SteadyOptions;

export class Load implements AsyncDisposable {
  readonly #answers: Answer[] = [];
  readonly #requests: SteadyRequests;

  constructor(address: ProxyAddress, options: LoadOptions) {
    this.#requests = new SteadyRequests(address, options, (answer) => this.#answers.push(answer));
  }

  /** What has been answered so far. */
  get answers(): Answers {
    return new Answers([...this.#answers]);
  }

  /** Resolves with so many answers to requests that were sent after this call. */
  async next(count: number): Promise<Answers> {
    const from = Date.now();
    const answered = this.#answers.length;
    for (;;) {
      const seen = this.#answers.slice(answered).filter(({ sentAt }) => sentAt >= from);
      if (seen.length >= count) return new Answers(seen);
      await delay(POLL_MS);
    }
  }

  /** Sends nothing more; resolves when every request has its answer. */
  async stop(): Promise<Answers> {
    await this.#requests.stop();
    return this.answers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
