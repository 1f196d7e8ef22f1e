/** One request while it is answered. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outlet, StreamFormat } from './outlet.ts';
import type { Person } from './person.ts';

export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The parts of the path that the route names, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** A visit of a person who is known. */
export interface PersonVisit extends Visit {
  readonly person: Person;
  /** Begins a stream of this answer; the person stays for as long as it lasts. */
  readonly stream: (format: StreamFormat) => Outlet;
}

export type Route = { readonly method: 'GET' | 'POST' | 'PUT'; readonly path: string } & (
  | { readonly open: true; readonly answer: (visit: Visit) => Promise<void> | void }
  | { readonly open?: false; readonly answer: (visit: PersonVisit) => Promise<void> | void }
);

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
