import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import { createCaches, stopCaches, type Caches } from '../../../src/controllers/caches.ts';
import { addRolloutIndexes } from '../../../src/controllers/rollout/indexes.ts';
import { connectTriggers } from '../../../src/controllers/rollout/triggers.ts';
import type { Enqueue, Wish } from '../../../src/runtime/controller.ts';
import { realClock } from '../../../src/runtime/clock.ts';
import { FakeApiServer } from '../../runtime/fake-api-server.ts';
import { clientOf, quietLogger, type ClientParts } from '../../runtime/parts.ts';
import type { OwnWrites } from '../../../src/runtime/own-writes.ts';
import { paths } from './paths.ts';

/** Two Rollouts: `web` routes through Ingress `web` on `shop.example.com`, `api` has nothing to do with it. */
const WEB = {
  spec: {
    strategy: {
      canary: {
        stableService: 'web',
        canaryService: 'web-canary',
        trafficRouting: { nginx: { stableIngress: 'web' } },
      },
    },
  },
};

let server: FakeApiServer;
let parts: ClientParts;
let caches: Caches;
let woken: string[];
/** With what each of them was asked for. */
let wishes: (Wish | undefined)[];
/** The version of the Rollout `web` that counts as our own write. */
let ownVersion: string;

beforeEach(async () => {
  server = await FakeApiServer.start();
  parts = clientOf(server, { qps: 10_000, burst: 10_000 });
  server.put(paths.rollout('web'), WEB);
  server.put(paths.rollout('api'), { spec: { strategy: { canary: {} } } });
  woken = [];
  ownVersion = '';
});

afterEach(async () => {
  await stopCaches(caches);
  await parts.transport.close();
  await server.stop();
});

let workloadChanges: (key: string) => void;

/** From here on `woken` collects what events wake; what exists already wakes nobody. */
async function watch(): Promise<void> {
  caches = createCaches({
    ...parts,
    clock: realClock,
    logger: quietLogger,
    namespace: undefined,
    instanceId: '',
  });
  addRolloutIndexes(caches);
  for (const informer of Object.values(caches)) informer.start();
  await Promise.all(Object.values(caches).map((informer) => informer.synced));
  await expect.poll(() => server.openWatches).toBe(Object.keys(caches).length);
  const workloads = { connect: (onChange: (key: string) => void) => (workloadChanges = onChange) };
  const ownWrites: Pick<OwnWrites, 'whenKnown'> = {
    whenKnown: (_key, _resource, version, tell) => tell(version === ownVersion),
  };
  const enqueue: Enqueue = (key, wish) => {
    wishes.push(wish);
    if (wish !== 'arrived') woken.push(key);
  };
  wishes = [];
  connectTriggers({ caches, workloads, ownWrites, enqueue });
  woken = [];
  wishes = [];
}

function wokenKeys(): string[] {
  return [...new Set(woken)];
}

/** What the change wakes, once it has arrived. */
async function wakes(change: () => unknown): Promise<string[]> {
  await watch();
  change();
  await expect.poll(() => caches.ingresses.cache.latestResourceVersion).toBe(server.version);
  return wokenKeys();
}

const rules = (host: string) => ({ rules: [{ host, http: { paths: [] } }] });
const CANARY = { annotations: { 'nginx.ingress.kubernetes.io/canary': 'true' } };

describe('a Rollout', () => {
  const wokenWith = async (manager: string) => {
    const annotations = { [ANNOTATIONS.managedByRollouts]: manager };
    server.put(paths.service('web'), { metadata: { annotations } });
    await watch();
    server.put(paths.rollout('web'), { ...WEB, metadata: { labels: { edited: 'yes' } } });
    await expect.poll(() => caches.rollouts.cache.latestResourceVersion).toBe(server.version);
    return wokenKeys();
  };

  test('wakes whoever has a Service that it names, so that it is handed over', async () => {
    expect(await wokenWith('api')).toEqual(['shop/web', 'shop/api']);
  });

  test('wakes itself alone where the Service is its own', async () => {
    expect(await wokenWith('web')).toEqual(['shop/web']);
  });
});

