/**
 * Serves the page on a Unix socket behind a door on the host's loopback: a few small files, a stream of events, and a
 * few things to do. It answers only the page itself.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { explain } from '../ending.ts';
import { refusalOf } from '../../../src/dashboard/server/guard.ts';

const BROWSER = join(import.meta.dirname, 'browser');
const FILES = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { name: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/chart.js': { name: 'chart.js', type: 'text/javascript; charset=utf-8' },
  '/element.js': { name: 'element.js', type: 'text/javascript; charset=utf-8' },
  '/page.css': { name: 'page.css', type: 'text/css; charset=utf-8' },
  '/icon.svg': { name: 'icon.svg', type: 'image/svg+xml' },
} as const satisfies Record<string, { readonly name: string; readonly type: string }>;

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

export interface PageSite {
  readonly socket: string;
  /** On the host's loopback, for browsers. */
  readonly port: number;
  /** Sends events until the page goes away. */
  readonly events: (response: ServerResponse) => void;
  /** What a POST to a path does. It resolves with false when that is not possible now. */
  readonly actions: Readonly<Record<string, () => Promise<boolean>>>;
}

export interface PageServer {
  close(): Promise<void>;
}

export async function startPageServer({ socket, port, events, actions }: PageSite): Promise<PageServer> {
  const guard = { allowedHosts: [], port, onlyBrowsers: true };
  const gets = new Map<string, (response: ServerResponse) => void>([['/events', events]]);
  for (const [path, { name, type }] of Object.entries(FILES)) {
    const body = await readFile(join(BROWSER, name));
    gets.set(path, (response) => response.writeHead(200, { 'content-type': type }).end(body));
  }
  const posts = new Map(Object.entries(actions));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const { method = '', url = '', headers } = request;
    const refusal = refusalOf({ method, headers }, guard);
    if (refusal !== null) return say(response, 403, refusal);
    const [get, post] = [gets.get(url), posts.get(url)];
    if (get === undefined && post === undefined) return say(response, 404, 'not found');
    if (method === 'GET' && get !== undefined) return get(response);
    if (method !== 'POST' || post === undefined) return say(response, 405, `${method} is not for this`);
    try {
      if (await post()) response.writeHead(204).end();
      else say(response, 409, 'not possible now');
    } catch (error) {
      say(response, 500, explain(error));
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path: socket }, resolve);
  });
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function say(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
}
