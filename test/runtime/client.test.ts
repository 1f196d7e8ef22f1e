import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { REPLICA_SETS, ROLLOUTS } from '../../src/kube/resources.ts';
import { type ApiErrorKind, isApiError } from '../../src/runtime/api-error.ts';
import type { WatchEvent } from '../../src/runtime/wire.ts';
import { type Fault, FakeApiServer } from './fake-api-server.ts';
import { ManualClock } from './manual-clock.ts';
import { type ClientParts, clientOf } from './parts.ts';

const WEB = { namespace: 'shop', name: 'web' };
const WEB_PATH = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web';

let server: FakeApiServer;
let parts: ClientParts;

beforeEach(async () => {
  server = await FakeApiServer.start();
  parts = clientOf(server);
});

afterEach(async () => {
  await parts.transport.close();
  await server.stop();
});

async function requestSeen(): Promise<void> {
  await expect.poll(() => server.requests.length).toBe(1);
}

describe('verbs', () => {
  test('get returns the object as it was written, unknown fields included', async () => {
    const stored = server.put(WEB_PATH, { spec: { fromTheFuture: ['ü', { a: 1 }] } });
    expect(await parts.client.get(ROLLOUTS, WEB)).toEqual(stored);
  });

  test('requests carry the token and the user agent', async () => {
    server.put(WEB_PATH);
    await parts.client.get(ROLLOUTS, WEB);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer secret-token',
      'user-agent': 'serin-test',
    });
  });

  test('list is paged', async () => {
    for (const name of ['a', 'b', 'c']) server.put(`/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/${name}`);
    const first = await parts.client.list(ROLLOUTS, { limit: 2 });
    expect(first.items).toHaveLength(2);
    const second = await parts.client.list(ROLLOUTS, { limit: 2, continueToken: first.continueToken });
    expect(second).toMatchObject({ continueToken: '', resourceVersion: server.version });
    expect(second.items).toHaveLength(1);
  });

  test('create posts to the collection', async () => {
    const created = await parts.client.create(ROLLOUTS, WEB, { metadata: { name: 'web' }, spec: { replicas: 1 } });
    expect(created).toMatchObject({ spec: { replicas: 1 }, metadata: { name: 'web', namespace: 'shop' } });
    expect(server.object(WEB_PATH)).toEqual(created);
  });

  test('patch of the status is a merge patch of the subresource', async () => {
    server.put(WEB_PATH, { status: { phase: 'Progressing', message: 'x' } });
    const patched = await parts.client.patch(ROLLOUTS, WEB, { status: { message: null } }, { subresource: 'status' });
    expect(patched).toMatchObject({ status: { phase: 'Progressing' } });
    expect(server.requests[0]).toMatchObject({ path: `${WEB_PATH}/status`, method: 'PATCH' });
    expect(server.requests[0]?.headers['content-type']).toBe('application/merge-patch+json');
  });

  test('apply names its field manager, forces, and says what kind of object it is', async () => {
    await parts.client.apply(ROLLOUTS, WEB, { metadata: { name: 'web' } }, { fieldManager: 'serin' });
    const [request] = server.requests;
    expect(Object.fromEntries(request?.query ?? [])).toEqual({ fieldManager: 'serin', force: 'true' });
    expect(request?.body).toMatchObject({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' });
  });

  test('delete of another object of that name is a conflict', async () => {
    const { metadata } = server.put(WEB_PATH);
    await expect(parts.client.delete(ROLLOUTS, WEB, { uid: 'another' })).rejects.toMatchObject({ kind: 'conflict' });
    await parts.client.delete(ROLLOUTS, WEB, { uid: metadata.uid });
    expect(server.object(WEB_PATH)).toBeUndefined();
  });
});

describe('errors are classified once', () => {
  const cases: readonly [string, Fault, ApiErrorKind][] = [
    ['404', { status: 404 }, 'notFound'],
    ['409 of a create', { status: 409, body: { reason: 'AlreadyExists' } }, 'exists'],
    ['409 of a write', { status: 409, body: { reason: 'Conflict' } }, 'conflict'],
    ['422', { status: 422, body: { reason: 'Invalid' } }, 'invalid'],
    ['400', { status: 400 }, 'invalid'],
    ['403', { status: 403, body: { reason: 'Forbidden' } }, 'forbidden'],
    ['401, even with fresh credentials', { status: 401 }, 'forbidden'],
    ['410', { status: 410, body: { reason: 'Expired' } }, 'expired'],
    ['429 without Retry-After', { status: 429 }, 'throttled'],
    ['500', { status: 500 }, 'server'],
    ['503 with the words of a proxy', { status: 503, body: '<html>' }, 'server'],
    ['an answer that is not JSON', { status: 200, body: '<html>' }, 'server'],
    ['a connection that breaks', 'cut', 'network'],
    ['an answer that never comes', 'hang', 'network'],
  ];

  test.each(cases)('%s', async (_name, fault, kind) => {
    const impatient = clientOf(server, { timeoutMs: 300 });
    server.fault = () => fault;
    const error: unknown = await impatient.client.get(ROLLOUTS, WEB).catch((error: unknown) => error);
    expect(error).toMatchObject({ kind, attempt: 'get rollouts shop/web' });
    expect(isApiError(error, kind)).toBe(true);
    await impatient.transport.close();
  });

  test('the message says what was attempted on which object, and the reason of the server', async () => {
    server.fault = () => ({ status: 403, body: { reason: 'Forbidden', message: 'no such right' } });
    await expect(parts.client.patch(ROLLOUTS, WEB, {}, { subresource: 'status' })).rejects.toThrow(
      'Cannot patch rollouts/status shop/web: no such right',
    );
  });

  test('a server that is not there is a network error with its cause', async () => {
    await server.stop();
    await expect(parts.client.get(ROLLOUTS, WEB)).rejects.toMatchObject({
      kind: 'network',
      reason: 'ECONNREFUSED',
      cause: expect.any(Error) as Error,
    });
    server = await FakeApiServer.start();
  });
});

