/**
 * What `setMirrorRoute` does to requests, behind a Gateway that mirrors: as many copies reach the canary's pods as there are
 * requests to copy, nobody gets the canary's answer to one, and none is sent any more when the step or the release has ended.
 */
import { describe, expect } from 'vitest';
import type { MirrorMatch } from '../../src/api/schema/steps.ts';
import type { Pod } from '../testbed/cluster/kubelet/pod.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import type { Answers } from '../testbed/data-plane/answers.ts';
import { ask } from '../testbed/data-plane/ask.ts';
import { GATEWAY } from '../testbed/data-plane/gateway.ts';
import { ASKED_PATH } from '../testbed/data-plane/image-behaviour.ts';
import { abort, promote } from './commands.ts';
import { deploy, imageOf, rolloutOf, until, type Kind } from './rollout.ts';
import { test } from './test.ts';
import type { Traffic } from './traffic.ts';

const ENOUGH = 1_000;
const FEW = 200;
const PER_SECOND = 205;
const PORT = 8_080;
/** Envoy ends the Host of a copy with it, so that who gets one can tell. */
const OF_A_COPY = '-shadow';

const COPIES = 'copies';
/** Steps at which the release waits. */
const COPIED = 2;
const WEIGHTED = 4;
const ENDED = 6;

const SOME = [{ method: { exact: 'GET' }, path: { prefix: '/copied' } }];
/** The rule with the copies then matches the same as the one that it is made of. */
const ALL = [{ path: { prefix: '/' } }];

const KIND = copying(SOME);

function copying(match: readonly MirrorMatch[]): Kind {
  return {
    // Pods that count what they are asked.
    repository: 'shop/web',
    replicas: 2,
    managedRoutes: [{ name: COPIES }],
    // So that the pods can be asked afterwards.
    canary: { abortScaleDownDelaySeconds: 3_600 },
    steps: [
      { setCanaryScale: { replicas: 2 } },
      { setMirrorRoute: { name: COPIES, match } },
      { pause: {} },
      { setWeight: 30 },
      { pause: {} },
      { setMirrorRoute: { name: COPIES } },
      { pause: {} },
    ],
  };
}

/** Blue serves, and green gets copies. */
async function begun(traffic: Traffic, kind: Kind = KIND): Promise<void> {
  await deploy(traffic, 'blue', kind);
  await traffic.session.apply(rolloutOf(traffic, 'green', kind));
  await arrivedAt(traffic, COPIED);
}

async function arrivedAt(traffic: Traffic, index: number): Promise<void> {
  await until(traffic, { phase: 'Paused', index, canaryImage: imageOf('green', KIND) });
  await traffic.propagated();
}

/** How often the pods of the version were asked for the path, by requests and by copies of some. */
async function askedOf(traffic: Traffic, version: string, path: string, host = traffic.host) {
  const { session } = traffic;
  const { items } = await session.client.get<{ items: readonly Pod[] }>(session.pathOf('pods'));
  const own = items.filter(({ spec }) => spec.containers[0]?.image === imageOf(version, KIND));
  if (own.length === 0) throw new Error(`there are no pods of ${version} to ask`);
  const counts = await Promise.all(
    own.map(async ({ status }) => {
      const { body } = await ask({ host: status?.podIP ?? '', port: PORT }, { host: 'pod', path: ASKED_PATH });
      return JSON.parse(body) as Readonly<Record<string, number>>;
    }),
  );
  const sum = (key: string): number => counts.reduce((total, one) => total + (one[key] ?? 0), 0);
  return { requests: sum(`${host}${path}`), copies: sum(`${host}${OF_A_COPY}${path}`) };
}

/** That there is a copy of each request, and no copy elsewhere; nobody waits for a copy, so it may arrive later. */
async function untilAllCopied(traffic: Traffic, path: string, answers: Answers): Promise<void> {
  const uncopied = async (): Promise<number> => {
    const blue = await askedOf(traffic, 'blue', path);
    const green = await askedOf(traffic, 'green', path);
    return blue.requests + green.requests - green.copies;
  };
  await waitFor(uncopied, { what: `as many copies as requests to ${path}`, until: (count) => count === 0 });
  expect((await askedOf(traffic, 'blue', path)).copies).toBe(0);
  expect((await askedOf(traffic, 'green', path)).copies).toBeGreaterThanOrEqual(answers.count);
}

