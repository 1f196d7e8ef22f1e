/** A list for every tab of a person: what is sent, and what is not. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Outlet } from '../../../src/dashboard/server/outlet.ts';
import { RowsFeed } from '../../../src/dashboard/server/rows-feed.ts';
import { SameObjects } from '../../../src/dashboard/server/same-objects.ts';
import type { RowsEvent } from '../../../src/dashboard/wire.ts';
import { Client } from '../../../src/runtime/client.ts';
import { realClock } from '../../../src/runtime/clock.ts';
import { Transport } from '../../../src/runtime/transport.ts';
import { rollout } from '../../api/sample-rollout.ts';
import { FakeApiServer } from '../../runtime/fake-api-server.ts';

const PATH = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts';
const COUNTER = { inc: () => undefined };

class Tab {
  readonly ended = false;
  readonly events: RowsEvent[] = [];
  readonly troubles: unknown[] = [];
  onEnd(): void {}
  send(json: string, name: string): void {
    if (name === 'rows') this.events.push(JSON.parse(json) as RowsEvent);
    else this.troubles.push(JSON.parse(json));
  }
  get asOutlet(): Outlet {
    return this as unknown as Outlet;
  }
  /** The names in each event: those that come, and those that go. */
  get told(): readonly string[] {
    return this.events.map(({ reset, rows, gone }) =>
      [reset ? 'all:' : '', ...rows.map(({ name }) => name), ...gone.map(({ name }) => `-${name}`)].join(' ').trim(),
    );
  }
}

let server: FakeApiServer;
let transport: Transport;
let feeds: RowsFeed[];
const same = new SameObjects();

beforeEach(async () => {
  server = await FakeApiServer.start();
  transport = new Transport(server.kubeConfig(), realClock);
  feeds = [];
});

afterEach(async () => {
  await Promise.all(feeds.map((feed) => feed.stop()));
  await transport.close();
  await server.stop();
});

function feed(): RowsFeed {
  const metrics = { apiRequests: COUNTER, clientThrottleSeconds: COUNTER };
  const client = new Client({ transport, clock: realClock, metrics, userAgent: 'test', qps: 1000, burst: 1000 });
  const made = new RowsFeed({ client, clock: realClock }, null, same);
  feeds.push(made);
  return made;
}

function put(name: string, phase: string, more: object = {}): void {
  const status = { phase, message: '', observedGeneration: '1', ...more };
  server.put(`${PATH}/${name}`, { metadata: { generation: 1 }, spec: rollout().spec, status });
}

test('a tab gets all rows, then those that look different, and those that are gone', async () => {
  put('web', 'Healthy');
  put('api', 'Healthy');
  const [one, first] = [feed(), new Tab()];
  await one.open(first.asOutlet);
  expect(first.told).toEqual(['all: web api']);
  await expect.poll(() => server.openWatches).toBe(1);
  // What no row shows is sent to nobody.
  put('web', 'Healthy', { collisionCount: 3 });
  put('api', 'Degraded');
  await expect.poll(() => first.told).toEqual(['all: web api', 'api']);
  const second = new Tab();
  await one.open(second.asOutlet);
  server.remove(`${PATH}/web`);
  await expect.poll(() => first.told).toEqual(['all: web api', 'api', '-web']);
  expect(second.told).toEqual(['all: web api', '-web']);
  expect(second.events[0]?.rows.map(({ phase, needsAttention }) => [phase, needsAttention])).toEqual([
    ['Healthy', false],
    ['Degraded', true],
  ]);
});

test('many changes of a moment are one event', async () => {
  put('web', 'Healthy');
  const [one, tab] = [feed(), new Tab()];
  await one.open(tab.asOutlet);
  await expect.poll(() => server.openWatches).toBe(1);
  for (let count = 0; count < 50; count += 1) put('web', count % 2 === 0 ? 'Degraded' : 'Progressing');
  put('web', 'Degraded');
  await expect.poll(() => tab.events.at(-1)?.rows[0]?.phase).toBe('Degraded');
  expect(tab.events.length).toBeLessThanOrEqual(4);
});

test('rows that may not be listed any more are gone, with a sentence', async () => {
  put('web', 'Healthy');
  const [one, tab] = [feed(), new Tab()];
  await one.open(tab.asOutlet);
  await expect.poll(() => server.openWatches).toBe(1);
  server.fault = () => ({ status: 403, body: { message: 'rollouts is forbidden' } });
  server.endWatches();
  await expect.poll(() => tab.told).toEqual(['all: web', '-web']);
  expect(tab.troubles.at(-1)).toEqual({ message: 'Cannot watch rollouts of all namespaces: rollouts is forbidden' });
  expect(await one.namespaces()).toBeNull();
});

test('two people who are sent the same version share one copy, and an older one is not taken for it', async () => {
  put('web', 'Healthy');
  const [one, two] = [feed(), feed()];
  const tabs = [new Tab(), new Tab()] as const;
  const before = same.size;
  await Promise.all([one.open(tabs[0].asOutlet), two.open(tabs[1].asOutlet)]);
  expect(same.size - before).toBeLessThanOrEqual(1);
  await expect.poll(() => server.openWatches).toBe(2);
  put('web', 'Degraded');
  for (const tab of tabs) await expect.poll(() => tab.events.at(-1)?.rows[0]?.phase).toBe('Degraded');
});
