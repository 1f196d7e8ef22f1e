/**
 * What only a route of the Gateway API has, under load: testers who reach the canary by a rule of their own, exact shares,
 * and the rules that are left in the route afterwards. All other files of this suite release through it as well.
 */
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/cluster/wait.ts';
import type { Answer } from '../testbed/data-plane/answers.ts';
import type { Load } from '../testbed/data-plane/load.ts';
import { chosenProxy } from '../testbed/data-plane/proxies.ts';
import { abort, promote } from './commands.ts';
import { imageOf, rolloutOf, type Kind } from './rollout.ts';
import { test } from './test.ts';
import type { Traffic } from './traffic.ts';

const ENOUGH = 1_000;
const AFTERWARDS = 200;
const PER_SECOND = 205;

/** What the Gateway does not have: Traefik does not mirror, and Contour, which does, mirrors no part of the requests. */
const LACKING =
  chosenProxy() === 'contour'
    ? { percentage: 50, feature: 'HTTPRouteRequestPercentageMirror', className: 'contour' }
    : { feature: 'HTTPRouteRequestMirror', className: 'traefik' };

/** Under the name of the plugin, as people have it. */
function kindOf({ name }: Traffic): Kind {
  // A prefix becomes a pattern, which the API leaves to each implementation.
  const header = { headerName: 'X-Tester', headerValue: { prefix: 'ye' } };
  const cookie = { headerName: 'Cookie', headerValue: { regex: '^(.*; *)?beta=yes(;.*)?$' } };
  return {
    canary: {
      trafficRouting: {
        managedRoutes: [{ name: 'testers' }, { name: 'beta' }],
        plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: name } },
      },
    },
    steps: [
      { setCanaryScale: { weight: 25 } },
      { setHeaderRoute: { name: 'testers', match: [header] } },
      { setHeaderRoute: { name: 'beta', match: [cookie] } },
      { pause: {} },
      ...[20, 50, 70].flatMap((setWeight) => [{ setWeight }, { pause: {} }]),
    ],
  };
}

/** Load on the blue version, while the green one waits for testers. */
async function begun(traffic: Traffic): Promise<Load> {
  const { session, name } = traffic;
  const kind = kindOf(traffic);
  await session.apply(...traffic.routing, rolloutOf(traffic, 'blue', kind));
  await session.until(name, { phase: 'Healthy' });
  const load = await traffic.load({ perSecond: PER_SECOND });
  await session.apply(rolloutOf(traffic, 'green', kind));
  await session.until(name, { phase: 'Paused', index: 3, canaryImage: imageOf('green') });
  return load;
}

const STOPS = [
  { index: 5, weight: 20 },
  { index: 7, weight: 50 },
  { index: 9, weight: 70 },
];

/** The weights of all backends of the route, rule by rule. */
async function weights({ session, name }: Traffic): Promise<readonly (readonly number[])[]> {
  const route = await session.get('httproutes', name);
  return (route.spec?.rules ?? []).map(({ backendRefs = [] }) => backendRefs.map(({ weight = 1 }) => weight));
}

async function measuredShare(traffic: Traffic, load: Load, version: string): Promise<number> {
  await traffic.propagated();
  return (await load.next(ENOUGH)).percentOf(version);
}

/** Answers from another version, once the proxy must have heard of everything. */
async function wrongAfterwards(traffic: Traffic, load: Load, version: string): Promise<readonly Answer[]> {
  await traffic.propagated();
  return (await load.next(AFTERWARDS)).notFrom(version);
}

describe('a release through an HTTPRoute', () => {
  test('testers, then 20, 50 and 70 % reach the canary, and after the promotion only the new version answers', async ({
    traffic,
  }) => {
    const { session, name } = traffic;
    await using load = await begun(traffic);
    await traffic.propagated();
    const testers = await traffic.sample(50, { headers: { 'X-Tester': 'yes' } });
    expect(testers.notFrom('green')).toEqual([]);
    const withCookie = await traffic.sample(50, { headers: { Cookie: 'id=7; beta=yes; lang=en' } });
    expect(withCookie.notFrom('green')).toEqual([]);
    for (const headers of [{ 'X-Tester': 'aye' }, { Cookie: 'id=7; alphabeta=yes' }, { Cookie: 'beta=yesterday' }]) {
      expect((await traffic.sample(50, { headers })).notFrom('blue')).toEqual([]);
    }
    expect((await load.next(AFTERWARDS)).notFrom('blue')).toEqual([]);
    const shares: number[] = [];
    for (const { index, weight } of STOPS) {
      await promote(session, name);
      await session.until(name, { phase: 'Paused', index });
      expect(await weights(traffic)).toEqual([[1], [1], [100 - weight, weight]]);
      const share = await measuredShare(traffic, load, 'green');
      expect(Math.abs(share - weight)).toBeLessThanOrEqual(traffic.tolerance(weight, ENOUGH));
      shares.push(share);
    }
    await promote(session, name);
    await session.until(name, { phase: 'Healthy', stableImage: imageOf('green') });
    await waitFor(() => weights(traffic), {
      what: 'all requests to go to the stable Service',
      until: (rules) => JSON.stringify(rules) === '[[100,0]]',
    });
    const wrong = await wrongAfterwards(traffic, load, 'green');
    await traffic.account((await load.stop()).all, {
      scenario: 'HTTPRoute, testers, 20, 50, 70 %, promoted',
      wrong,
      note: `measured ${shares.map((share) => share.toFixed(1)).join(', ')} %`,
    });
  });

  test('an abort brings all requests back, and the rules for testers go', async ({ traffic }) => {
    const { session, name } = traffic;
    await using load = await begun(traffic);
    for (const { index } of STOPS.slice(0, 2)) {
      await promote(session, name);
      await session.until(name, { phase: 'Paused', index });
    }
    await abort(session, name);
    await session.until(name, { phase: 'Degraded', aborted: true });
    await waitFor(() => weights(traffic), {
      what: 'all requests to go to the stable Service',
      until: (rules) => JSON.stringify(rules) === '[[100,0]]',
    });
    const wrong = await wrongAfterwards(traffic, load, 'blue');
    expect(wrong).toEqual([]);
    await traffic.account((await load.stop()).all, { scenario: 'HTTPRoute, aborted at 50 %', wrong });
  });

  test('is refused before the route is written where its Gateway cannot mirror so, and no request is lost', async ({
    traffic,
  }) => {
    const { session, name } = traffic;
    const kind = kindOf(traffic);
    await session.apply(...traffic.routing, rolloutOf(traffic, 'blue', kind));
    await session.until(name, { phase: 'Healthy' });
    await using load = await traffic.load({ perSecond: PER_SECOND });
    const { feature, className, ...percentage } = LACKING;
    const steps = [
      { setMirrorRoute: { name: 'testers', match: [{ path: { prefix: '/' } }], ...percentage } },
      { pause: {} },
    ];
    await session.apply(rolloutOf(traffic, 'green', { ...kind, steps }));
    const { message } = await session.until(name, { phase: 'Degraded' });
    expect(message).toContain(`GatewayClass ${className} does not list ${feature} in status.supportedFeatures`);
    expect(await weights(traffic)).toEqual([[100, 0]]);
    const wrong = await wrongAfterwards(traffic, load, 'blue');
    expect(wrong).toEqual([]);
    await traffic.account((await load.stop()).all, { scenario: 'HTTPRoute, a mirror that its Gateway lacks', wrong });
  });
});
