import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/kube/objects.ts';
import type { EvictWrite, Write } from '../../src/kube/plan.ts';
import { PODS, REPLICA_SETS, ROLLOUTS } from '../../src/kube/resources.ts';
import { Applier } from '../../src/runtime/applier.ts';
import type { Client } from '../../src/runtime/client.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { OwnWrites } from '../../src/runtime/own-writes.ts';
import { FakeApiServer } from './fake-api-server.ts';
import { ManualClock } from './manual-clock.ts';
import { type ClientParts, clientOf, quietLogger } from './parts.ts';

const WEB = { resource: ROLLOUTS, namespace: 'shop', name: 'web', why: 'a test' } as const;
const WEB_PATH = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web';
const RS = { resource: REPLICA_SETS, namespace: 'shop', name: 'web-1', why: 'a test' } as const;
const RS_PATH = '/apis/apps/v1/namespaces/shop/replicasets/web-1';

const SUBJECT = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', namespace: 'shop', name: 'web', uid: 'u' };

let server: FakeApiServer;
let parts: ClientParts;
let ownWrites: OwnWrites;
let events: string[];
let mayWrite: boolean;
let applier: Applier;

beforeEach(async () => {
  server = await FakeApiServer.start();
  parts = clientOf(server);
  ownWrites = new OwnWrites(new ManualClock());
  events = [];
  mayWrite = true;
  applier = applierOf(parts.client);
});

function applierOf(client: ConstructorParameters<typeof Applier>[0]['client']): Applier {
  return new Applier({
    client,
    events: { record: (_subject, { reason }) => events.push(`${reason} after ${server.requests.length}`) },
    ownWrites,
    fieldManager: 'serin',
    mayWrite: () => mayWrite,
  });
}

afterEach(async () => {
  await parts.transport.close();
  await server.stop();
});

function apply(...writes: Write[]) {
  const signal = new AbortController().signal;
  return applier.apply({ writes }, { key: 'shop/web', subject: SUBJECT, logger: quietLogger, signal });
}

const create: Write = { ...RS, op: 'create', body: { metadata: { name: 'web-1' }, spec: { replicas: 1 } } };
/** A cache of no objects that has seen everything up to a version. */
const cacheAt = (latestResourceVersion: string) => ({ latestResourceVersion, get: () => undefined });
const note = (reason: string) => [{ type: 'Normal', reason, message: reason }] as const;

test('a version that the watch shows before the answer comes is told to be ours', async () => {
  server.put(WEB_PATH);
  const told: boolean[] = [];
  const client: Pick<Client, 'patch'> = {
    patch: async (...request) => {
      const answer = await parts.client.patch(...request);
      ownWrites.whenKnown('shop/web', ROLLOUTS, answer.metadata.resourceVersion, (isOwn) => told.push(isOwn));
      expect(told).toEqual([]);
      return answer;
    },
  };
  applier = applierOf(client as Client);
  await apply({ ...WEB, op: 'patch', subresource: 'status', patch: { status: { phase: 'Progressing' } } });
  expect(told).toEqual([true]);
});

test('writes are made in order, each followed by its events', async () => {
  server.put(WEB_PATH);
  const applied = await apply(
    { ...create, events: note('Created') },
    {
      ...WEB,
      op: 'patch',
      subresource: 'status',
      patch: { status: { phase: 'Progressing' } },
      events: note('Patched'),
    },
  );
  expect(applied.outcome).toBe('applied');
  expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /apis/apps/v1/namespaces/shop/replicasets',
    `PATCH ${WEB_PATH}/status`,
  ]);
  expect(events).toEqual(['Created after 1', 'Patched after 2']);
});

test('a write is a line of the log, and one of many a line for those who look for an error', async () => {
  server.put(WEB_PATH);
  const lines: { level: string; why: string }[] = [];
  const logger = createLogger({
    level: 'debug',
    format: 'json',
    destination: { write: (line) => lines.push(JSON.parse(line) as (typeof lines)[number]) },
  });
  const patch = { ...WEB, op: 'patch', patch: { status: { phase: 'Running' } } } as const;
  const writes = [
    { ...patch, why: 'it began' },
    { ...patch, why: 'it went on', routine: true as const },
  ];
  const run = { key: 'shop/web', subject: SUBJECT, logger, signal: new AbortController().signal };
  expect(await applier.apply({ writes }, run)).toEqual({ outcome: 'applied' });
  expect(lines.map(({ level, why }) => `${level}: ${why}`)).toEqual(['info: it began', 'debug: it went on']);
});

