/**
 * A small read-only HTTP server for probes and metrics: a fixed table of paths, GET and HEAD only.
 */
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';

interface Answer {
  readonly status: number;
  /** In pieces where it is long: the event loop gets a turn after each. */
  readonly body: string | AsyncIterable<string>;
  /** Plain text when absent. */
  readonly contentType?: string;
}

export type Routes = Readonly<Record<string, () => Answer | Promise<Answer>>>;

export interface HttpEndpoint {
  readonly port: number;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

/**
 * Listens once resolved. Port 0 means any free port. An empty host means all addresses of the machine, with
 * IPv6 if there is IPv6. Rejects when it cannot listen on the port.
 */
export async function serveHttp(options: { host: string; port: number; routes: Routes }): Promise<HttpEndpoint> {
  const { host, port, routes } = options;
  const server = createServer((request, response) => void answer(routes, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host === '' ? {} : { host }) }, resolve);
  }).catch((error: unknown) => {
    throw new Error(`Cannot listen on ${host === '' ? 'port ' : `${host}:`}${port}`, { cause: error });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `/healthz` answers while the process runs; `/readyz` answers 503 with the reason while the process is not ready. */
export function healthRoutes(notReadyBecause: () => string | undefined): Routes {
  return {
    '/healthz': () => ({ status: 200, body: 'ok' }),
    '/readyz': () => {
      const reason = notReadyBecause();
      return reason === undefined ? { status: 200, body: 'ok' } : { status: 503, body: reason };
    },
  };
}

/** `/metrics` in the text format of Prometheus. */
export function metricsRoutes(registry: { pieces(): AsyncIterable<string>; readonly contentType: string }): Routes {
  return {
    '/metrics': () => ({ status: 200, body: registry.pieces(), contentType: registry.contentType }),
  };
}

async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  const { status, body, contentType = 'text/plain; charset=utf-8' } = await answerOf(routes, request);
  const isWhole = typeof body === 'string';
  const length = isWhole ? { 'content-length': Buffer.byteLength(body) } : {};
  response.writeHead(status, { 'content-type': contentType, ...length });
  if (request.method === 'HEAD') response.end();
  else if (isWhole) response.end(body);
  else await sendPieces(body, response);
}

/** An answer that cannot be ended is broken off, so that nobody takes the part for the whole. */
async function sendPieces(body: AsyncIterable<string>, response: ServerResponse): Promise<void> {
  try {
    await pipeline(Readable.from(inTurns(body)), response);
  } catch {
    response.destroy();
  }
}

async function* inTurns(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  for await (const piece of pieces) {
    yield piece;
    await nextTurn();
  }
}

async function answerOf(routes: Routes, { method, url = '/' }: IncomingMessage): Promise<Answer> {
  const path = url.split('?', 1)[0] ?? '/';
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return { status: 404, body: 'not found' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'only GET and HEAD' };
  try {
    return await route();
  } catch (error) {
    return { status: 500, body: error instanceof Error ? error.message : 'internal error' };
  }
}
