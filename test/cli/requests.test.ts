/** What commands send, and what they do where the API server refuses or is lost for a while. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Terminal } from '../../src/cli/terminal.ts';
import { rollout } from '../api/sample-rollout.ts';
import type { FakeApiServer } from '../runtime/fake-api-server.ts';
import { fakeCluster, type FakeCluster, type Started } from './fake-cluster.ts';

const ROLLOUTS = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts';

let cluster: FakeCluster;
let server: FakeApiServer;

beforeEach(async () => {
  cluster = await fakeCluster();
  ({ server } = cluster);
});

afterEach(() => cluster.stop());

function start(line: string, changes: Partial<Terminal> = {}): Started {
  return cluster.start(line.split(' '), changes);
}

function put(phase: string): void {
  server.put(`${ROLLOUTS}/web`, { spec: rollout().spec, status: { phase, message: '' } });
}

test('whom to act as is sent with every request', async () => {
  put('Healthy');
  const { code } = start('abort web --as me --as-group a --as-group b --as-uid 7');
  expect(await code).toBe(0);
  expect(server.requests.map(({ method, headers }) => [method, headers['impersonate-user']])).toEqual([
    ['PATCH', 'me'],
  ]);
  expect(server.requests[0]?.headers).toMatchObject({ 'impersonate-group': 'a, b', 'impersonate-uid': '7' });
});

test('a definition without the subresource has its status in the object', async () => {
  put('Healthy');
  server.fault = ({ path }) => (path.endsWith('/status') ? { status: 404, body: {} } : undefined);
  const { terminal, code } = start('abort web');
  expect({ code: await code, out: terminal.out() }).toEqual({ code: 0, out: "rollout 'web' aborted\n" });
  expect(server.requests.map(({ path, body }) => [path, body])).toEqual([
    [`${ROLLOUTS}/web/status`, { status: { abort: true } }],
    [`${ROLLOUTS}/web`, { status: { abort: true } }],
  ]);
});

test('what may not be read is left out of the tree, and said', async () => {
  put('Healthy');
  server.fault = ({ path }) =>
    path.endsWith('/pods') ? { status: 403, body: { message: 'pods is forbidden' } } : undefined;
  const { terminal, code } = start('get rollout web');
  expect(await code).toBe(0);
  expect(terminal.err()).toMatch(/^Note: pods are not shown\. .*pods is forbidden\n$/);
  expect(terminal.out()).toMatch(/^Status: +✔ Healthy$/m);
});

test('requests are logged from -v=6 on, with bodies from -v=8 on', async () => {
  put('Healthy');
  const six = start('pause web -v=6');
  await six.code;
  expect(six.terminal.err()).toMatch(new RegExp(`^PATCH ${ROLLOUTS}/web 200 in \\d+ ms\\n$`));
  const eight = start('pause web -v=8');
  await eight.code;
  expect(eight.terminal.err()).toContain('Request body: {"spec":{"paused":true}}');
});

test('a watch that is lost is opened again', async () => {
  put('Progressing');
  const { terminal, code } = start('status web');
  await expect.poll(() => terminal.out()).toContain('Progressing');
  const watches = () => server.requests.filter(({ query }) => query.has('watch')).length;
  await expect.poll(watches).toBe(1);
  server.cutWatches();
  server.compact();
  put('Healthy');
  expect(await code).toBe(0);
  expect(terminal.out()).toBe('Progressing\nHealthy\n');
});

test('a rollout that is deleted ends the wait for it', async () => {
  put('Progressing');
  const { terminal, code } = start('get rollout web --watch');
  await expect.poll(() => terminal.out()).toContain('Progressing');
  server.remove(`${ROLLOUTS}/web`);
  expect(await code).toBe(1);
  expect(terminal.err()).toBe("Error: rollout 'web' was deleted\n");
});

test('an object that cannot be read does not keep the rest from being shown', async () => {
  put('Healthy');
  server.put('/apis/argoproj.io/v1alpha1/namespaces/shop/analysisruns/broken', { spec: 7 });
  const { terminal, code } = start('get rollout web --watch');
  await expect.poll(() => terminal.out()).toContain('Healthy');
  terminal.interrupt();
  expect(await code).toBe(0);
});

test('no server', async () => {
  await server.stop();
  const { terminal, code } = start('list rollouts');
  expect(await code).toBe(1);
  expect(terminal.err()).toMatch(/^Error: Cannot list rollouts shop: no complete answer \(ECONNREFUSED\)\n$/);
});
