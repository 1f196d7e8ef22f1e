import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCaches, stopCaches, type Caches } from '../../src/controllers/caches.ts';
import { rolloutController } from '../../src/controllers/rollout/controller.ts';
import { keyOf } from '../../src/kube/object-key.ts';
import { realClock } from '../../src/runtime/clock.ts';
import { type Controller, ControllerRunner } from '../../src/runtime/controller.ts';
import { FakeApiServer } from './fake-api-server.ts';
import { type ClientParts, clientOf, quietLogger } from './parts.ts';

const ROLLOUT = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web';
const SERVICE = '/api/v1/namespaces/shop/services/web';

let server: FakeApiServer;
let parts: ClientParts;
let caches: Caches;
let runners: ControllerRunner[];
/** What the controller of Services has done, in order. */
let log: string[];

beforeEach(async () => {
  server = await FakeApiServer.start();
  parts = clientOf(server, { qps: 10_000, burst: 10_000 });
  caches = createCaches({ ...common(), instanceId: '' });
  runners = [];
  log = [];
});

afterEach(async () => {
  await Promise.all(runners.map((runner) => runner.stop(0)));
  await stopCaches(caches);
  await parts.transport.close();
  await server.stop();
});

function common() {
  return { ...parts, clock: realClock, logger: quietLogger, namespace: undefined };
}

function run(controller: Controller): ControllerRunner {
  const runner = new ControllerRunner(controller, common());
  runners.push(runner);
  return runner;
}

/** Another controller than that of Rollouts: of Services, which both of them read. */
function serviceController(parts: Partial<Controller> = {}): Controller {
  const { services, endpointSlices } = caches;
  return {
    name: 'Services',
    objects: services,
    informers: [services, endpointSlices],
    connect: (enqueue) => {
      log.push('connect');
      services.addHandler(({ object }) => enqueue(keyOf(object)));
    },
    reconcile: async (key) => {
      log.push(`reconcile ${key}`);
      return Promise.resolve({ kind: 'done' });
    },
    observer: () => undefined,
    threads: 1,
    resyncMs: 0,
    close: async () => {
      log.push('close');
      return Promise.resolve();
    },
    ...parts,
  };
}

function rollouts(): Controller {
  const mayWrite = () => true;
  const settings = { threads: 1, resyncMs: 0, propagationMs: null, identity: 'test', mayWrite };
  return rolloutController({ ...common(), ...settings, caches });
}

const listsOf = (path: string): number =>
  server.requests.filter((one) => one.path === path && !one.query.has('watch')).length;

describe('beside the controller of Rollouts', () => {
  beforeEach(() => {
    server.put(ROLLOUT, { spec: { strategy: { canary: {} } } });
    server.put(SERVICE);
  });

  const rolloutsReconciled = () => expect.poll(() => parts.metrics.registry.metrics());
  const ofRollout = /rollout_reconcile_count\{.*name="web".*\} [1-9]/;

  test('each reconciles its own objects, though their keys are the same, and the cluster is listed once', async () => {
    await Promise.all([rollouts(), serviceController()].map((one) => run(one).start()));
    await rolloutsReconciled().toMatch(ofRollout);
    await expect.poll(() => log).toEqual(['connect', 'reconcile shop/web']);
    expect(runners.map(({ isSynced }) => isSynced)).toEqual([true, true]);
    expect(listsOf('/api/v1/services')).toBe(1);
    expect(listsOf('/apis/discovery.k8s.io/v1/endpointslices')).toBe(1);
    expect(await parts.metrics.registry.metrics()).toMatch(/workqueue_adds_total\{name="Services"\} 1\n/);
  });

  test('each has its own limit for a look', async () => {
    const limits = (timeLimitMs: number): Partial<Controller> => ({
      timeLimitMs,
      reconcile: (key, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            log.push(`${key}: ${(signal.reason as Error).message}`);
            reject(signal.reason as Error);
          });
        }),
    });
    const runner = run(serviceController(limits(20)));
    await runner.start();
    await expect.poll(() => log).toContain('shop/web: The reconcile took longer than 20 ms');
  });

  test('it goes on when that one has stopped', async () => {
    const [first, second] = [run(rollouts()), run(serviceController())];
    await Promise.all([first.start(), second.start()]);
    await first.stop(0);
    server.put('/api/v1/namespaces/shop/services/late');
    await expect.poll(() => log).toEqual(['connect', 'reconcile shop/web', 'reconcile shop/late']);
  });

  test('it is ready as soon as what it reads is complete', async () => {
    server.fault = ({ path }) => (path.endsWith('/pods') ? 'hang' : undefined);
    const [first, second] = [run(rollouts()), run(serviceController())];
    void first.start();
    await second.start();
    expect([first.isSynced, second.isSynced]).toEqual([false, true]);
  });
});

