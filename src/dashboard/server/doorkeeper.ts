/** Finds out who sends a request, by the way in which people come in here. */
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../runtime/clock.ts';
import { Attempts } from './attempts.ts';
import type { SignInMethod } from '../wire.ts';
import { endedCookie, sessionCookie, sessionIn } from './cookie.ts';
import { isLoopback } from './guard.ts';
import type { Identity } from './identity.ts';
import type { People } from './people.ts';
import type { Person } from './person.ts';
import type { Lease } from './pool.ts';
import { HttpProblem } from './problem.ts';
import { vouchedFor, type ProxyRules } from './proxy-trust.ts';
import { Sessions } from './sessions.ts';

export type SignInRules =
  | { readonly method: 'kubeconfig' }
  | { readonly method: 'token' }
  | { readonly method: 'proxy'; readonly proxy: ProxyRules };

interface DoorkeeperOptions {
  readonly clock: Clock;
  readonly rules: SignInRules;
  readonly people: People;
  /** Of the cookie; ends in a slash. */
  readonly path: string;
  /** This server speaks TLS itself. */
  readonly tls: boolean;
}

const SESSION_STREAM_MS = 60 * 60_000;

export class Doorkeeper {
  readonly #options: DoorkeeperOptions;
  readonly #sessions: Sessions;
  readonly #attempts: Attempts;

  constructor(options: DoorkeeperOptions) {
    this.#options = options;
    this.#sessions = new Sessions(options.clock);
    this.#attempts = new Attempts(options.clock);
  }

  get method(): SignInMethod {
    return this.#options.rules.method;
  }

  /** `null` for a request of nobody that the API server knows. */
  async personOf(request: IncomingMessage): Promise<Lease<Person> | null> {
    const identity = this.#identityOf(request);
    if (identity === null) return null;
    try {
      return await this.#welcome(identity);
    } catch (error) {
      if (!isStranger(error)) throw error;
      this.#sessions.close(sessionIn(request.headers.cookie));
      return null;
    }
  }

  /** The cookie of a new session. Rejects with a problem when the token is not accepted, or after too many attempts. */
  async signIn(request: IncomingMessage, text: string): Promise<string> {
    if (this.method !== 'token') throw new HttpProblem(404, 'nobody signs in here');
    const token = text.trim().replace(/^Bearer\s+/i, '');
    // Only these can stand in a header.
    if (!/^[\x21-\x7e]+$/.test(token)) throw new HttpProblem(401, 'this is no bearer token');
    const welcomed = await this.#welcome({ method: 'token', token }).catch((error: unknown) => {
      throw isStranger(error) ? new HttpProblem(401, 'the API server does not accept this token') : error;
    });
    welcomed.release();
    return sessionCookie(this.#sessions.open(token), this.#cookieRules(request));
  }

  /** The cookie that ends the session. What its tabs had open ends with it. */
  async signOut(request: IncomingMessage): Promise<string> {
    const session = sessionIn(request.headers.cookie);
    const token = this.#sessions.tokenOf(session);
    this.#sessions.close(session);
    if (token !== null) await this.#options.people.dismiss({ method: 'token', token });
    return endedCookie(this.#cookieRules(request));
  }

  async #welcome(identity: Identity): Promise<Lease<Person>> {
    const { people } = this.#options;
    if (!people.knows(identity)) this.#attempts.check();
    try {
      return await people.welcome(identity);
    } catch (error) {
      if (isStranger(error)) this.#attempts.failed();
      throw error;
    }
  }

  /** How long a stream of this request may last: no longer than its session, give or take an hour. */
  streamLimitMs(request: IncomingMessage): number | null {
    return this.method === 'token' && bearerIn(request) === null ? SESSION_STREAM_MS : null;
  }

  #identityOf(request: IncomingMessage): Identity | null {
    const { rules } = this.#options;
    switch (rules.method) {
      case 'kubeconfig':
        return { method: 'kubeconfig' };
      case 'proxy':
        return vouchedFor(request, rules.proxy);
      case 'token': {
        const token = bearerIn(request) ?? this.#sessions.tokenOf(sessionIn(request.headers.cookie));
        return token === null ? null : { method: 'token', token };
      }
    }
  }

  /** Over plain HTTP only on loopback, where browsers take it all the same: elsewhere TLS ends in front of this server. */
  #cookieRules({ headers }: IncomingMessage) {
    const { path, tls } = this.#options;
    return { path, secure: tls || !isLoopback(headers.host ?? '') };
  }
}

function isStranger(error: unknown): boolean {
  return error instanceof HttpProblem && error.status === 401;
}

/** A proxy in front may pass on a token with every request. */
function bearerIn({ headers }: IncomingMessage): string | null {
  return /^Bearer ([\x21-\x7e]+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}
