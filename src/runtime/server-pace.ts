/**
 * How many reconciles at once serve everybody best. More requests than the API server can work on make nothing quicker:
 * they wait in front of it, and so does the next command of a person, behind them.
 *
 * What an answer takes beyond the quickest of its kind, the request has waited. Of so many requests under way that part
 * of their time is the share that waits (Little's law), so as many are let through as keep few waiting. TCP Vegas paces a
 * connection in the same way.
 */
import type { Clock } from './clock.ts';
import type { HttpRequest, HttpResponse } from './exchange.ts';
import type { Transport } from './transport.ts';

/** Requests that may wait in front of the server, so that it never waits for one of ours (ADR 32). */
const MAX_WAITING = 3;
/** How much one answer counts among those before it. */
const WEIGHT = 1 / 32;
/** One answer that took longer than so many times the quickest says no more than that. */
const MAX_SLOWNESS = 20;
/** The quickest answer of so long counts, and that of as long before: a burst is shorter, and clusters change. */
const PERIOD_MS = 1_800_000;

interface Quickest {
  ms: number;
  readonly since: number;
  readonly before: number;
}

export class ServerPace {
  readonly #clock: Clock;
  /** By kind of request. */
  readonly #quickest = new Map<string, Quickest>();
  /** How many times as long as the quickest of their kind answers take now. */
  #slowness = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many reconciles to have in hand at the most; infinite while answers come as quickly as they ever do. */
  get limit(): number {
    return Math.floor(MAX_WAITING / (1 - 1 / this.#slowness));
  }

  /** The same transport, of which each answer to a write is noted. */
  timed(transport: Pick<Transport, 'send'>): Pick<Transport, 'send'> {
    return {
      send: async (request) => {
        const sentAt = this.#clock.monotonic();
        const response = await transport.send(request);
        if (isDoneWrite(request, response)) this.#note(request, this.#clock.monotonic() - sentAt);
        return response;
      },
    };
  }

  #note({ attempt }: HttpRequest, ms: number): void {
    // The verb and the resource: the name of the object comes third.
    const kind = attempt.split(' ', 2).join(' ');
    const quickest = this.#quickestOf(kind, ms);
    const slowness = quickest === 0 ? 1 : Math.min(MAX_SLOWNESS, ms / quickest);
    this.#slowness += (slowness - this.#slowness) * WEIGHT;
  }

  #quickestOf(kind: string, ms: number): number {
    const now = this.#clock.monotonic();
    const known = this.#quickest.get(kind);
    if (known === undefined || now - known.since >= PERIOD_MS)
      this.#quickest.set(kind, { ms, since: now, before: known?.ms ?? ms });
    else known.ms = Math.min(known.ms, ms);
    return Math.min(ms, known?.ms ?? ms, known?.before ?? ms);
  }
}

/** Reads take as long as their answer is large, and a refusal is quicker than what it refuses. */
function isDoneWrite({ method }: HttpRequest, { status }: HttpResponse): boolean {
  return method !== 'GET' && status >= 200 && status < 300;
}
