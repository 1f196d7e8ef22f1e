/** Who has signed in with a token: it stays in this process, behind a random name that only a cookie holds. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../runtime/clock.ts';

const LONGEST_MS = 12 * 60 * 60_000;
const IDLE_MS = 2 * 60 * 60_000;
const MOST = 1000;

interface Session {
  readonly token: string;
  /** Monotonic. */
  readonly endsAt: number;
  usedAt: number;
}

export class Sessions {
  readonly #clock: Clock;
  /** The least recently used first. */
  readonly #sessions = new Map<string, Session>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** The name of the new session. When there are too many, the one that was used longest ago ends. */
  open(token: string): string {
    this.#dropEnded();
    if (this.#sessions.size >= MOST) {
      const [oldest = ''] = this.#sessions.keys();
      this.#sessions.delete(oldest);
    }
    const name = randomBytes(32).toString('base64url');
    const now = this.#clock.monotonic();
    const endsAt = now + Math.min(LONGEST_MS, expiresInMs(token, this.#clock.now()));
    this.#sessions.set(name, { token, endsAt, usedAt: now });
    return name;
  }

  /** `null` for a name that stands for no session any more. */
  tokenOf(name: string): string | null {
    const session = this.#sessions.get(name);
    if (session === undefined) return null;
    this.#sessions.delete(name);
    if (this.#hasEnded(session)) return null;
    session.usedAt = this.#clock.monotonic();
    this.#sessions.set(name, session);
    return session.token;
  }

  close(name: string): void {
    this.#sessions.delete(name);
  }

  #dropEnded(): void {
    for (const [name, session] of this.#sessions) if (this.#hasEnded(session)) this.#sessions.delete(name);
  }

  #hasEnded({ endsAt, usedAt }: Session): boolean {
    const now = this.#clock.monotonic();
    return now >= endsAt || now >= usedAt + IDLE_MS;
  }
}

/** As the token says itself, if it does. The API server decides anyway. */
function expiresInMs(token: string, now: number): number {
  try {
    const [, payload = ''] = token.split('.');
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { exp?: unknown };
    return typeof exp === 'number' ? Math.max(0, exp * 1000 - now) : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
