/** What a reference leads to, how little is asked of the API server for it, and who hears of a change. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import { Workloads, type FoundWorkload } from '../../../src/controllers/rollout/workloads.ts';
import { realClock } from '../../../src/runtime/clock.ts';
import { FakeApiServer } from '../../runtime/fake-api-server.ts';
import { clientOf, quietLogger, type ClientParts } from '../../runtime/parts.ts';
import { paths } from './paths.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const WEB = paths.deployment('web');

let server: FakeApiServer;
let parts: ClientParts;
let workloads: Workloads;
let changed: string[];

beforeEach(async () => {
  server = await FakeApiServer.start();
  parts = clientOf(server, { qps: 10_000, burst: 10_000 });
  changed = [];
  workloads = new Workloads({ ...parts, clock: realClock, logger: quietLogger, namespace: undefined });
  workloads.connect((key) => changed.push(key));
});

afterEach(async () => {
  await workloads.stop();
  await parts.transport.close();
  await server.stop();
});

function put(image: string, generation: number, status: object = {}): void {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } };
  const spec = { replicas: 3, selector: { matchLabels: { app: 'web' } }, template };
  server.put(WEB, { metadata: { generation }, spec, status });
}

function find(workloadRef: Rollout['spec']['workloadRef'] = DEPLOYMENT): Promise<FoundWorkload | null> {
  const metadata = { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '1' };
  const rollout: Rollout = { metadata, spec: workloadRef === undefined ? {} : { workloadRef } };
  return workloads.find(rollout, new AbortController().signal);
}

function imageOf(found: FoundWorkload | null): unknown {
  return found !== null && 'template' in found.workload
    ? found.workload.template.spec?.['containers']
    : found?.workload;
}

const image = (name: string) => [{ name: 'web', image: name }];
const gets = () => server.requests.filter(({ method, path }) => method === 'GET' && path === WEB).length;

/** The watch stands and has heard of everything. */
async function watching(plural = 'deployments'): Promise<void> {
  await expect.poll(() => server.openWatches).toBe(1);
  await expect.poll(() => workloads.cacheOf(plural)?.latestResourceVersion).toBe(server.version);
}

describe('what is asked of the API server', () => {
  test('nothing, without a reference and with one that names no template', async () => {
    const { name } = DEPLOYMENT;
    expect(await find({ apiVersion: 'apps/v1', kind: 'StatefulSet', name })).toBeNull();
    expect(await find({ apiVersion: 'apps/v1', kind: 'Deployment' })).toBeNull();
    const metadata = { name, namespace: 'shop', uid: 'u', resourceVersion: '1' };
    expect(await workloads.find({ metadata, spec: {} }, new AbortController().signal)).toBeNull();
    expect(server.requests).toEqual([]);
  });

  test('the object itself at once, and the metadata of its kind from then on', async () => {
    put('web:1', 1);
    const found = await find();
    expect(imageOf(found)).toEqual(image('web:1'));
    expect(found?.isWatched).toBe(false);
    await watching();
    const listed = server.requests.find(({ path }) => path === '/apis/apps/v1/deployments');
    expect(listed?.headers.accept).toContain('PartialObjectMetadataList');
  });

  test('the object once for each generation, whatever happens to its status', async () => {
    put('web:1', 1);
    await find();
    await watching();
    put('web:1', 1, { replicas: 3 });
    await watching();
    const before = gets();
    expect(await find()).toMatchObject({ isWatched: true });
    expect(gets()).toBe(before);
    put('web:2', 2);
    await watching();
    expect(imageOf(await find())).toEqual(image('web:2'));
    await find();
    expect(gets()).toBe(before + 1);
  });

  test('its version is the last one seen, which a write of its size has to name', async () => {
    put('web:1', 1);
    await find();
    await watching();
    put('web:1', 1, { replicas: 3 });
    await watching();
    expect((await find())?.workload).toMatchObject({ resourceVersion: server.version, generation: 1 });
  });

  test('the cache keeps names and generations, and no templates', async () => {
    put('web:1', 1);
    server.put(paths.deployment('other'), { metadata: { generation: 1, labels: { a: 'b' } }, spec: { replicas: 1 } });
    await find();
    await watching();
    expect(JSON.stringify([...(workloads.cacheOf('deployments')?.values() ?? [])])).not.toMatch(/spec|labels/);
  });

  test('an object that another took the name of is read again', async () => {
    put('web:1', 1);
    await find();
    await watching();
    server.remove(WEB);
    put('web:2', 1);
    await watching();
    expect(imageOf(await find())).toEqual(image('web:2'));
  });
});

describe('a reference that leads nowhere', () => {
  test('is told in the words of the API server, before and after the watch stands', async () => {
    const missing = { missing: 'deployments.apps "web" not found' };
    expect(await find()).toEqual({ workload: missing, isWatched: false });
    await watching();
    const asked = gets();
    expect(await find()).toEqual({ workload: missing, isWatched: true });
    expect(gets()).toBe(asked);
    expect(await find({ apiVersion: 'v1', kind: 'PodTemplate', name: 'web' })).toMatchObject({
      workload: { missing: 'podtemplates "web" not found' },
    });
  });

  test('so is one that may not be read', async () => {
    server.fault = () => ({ status: 403, body: { kind: 'Status', message: 'not for you' } });
    expect(await find()).toMatchObject({ workload: { missing: expect.stringContaining('not for you') as string } });
  });

  test('no event tells of a right that is granted, even where the watch stands', async () => {
    put('web:1', 1);
    server.fault = ({ path }) => (path === WEB ? { status: 403 } : undefined);
    await find();
    await watching();
    expect(await find()).toMatchObject({ isWatched: false });
    server.fault = () => undefined;
    expect(await find()).toMatchObject({ isWatched: true });
  });

  test('a server that fails says nothing about it', async () => {
    server.fault = () => ({ status: 500 });
    await expect(find()).rejects.toMatchObject({ kind: 'server' });
  });
});

test('our own writes are looked for in a cache only where there is a watch that can show them', async () => {
  put('web:1', 1);
  server.fault = ({ path }) => (path === WEB ? undefined : { status: 403 });
  expect(imageOf(await find())).toEqual(image('web:1'));
  expect(workloads.cacheOf('deployments')).toBeUndefined();
});

describe('who hears of it', () => {
  beforeEach(async () => {
    put('web:1', 1);
    await find();
    await watching();
    changed = [];
  });

  test.each<{ name: string; change: () => void; heard: readonly string[] }>([
    { name: 'a new specification', change: () => put('web:2', 2), heard: ['deployments shop/web'] },
    { name: 'not a new status', change: () => put('web:1', 1, { replicas: 1 }), heard: [] },
    { name: 'a deletion', change: () => server.remove(WEB), heard: ['deployments shop/web'] },
    {
      name: 'an object that comes',
      change: () => server.put(paths.deployment('api')),
      heard: ['deployments shop/api'],
    },
  ])('$name', async ({ change, heard }) => {
    change();
    await watching();
    expect(changed).toEqual(heard);
  });
});
