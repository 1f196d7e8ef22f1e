/** Many requests over one connection, with servers that speak HTTP/2 and with those that do not. */
import { once } from 'node:events';
import { createSecureServer, type ServerHttp2Session } from 'node:http2';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { realClock } from '../../src/runtime/clock.ts';
import type { HttpRequest } from '../../src/runtime/exchange.ts';
import { Transport } from '../../src/runtime/transport.ts';
import { certificateForLoopback } from '../providers/certificate.ts';

const CERTIFICATE = certificateForLoopback();
const GET = { attempt: 'get things', method: 'GET', headers: {}, timeoutMs: 60_000 } as const;

/** What both kinds of server hand to a listener. */
interface Exchanged {
  readonly request: AsyncIterable<Buffer> & { readonly url?: string | undefined; readonly method?: string | undefined };
  readonly response: { write: (text: string) => unknown; end: (text?: string) => unknown };
}

class Counted implements AsyncDisposable {
  connections = 0;
  readonly sessions: ServerHttp2Session[] = [];
  readonly transport: Transport;
  readonly #server: Server;

  private constructor(server: Server, transport: Transport) {
    this.#server = server;
    this.transport = transport;
    server.on('secureConnection', () => (this.connections += 1));
    server.on('session', (session: ServerHttp2Session) => this.sessions.push(session));
  }

  static async start(server: Server): Promise<Counted> {
    server.on('request', (request, response) => void answer({ request, response }));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const config = new KubeConfig();
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const caData = Buffer.from(CERTIFICATE.cert).toString('base64');
    config.loadFromClusterAndUser({ name: 'one', server: url, caData, skipTLSVerify: false }, { name: 'tester' });
    return new Counted(server, new Transport(config, realClock, { http2: true }));
  }

  get(path: string, more: Partial<HttpRequest> = {}): Promise<string> {
    return this.transport.send({ ...GET, path, ...more }).then(({ status, body }) => `${status} ${body}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.transport.close();
    for (const session of this.sessions) session.destroy();
    this.#server.close();
  }
}

/** `/watch` never ends. */
async function answer({ request, response }: Exchanged): Promise<void> {
  let body = '';
  for await (const chunk of request) body += chunk.toString();
  if (request.url === '/watch') response.write('begun\n');
  else response.end(`${request.method} ${request.url} ${body}`.trim());
}

const withHttp2 = () => createSecureServer({ ...CERTIFICATE, allowHTTP1: true }) as unknown as Server;
const withoutHttp2 = () => createServer(CERTIFICATE);

const PATHS = ['/a', '/b', '/c', '/d', '/e', '/f', '/g', '/h'];

test.each([
  { name: 'HTTP/2', server: withHttp2, most: 1 },
  { name: 'HTTP/1.1 alone', server: withoutHttp2, most: PATHS.length },
])('requests at once to a server with $name', async ({ server, most }) => {
  await using one = await Counted.start(server());
  expect(await Promise.all(PATHS.map((path) => one.get(path)))).toEqual(PATHS.map((path) => `200 GET ${path}`));
  expect(one.connections).toBeLessThanOrEqual(most);
  expect(await one.get('/again', { method: 'PATCH', body: 'text' })).toBe('200 PATCH /again text');
});

test.each([
  { name: 'HTTP/2', server: withHttp2 },
  { name: 'HTTP/1.1 alone', server: withoutHttp2 },
])('a watch holds nothing up with $name, and ends when its reader wants it', async ({ server }) => {
  await using one = await Counted.start(server());
  const [enough, begun] = [new AbortController(), Promise.withResolvers<string>()];
  const watch = one.get('/watch', { signal: enough.signal, onChunk: (chunk) => begun.resolve(chunk.toString()) });
  expect(await begun.promise).toBe('begun\n');
  expect(await Promise.all(PATHS.map((path) => one.get(path)))).toEqual(PATHS.map((path) => `200 GET ${path}`));
  enough.abort(new Error('enough'));
  await expect(watch).rejects.toThrow('enough');
});

test('a server that sends its clients elsewhere (GOAWAY, as --goaway-chance does) is asked over a new connection', async () => {
  await using one = await Counted.start(withHttp2());
  await one.get('/a');
  for (const session of one.sessions) session.goaway();
  expect(await Promise.all(PATHS.map((path) => one.get(path)))).toEqual(PATHS.map((path) => `200 GET ${path}`));
});

test('a connection that is lost fails what was under way, and the next request opens another', async () => {
  await using one = await Counted.start(withHttp2());
  const begun = Promise.withResolvers<undefined>();
  const watch = one.get('/watch', { onChunk: () => begun.resolve(undefined) });
  await begun.promise;
  for (const session of one.sessions) session.destroy();
  await expect(watch).rejects.toMatchObject({ kind: 'network' });
  expect(await one.get('/a')).toBe('200 GET /a');
  expect(one.connections).toBe(2);
});

test('more watches than a connection carries (100) hold nothing up', async () => {
  await using one = await Counted.start(withHttp2());
  const enough = new AbortController();
  const begun = await Promise.all(
    Array.from({ length: 250 }, async () => {
      const first = Promise.withResolvers<undefined>();
      const onChunk = () => first.resolve(undefined);
      const ended = one.get('/watch', { signal: enough.signal, onChunk }).catch((error: unknown) => error);
      await first.promise;
      return { ended };
    }),
  );
  expect(await Promise.all(PATHS.map((path) => one.get(path)))).toEqual(PATHS.map((path) => `200 GET ${path}`));
  expect(one.connections).toBeGreaterThanOrEqual(3);
  enough.abort(new Error('enough'));
  await Promise.all(begun.map(({ ended }) => ended));
});
