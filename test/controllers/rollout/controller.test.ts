import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCaches, stopCaches, type Caches } from '../../../src/controllers/caches.ts';
import { rolloutController } from '../../../src/controllers/rollout/controller.ts';
import { ControllerRunner } from '../../../src/runtime/controller.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { FakeApiServer } from '../../runtime/fake-api-server.ts';
import { clientOf, quietLogger, type ClientParts } from '../../runtime/parts.ts';
import { paths } from './paths.ts';

const MANAGED_BY = 'argo-rollouts.argoproj.io/managed-by-rollouts';
const HASH = 'rollouts-pod-template-hash';

let server: FakeApiServer;
let parts: ClientParts;
let clock: ManualClock;
let caches: Caches;
let controller: ControllerRunner;

beforeEach(async () => {
  server = await FakeApiServer.start();
  parts = clientOf(server, { qps: 10_000, burst: 10_000 });
  clock = new ManualClock();
  controller = controllerWith({ resyncMs: 900_000 });
});

afterEach(async () => {
  await parts.transport.close();
  await server.stop();
});

function controllerWith({ resyncMs }: { readonly resyncMs: number }): ControllerRunner {
  const common = { ...parts, clock, logger: quietLogger, namespace: undefined };
  caches = createCaches({ ...common, instanceId: '' });
  const identity = 'test';
  const mayWrite = () => true;
  const rollouts = rolloutController({
    ...common,
    caches,
    identity,
    mayWrite,
    threads: 1,
    resyncMs,
    propagationMs: null,
  });
  return new ControllerRunner(rollouts, common);
}

async function stop(graceMs: number): Promise<void> {
  await controller.stop(graceMs);
  await stopCaches(caches);
}

const selectorOf = (service: string) =>
  (server.object(paths.service(service))?.['spec'] as { selector: object } | undefined)?.selector;
const gets = (path: string) => server.requests.filter((one) => one.method === 'GET' && one.path === path).length;

async function adds(): Promise<number> {
  return Number(/workqueue_adds_total\{name="Rollouts"\} (\d+)/.exec(await parts.metrics.registry.metrics())?.[1]);
}

describe('the Services of a Rollout that is not in the cache', () => {
  beforeEach(() => {
    for (const name of ['gone', 'unreadable']) {
      server.put(paths.service(name), {
        metadata: { annotations: { [MANAGED_BY]: name } },
        spec: { selector: { app: name, [HASH]: 'abc' } },
      });
    }
    server.put(paths.rollout('unreadable'), { spec: { strategy: 'canary' } });
  });

  test('serve every revision again when it is proven to be gone, and only then', async () => {
    await controller.start();
    await expect.poll(() => selectorOf('gone')).toEqual({ app: 'gone' });
    await expect.poll(() => gets(paths.rollout('unreadable'))).toBe(1);
    await stop(1000);
    expect(selectorOf('unreadable')).toEqual({ app: 'unreadable', [HASH]: 'abc' });
  });

  const backendRefs = (weight: number) => [
    { name: 'gone', weight: 100 - weight },
    { name: 'gone-canary', weight },
  ];
  const mark = { gone: { stable: 'gone', canary: 'gone-canary', rules: {} } };

  test('lose what it has left in routes first, which no Rollout that is there leads through', async () => {
    const annotations = { 'serin.dev/divided-by': JSON.stringify(mark) };
    server.put(paths.httpRoute('web'), {
      metadata: { annotations },
      spec: { rules: [{ backendRefs: backendRefs(20) }] },
    });
    await controller.start();
    await expect.poll(() => selectorOf('gone')).toEqual({ app: 'gone' });
    await stop(1000);
    const route = server.object(paths.httpRoute('web'));
    expect(route).toMatchObject({ spec: { rules: [{ backendRefs: backendRefs(0) }] } });
    expect(route?.metadata['annotations'] ?? {}).toEqual({});
    const patched = server.requests.filter(({ method }) => method === 'PATCH').map(({ path }) => path);
    expect(patched).toEqual([paths.httpRoute('web'), paths.service('gone')]);
  });

  test('lose what it has left in objects of other routers as well', async () => {
    const list = (weight: number) => backendRefs(weight).map((one) => ({ ...one, port: 80 }));
    const annotations = { 'serin.dev/divided-by': JSON.stringify(mark) };
    const spec = { weighted: { services: list(20) } };
    server.put(paths.traefikService('web'), { metadata: { annotations }, spec });
    await controller.start();
    await expect.poll(() => selectorOf('gone')).toEqual({ app: 'gone' });
    await stop(1000);
    const left = server.object(paths.traefikService('web'));
    expect(left).toMatchObject({ spec: { weighted: { services: list(0) } } });
    expect(left?.metadata['annotations'] ?? {}).toEqual({});
  });

  test.each([403, 404])('serve every revision again where the answer about routes is %i', async (status) => {
    server.fault = ({ path }) => (path.includes('gateway.networking') ? { status } : undefined);
    await controller.start();
    await expect.poll(() => selectorOf('gone')).toEqual({ app: 'gone' });
    await stop(1000);
  });
});

test('nothing waits any more after it has stopped, also when a Rollout was deleted before', async () => {
  server.put(paths.rollout('web'), { spec: { strategy: { canary: {} } } });
  await controller.start();
  server.remove(paths.rollout('web'));
  await expect.poll(() => parts.metrics.registry.metrics()).toContain('RolloutDeleted');
  await stop(0);
  expect(clock.pendingTimers).toBe(0);
});

test.each([
  { resyncMs: 60_000, looksAgain: true },
  { resyncMs: 0, looksAgain: false },
])(
  'with a resync of $resyncMs ms a settled Rollout is looked at again: $looksAgain',
  async ({ resyncMs, looksAgain }) => {
    server.put(paths.rollout('web'), { spec: { strategy: { canary: {} } } });
    controller = controllerWith({ resyncMs });
    await controller.start();
    await expect.poll(() => caches.rollouts.cache.get('shop', 'web')?.status).toBeDefined();
    // Our own report is looked at once more.
    await clock.advance(2000);
    const before = await adds();
    await clock.advance(60_000);
    expect((await adds()) > before).toBe(looksAgain);
    await stop(0);
  },
);

test('a Rollout whose analysis may not be read is looked at, and again a while later', async () => {
  const message = 'User "serin" cannot list resource';
  server.fault = ({ path }) =>
    path.includes('analysis') ? { status: 403, body: { kind: 'Status', reason: 'Forbidden', message } } : undefined;
  const steps = [{ analysis: { templates: [{ templateName: 'smoke' }] } }];
  server.put(paths.rollout('web'), { spec: { strategy: { canary: { steps } } } });
  await controller.start();
  expect(controller.isSynced).toBe(true);
  await expect.poll(() => parts.metrics.registry.metrics()).toMatch(/rollout_reconcile_count\{.*\} [1-9]/);
  await expect.poll(() => clock.pendingTimers).toBeGreaterThan(0);
  const before = await adds();
  await clock.advance(20_000);
  await expect.poll(async () => (await adds()) > before).toBe(true);
  await stop(0);
});