describe('an Ingress', () => {
  test.each([
    { name: 'of class nginx', fields: { spec: { ingressClassName: 'nginx' } } },
    { name: 'of another class', fields: { spec: { ingressClassName: 'traefik' } } },
    { name: 'without a class', fields: {} },
    {
      name: 'of a class by annotation',
      fields: { metadata: { annotations: { 'kubernetes.io/ingress.class': 'inner' } } },
    },
  ])('$name wakes the Rollout that names it', async ({ fields }) => {
    expect(await wakes(() => server.put(paths.ingress('web'), fields))).toEqual(['shop/web']);
  });

  test('that is the canary of a Rollout wakes it when it is deleted', async () => {
    server.put(paths.ingress('web-web-canary'), CANARY);
    expect(await wakes(() => server.remove(paths.ingress('web-web-canary')))).toEqual(['shop/web']);
  });

  test.each([
    { name: 'this controller', manager: 'serin' },
    { name: 'a controller before it', manager: 'rollouts-controller' },
  ])('that $name wrote and nobody controls wakes every Rollout of the namespace', async ({ manager }) => {
    const abandoned = { managedFields: [{ manager, operation: 'Update' }] };
    expect(await wakes(() => server.put(paths.ingress('web-former-canary'), { metadata: abandoned }))).toEqual([
      'shop/web',
      'shop/api',
    ]);
  });

  test('that somebody else wrote and nobody controls wakes nobody', async () => {
    const theirs = { managedFields: [{ manager: 'kubectl', operation: 'Update' }] };
    expect(await wakes(() => server.put(paths.ingress('web-former-canary'), { metadata: theirs }))).toEqual([]);
  });

  describe('that is a canary of somebody else on the same host', () => {
    beforeEach(() => {
      server.put(paths.ingress('web'), { spec: rules('shop.example.com') });
    });

    const foreign = paths.ingress('foreign');
    const asCanary = { metadata: CANARY, spec: rules('shop.example.com') };

    test('wakes the Rollout when it comes', async () => {
      expect(await wakes(() => server.put(foreign, asCanary))).toEqual(['shop/web']);
    });

    test.each([
      { name: 'is deleted', change: () => server.remove(foreign) },
      { name: 'is no canary any more', change: () => server.put(foreign, { spec: rules('shop.example.com') }) },
      { name: 'moves to another host', change: () => server.put(foreign, { ...asCanary, spec: rules('example.com') }) },
    ])('wakes the Rollout when it $name', async ({ change }) => {
      server.put(foreign, asCanary);
      expect(await wakes(change)).toEqual(['shop/web']);
    });
  });
});

const OWNED = { ownerReferences: [{ kind: 'Rollout', name: 'web', uid: 'uid-web', controller: true }] };
const HASHED = { labels: { 'rollouts-pod-template-hash': 'abc' } };

test.each([
  {
    name: 'a ReplicaSet wakes its owner',
    path: paths.replicaSet('web-abc'),
    metadata: { ...HASHED, ...OWNED },
    keys: ['shop/web'],
  },
  {
    name: 'an orphaned ReplicaSet wakes every Rollout of the namespace',
    path: paths.replicaSet('web-abc'),
    metadata: HASHED,
    keys: ['shop/web', 'shop/api'],
  },
  {
    name: 'a Service wakes the Rollout that names it',
    path: paths.service('web-canary'),
    metadata: {},
    keys: ['shop/web'],
  },
  {
    name: 'a Service wakes the Rollout that manages it, even if none names it',
    path: paths.service('former'),
    metadata: { annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'api' } },
    keys: ['shop/api'],
  },
  {
    name: "a Service's endpoints wake the Rollout that names it",
    path: paths.endpointSlice('web-x1'),
    metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
    keys: ['shop/web'],
  },
])('$name', async ({ path, metadata, keys }) => {
  await watch();
  server.put(path, { metadata, ...(path.includes('endpointslices') ? { endpoints: [] } : {}) });
  await expect.poll(() => [...new Set(woken)]).toEqual(keys);
});

