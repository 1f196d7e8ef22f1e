/** Asking, with a real HTTP server in the place of a proxy. What its answers mean is tested in test/core. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { AskProxies, type ProxyToAsk } from '../../../src/controllers/rollout/ask-proxies.ts';
import { ASKABLE_PROXIES } from '../../../src/core/traffic/routers.ts';
import type { WantedOfProxies } from '../../../src/core/traffic/wanted-of-proxies.ts';
import { PODS, type Resource } from '../../../src/kube/resources.ts';
import { realClock } from '../../../src/runtime/clock.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

const KEY = 'shop/web';
const WANTED: WantedOfProxies = {
  state: 'state-1',
  namespace: 'shop',
  services: [
    { name: 'web', endpoints: 'web-1 true false, web-2 true false' },
    { name: 'web-canary', endpoints: 'web-3 true false' },
  ],
  routes: [
    {
      namespace: 'shop',
      name: 'web',
      className: 'nginx',
      stableService: 'web',
      canaryService: 'web-canary',
      ports: ['80'],
      weight: 20,
      weightTotal: null,
      leadsByRule: false,
    },
  ],
};
const SHOWS = answerAfter('weight-20');
const FORMER = answerAfter('weight-0');
/** Pods behind each Service, and their addresses. */
const PODS_BEHIND: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  web: { 'web-1': '10.0.0.1', 'web-2': '10.0.0.2' },
  'web-canary': { 'web-3': '10.0.0.3' },
};

function answerAfter(state: string): string {
  const folder = join(import.meta.dirname, '..', '..', 'core', 'traffic', 'nginx', 'answers');
  return readFileSync(join(folder, `traefik-${state}.json`), 'utf8');
}

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

interface World {
  /** What the proxy answers now. */
  answer: { readonly status?: number; readonly text: string };
  /** Addresses of its pods; an unused one refuses connections. */
  pods: readonly { readonly phase: string; readonly podIP?: string }[];
  asked: number;
}