describe('nothing is reconciled', () => {
  test('before every cache is complete', async () => {
    let isHeld = true;
    server.fault = ({ path }) => (isHeld && path.endsWith('/endpointslices') ? { status: 500 } : undefined);
    server.put(SERVICE);
    const runner = run(serviceController());
    const started = runner.start();
    await caches.services.synced;
    expect({ isSynced: runner.isSynced, log }).toEqual({ isSynced: false, log: ['connect'] });
    isHeld = false;
    await started;
    await expect.poll(() => log).toEqual(['connect', 'reconcile shop/web']);
  });

  test('when it is stopped before that', async () => {
    server.fault = () => 'hang';
    const runner = run(serviceController());
    const started = runner.start();
    await runner.stop(0);
    await stopCaches(caches);
    await started;
    expect(runner.isSynced).toBe(false);
    expect(log).toEqual(['connect', 'close']);
  });

  test('when the triggers cannot be connected, and the start says so', async () => {
    const connect = () => {
      throw new Error('no such index');
    };
    server.put(SERVICE);
    await expect(run(serviceController({ connect })).start()).rejects.toThrow('no such index');
    expect(log).toEqual([]);
  });
});

test('at a start what was changed meanwhile is looked at first', async () => {
  for (const name of ['a', 'b', 'c', 'd']) server.put(`/api/v1/namespaces/shop/services/${name}`);
  const connect: Controller['connect'] = (enqueue) =>
    caches.services.addHandler(({ object }) =>
      enqueue(keyOf(object), object.metadata.name === 'c' ? 'changed' : 'followed'),
    );
  await run(serviceController({ connect })).start();
  await expect.poll(() => log.length).toBe(4);
  expect(log[0]).toBe('reconcile shop/c');
});

test('at a start the event loop has its turns while what exists is announced', async () => {
  const count = 60;
  for (let index = 0; index < count; index += 1) server.put(`/api/v1/namespaces/shop/services/s${index}`);
  const inTurns: number[] = [];
  let inTurn = 0;
  const endTurn = () => {
    inTurns.push(inTurn);
    inTurn = 0;
  };
  const connect: Controller['connect'] = () =>
    caches.services.addHandler(() => {
      if (inTurn === 0) setImmediate(endTurn);
      inTurn += 1;
      const end = performance.now() + 2;
      while (performance.now() < end);
    });
  await run(serviceController({ connect })).start();
  await expect.poll(() => inTurns.reduce((sum, one) => sum + one, 0)).toBe(count);
  // A turn ends after 10 ms.
  expect(Math.max(...inTurns)).toBeLessThan(10);
});

describe('a stop', () => {
  let finish: () => void;
  let runner: ControllerRunner;

  beforeEach(async () => {
    const held = Promise.withResolvers<void>();
    finish = held.resolve;
    server.put(SERVICE);
    runner = run(
      serviceController({
        reconcile: async (key, { signal }) => {
          log.push(`begin ${key}`);
          signal.addEventListener('abort', finish);
          await held.promise;
          log.push(signal.aborted ? 'abort' : 'end');
          return { kind: 'done' };
        },
      }),
    );
    await runner.start();
  });

  const begun = () => expect.poll(() => log).toEqual(['connect', 'begin shop/web']);

  test('lets what is in hand finish, begins nothing more, and closes then', async () => {
    await begun();
    const stopped = runner.stop(60_000);
    server.put('/api/v1/namespaces/shop/services/late');
    await expect.poll(() => caches.services.cache.size).toBe(2);
    finish();
    await stopped;
    expect(log).toEqual(['connect', 'begin shop/web', 'end', 'close']);
  });

  test('without grace aborts it', async () => {
    await begun();
    await runner.stop(0);
    expect(log).toEqual(['connect', 'begin shop/web', 'abort', 'close']);
  });
});
