/** Requests to the dashboard's server. Paths are those of wire.ts, below the page's base. */
import type { Problem } from '../../wire.ts';

const API = 'api/serin/v1/';
/** A request without an answer is given up; a plan may take a while. */
const PATIENCE_MS = 30_000;

/** The server has answered that it does not do that. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function apiUrl(path: string): URL {
  return new URL(`${API}${path}`, document.baseURI);
}

export function getJson<T>(path: string): Promise<T> {
  return answerTo<T>(path, {});
}

export function postJson<T>(path: string, body: object): Promise<T> {
  return answerTo<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function answerTo<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(apiUrl(path), { ...init, signal: AbortSignal.timeout(PATIENCE_MS) }).catch(unreachable);
  if (!response.ok) throw await refusalIn(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

function unreachable(error: unknown): never {
  const isLate = error instanceof DOMException && error.name === 'TimeoutError';
  throw new Error(
    isLate ? 'The server of the dashboard does not answer.' : 'The server of the dashboard cannot be reached.',
    {
      cause: error,
    },
  );
}

/** A proxy in front answers without a `Problem`. */
export async function refusalIn(response: Response): Promise<Refused> {
  const body = (await response.json().catch(() => null)) as Partial<Problem> | null;
  const message = body?.message ?? `The server answered ${response.status} ${response.statusText}`.trim();
  return new Refused(response.status, message);
}
