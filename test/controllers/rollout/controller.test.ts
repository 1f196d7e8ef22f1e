import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RolloutController } from '../../../src/controllers/rollout/controller.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { FakeApiServer } from '../../runtime/fake-api-server.ts';
import { clientOf, quietLogger, type ClientParts } from '../../runtime/parts.ts';
import { paths } from './paths.ts';

const MANAGED_BY = 'argo-rollouts.argoproj.io/managed-by-rollouts';
const HASH = 'rollouts-pod-template-hash';

let server: FakeApiServer;
let parts: ClientParts;
let clock: ManualClock;
let controller: RolloutController;

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

function controllerWith(options: { readonly resyncMs: number }): RolloutController {
  return new RolloutController({
    ...parts,
    ...options,
    clock,
    logger: quietLogger,
    namespace: undefined,
    propagationMs: null,
    instanceId: '',
    threads: 1,
    identity: 'test',
    mayWrite: () => true,
  });
}

const selectorOf = (service: string) =>
  (server.object(paths.service(service))?.['spec'] as { selector: object } | undefined)?.selector;
const gets = (path: string) => server.requests.filter((one) => one.method === 'GET' && one.path === path).length;

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
    await controller.stop(1000).catch(() => {});
    expect(selectorOf('unreadable')).toEqual({ app: 'unreadable', [HASH]: 'abc' });
  });
});

test('nothing waits any more after it has stopped, also when a Rollout was deleted before', async () => {
  server.put(paths.rollout('web'), { spec: { strategy: { canary: {} } } });
  await controller.start();
  server.remove(paths.rollout('web'));
  await expect.poll(() => parts.metrics.registry.metrics()).toContain('RolloutDeleted');
  await controller.stop(0);
  expect(clock.pendingTimers).toBe(0);
});

test.each([
  { resyncMs: 60_000, looksAgain: true },
  { resyncMs: 0, looksAgain: false },
])(
  'with a resync of $resyncMs ms a settled Rollout is looked at again: $looksAgain',
  async ({ resyncMs, looksAgain }) => {
    const adds = async (): Promise<number> =>
      Number(/workqueue_adds_total\{name="Rollouts"\} (\d+)/.exec(await parts.metrics.registry.metrics())?.[1]);
    server.put(paths.rollout('web'), { spec: { strategy: { canary: {} } } });
    controller = controllerWith({ resyncMs });
    await controller.start();
    await expect.poll(() => parts.metrics.registry.metrics()).toMatch(/rollout_reconcile_count\{.*\} [1-9]/);
    const before = await adds();
    await clock.advance(60_000);
    expect((await adds()) > before).toBe(looksAgain);
    await controller.stop(0);
  },
);
