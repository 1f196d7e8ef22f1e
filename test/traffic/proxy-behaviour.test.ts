/**
 * How the proxy reads canary annotations, and how long it takes: measured, and held against what `behaviour/cases.ts`
 * expects, from which dialects and hazards follow. With `SERIN_PROXIES_PAGE=write` its tables in docs/reference/proxies.md
 * are written anew. It has a data plane of its own, without Serin.
 */
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, aroundAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { waitFor } from '../testbed/cluster/wait.ts';
import { ask, untilServed } from '../testbed/data-plane/ask.ts';
import { startDataPlane, type DataPlane } from '../testbed/data-plane/data-plane.ts';
import { chosenIngressProxy, type IngressProxyName } from '../testbed/data-plane/proxies.ts';
import { toleranceOf } from '../testbed/data-plane/proxy.ts';
import { readBeats } from '../testbed/data-plane/pulse.ts';
import { firstAddressOf } from './addresses.ts';
import { CASES, type Case, type Outcome, type Question } from './behaviour/cases.ts';
import { hostOf, objectsOf } from './behaviour/layout.ts';
import { sample, type Sample } from './behaviour/sample.ts';
import { follow, spread, type Change } from './behaviour/times.ts';
import { rounds } from './extent.ts';
import { watchProxy } from './global-setup.ts';
import { table, writeSection } from './page.ts';
import { inTurn, NO_LIMIT } from './turns.ts';

const PAGE = 'docs/reference/proxies.md';
const NAMESPACE = 'behaviour';
const INGRESSES = `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/ingresses`;
const FEW = 60;
const MANY = 1_000;
const CHANGES = rounds(30, 3);
const BEATS = rounds(60, 10);
/** Long enough that the proxy has nothing to do when the next change comes. */
const REST_MS = 4_000;
/** The case whose objects are changed to see how long that takes. */
const TIMED = 'timed';

interface IngressList {
  readonly items: readonly { readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly object[] } } }[];
}

aroundAll((run) => inTurn(inject('turns'), run), NO_LIMIT);

const NAME: IngressProxyName = chosenIngressProxy();
let dataPlane: DataPlane;
const sections: string[] = [];
let busy: readonly number[] = [];
beforeAll(async () => {
  dataPlane = await startDataPlane({ proxy: NAME, firstAddress: firstAddressOf('proxy-behaviour') });
  await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }]);
  await apply(['blue', 'green'].map(deployment));
  const layouts = [...CASES.map((one, index) => objectsOf(nameOf(index), one)), objectsOf(TIMED, { canary: {} })];
  for (const group of [0, 1, 2, 3]) {
    await apply(layouts.flatMap((groups) => groups[group] ?? []));
    await delay(1_100);
  }
  const { address } = dataPlane.proxy;
  for (const [index, one] of CASES.entries()) {
    await untilServed(
      address,
      { host: hostOf(nameOf(index)), path: one.stablePaths?.[0] ?? '/' },
      (status) => status !== 404,
    );
  }
});
afterAll(async () => {
  process.stdout.write(`\n${sections.join('\n\n')}\n`);
  if (process.env.SERIN_PROXIES_PAGE === 'write') await writeSection({ page: PAGE, name: NAME }, sections.join('\n\n'));
  await dataPlane?.stop();
});

function nameOf(index: number): string {
  return `case-${index}`;
}

async function apply(objects: readonly object[]): Promise<void> {
  if (objects.length === 0) return;
  const stdin = objects.map((one) => JSON.stringify(one)).join('\n---\n');
  await dataPlane.plane.mustKubectl(['apply', '-n', NAMESPACE, '-f', '-'], { stdin });
}

function deployment(colour: string): object {
  const labels = { app: colour };
  const container = { name: 'web', image: `shop/web:${colour}`, ports: [{ name: 'http', containerPort: 8080 }] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: colour },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
}

function patch(path: string, body: object): Promise<unknown> {
  const [kind = ''] = path.split('/');
  const api = kind === 'services' ? '/api/v1' : '/apis/networking.k8s.io/v1';
  return dataPlane.plane.client().patch(`${api}/namespaces/${NAMESPACE}/${path}`, 'merge', body);
}

/**
 * ingress-nginx writes its address into every Ingress, up to a minute after they are made, and reads all of them anew for
 * each such write: a change that comes in between is not the only one, and waits for its turn.
 */
async function addressed(): Promise<void> {
  if (NAME !== 'ingress-nginx') return;
  await waitFor(() => dataPlane.plane.client().get<IngressList>(INGRESSES), {
    what: 'the proxy to have written its address into every Ingress',
    until: ({ items }) => items.every(({ status }) => (status?.loadBalancer?.ingress ?? []).length > 0),
    timeoutMs: 180_000,
  });
}

/** All writes so far are in force afterwards. Resolves with how long it took to act on so many that came each second. */
async function settled(beats: number): Promise<readonly number[]> {
  const from = Date.now() + dataPlane.proxy.propagationMs;
  const watched = await watchProxy(dataPlane.plane, dataPlane.proxy);
  const { pulseLog } = watched.access;
  const seen = await waitFor(async () => (await readBeats(pulseLog)).filter((one) => one.writtenAt > from), {
    what: 'the proxy to act on a write',
    until: (all) => all.length >= beats,
    timeoutMs: 600_000,
  });
  await watched.stop();
  return seen.map(({ writtenAt, seenAt }) => seenAt - writtenAt);
}

