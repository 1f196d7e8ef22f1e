import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/kube/objects.ts';
import { PODS } from '../../src/kube/resources.ts';
import type { InformerEvent } from '../../src/runtime/announced-cache.ts';
import { Informer } from '../../src/runtime/informer.ts';
import { trimBookkeeping } from '../../src/runtime/trim.ts';
import { realClock } from '../../src/runtime/clock.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { FakeApiServer } from './fake-api-server.ts';
import { ManualClock } from './manual-clock.ts';
import { type ClientParts, clientOf, quietLogger } from './parts.ts';

const pod = (name: string): string => `/api/v1/namespaces/shop/pods/${name}`;

let server: FakeApiServer;
let parts: ClientParts;
let informer: Informer<KubeObject>;
let told: string[];

type Options = ConstructorParameters<typeof Informer<KubeObject>>[0];

function informerOf(options: Partial<Options> = {}): Informer<KubeObject> {
  const created = new Informer<KubeObject>({
    client: parts.client,
    clock: realClock,
    logger: quietLogger,
    metrics: parts.metrics,
    resource: PODS,
    trim: trimBookkeeping,
    ...options,
  });
  created.addHandler(({ type, object }: InformerEvent<KubeObject>) => told.push(`${type} ${object.metadata.name}`));
  return created;
}

beforeEach(async () => {
  server = await FakeApiServer.start();
  parts = clientOf(server, { qps: 10_000, burst: 10_000 });
  told = [];
  informer = informerOf();
});

afterEach(async () => {
  await informer.stop();
  await parts.transport.close();
  await server.stop();
});

async function syncedWith(...names: string[]): Promise<void> {
  for (const name of names) server.put(pod(name));
  informer.start();
  expect(await informer.synced).toBe(true);
  await expect.poll(() => server.openWatches).toBe(1);
}

const byApp = ({ metadata }: KubeObject): string[] => [metadata.labels?.['app'] ?? ''];
const lists = (): number => server.requests.filter(({ query }) => !query.has('watch')).length;
const watches = () => server.requests.filter(({ query }) => query.has('watch'));
const names = (): string[] => [...informer.cache.values()].map(({ metadata }) => metadata.name).sort();

