import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Transport } from '../../src/runtime/transport.ts';
import { ManualClock } from './manual-clock.ts';

/** A kubeconfig whose credentials change whenever they are asked for. */
class RotatingConfig extends KubeConfig {
  asked = 0;
  failure: Error | undefined;

  override async applyToHTTPSOptions(options: { headers?: unknown }): Promise<void> {
    this.asked += 1;
    if (this.failure !== undefined) throw this.failure;
    options.headers = { Authorization: `Bearer token-${this.asked}\n` };
    return Promise.resolve();
  }
}

let server: Server;
let config: RotatingConfig;
let clock: ManualClock;
let transport: Transport;
let seen: string[];
let connections: number;

beforeEach(async () => {
  seen = [];
  connections = 0;
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.end('{}');
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  clock = new ManualClock();
  config = new RotatingConfig();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/clusters/one/`;
  config.loadFromClusterAndUser({ name: 'fake', server: url, skipTLSVerify: true }, { name: 'tester' });
  transport = new Transport(config, clock);
});

afterEach(async () => {
  await transport.close();
  server.closeAllConnections();
  server.close();
});

const send = () =>
  transport.send({ attempt: 'get things', method: 'GET', path: '/api/v1/things?a=b', headers: {}, timeoutMs: 30_000 });

test('the path of the cluster comes before that of the request', async () => {
  await send();
  expect(seen).toEqual(['GET /clusters/one/api/v1/things?a=b Bearer token-1']);
});

test('connections are kept for the next request', async () => {
  for (let times = 0; times < 20; times += 1) await send();
  expect(seen).toHaveLength(20);
  // The answer is handed over a moment before its connection counts as free.
  expect(connections).toBeLessThanOrEqual(2);
});

describe('credentials', () => {
  test('are obtained once for many requests at once, and anew after a while', async () => {
    await Promise.all([send(), send(), send()]);
    expect(config.asked).toBe(1);
    await clock.advance(10_000);
    await send();
    expect(seen.at(-1)).toMatch(/Bearer token-2$/);
  });

  test('that cannot be obtained are an error which says so, and are tried again next time', async () => {
    config.failure = new Error('the plugin is not installed');
    await expect(send()).rejects.toMatchObject({
      kind: 'network',
      cause: { message: 'The credentials could not be obtained', cause: config.failure },
    });
    config.failure = undefined;
    expect((await send()).status).toBe(200);
  });
});

test('a request leaves no timer behind', async () => {
  await send();
  expect(clock.pendingTimers).toBe(0);
});

test('a kubeconfig without a cluster is refused', () => {
  expect(() => new Transport(new KubeConfig(), clock)).toThrow('no current cluster');
});