async function answerTo(one: Case, name: string, question: Question): Promise<Sample> {
  const { address } = dataPlane.proxy;
  const host = question.preview === true ? hostOf(`preview-${name}`) : hostOf(name);
  const path = question.path ?? one.stablePaths?.[0] ?? '/';
  const cookies = [
    ...(question.headers?.cookie === undefined ? [] : [question.headers.cookie]),
    ...(question.boundTo === undefined ? [] : await cookiesOf({ host, path }, question.boundTo)),
  ];
  const headers = { ...question.headers, ...(cookies.length === 0 ? {} : { cookie: cookies.join('; ') }) };
  return sample(address, isShare(expectedOf(question)) ? MANY : FEW, { host, path, headers });
}

/** What a client of this side has to send along. */
async function cookiesOf(wish: { host: string; path: string }, side: 'stable' | 'canary'): Promise<readonly string[]> {
  const version = side === 'stable' ? 'blue' : 'green';
  const { headers } = await waitFor(() => ask(dataPlane.proxy.address, wish), {
    what: `an answer of ${version} that binds`,
    until: ({ status, body }) => status === 200 && body.includes(`:${version}"`),
    intervalMs: 10,
  });
  return (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';', 1)[0] ?? '');
}

function expectedOf({ expected }: Question): Outcome {
  return typeof expected === 'object' && NAME in expected
    ? (expected as Readonly<Record<IngressProxyName, Outcome>>)[NAME]
    : (expected as Outcome);
}

function isShare(outcome: Outcome): outcome is number {
  return typeof outcome === 'number' && outcome > 0 && outcome < 100;
}

function isAs(outcome: Outcome, { canaryPercent, statuses, requests }: Sample): boolean {
  if (typeof outcome === 'object') return Number.isNaN(canaryPercent) && statuses.join() === String(outcome.status);
  if (statuses.length > 0) return false;
  const tolerance = isShare(outcome) ? toleranceOf(dataPlane.proxy.shares, outcome, requests) : 0;
  return Math.abs(canaryPercent - outcome) <= tolerance;
}

function told({ canaryPercent, statuses }: Sample): string {
  const share = Number.isNaN(canaryPercent) ? [] : [`${Number(canaryPercent.toFixed(1))} %`];
  return [...share, ...statuses.map((status) => `status ${status}`)].join(', ');
}

describe('the proxy', { concurrent: false }, () => {
  test('reads annotations as is expected of it', async () => {
    busy = await settled(BEATS);
    const rows: string[][] = [];
    const different: string[] = [];
    for (const [index, one] of CASES.entries()) {
      for (const [number, question] of one.asks.entries()) {
        const seen = await answerTo(one, nameOf(index), question);
        rows.push([number === 0 ? one.what : '', question.of, told(seen)]);
        const expected = expectedOf(question);
        if (!isAs(expected, seen))
          different.push(`${one.what}, ${question.of}: ${told(seen)} instead of ${JSON.stringify(expected)}`);
      }
    }
    sections.push(table(['annotations and objects', 'requests', "the canary's share"], rows));
    expect(different).toEqual([]);
  });

  test('acts on a write within the time that Serin allows, as a rule', async () => {
    const { address, propagationMs } = dataPlane.proxy;
    const wish = { host: hostOf(TIMED), path: '/' };
    const measure = async (write: (isNew: boolean) => Promise<unknown>): Promise<readonly Change[]> => {
      const changes: Change[] = [];
      for (let number = 0; number < CHANGES; number += 1) {
        await delay(REST_MS * (1 + Math.random()));
        const isNew = number % 2 === 0;
        changes.push(await follow(address, wish, isNew ? 'green' : 'blue', () => write(isNew)));
      }
      return changes;
    };
    const weigh = (percent: number): Promise<unknown> =>
      patch(`ingresses/${TIMED}-canary`, {
        metadata: { annotations: { 'nginx.ingress.kubernetes.io/canary-weight': String(percent) } },
      });
    const select = (service: string, isNew: boolean): Promise<unknown> =>
      patch(`services/${service}`, { spec: { selector: { app: isNew ? 'green' : 'blue' } } });
    await addressed();
    await weigh(0);
    const weights = await measure((isNew) => weigh(isNew ? 100 : 0));
    await follow(address, wish, 'blue', () => weigh(0));
    const stable = await measure((isNew) => select(TIMED, isNew));
    await follow(address, wish, 'green', () => select(TIMED, true));
    await select(`${TIMED}-canary`, false);
    await follow(address, wish, 'blue', () => weigh(100));
    const canary = await measure((isNew) => select(`${TIMED}-canary`, isNew));
    const row = (what: string, changes: readonly Change[]): string[] => [
      what,
      String(changes.length),
      spread(changes.map(({ firstNew }) => firstNew)),
      spread(changes.map(({ lastOld }) => lastOld)),
    ];
    sections.push(
      table(
        ['change', 'times', 'first new answer, median and worst (s)', 'last former answer, median and worst (s)'],
        [
          row('weight, nothing else changes', weights),
          row('selector of the stable Service', stable),
          row('selector of the canary Service', canary),
          ['a header value, while it changes every second', String(busy.length), '', spread(busy)],
        ],
      ),
      `With a load of ${(loadavg()[0] ?? 0).toFixed(0)} on ${availableParallelism()} processors.`,
    );
    for (const changes of [weights, stable, canary]) {
      const sorted = changes.map(({ lastOld }) => lastOld).toSorted((a, b) => a - b);
      expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(propagationMs);
    }
  });
});