describe('list', () => {
  test('gives way to whatever else is due when reading a page takes long', async () => {
    const clock = new ManualClock();
    const trim = (object: KubeObject): KubeObject => {
      clock.freeze(1);
      return trimBookkeeping(object);
    };
    const items = Array.from({ length: 200 }, (_, index) => ({
      metadata: { name: `web-${index}`, namespace: 'shop', uid: `u${index}`, resourceVersion: '1' },
    }));
    const list = () => Promise.resolve({ items, resourceVersion: '1', continueToken: '' });
    informer = informerOf({ client: { list, watch: () => new Promise(() => {}) }, clock, trim });
    const seen = [0];
    informer.start();
    while (informer.cache.size < items.length) {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(informer.cache.size);
    }
    const grownBy = seen.map((size, turn) => size - (seen[turn - 1] ?? 0));
    expect(Math.max(...grownBy)).toBeLessThanOrEqual(20);
    expect(await informer.synced).toBe(true);
    informer = informerOf();
  });

  test('fills the cache page by page and tells of every object', async () => {
    informer = informerOf({ pageSize: 2 });
    await syncedWith('a', 'b', 'c', 'd', 'e');
    expect(names()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(told).toEqual(['added a', 'added b', 'added c', 'added d', 'added e']);
    expect(lists()).toBe(3);
    expect(informer.cache.latestResourceVersion).toBe(server.version);
  });

  test('asks for the next page while it reads one', async () => {
    const items = (first: string) =>
      [first, `${first}2`].map((name) => ({ metadata: { name, namespace: 'shop', uid: name, resourceVersion: '1' } }));
    const asked: string[] = [];
    const list = (_: unknown, { continueToken = '' }: { continueToken?: string } = {}) => {
      asked.push(`${continueToken}, knowing ${informer.cache.size}`);
      return Promise.resolve({
        items: items(`a${continueToken}`),
        resourceVersion: '1',
        continueToken: continueToken === '' ? 'b' : '',
      });
    };
    informer = informerOf({ client: { list, watch: () => new Promise(() => {}) } });
    informer.start();
    expect(await informer.synced).toBe(true);
    expect(asked).toEqual([', knowing 0', 'b, knowing 0']);
    expect(informer.cache.size).toBe(4);
    informer = informerOf();
  });

  test('is not synced, and at no version, while a page is missing', async () => {
    informer = informerOf({ pageSize: 1 });
    server.put(pod('a'));
    server.put(pod('b'));
    let mayContinue = false;
    server.fault = ({ query }) => (query.has('continue') && !mayContinue ? { status: 500 } : undefined);
    informer.start();
    await expect.poll(() => informer.cache.size).toBe(1);
    expect(await Promise.race([informer.synced, Promise.resolve('not yet')])).toBe('not yet');
    expect(informer.cache.latestResourceVersion).toBe('');
    mayContinue = true;
    expect(await informer.synced).toBe(true);
    expect(informer.cache.latestResourceVersion).toBe(server.version);
  });

  test('starts over when the continue token has expired', async () => {
    informer = informerOf({ pageSize: 1 });
    server.put(pod('a'));
    server.put(pod('b'));
    let expired = false;
    server.fault = ({ query }) => {
      if (!query.has('continue') || expired) return undefined;
      expired = true;
      return { status: 410, body: { reason: 'Expired' } };
    };
    informer.start();
    expect(await informer.synced).toBe(true);
    expect(names()).toEqual(['a', 'b']);
    expect(told).toEqual(['added a', 'added b']);
  });

  test('a server that fails for a while is asked until it answers', async () => {
    let failures = 3;
    server.fault = () => (failures-- > 0 ? (failures % 2 === 0 ? 'cut' : { status: 503 }) : undefined);
    await syncedWith('a');
    expect(names()).toEqual(['a']);
  });

  test('asks for namespace, selector and metadata only', async () => {
    informer = informerOf({ namespace: 'shop', labelSelector: 'app=web', metadataOnly: true });
    await syncedWith();
    const [list, watch] = server.requests;
    expect(list?.path).toBe('/api/v1/namespaces/shop/pods');
    expect(list?.query.get('labelSelector')).toBe('app=web');
    expect(list?.headers.accept).toBe('application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1');
    expect(watch?.query.get('labelSelector')).toBe('app=web');
    expect(watch?.headers.accept).toBe('application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1');
  });

  test.each([false, true])(
    'of objects with their managedFields, or without where it omits them (%s)',
    async (omits) => {
      const metadata = { managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:spec': {} } }] };
      const readBy = (object: KubeObject): KubeObject => {
        told.push('managedFields' in object.metadata ? 'with' : 'without');
        return object;
      };
      informer = informerOf({ omitManagedFields: omits, trim: readBy });
      server.put(pod('a'), { metadata });
      await syncedWith();
      server.put(pod('b'), { metadata });
      await expect.poll(names).toEqual(['a', 'b']);
      const read = omits ? 'without' : 'with';
      expect(told).toEqual([read, 'added a', read, 'added b']);
    },
  );

  const unknownResource = { status: 404, body: { kind: 'Status', reason: 'NotFound', message: 'no such resource' } };

  test('of an optional resource that the server does not know is empty, until it is installed', async () => {
    const clock = new ManualClock();
    let isKnown = false;
    server.fault = () => (isKnown ? undefined : unknownResource);
    informer = informerOf({ clock, optional: true });
    informer.start();
    expect(await informer.synced).toBe(true);
    expect(names()).toEqual([]);
    isKnown = true;
    server.put(pod('a'));
    await clock.advance(60_000);
    await expect.poll(names).toEqual(['a']);
    // The definition is deleted, and its objects with it.
    isKnown = false;
    server.compact();
    server.cutWatches();
    await expect
      .poll(async () => {
        await clock.advance(1_000);
        return names();
      })
      .toEqual([]);
    expect(told).toEqual(['added a', 'deleted a']);
  });

  const forbidden = {
    status: 403,
    body: {
      kind: 'Status',
      reason: 'Forbidden',
      message: 'pods is forbidden: User "serin" cannot list resource "pods"',
    },
  };
  const WHY = 'Cannot list pods of all namespaces: pods is forbidden: User "serin" cannot list resource "pods"';

  test('of an optional resource that may not be listed is empty, and says why, until the right is granted', async () => {
    const clock = new ManualClock();
    const lines: string[] = [];
    const logger = createLogger({ level: 'info', format: 'json', destination: { write: (line) => lines.push(line) } });
    let isAllowed = false;
    server.fault = () => (isAllowed ? undefined : forbidden);
    informer = informerOf({ clock, logger, optional: true });
    server.put(pod('a'));
    expect(informer.unreadable).toBeNull();
    informer.start();
    expect(await informer.synced).toBe(true);
    expect(names()).toEqual([]);
    expect(informer.unreadable).toBe(WHY);
    await clock.advance(15_000);
    await expect.poll(lists).toBe(2);
    isAllowed = true;
    const later = async () => {
      await clock.advance(1_000);
      return names();
    };
    await expect.poll(later).toEqual(['a']);
    expect(informer.unreadable).toBeNull();
    const warnings = lines.filter((line) => line.includes('"level":"warn"'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('cannot list resource');
  });

  test('of an optional resource keeps what it has while the right is taken away', async () => {
    const clock = new ManualClock();
    let isAllowed = true;
    server.fault = () => (isAllowed ? undefined : forbidden);
    informer = informerOf({ clock, optional: true });
    await syncedWith('a', 'b');
    isAllowed = false;
    server.cutWatches();
    await expect
      .poll(async () => {
        await clock.advance(1_000);
        return informer.unreadable;
      })
      .toContain('cannot list resource');
    expect(names()).toEqual(['a', 'b']);
    isAllowed = true;
    server.remove(pod('b'));
    await clock.advance(15_000);
    await expect.poll(names).toEqual(['a']);
    expect(informer.unreadable).toBeNull();
    expect(told).toEqual(['added a', 'added b', 'deleted b']);
  });

  test('of any other resource that the server does not know is asked for until it is there', async () => {
    let failures = 2;
    server.fault = () => (failures-- > 0 ? unknownResource : undefined);
    await syncedWith('a');
    expect(names()).toEqual(['a']);
  });

  test('stopped before the first list, it says so', async () => {
    server.fault = () => 'hang';
    informer.start();
    await expect.poll(() => server.requests.length).toBe(1);
    await informer.stop();
    expect(await informer.synced).toBe(false);
  });
});

describe('watch', () => {
  test('follows additions, changes and deletions, with what an object replaces', async () => {
    const updates: (string | undefined)[] = [];
    informer.addHandler(({ previous }) => updates.push(previous?.metadata.resourceVersion));
    await syncedWith('a');
    const before = informer.cache.get('shop', 'a')?.metadata.resourceVersion;
    server.put(pod('b'));
    server.put(pod('a'), { spec: { nodeName: 'n' } });
    server.remove(pod('b'));
    await expect.poll(() => told).toEqual(['added a', 'added b', 'updated a', 'deleted b']);
    expect(updates).toEqual([undefined, undefined, before, undefined]);
    expect(informer.cache.get('shop', 'a')).toMatchObject({ spec: { nodeName: 'n' } });
    expect(informer.cache.latestResourceVersion).toBe(server.version);
  });

  test('a bookmark moves the version without telling of an object', async () => {
    await syncedWith('a');
    server.skipVersions(1000);
    expect(informer.cache.latestResourceVersion).not.toBe(server.version);
    server.bookmark();
    await expect.poll(() => informer.cache.latestResourceVersion).toBe(server.version);
    expect(told).toEqual(['added a']);
  });

  test.each([
    ['ended by the server', (): void => server.endWatches()],
    ['cut', (): void => server.cutWatches()],
  ])('%s, it resumes from the last version without a list', async (_name, end) => {
    await syncedWith('a');
    server.put(pod('b'));
    await expect.poll(names).toEqual(['a', 'b']);
    const { version } = server;
    end();
    server.put(pod('c'));
    await expect.poll(names).toEqual(['a', 'b', 'c']);
    expect(lists()).toBe(1);
    expect(watches()[1]?.query.get('resourceVersion')).toBe(version);
    expect(told).toEqual(['added a', 'added b', 'added c']);
  });

  test('hung, it is opened again', async () => {
    informer = informerOf({ inactivityMs: 100 });
    await syncedWith('a');
    await expect.poll(() => watches().length).toBeGreaterThan(1);
    server.put(pod('b'));
    await expect.poll(names).toEqual(['a', 'b']);
    expect(lists()).toBe(1);
  });

  test('with an expired version, it lists again and tells of what it missed, deletions included', async () => {
    await syncedWith('a', 'b', 'c');
    server.fault = ({ query }) => (query.has('watch') ? { status: 503 } : undefined);
    server.cutWatches();
    server.vanish(pod('a'));
    server.put(pod('b'), { spec: {} });
    server.put(pod('d'));
    server.compact();
    server.fault = () => undefined;
    await expect.poll(names).toEqual(['b', 'c', 'd']);
    expect(told.slice(3).sort()).toEqual(['added d', 'deleted a', 'updated b']);
    expect(lists()).toBe(2);
    expect(await parts.metrics.registry.metrics()).toContain(
      'controller_informer_relists_total{resource="pods",cause="expired"} 1',
    );
  });

  test('an object that was replaced unseen is deleted and added', async () => {
    await syncedWith('a');
    server.vanish(pod('a'));
    server.put(pod('a'));
    await expect.poll(() => told).toEqual(['added a', 'deleted a', 'added a']);
  });

  test('a server whose versions went back is believed after a while', async () => {
    await syncedWith('a');
    const refused = { status: 504, body: { reason: 'Timeout', message: 'Too large resource version' } };
    server.fault = ({ query }) => (query.has('watch') && lists() === 1 ? refused : undefined);
    server.cutWatches();
    await expect.poll(lists, { timeout: 20_000 }).toBe(2);
    await expect.poll(() => server.openWatches).toBe(1);
  });

  test('a line that is no JSON makes it list again', async () => {
    await syncedWith('a');
    server.sendRaw('{"type":"ADDED","object":\n');
    await expect.poll(lists).toBe(2);
    server.put(pod('b'));
    await expect.poll(names).toEqual(['a', 'b']);
  });
});

describe('one bad apple', () => {
  test('an object that trim refuses hurts only itself, and comes in once it is well', async () => {
    informer = informerOf({
      trim: (object) => {
        if ('broken' in object) throw new Error('broken');
        return object;
      },
    });
    server.put(pod('a'), { broken: true });
    await syncedWith('b');
    expect(names()).toEqual(['b']);
    server.put(pod('c'));
    server.put(pod('a'));
    await expect.poll(names).toEqual(['a', 'b', 'c']);
    expect(await parts.metrics.registry.metrics()).toContain(
      'controller_informer_rejects_total{resource="pods",cause="unreadable"} 1',
    );
  });

  test('a new version is read beside the one that is known', async () => {
    const read: string[] = [];
    informer = informerOf({
      trim: (object, known) => {
        read.push(`${object.metadata.name} after ${known?.metadata.resourceVersion ?? 'none'}`);
        return object;
      },
    });
    await syncedWith('a');
    const { resourceVersion } = informer.cache.get('shop', 'a')?.metadata ?? {};
    server.put(pod('a'), { changed: true });
    await expect.poll(() => read).toEqual(['a after none', `a after ${resourceVersion}`]);
  });

  test('an object without a name is skipped', async () => {
    await syncedWith('a');
    server.send({ type: 'ADDED', object: { metadata: {} } });
    server.send({ type: 'ADDED', object: 'nonsense' });
    server.put(pod('b'));
    await expect.poll(names).toEqual(['a', 'b']);
    expect(lists()).toBe(1);
  });

  test('a handler that throws keeps no other handler from hearing', async () => {
    const heard: string[] = [];
    informer.addHandler(() => {
      throw new Error('mine');
    });
    informer.addHandler(({ object }) => heard.push(object.metadata.name));
    await syncedWith('a');
    server.put(pod('b'));
    await expect.poll(() => heard).toEqual(['a', 'b']);
    expect(told).toEqual(['added a', 'added b']);
  });
});

describe('the cache', () => {
  test('is indexed, and the indexes follow changes and deletions', async () => {
    informer.addIndexes({ app: byApp });
    const labelled = (app: string) => ({ metadata: { labels: { app } } });
    server.put(pod('a'), labelled('web'));
    server.put(pod('b'), labelled('web'));
    await syncedWith();
    const inApp = (app: string): string[] => informer.cache.byIndex('app', app).map(({ metadata }) => metadata.name);
    expect(inApp('web')).toEqual(['a', 'b']);
    server.put(pod('a'), labelled('api'));
    server.remove(pod('b'));
    await expect.poll(() => inApp('web')).toEqual([]);
    expect(inApp('api')).toEqual(['a']);
    expect(() => informer.cache.byIndex('nonesuch', 'x')).toThrow('no index');
  });

  test('is indexed by what is asked for later, too, and once where two readers ask for the same', async () => {
    server.put(pod('a'), { metadata: { labels: { app: 'web' } } });
    await syncedWith();
    informer.addIndexes({ app: byApp });
    informer.addIndexes({ app: byApp });
    expect(informer.cache.byIndex('app', 'web')).toHaveLength(1);
    expect(() => informer.addIndexes({ app: () => [] })).toThrow('another index app');
  });

  test('holds frozen objects without their bookkeeping', async () => {
    server.put(pod('a'), {
      metadata: {
        managedFields: [{ manager: 'kubectl' }],
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', kept: 'yes' },
      },
      spec: { containers: [{ name: 'c', env: [{ name: 'A' }] }] },
    });
    await syncedWith();
    const cached = informer.cache.get('shop', 'a') as unknown as {
      metadata: { managedFields?: unknown; annotations: Record<string, string> };
      spec: { containers: { name: string; env: { name: string }[] }[] };
    };
    expect(cached.metadata.managedFields).toBeUndefined();
    expect(cached.metadata.annotations).toEqual({ kept: 'yes' });
    const [container] = cached.spec.containers;
    const [variable] = container?.env ?? [];
    expect(() => Object.assign(cached.spec, { containers: [] })).toThrow(TypeError);
    expect(() => Object.assign(variable ?? {}, { name: 'B' })).toThrow(TypeError);
    expect(() => container?.env.push({ name: 'C' })).toThrow(TypeError);
  });

  test('is told in full to a handler that comes late', async () => {
    await syncedWith('a', 'b');
    const late: string[] = [];
    informer.addHandler(({ type, object }) => late.push(`${type} ${object.metadata.name}`));
    expect(late).toEqual(['added a', 'added b']);
  });
});

test('at rest it holds one timer and asks nothing', async () => {
  const clock = new ManualClock();
  parts = clientOf(server, { clock });
  informer = informerOf({ clock });
  await syncedWith('a');
  expect(clock.pendingTimers).toBe(1);
  const asked = server.requests.length;
  await clock.advance(100_000);
  expect(server.requests).toHaveLength(asked);
});

test('stopped, it tells of nothing more and holds no connection', async () => {
  await syncedWith('a');
  await informer.stop();
  server.put(pod('b'));
  await expect.poll(() => server.openWatches).toBe(0);
  expect(told).toEqual(['added a']);
});

describe('refresh', () => {
  test('shows what was written before it, though no watch has told of it', async () => {
    const { client } = parts;
    const deaf: Options['client'] = {
      list: (...args) => client.list(...args),
      watch: (resource, options) => client.watch(resource, { ...options, onEvent: () => {} }),
    };
    informer = informerOf({ client: deaf });
    await syncedWith('a', 'b');
    server.put(pod('c'));
    server.remove(pod('a'));
    expect(await informer.refresh()).toBe(true);
    expect(names()).toEqual(['b', 'c']);
    expect(told).toEqual(['added a', 'added b', 'added c', 'deleted a']);
  });

  test('goes on with a watch from there', async () => {
    await syncedWith('a');
    await informer.refresh();
    await expect.poll(() => server.openWatches).toBe(1);
    server.put(pod('b'));
    await expect.poll(names).toEqual(['a', 'b']);
    expect(lists()).toBe(2);
  });

  test('that is asked for while a list is made gets another one', async () => {
    await syncedWith('a');
    const refreshes: Promise<boolean>[] = [];
    server.fault = ({ query }) => {
      if (!query.has('watch') && refreshes.length < 1) refreshes.push(informer.refresh());
      return undefined;
    };
    await informer.refresh();
    expect(await Promise.all(refreshes)).toEqual([true]);
    expect(lists()).toBe(3);
  });

  test('does not end before a list has succeeded', async () => {
    await syncedWith('a');
    let failures = 0;
    server.fault = ({ query }) => {
      if (query.has('watch') || failures === 2) return undefined;
      failures += 1;
      return { status: 500 };
    };
    expect(await informer.refresh()).toBe(true);
    expect(failures).toBe(2);
  });

  test('ends with false when the informer is stopped, and at once where it was never started', async () => {
    expect(await informer.refresh()).toBe(true);
    await syncedWith('a');
    server.fault = () => ({ status: 500 });
    const refresh = informer.refresh();
    await informer.stop();
    expect([await refresh, await informer.refresh()]).toEqual([false, false]);
  });

  test('of an optional resource ends when it is known that there is none', async () => {
    informer = informerOf({ optional: true });
    server.fault = () => ({ status: 404 });
    informer.start();
    await informer.synced;
    expect(await informer.refresh()).toBe(true);
    expect(lists()).toBe(2);
  });
});

test('announceAll tells every handler of every object once more', async () => {
  await syncedWith('a', 'b');
  for (const _ of informer.announceAll());
  expect(told).toEqual(['added a', 'added b', 'added a', 'added b']);
});
