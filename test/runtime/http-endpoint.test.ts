import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type HttpEndpoint,
  type Routes,
  healthRoutes,
  metricsRoutes,
  serveHttp,
} from '../../src/runtime/http-endpoint.ts';
import { testMetrics } from './parts.ts';

let endpoint: HttpEndpoint;

afterEach(() => endpoint.close());

async function listen(routes: Routes): Promise<void> {
  endpoint = await serveHttp({ host: '127.0.0.1', port: 0, routes });
}

async function ask(path: string, method = 'GET'): Promise<[number, string]> {
  const response = await fetch(`http://127.0.0.1:${endpoint.port}${path}`, { method });
  return [response.status, await response.text()];
}

test('healthz is ok while the process answers, readyz says what is missing', async () => {
  let reason: string | undefined = 'the cache of rollouts is not complete';
  await listen(healthRoutes(() => reason));
  expect(await ask('/healthz')).toEqual([200, 'ok']);
  expect(await ask('/readyz')).toEqual([503, 'the cache of rollouts is not complete']);
  reason = undefined;
  expect(await ask('/readyz?verbose')).toEqual([200, 'ok']);
});

test('metrics come in the format of Prometheus', async () => {
  const { registry } = testMetrics();
  await listen(metricsRoutes(registry));
  const response = await fetch(`http://127.0.0.1:${endpoint.port}/metrics`);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await response.text()).toContain('argo_rollouts_controller_info{version="0.0.0"} 1');
});

describe('anything else is refused', () => {
  test.each([
    ['another path', '/other', 'GET', 404],
    ['a name that every object has', '/constructor', 'GET', 404],
    ['a write', '/healthz', 'POST', 405],
    ['a route that fails', '/broken', 'GET', 500],
  ])('%s', async (_name, path, method, status) => {
    await listen({ ...healthRoutes(() => undefined), '/broken': () => Promise.reject(new Error('broken')) });
    expect((await ask(path, method))[0]).toBe(status);
  });
});

describe('an answer in pieces', () => {
  test('leaves the event loop a turn after each', async () => {
    let turns = 0;
    let isRead = true;
    const turn = (): void => {
      turns += 1;
      if (isRead) setImmediate(turn);
    };
    const turnOfPiece: number[] = [];
    async function* pieces(): AsyncGenerator<string, void> {
      for (let index = 0; index < 100; index += 1) {
        turnOfPiece.push(turns);
        yield await Promise.resolve(`${index} `);
      }
    }
    await listen({ '/long': () => ({ status: 200, body: pieces() }) });
    turn();
    const [status, text] = await ask('/long');
    isRead = false;
    expect([status, text.split(' ')]).toEqual([200, [...Array.from({ length: 100 }, (_, index) => String(index)), '']]);
    expect(new Set(turnOfPiece).size).toBe(100);
  });

  test('is not made any further when nobody reads it', async () => {
    let isMade = true;
    async function* endless(): AsyncGenerator<string, void> {
      try {
        for (;;) yield await Promise.resolve('x'.repeat(10_000));
      } finally {
        isMade = false;
      }
    }
    await listen({ '/endless': () => ({ status: 200, body: endless() }) });
    const leaving = new AbortController();
    await fetch(`http://127.0.0.1:${endpoint.port}/endless`, { signal: leaving.signal });
    leaving.abort();
    await expect.poll(() => isMade).toBe(false);
  });

  test('is broken off when it cannot be ended', async () => {
    async function* broken(): AsyncGenerator<string, void> {
      yield await Promise.resolve('first');
      throw new Error('broken');
    }
    await listen({ '/broken': () => ({ status: 200, body: broken() }) });
    await expect(ask('/broken')).rejects.toThrow('terminated');
  });

  test('has no body for HEAD', async () => {
    const { registry } = testMetrics();
    await listen(metricsRoutes(registry));
    expect(await ask('/metrics', 'HEAD')).toEqual([200, '']);
  });
});

test('HEAD has no body', async () => {
  await listen(healthRoutes(() => undefined));
  expect(await ask('/healthz', 'HEAD')).toEqual([200, '']);
});

test('a port that is taken is an error which names it', async () => {
  await listen(healthRoutes(() => undefined));
  const { port } = endpoint;
  await expect(serveHttp({ host: '127.0.0.1', port, routes: {} })).rejects.toThrow(
    `Cannot listen on 127.0.0.1:${port}`,
  );
});

test('without a host it listens on the addresses of every family that the machine has', async () => {
  endpoint = await serveHttp({ host: '', port: 0, routes: healthRoutes(() => undefined) });
  const loopbacks = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => internal)
    .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address));
  expect(loopbacks).toContain('127.0.0.1');
  for (const host of loopbacks) expect((await fetch(`http://${host}:${endpoint.port}/healthz`)).status).toBe(200);
});