test('a patch asks for no more than the metadata of what it changed', async () => {
  server.put(WEB_PATH);
  await apply({ ...WEB, op: 'patch', subresource: 'status', patch: { status: { phase: 'Progressing' } } });
  expect(server.requests.at(-1)?.headers.accept).toBe('application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1');
});

test('an empty plan asks nothing of the server', async () => {
  expect(await apply()).toEqual({ outcome: 'applied' });
  expect(server.requests).toEqual([]);
});

test('every write is remembered with the version that the server gave it', async () => {
  await apply(create);
  const written = server.object(RS_PATH)?.metadata.resourceVersion ?? '';
  expect(ownWrites.isBehind('shop/web', () => cacheAt(String(Number(written) - 1)))).toBe(true);
  expect(ownWrites.isBehind('shop/web', () => cacheAt(written))).toBe(false);
});

describe('a plan stops at the first write that is not made', () => {
  const later: Write = { ...RS, name: 'later', op: 'create', body: { metadata: { name: 'later' } } };

  const cases: readonly [string, () => Write, 'exists' | 'conflict' | 'gone'][] = [
    ['a create of what exists', () => (server.put(RS_PATH), create), 'exists'],
    [
      'a patch from an old version',
      () => (server.put(WEB_PATH), { ...WEB, op: 'patch', patch: {}, resourceVersion: '1' }),
      'conflict',
    ],
    ['a patch of what does not exist', () => ({ ...WEB, op: 'patch', patch: {} }), 'gone'],
    ['a gate for what does not exist', () => ({ ...WEB, op: 'require', uid: 'u' }), 'conflict'],
    ['a gate for another of that name', () => (server.put(WEB_PATH), { ...WEB, op: 'require', uid: 'u' }), 'conflict'],
    [
      'a gate for what is being deleted',
      () => {
        const { metadata } = server.put(WEB_PATH, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
        return { ...WEB, op: 'require', uid: metadata.uid };
      },
      'conflict',
    ],
  ];

  test.each(cases)('%s', async (_name, prepare, outcome) => {
    const write: Write = { ...prepare(), events: note('Never') };
    expect(await apply(write, later)).toEqual({ outcome, write });
    expect(server.requests).toHaveLength(1);
    expect(events).toEqual([]);
  });

  test.each([
    ['does not accept', 422, 'invalid'],
    ['does not allow', 403, 'forbidden'],
    ['has no room for', 429, 'throttled'],
    ['fails over', 500, 'server'],
  ])('a write that the server %s is passed over, and what comes after all is not made', async (_name, status, kind) => {
    server.put(WEB_PATH);
    server.fault = ({ method }) => (method === 'POST' ? { status } : undefined);
    const other: Write = { ...WEB, op: 'patch', patch: {}, events: note('Patched') };
    const report: Write = { ...WEB, op: 'patch', patch: {}, events: note('Reported'), afterAll: true };
    const applied = await apply({ ...create, events: note('Never') }, other, report);
    expect(applied).toMatchObject({ outcome: 'refused', refused: [{ write: { op: 'create' }, error: { kind } }] });
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'PATCH']);
    expect(events).toEqual(['Patched after 2']);
  });

  test('a second plan for the same world knows what the first one has written', async () => {
    const { resourceVersion } = server.put(WEB_PATH).metadata;
    server.fault = ({ method }) => (method === 'POST' ? { status: 403 } : undefined);
    const annotate: Write = {
      ...WEB,
      op: 'patch',
      patch: { metadata: { annotations: { a: 'b' } } },
      resourceVersion,
    };
    const report: Write = { ...WEB, op: 'patch', subresource: 'status', patch: { status: {} }, resourceVersion };
    const first = await apply(create, annotate, { ...report, afterAll: true });
    if (first.outcome !== 'refused') throw new Error('nothing was refused');
    const run = { key: 'shop/web', subject: SUBJECT, logger: quietLogger, signal: new AbortController().signal };
    expect(await applier.apply({ writes: [report] }, run, first.versions)).toEqual({ outcome: 'applied' });
  });

  test('any other failure is thrown', async () => {
    server.fault = () => 'cut';
    await expect(apply(create, later)).rejects.toMatchObject({ kind: 'network' });
  });

  test('a process that lost the lease writes nothing more', async () => {
    server.fault = () => {
      mayWrite = false;
      return undefined;
    };
    await expect(apply(create, later)).rejects.toThrow('does not hold the lease');
    expect(server.requests).toHaveLength(1);
  });
});