async function asking(world: World, proxy: Partial<ProxyToAsk> = {}) {
  const server: Server = createServer((_request, response) => {
    world.asked += 1;
    response.writeHead(world.answer.status ?? 200).end(world.answer.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ close: () => server.close() });
  const metrics = createMetrics({ version: 'test' });
  const list = async (resource: Resource, { labelSelector = '' }: { labelSelector?: string }) => {
    await Promise.resolve();
    if (resource === PODS) return page(world.pods.map((status) => ({ status })));
    const pods = Object.entries(PODS_BEHIND[labelSelector.split('=')[1] ?? ''] ?? {});
    const endpoints = pods.map(([name, address]) => ({
      addresses: [address],
      conditions: { ready: true },
      targetRef: { kind: 'Pod', name },
    }));
    return page([{ metadata: { name: 'slice', uid: 'u', resourceVersion: '1' }, endpoints }]);
  };
  const kind = ASKABLE_PROXIES.get('traefik');
  if (kind === undefined) throw new Error('it can be asked');
  const proxies = [
    {
      kind,
      namespace: 'edge',
      selector: 'app=proxy',
      port: (server.address() as AddressInfo).port,
      className: 'nginx',
      ...proxy,
    },
  ];
  const logger = createLogger({ level: 'fatal', format: 'json' });
  const told: string[] = [];
  const onUnasked = (_key: string, why: string) => told.push(why);
  const asks = new AskProxies({ client: { list }, clock: realClock, logger, metrics, proxies, onUnasked });
  const enqueued: string[] = [];
  asks.connect((key) => enqueued.push(key));
  opened.push(asks);
  const counted = async (outcome: string) => {
    const { values } = await metrics.proxyAsks.get();
    return values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
  };
  return { asks, enqueued, told, counted };
}

function page(items: readonly unknown[]) {
  return { items, resourceVersion: '1', continueToken: '' };
}

function worldOf(text: string): World {
  return { answer: { text }, pods: [{ phase: 'Running', podIP: '127.0.0.1' }], asked: 0 };
}

function soon() {
  return { wanted: WANTED, until: Date.now() + 60_000 };
}

describe('a wait', () => {
  test('ends when the proxy shows what is wanted, a margin later, and the Rollout is looked at again', async () => {
    const world = worldOf(FORMER);
    const { asks, enqueued, counted } = await asking(world);
    asks.follow(KEY, soon());
    await expect.poll(() => counted('pending')).toBeGreaterThan(0);
    expect(asks.shownFor(KEY)).toBeUndefined();
    const changedAt = Date.now();
    world.answer = { text: SHOWS };
    await expect.poll(() => enqueued).toEqual([KEY]);
    expect(asks.shownFor(KEY)?.state).toBe('state-1');
    expect(asks.shownFor(KEY)?.settledAt).toBeGreaterThanOrEqual(changedAt + 500);
    // Nothing more is asked for it, although the known time goes on.
    asks.follow(KEY, soon());
    const { asked } = world;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(world.asked).toBe(asked);
  });

  test('for something else begins anew', async () => {
    const world = worldOf(SHOWS);
    const { asks } = await asking(world);
    asks.follow(KEY, soon());
    await expect.poll(() => asks.shownFor(KEY)).toBeDefined();
    world.answer = { text: FORMER };
    asks.follow(KEY, { wanted: { ...WANTED, state: 'state-2' }, until: Date.now() + 60_000 });
    expect(asks.shownFor(KEY)).toBeUndefined();
  });

  test.each<{ readonly name: string; readonly change: (world: World) => void }>([
    { name: 'answers with an error', change: (world) => (world.answer = { status: 500, text: SHOWS }) },
    { name: 'answers something unknown', change: (world) => (world.answer = { text: '{"backends":[]}' }) },
    { name: 'answers no JSON', change: (world) => (world.answer = { text: '<html>' }) },
    { name: 'answers without an end', change: (world) => (world.answer = { text: `"${'x'.repeat(9_000_000)}"` }) },
    { name: 'has no pod', change: (world) => (world.pods = []) },
    {
      name: 'has a pod that cannot be reached',
      change: (world) =>
        (world.pods = [
          { phase: 'Running', podIP: '127.0.0.1' },
          { phase: 'Running', podIP: '127.77.0.1' },
        ]),
    },
  ])('lasts for the known time where the proxy $name', async ({ change }) => {
    const world = worldOf(SHOWS);
    change(world);
    const { asks, enqueued, told, counted } = await asking(world);
    asks.follow(KEY, soon());
    await expect.poll(() => counted('unknown')).toBeGreaterThan(1);
    expect(told).toHaveLength(1);
    expect(asks.shownFor(KEY)).toBeUndefined();
    expect(enqueued).toEqual([]);
  });

  test('that the proxy has not ended in time says what was not shown', async () => {
    const { asks, told, enqueued } = await asking(worldOf(FORMER));
    asks.follow(KEY, { wanted: WANTED, until: Date.now() + 500 });
    await expect
      .poll(() => told)
      .toEqual(['a pod of traefik does not show the weight 20 of 100 at shop-web-web-80-wrr']);
    expect(enqueued).toEqual([]);
  });

  test('of an Ingress whose class no proxy was named for asks nothing', async () => {
    const world = worldOf(SHOWS);
    const { asks } = await asking(world, { className: 'internal' });
    asks.follow(KEY, soon());
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(world.asked).toBe(0);
  });

  test('that is over is not asked for, and its Rollout is not looked at for it', async () => {
    const world = worldOf(FORMER);
    const { asks, enqueued } = await asking(world);
    asks.follow(KEY, soon());
    await expect.poll(() => world.asked).toBeGreaterThan(0);
    asks.follow(KEY, null);
    world.answer = { text: SHOWS };
    const { asked } = world;
    await new Promise((resolve) => setTimeout(resolve, 700));
    // One question may have been under way.
    expect(world.asked).toBeLessThanOrEqual(asked + 1);
    expect(enqueued).toEqual([]);
  });
});
