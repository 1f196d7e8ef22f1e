/**
 * How long a proxy of the Gateway API takes from a write until it acts on it: measured, and held against what Serin allows
 * for it. With `SERIN_PROXIES_PAGE=write` its table in docs/reference/proxies.md is written anew. No Rollout is in the way.
 */
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { service } from '../apiserver/manifests.ts';
import { untilServed } from '../testbed/data-plane/ask.ts';
import { chosenProxy } from '../testbed/data-plane/proxies.ts';
import { follow, spread, type Change } from './behaviour/times.ts';
import { rounds } from './extent.ts';
import { table, writeSection } from './page.ts';
import { test } from './test.ts';
import type { Traffic } from './traffic.ts';

const PAGE = 'docs/reference/proxies.md';
const TIMES = rounds(30, 5);
/** Long enough that the proxy has nothing to do when the next change comes. */
const REST_MS = 2_500;

function deployment(colour: string): object {
  const labels = { app: colour };
  const container = { name: 'web', image: `shop/web:${colour}`, ports: [{ name: 'http', containerPort: 8080 }] };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: colour },
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  };
}

/** A stable Service that leads to blue, a canary Service that leads to green, and a route that names both. */
async function layOut({ session, name, wayIn, host }: Traffic): Promise<void> {
  const services = [service(name, 'blue'), service(`${name}-canary`, 'green')];
  await session.apply(deployment('blue'), deployment('green'), ...services, wayIn.way(name, host));
}

function weigh({ session, name }: Traffic, percent: number): Promise<unknown> {
  const backendRefs = [
    { name, port: 80, weight: 100 - percent },
    { name: `${name}-canary`, port: 80, weight: percent },
  ];
  return session.client.patch(`${session.pathOf('httproutes')}/${name}`, 'merge', {
    spec: { rules: [{ backendRefs }] },
  });
}

function select({ session }: Traffic, name: string, app: string): Promise<unknown> {
  return session.client.patch(`${session.pathOf('services')}/${name}`, 'merge', { spec: { selector: { app } } });
}

/** Back and forth between the two; blue answers at first. */
async function measured(traffic: Traffic, write: (isGreen: boolean) => Promise<unknown>): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (let number = 0; number < TIMES; number += 1) {
    await delay(REST_MS * (1 + Math.random()));
    const isGreen = number % 2 === 0;
    const wish = { host: traffic.host, path: '/' };
    changes.push(await follow(traffic.address, wish, isGreen ? 'green' : 'blue', () => write(isGreen)));
  }
  await write(false);
  return changes;
}

test('a change is in force within the time that Serin allows', async ({ traffic }) => {
  const { name, host, address } = traffic;
  const from = Date.now();
  await layOut(traffic);
  await untilServed(address, { host, path: '/' });
  const weights = await measured(traffic, (isGreen) => weigh(traffic, isGreen ? 100 : 0));
  const stable = await measured(traffic, (isGreen) => select(traffic, name, isGreen ? 'green' : 'blue'));
  await follow(address, { host, path: '/' }, 'green', () => weigh(traffic, 100));
  await follow(address, { host, path: '/' }, 'blue', () => select(traffic, `${name}-canary`, 'blue'));
  const canary = await measured(traffic, (isGreen) => select(traffic, `${name}-canary`, isGreen ? 'green' : 'blue'));
  const beats = (await traffic.beats()).filter(({ writtenAt }) => writtenAt > from);
  const row = (what: string, changes: readonly Change[]): readonly string[] => [
    what,
    String(changes.length),
    spread(changes.map(({ firstNew }) => firstNew)),
    spread(changes.map(({ lastOld }) => lastOld)),
  ];
  const everySecond = spread(beats.map(({ writtenAt, seenAt }) => seenAt - writtenAt));
  const text = [
    table(
      ['change', 'times', 'first new answer, median and worst (s)', 'last former answer, median and worst (s)'],
      [
        row('weight', weights),
        row('selector of the stable Service', stable),
        row('selector of the canary Service', canary),
        ['a header value, while it changes every second', String(beats.length), '', everySecond],
      ],
    ),
    `With a load of ${(loadavg()[0] ?? 0).toFixed(0)} on ${availableParallelism()} processors.`,
  ].join('\n\n');
  process.stdout.write(`\n${text}\n`);
  if (process.env.SERIN_PROXIES_PAGE === 'write') await writeSection({ page: PAGE, name: chosenProxy() }, text);
  for (const changes of [weights, stable, canary]) {
    const sorted = changes.map(({ lastOld }) => lastOld).toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(traffic.propagationMs);
  }
});