test('an open gate lets the rest through and is no write', async () => {
  const { metadata } = server.put(WEB_PATH);
  expect((await apply({ ...WEB, op: 'require', uid: metadata.uid }, create)).outcome).toBe('applied');
  expect(server.object(RS_PATH)).toBeDefined();
});

describe('versions of several writes of one object', () => {
  test('are chained: the second patch follows the first', async () => {
    const { metadata } = server.put(WEB_PATH);
    const { resourceVersion } = metadata;
    const applied = await apply(
      { ...WEB, op: 'patch', patch: { metadata: { annotations: { a: 'b' } } }, resourceVersion },
      { ...WEB, op: 'patch', subresource: 'status', patch: { status: { phase: 'Healthy' } }, resourceVersion },
    );
    expect(applied.outcome).toBe('applied');
    expect(server.object(WEB_PATH)).toMatchObject({
      metadata: { annotations: { a: 'b' } },
      status: { phase: 'Healthy' },
    });
  });

  test('a change by somebody else in between is a conflict', async () => {
    const { metadata } = server.put(WEB_PATH);
    const { resourceVersion } = metadata;
    server.fault = ({ path }) => {
      if (path.endsWith('/status')) server.put(WEB_PATH, { spec: { paused: true } });
      return undefined;
    };
    const applied = await apply(
      { ...WEB, op: 'patch', patch: { metadata: { annotations: { a: 'b' } } }, resourceVersion },
      { ...WEB, op: 'patch', subresource: 'status', patch: { status: { phase: 'Healthy' } }, resourceVersion },
    );
    expect(applied).toMatchObject({ outcome: 'conflict', write: { subresource: 'status' } });
  });

  describe('a patch without a version before one that has a version', () => {
    const annotate: Write = { ...RS, op: 'patch', patch: { metadata: { annotations: { a: 'b' } } } };
    const shrink = (resourceVersion: string): Write => ({
      ...RS,
      op: 'patch',
      patch: { spec: { replicas: 0 } },
      resourceVersion,
    });
    const remove = (resourceVersion: string): Write => ({ ...RS, op: 'delete', uid: 'u', resourceVersion });

    test.each([
      ['a patch', shrink],
      ['a delete', remove],
    ])('does not stand in the way of %s when nobody else has changed the object', async (_name, guarded) => {
      const { metadata } = server.put(RS_PATH, { metadata: { uid: 'u' }, spec: { replicas: 3 } });
      expect((await apply(annotate, guarded(metadata.resourceVersion))).outcome).toBe('applied');
      expect(server.requests).toHaveLength(2);
    });

    test.each([
      ['a patch', shrink],
      ['a delete', remove],
    ])('is made, and %s is not, when somebody has changed the object before', async (_name, guarded) => {
      const { metadata } = server.put(RS_PATH, { metadata: { uid: 'u' }, spec: { replicas: 3 } });
      server.put(RS_PATH, { metadata: { uid: 'u' }, spec: { replicas: 5 } });
      const write = guarded(metadata.resourceVersion);
      expect(await apply(annotate, write)).toEqual({ outcome: 'conflict', write });
      expect(server.object(RS_PATH)).toMatchObject({ metadata: { annotations: { a: 'b' } }, spec: { replicas: 5 } });
    });

    test('keeps the chain of the writes before it', async () => {
      const { metadata } = server.put(RS_PATH, { spec: { replicas: 3 } });
      const { resourceVersion } = metadata;
      const label: Write = { ...RS, op: 'patch', patch: { metadata: { labels: { c: 'd' } } }, resourceVersion };
      expect((await apply(label, annotate, shrink(resourceVersion))).outcome).toBe('applied');
      expect(server.object(RS_PATH)).toMatchObject({ spec: { replicas: 0 } });
    });

    test('of another object does not matter', async () => {
      server.put(WEB_PATH);
      const { metadata } = server.put(RS_PATH, { spec: { replicas: 3 } });
      const other: Write = { ...WEB, op: 'patch', patch: { spec: { a: 1 } } };
      expect((await apply(other, shrink(metadata.resourceVersion))).outcome).toBe('applied');
      expect(server.requests[0]?.body).toEqual({ spec: { a: 1 } });
    });
  });

  test('a patch without a version is sent without one', async () => {
    server.put(WEB_PATH);
    await apply({ ...WEB, op: 'patch', patch: { spec: { a: 1 } } }, { ...WEB, op: 'patch', patch: { spec: { a: 2 } } });
    expect(server.requests.map(({ body }) => body)).toEqual([{ spec: { a: 1 } }, { spec: { a: 2 } }]);
  });
});