describe('patience', () => {
  test('429 with Retry-After is waited for and sent again', async () => {
    server.put(WEB_PATH);
    let refusals = 2;
    server.fault = () => (refusals-- > 0 ? { status: 429, headers: { 'retry-after': '0' } } : undefined);
    expect(await parts.client.get(ROLLOUTS, WEB)).toMatchObject({ metadata: { name: 'web' } });
    expect(server.requests).toHaveLength(3);
  });

  test('it ends: a server that always refuses is an error of kind throttled', async () => {
    server.fault = () => ({ status: 429, headers: { 'retry-after': '0' } });
    await expect(parts.client.get(ROLLOUTS, WEB)).rejects.toMatchObject({ kind: 'throttled' });
    expect(server.requests).toHaveLength(6);
  });

  test('an aborted signal ends the wait with its reason', async () => {
    server.fault = () => ({ status: 429, headers: { 'retry-after': '1000' } });
    const abort = new AbortController();
    void requestSeen().then(() => abort.abort(new Error('shutting down')));
    await expect(parts.client.get(ROLLOUTS, WEB, { signal: abort.signal })).rejects.toThrow('shutting down');
  });

  test('an aborted signal ends a request that hangs', async () => {
    server.fault = () => 'hang';
    const abort = new AbortController();
    void requestSeen().then(() => abort.abort(new Error('shutting down')));
    await expect(parts.client.get(ROLLOUTS, WEB, { signal: abort.signal })).rejects.toThrow('shutting down');
  });

  test('401 is tried once more with fresh credentials', async () => {
    server.put(WEB_PATH);
    server.fault = () => (server.requests.length === 1 ? { status: 401 } : undefined);
    expect(await parts.client.get(ROLLOUTS, WEB)).toMatchObject({ metadata: { name: 'web' } });
  });
});

describe('the rate limit', () => {
  test('lets a burst through, then so many a second, and reports the time it cost', async () => {
    const clock = new ManualClock();
    const limited = clientOf(server, { clock, qps: 10, burst: 2 });
    server.put(WEB_PATH);
    const answers = [1, 2, 3, 4].map(() => limited.client.get(ROLLOUTS, WEB));
    await Promise.all(answers.slice(0, 2));
    await clock.advance(99);
    expect(server.requests).toHaveLength(2);
    await clock.advance(101);
    await Promise.all(answers);
    expect(server.requests).toHaveLength(4);
    expect(await limited.metrics.registry.metrics()).toMatch(
      /controller_client_throttle_seconds_total\{cause="rate-limit"\} 0\.3/,
    );
    await limited.transport.close();
  });
});

describe('requests are counted', () => {
  test('with the name of the object, but not for lists and ReplicaSets', async () => {
    server.put(WEB_PATH);
    await parts.client.get(ROLLOUTS, WEB);
    await parts.client.list(ROLLOUTS, { namespace: 'shop' });
    await parts.client.get(REPLICA_SETS, WEB).catch(() => undefined);
    const text = await parts.metrics.registry.metrics();
    for (const labels of [
      'namespace="shop",name="web",kind="rollouts",verb="Get",status_code="200"',
      'namespace="shop",name="N/A",kind="rollouts",verb="List",status_code="200"',
      'namespace="shop",name="N/A",kind="replicasets",verb="Get",status_code="404"',
    ])
      expect(text).toContain(`controller_clientset_k8s_request_total{${labels}} 1`);
  });
});

describe('watch', () => {
  test('delivers events in order, whole lines only, whatever the chunks', async () => {
    const seen: WatchEvent[] = [];
    const watching = parts.client.watch(ROLLOUTS, {
      resourceVersion: server.version,
      timeoutSeconds: 300,
      onEvent: (event) => seen.push(event),
    });
    await expect.poll(() => server.openWatches).toBe(1);
    const line = Buffer.from(`${JSON.stringify({ type: 'ADDED', object: { name: 'zürich-🐦' } })}\n`);
    const bird = line.indexOf(Buffer.from('🐦'));
    for (const [start, end] of [
      [0, bird + 1],
      [bird + 1, bird + 3],
      [bird + 3, line.length],
    ]) {
      server.sendRaw(line.subarray(start, end));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    server.sendRaw(Buffer.concat([line, line, Buffer.from('{"type":"ADDED","object":{"name":"never compl')]));
    await expect.poll(() => seen.length).toBe(3);
    server.endWatches();
    await watching;
    expect(seen).toEqual([1, 2, 3].map(() => ({ type: 'ADDED', object: { name: 'zürich-🐦' } })));
  });

  test('an ERROR event with code 410 is an error of kind expired', async () => {
    server.skipVersions(50);
    server.compact();
    await expect(
      parts.client.watch(ROLLOUTS, { resourceVersion: '100', timeoutSeconds: 300, onEvent: () => undefined }),
    ).rejects.toMatchObject({ kind: 'expired' });
  });

  test('what a callback throws ends the watch', async () => {
    server.put(WEB_PATH);
    await expect(
      parts.client.watch(ROLLOUTS, {
        resourceVersion: '0',
        timeoutSeconds: 300,
        onEvent: () => {
          throw new Error('mine');
        },
      }),
    ).rejects.toThrow('mine');
    await expect.poll(() => server.openWatches).toBe(0);
  });
});
