/** What a page of a Rollout shows of its weight behind the Gateway API: what the route says, where a person may read it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../src/api/schema/canary.ts';
import { NamespaceFeed } from '../../../src/dashboard/server/namespace-feed.ts';
import { SameObjects } from '../../../src/dashboard/server/same-objects.ts';
import { Client } from '../../../src/runtime/client.ts';
import { realClock } from '../../../src/runtime/clock.ts';
import { Transport } from '../../../src/runtime/transport.ts';
import { canary } from '../../api/sample-rollout.ts';
import { FakeApiServer } from '../../runtime/fake-api-server.ts';

const ROLLOUT = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web';
const ROUTE = '/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/web';
const COUNTER = { inc: () => undefined };
/** The status says 20. */
const status = { canary: { weights: { canary: { weight: 20 }, stable: { weight: 80 } } } };

let server: FakeApiServer;
let transport: Transport;
let feed: NamespaceFeed;

beforeEach(async () => {
  server = await FakeApiServer.start();
  transport = new Transport(server.kubeConfig(), realClock);
  const metrics = { apiRequests: COUNTER, clientThrottleSeconds: COUNTER };
  const client = new Client({ transport, clock: realClock, metrics, userAgent: 'test', qps: 1000, burst: 1000 });
  feed = new NamespaceFeed({ client, clock: realClock }, 'shop', new SameObjects());
});

afterEach(async () => {
  await feed.stop();
  await transport.close();
  await server.stop();
});

function putRollout(trafficRouting: NonNullable<CanaryStrategy['trafficRouting']>): void {
  const { spec } = canary({ stableService: 'web', canaryService: 'web-canary', trafficRouting });
  server.put(ROLLOUT, { spec, status });
}

function putRoute(weight: number): void {
  const backendRefs = [
    { name: 'web', weight: 100 - weight },
    { name: 'web-canary', weight },
  ];
  server.put(ROUTE, { spec: { rules: [{ backendRefs }] } });
}

async function weight(): Promise<number | undefined> {
  const seen = await feed.look('web');
  return seen === null ? undefined : feed.view(seen).weight?.highest;
}

test('is that of the route, whatever the status says, and a change of the route is told', async () => {
  putRollout({ gatewayAPI: { httpRoute: 'web' } });
  putRoute(35);
  expect(await weight()).toBe(35);
  const told: unknown[] = [];
  feed.onChange((names) => told.push(names));
  putRoute(60);
  await expect.poll(weight).toBe(60);
  await expect.poll(() => told).toContain(null);
});

test('is that of the status where the route may not be read, and the page says why', async () => {
  server.fault = ({ path }) => (path.includes('httproutes') ? { status: 403 } : undefined);
  putRollout({ gatewayAPI: { httpRoute: 'web' } });
  putRoute(35);
  expect(await weight()).toBe(20);
  expect(feed.trouble).toContain('httproutes');
});

test('no route is asked for before a Rollout leads through one', async () => {
  putRollout({ nginx: { stableIngress: 'web' } });
  await feed.look('web');
  const asked = () => server.requests.filter(({ path }) => path.includes('gateway.networking')).length;
  expect(asked()).toBe(0);
  putRoute(35);
  putRollout({ gatewayAPI: { httpRoute: 'web' } });
  await expect.poll(weight).toBe(35);
});