describe('delete', () => {
  test.each([
    ['of the object', (uid: string): string => uid, true],
    ['of another that has its name by now, which stays', (): string => 'another', false],
  ])('%s succeeds', async (_name, uidOf, isGone) => {
    const { metadata } = server.put(RS_PATH);
    expect((await apply({ ...RS, op: 'delete', uid: uidOf(metadata.uid) })).outcome).toBe('applied');
    expect(server.object(RS_PATH) === undefined).toBe(isGone);
  });

  test('of a version that has moved on is a conflict', async () => {
    const { metadata } = server.put(RS_PATH, { spec: { replicas: 0 } });
    server.put(RS_PATH, { metadata: { uid: metadata.uid }, spec: { replicas: 1 } });
    const write: Write = { ...RS, op: 'delete', uid: metadata.uid, resourceVersion: metadata.resourceVersion };
    expect(await apply(write)).toEqual({ outcome: 'conflict', write });
    expect(server.object(RS_PATH)).toBeDefined();
  });

  test('of what is gone already succeeds', async () => {
    expect((await apply({ ...RS, op: 'delete', uid: 'u' })).outcome).toBe('applied');
  });
});

describe('an apply', () => {
  const body = (resourceVersion?: string) => ({
    metadata: { name: 'web-1', ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    spec: { replicas: 1 },
  });

  test('without a version makes the object, and owns it from then on', async () => {
    expect(await apply({ ...RS, op: 'apply', body: body() })).toEqual({ outcome: 'applied' });
    expect(server.object(RS_PATH)).toMatchObject({ spec: { replicas: 1 } });
    expect(server.requests.map(({ method }) => method)).toEqual(['PATCH']);
  });

  test('without a version is a creation first where the server makes no object of a version', async () => {
    let refusals = 1;
    server.fault = ({ method }) => (method === 'PATCH' && refusals-- > 0 ? { status: 409 } : undefined);
    expect(await apply({ ...RS, op: 'apply', body: body() })).toEqual({ outcome: 'applied' });
    expect(server.object(RS_PATH)).toMatchObject({ spec: { replicas: 1 } });
    expect(server.requests.map(({ method }) => method)).toEqual(['PATCH', 'POST', 'PATCH']);
  });

  test('without a version leaves an object alone that no cache has shown yet', async () => {
    server.put(RS_PATH, { spec: { replicas: 7 } });
    const write: Write = { ...RS, op: 'apply', body: body(), events: note('Never') };
    expect(await apply(write)).toEqual({ outcome: 'exists', write });
    expect(server.object(RS_PATH)).toMatchObject({ spec: { replicas: 7 } });
    expect(events).toEqual([]);
  });

  test('of a version that has moved on is a conflict', async () => {
    server.put(RS_PATH, { spec: { replicas: 7 } });
    const write: Write = { ...RS, op: 'apply', body: body('1-before') };
    expect(await apply(write)).toEqual({ outcome: 'conflict', write });
    expect(server.object(RS_PATH)).toMatchObject({ spec: { replicas: 7 } });
  });
});

describe('evictions', () => {
  const POD_PATH = '/api/v1/namespaces/shop/pods';
  const evict = (name: string, limits: EvictWrite['limits'] = []): Write => {
    const uid = server.put(`${POD_PATH}/${name}`).metadata.uid;
    const target = { resource: PODS, namespace: 'shop', name, uid, why: 'a test' };
    return { op: 'evict', ...target, limits, events: note(`Evicted ${name}`) };
  };
  const told = () => events.map((one) => one.replace(/ after .*/, ''));
  const hold = (name: string, status = 429) => {
    server.fault = ({ path }) =>
      path === `${POD_PATH}/${name}/eviction` ? { status, headers: { 'retry-after': '10' } } : undefined;
  };

  test('are posted with the uid of the pod, and told', async () => {
    const write = evict('a');
    expect(await apply(write)).toEqual({ outcome: 'applied' });
    expect(server.requests.map(({ method, path, body }) => ({ method, path, body }))).toEqual([
      {
        method: 'POST',
        path: `${POD_PATH}/a/eviction`,
        body: {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { namespace: 'shop', name: 'a' },
          deleteOptions: { preconditions: { uid: write.op === 'evict' ? write.uid : '' } },
        },
      },
    ]);
    expect(told()).toEqual(['Evicted a']);
  });

  test('a pod that a disruption budget protects is passed over at once, and does not count', async () => {
    hold('a');
    const limits = [{ group: 'all', atMost: 1 }];
    expect(await apply(evict('a', limits), evict('b', limits), evict('c', limits))).toEqual({ outcome: 'applied' });
    expect(told()).toEqual(['Evicted b']);
    expect(server.requests).toHaveLength(2);
  });

  test('every group of a pod has to have room', async () => {
    const all = { group: 'all', atMost: 2 };
    const stable = [all, { group: 'stable', atMost: 1 }];
    const canary = [all, { group: 'canary', atMost: 2 }];
    await apply(evict('a', stable), evict('b', stable), evict('c', canary), evict('d', canary));
    expect(told()).toEqual(['Evicted a', 'Evicted c']);
  });

  test('any other refusal keeps the evictions from being asked for that come after all', async () => {
    hold('a', 403);
    const b: Write = { ...evict('b'), afterAll: true };
    expect(await apply(evict('a'), b)).toMatchObject({ outcome: 'refused', refused: [{ write: { name: 'a' } }] });
    expect(told()).toEqual([]);
  });

  test('a pod that is gone, or another one by now, is no failure, is not told as evicted, and takes the place of one that is', async () => {
    const limits = [{ group: 'all', atMost: 2 }];
    const [gone, replaced] = [evict('a', limits), evict('b', limits)];
    server.remove(`${POD_PATH}/a`);
    server.remove(`${POD_PATH}/b`);
    server.put(`${POD_PATH}/b`);
    expect(await apply(gone, replaced, evict('c', limits))).toEqual({ outcome: 'applied' });
    expect(told()).toEqual([]);
    expect(server.object(`${POD_PATH}/c`)).toBeDefined();
  });

  test.each([
    { name: 'an API server that knows no evictions', status: 404 },
    { name: 'one that met too many other writers of the pod', status: 409 },
  ])('a pod that stays is not waited for: $name', async ({ status }) => {
    const write = evict('a');
    hold('a', status);
    await apply(write);
    const pod = structuredClone(server.object(`${POD_PATH}/a`)) as unknown as KubeObject;
    expect(ownWrites.isBehind('shop/web', () => ({ latestResourceVersion: '', get: () => pod }))).toBe(false);
  });

  test('an evicted pod is waited for until a cache has seen it go', async () => {
    const write = evict('a');
    const before = structuredClone(server.object(`${POD_PATH}/a`)) as unknown as KubeObject;
    await apply(write);
    const showing = (pod: KubeObject | undefined) => () => ({ latestResourceVersion: '', get: () => pod });
    expect(ownWrites.isBehind('shop/web', showing(before))).toBe(true);
    const metadata = { ...before.metadata, deletionTimestamp: '2026-01-02T03:04:05Z' };
    expect(ownWrites.isBehind('shop/web', showing({ metadata }))).toBe(false);
  });
});
