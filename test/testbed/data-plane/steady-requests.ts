/**
 * Sends requests at a steady rate, whatever their answers: a slow answer does not slow the next request down, as it
 * is with many clients. Some come on kept connections, some on fresh ones. Every answer is reported, and none is kept.
 */
import { Agent } from 'node:http';
import { versionOf, type Answer } from './answers.ts';
import { ask, KeptConnectionClosed, type PlainAnswer, type Wish } from './ask.ts';
import type { ProxyAddress } from './proxy.ts';

/**
 * The longest time between two looks at what is due; each comes at a moment of its own. Several loads must not fall
 * into step: a proxy that deals in turn would give each of them one side only.
 */
const TICK_MS = 15;

export interface SteadyOptions extends Wish {
  /** Requests a second; 200 by default. */
  readonly perSecond?: number;
  /** One request in so many has a connection of its own; 10 by default, 0 for none. */
  readonly freshEvery?: number;
  /** What is sent on a kept connection that the proxy just closes is sent again, once, as browsers do. */
  readonly sendAgain?: boolean;
}

export class SteadyRequests {
  readonly #address: ProxyAddress;
  readonly #options: SteadyOptions;
  readonly #tell: (answer: Answer) => void;
  readonly #kept = new Agent({ keepAlive: true, maxFreeSockets: 64 });
  readonly #underWay = new Set<Promise<void>>();
  readonly #startedAt = performance.now();
  #timer: NodeJS.Timeout;
  #sent = 0;

  /** `tell` gets every answer, in the order in which they come. */
  constructor(address: ProxyAddress, options: SteadyOptions, tell: (answer: Answer) => void) {
    this.#address = address;
    this.#options = options;
    this.#tell = tell;
    this.#timer = this.#nextTick();
  }

  /** Sends nothing more; resolves when every request has its answer. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all(this.#underWay);
    this.#kept.destroy();
  }

  #nextTick(): NodeJS.Timeout {
    return setTimeout(() => this.#tick(), Math.random() * TICK_MS);
  }

  #tick(): void {
    this.#timer = this.#nextTick();
    const { perSecond = 200, freshEvery = 10 } = this.#options;
    const due = Math.floor(((performance.now() - this.#startedAt) * perSecond) / 1_000);
    // After a moment without the processor all that has become due in one go would be a flood of connections.
    const atOnce = Math.ceil((2 * perSecond * TICK_MS) / 1_000);
    for (const until = Math.min(due, this.#sent + atOnce); this.#sent < until; this.#sent += 1) {
      const sending = this.#ask(freshEvery > 0 && this.#sent % freshEvery === 0);
      this.#underWay.add(sending);
      void sending.finally(() => this.#underWay.delete(sending));
    }
  }

  async #ask(fresh: boolean): Promise<void> {
    const sentAt = Date.now();
    let outcome: Pick<Answer, 'status' | 'version' | 'again' | 'complaint'>;
    try {
      const { status, body, again } = await this.#send(fresh);
      const good = status < 400;
      outcome = {
        status,
        version: versionOf(body),
        ...(again ? { again } : {}),
        ...(good ? {} : { complaint: body.slice(0, 100).trim() }),
      };
    } catch (error) {
      outcome = { status: 0, version: '', complaint: error instanceof Error ? error.message : String(error) };
    }
    this.#tell({ sentAt, doneAt: Date.now(), fresh, ...outcome });
  }

  async #send(fresh: boolean): Promise<PlainAnswer & { readonly again: boolean }> {
    const { sendAgain = false } = this.#options;
    try {
      return { ...(await ask(this.#address, this.#options, fresh ? false : this.#kept)), again: false };
    } catch (error) {
      if (!sendAgain || !(error instanceof KeptConnectionClosed)) throw error;
      return { ...(await ask(this.#address, this.#options, false)), again: true };
    }
  }
}