async function expectNoCopies(traffic: Traffic, path: string): Promise<void> {
  const answers = await traffic.sample(FEW, { path });
  expect(answers.failures).toEqual([]);
  expect((await askedOf(traffic, 'blue', path)).copies).toBe(0);
  expect((await askedOf(traffic, 'green', path)).copies).toBe(0);
}

describe('requests are copied to the canary', () => {
  test('all that match, with the weights of the others, until a step ends it', async ({ traffic }) => {
    const { session, name } = traffic;
    await begun(traffic);
    await using load = await traffic.load({ perSecond: PER_SECOND, path: '/copied/all' });
    const copied = await traffic.sample(FEW, { path: '/copied/first' });
    expect(copied.notFrom('blue')).toEqual([]);
    await untilAllCopied(traffic, '/copied/first', copied);
    await expectNoCopies(traffic, '/other');
    expect((await load.next(ENOUGH)).notFrom('blue')).toEqual([]);

    await promote(session, name);
    await arrivedAt(traffic, WEIGHTED);
    const divided = await traffic.sample(ENOUGH, { path: '/copied/divided' });
    const share = divided.percentOf('green');
    expect(Math.abs(share - 30)).toBeLessThanOrEqual(traffic.tolerance(30, ENOUGH));
    await untilAllCopied(traffic, '/copied/divided', divided);

    await promote(session, name);
    await arrivedAt(traffic, ENDED);
    await expectNoCopies(traffic, '/copied/ended');
    await promote(session, name);
    await until(traffic, { phase: 'Healthy', weight: 0, stableImage: imageOf('green', KIND) });
    await traffic.propagated();
    const wrong = (await load.next(FEW)).notFrom('green');
    const note = `${share.toFixed(1)} % at 30`;
    await traffic.account((await load.stop()).all, { scenario: 'copies to the canary, promoted', wrong, note });
  });

  test('all of a rule, until an abort', async ({ traffic }) => {
    const { session, name } = traffic;
    await begun(traffic, copying(ALL));
    const { status } = await session.get('httproutes', name);
    // Contour ignores the later one of two rules that match the same, and says so; the earlier one carries its weights.
    expect(status?.parents?.flatMap(({ conditions = [] }) => conditions)).toContainEqual(
      expect.objectContaining({ type: 'PartiallyInvalid', status: 'True' }),
    );
    await using load = await traffic.load({ perSecond: PER_SECOND, path: '/copied/all' });
    await untilAllCopied(traffic, '/copied/first', await traffic.sample(FEW, { path: '/copied/first' }));
    await abort(session, name);
    await until(traffic, { phase: 'Degraded', aborted: true });
    await traffic.propagated();
    const { copies } = await askedOf(traffic, 'green', '/copied/all');
    await expectNoCopies(traffic, '/copied/aborted');
    expect((await askedOf(traffic, 'green', '/copied/all')).copies).toBe(copies);
    const answers = await load.stop();
    await traffic.account(answers.all, { scenario: 'copies to the canary, aborted', wrong: answers.notFrom('blue') });
  });
});

test('a part of the requests: all are copied, which is why Serin must not be told that the Gateway can', async ({
  traffic,
}) => {
  const { session, name } = traffic;
  await deploy(traffic, 'blue', KIND);
  const host = `part.${traffic.host}`;
  const requestMirror = { backendRef: { name: `${name}-canary`, port: 80 }, percent: 10 };
  await session.apply({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: `${name}-part` },
    spec: {
      parentRefs: [GATEWAY],
      hostnames: [host],
      rules: [{ filters: [{ type: 'RequestMirror', requestMirror }], backendRefs: [{ name, port: 80 }] }],
    },
  });
  const path = '/part';
  const answers = await traffic.sample(FEW, { host, path });
  expect(answers.failures).toEqual([]);
  await waitFor(() => askedOf(traffic, 'blue', path, host), {
    what: 'a copy of every request',
    until: ({ requests, copies }) => requests >= FEW && copies === requests,
  });
});