test('of a pod its coming, its going and its labels are news, its readiness is not', async () => {
  server.put(paths.replicaSet('web-abc'), { metadata: { ...HASHED, ...OWNED, uid: 'uid-rs' } });
  await watch();
  const owner = { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-abc', uid: 'uid-rs', controller: true }] };
  const pod = paths.pod('web-abc-1');
  server.put(pod, { metadata: { ...HASHED, ...owner } });
  await expect.poll(() => woken).toEqual(['shop/web']);
  server.put(pod, { metadata: { ...HASHED, ...owner }, status: { phase: 'Running' } });
  await expect.poll(() => caches.pods.cache.latestResourceVersion).toBe(server.version);
  expect(woken).toEqual(['shop/web']);
  server.put(pod, { metadata: { ...owner, labels: { ...HASHED.labels, role: 'canary' } } });
  await expect.poll(() => woken).toEqual(['shop/web', 'shop/web']);
  server.remove(pod);
  await expect.poll(() => woken).toEqual(['shop/web', 'shop/web', 'shop/web']);
});

describe('a workload', () => {
  test.each([
    { key: 'deployments shop/shared', wakes: ['shop/api', 'shop/web'] },
    { key: 'deployments shop/other', wakes: [] },
    { key: 'deployments elsewhere/shared', wakes: [] },
    { key: 'podtemplates shop/shared', wakes: [] },
  ])('$key wakes the Rollouts that name it', async ({ key, wakes: expected }) => {
    const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shared' };
    for (const name of ['web', 'api']) server.put(paths.rollout(name), { spec: { workloadRef } });
    expect((await wakes(() => workloadChanges(key))).toSorted()).toEqual(expected);
  });
});

describe('a Rollout whose status was written', () => {
  const written = async (status: object) => {
    server.put(paths.rollout('web'), { ...WEB, status: { phase: 'Healthy' } });
    await watch();
    server.put(paths.rollout('web'), { ...WEB, status });
    await expect.poll(() => caches.rollouts.cache.latestResourceVersion).toBe(server.version);
    return wishes;
  };

  test('by a person who aborts overtakes the others', async () => {
    expect(await written({ phase: 'Healthy', abort: true })).toEqual(['steered']);
  });

  test('by us with nothing but a report is not looked at', async () => {
    ownVersion = String(Number(server.version) + 2);
    expect(await written({ phase: 'Progressing' })).toEqual(['arrived']);
  });
});

test('a pod that a Service leads to already is looked at without delay', async () => {
  server.put(paths.replicaSet('web-abc'), { metadata: { ...HASHED, ...OWNED, uid: 'uid-rs' } });
  server.put(paths.endpointSlice('web-x1'), {
    metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
    endpoints: [{ targetRef: { kind: 'Pod', name: 'web-abc-1' }, conditions: { ready: true } }],
  });
  await watch();
  const owner = { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-abc', uid: 'uid-rs', controller: true }] };
  for (const name of ['web-abc-1', 'web-abc-2']) {
    server.put(paths.pod(name), { metadata: { ...HASHED, ...owner } });
  }
  await expect.poll(() => wishes).toEqual(['followed', 'soon']);
});

test.each([
  { kind: 'a route', path: paths.httpRoute('web'), cache: 'httpRoutes' as const },
  { kind: 'a TraefikService', path: paths.traefikService('web'), cache: 'traefikServices' as const },
])('$kind wakes the Rollouts that have divided it, also those that are gone', async ({ path, cache }) => {
  await watch();
  const divided = { stable: 'a', canary: 'b', rules: {} };
  const annotations = { [ANNOTATIONS.dividedBy]: JSON.stringify({ web: divided, gone: divided }) };
  server.put(path, { metadata: { annotations } });
  await expect.poll(() => caches[cache].cache.latestResourceVersion).toBe(server.version);
  expect(wokenKeys().toSorted()).toEqual(['shop/gone', 'shop/web']);
});
