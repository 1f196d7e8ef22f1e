/**
 * Releases through an HTTPRoute that a real Gateway serves, under load: what the weights say is what users get, and no
 * request is lost. It has a data plane of its own, because only here the definitions of the Gateway API are installed.
 */
import { afterAll, aroundAll, beforeAll, describe, expect, inject, onTestFailed, test } from 'vitest';
import { accessTo } from '../apiserver/global-setup.ts';
import type { TrafficRouting } from '../../src/api/schema/traffic-routing.ts';
import { routing, type RolloutManifest } from '../apiserver/manifests.ts';
import { Session } from '../apiserver/session.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { grantGatewayApi } from '../testbed/cluster/gateway-api.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import type { Answer } from '../testbed/data-plane/answers.ts';
import { startDataPlane, type DataPlane } from '../testbed/data-plane/data-plane.ts';
import { GATEWAY } from '../testbed/data-plane/gateway.ts';
import type { Load } from '../testbed/data-plane/load.ts';
import { abort, promote } from './commands.ts';
import { watchProxy } from './global-setup.ts';
import { Ledger } from './ledger.ts';
import { SelfHeal } from './self-heal.ts';
import { imageOf, rolloutOf } from './rollout.ts';
import { Traffic } from './traffic.ts';
import { inTurn, NO_LIMIT } from './turns.ts';

const ENOUGH = 1_000;
const AFTERWARDS = 200;
const PER_SECOND = 205;
/** Its proxy deals requests out in turn, so there is next to no chance in a share. */
const TOLERANCE = 2;
/** Its pods have addresses far from those of the other data planes. */
const FIRST_ADDRESS = 49_152;

aroundAll((runCases) => inTurn(inject('turns'), runCases), NO_LIMIT);

let dataPlane: DataPlane;
let proxy: Awaited<ReturnType<typeof watchProxy>>;
let controller: ControllerProcess;
beforeAll(async () => {
  dataPlane = await startDataPlane({ firstAddress: FIRST_ADDRESS, gatewayApi: true });
  await installSerin(dataPlane.plane);
  await grantGatewayApi(dataPlane.plane);
  controller = await startController(dataPlane.plane, { flags: ['--loglevel=debug'] });
  proxy = await watchProxy(dataPlane);
});
afterAll(async () => {
  await proxy?.stop();
  await dataPlane?.stop();
});

async function openTraffic(): Promise<Traffic> {
  const session = await Session.open(await accessTo(dataPlane.plane, controller));
  onTestFailed(async () => {
    console.error(await session.report());
    console.error(await session.kubectl('get', 'httproutes', '-o', 'yaml'));
  });
  return new Traffic(session, proxy.access, new Ledger(inject('ledger')));
}

/** The Services of `routing` without its Ingress, the route and the Rollout: what Git says. */
function manifestsOf(traffic: Traffic, version: string): readonly object[] {
  return [...routing(traffic.name).slice(0, 2), routeOf(traffic, traffic.host), released(traffic, version)];
}

function routeOf({ name }: Traffic, host: string): object {
  const backend = (service: string, weight: number) => ({ name: service, port: 80, weight });
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name },
    spec: {
      parentRefs: [GATEWAY],
      hostnames: [host],
      rules: [{ backendRefs: [backend(name, 100), backend(`${name}-canary`, 0)] }],
    },
  };
}

async function deploy(traffic: Traffic, version: string): Promise<void> {
  await traffic.session.apply(...manifestsOf(traffic, version));
  await traffic.session.until(traffic.name, { phase: 'Healthy' });
}

function released(traffic: Traffic, version: string): RolloutManifest {
  const { name } = traffic;
  // A prefix becomes a pattern, which the API leaves to each implementation.
  const header = { headerName: 'X-Tester', headerValue: { prefix: 'ye' } };
  const cookie = { headerName: 'Cookie', headerValue: { regex: '^(.*; *)?beta=yes(;.*)?$' } };
  return rolloutOf(traffic, version, {
    canary: {
      trafficRouting: {
        managedRoutes: [{ name: 'testers' }, { name: 'beta' }],
        plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: name } },
      },
    },
    steps: [
      { setCanaryScale: { weight: 25 }, setHeaderRoute: { name: 'testers', match: [header] } },
      { setHeaderRoute: { name: 'beta', match: [cookie] } },
      { pause: {} },
      ...[20, 50, 70].flatMap((setWeight) => [{ setWeight }, { pause: {} }]),
    ],
  });
}

/** Load on the blue version, while the green one waits for testers. */
async function begun(traffic: Traffic): Promise<Load> {
  const { session, name } = traffic;
  await deploy(traffic, 'blue');
  const load = await traffic.load({ perSecond: PER_SECOND });
  await session.apply(released(traffic, 'green'));
  await session.until(name, { phase: 'Paused', index: 2, canaryImage: imageOf('green') });
  return load;
}

const STOPS = [
  { index: 4, weight: 20 },
  { index: 6, weight: 50 },
  { index: 8, weight: 70 },
];

/** The weights of all backends of the route, rule by rule. */
async function weights({ session, name }: Traffic): Promise<readonly (readonly number[])[]> {
  const route = await session.get('httproutes', name);
  return (route.spec?.rules ?? []).map(({ backendRefs = [] }) => backendRefs.map(({ weight = 1 }) => weight));
}

async function untilWeights(traffic: Traffic, wanted: readonly (readonly number[])[]): Promise<void> {
  await waitFor(() => weights(traffic), {
    what: `the route to hold ${JSON.stringify(wanted)}`,
    until: (rules) => JSON.stringify(rules) === JSON.stringify(wanted),
  });
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
  test('testers, then 20, 50 and 70 % reach the canary, and after the promotion only the new version answers', async () => {
    const traffic = await openTraffic();
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
      expect(Math.abs(share - weight)).toBeLessThanOrEqual(TOLERANCE);
      shares.push(share);
    }
    await promote(session, name);
    await session.until(name, { phase: 'Healthy', stableImage: imageOf('green') });
    await untilWeights(traffic, [[100, 0]]);
    const wrong = await wrongAfterwards(traffic, load, 'green');
    await traffic.account((await load.stop()).all, {
      scenario: 'HTTPRoute, testers, 20, 50, 70 %, promoted',
      wrong,
      note: `measured ${shares.map((share) => share.toFixed(1)).join(', ')} %`,
    });
  });

  test('an abort brings all requests back, and the rules for testers go', async () => {
    const traffic = await openTraffic();
    const { session, name } = traffic;
    await using load = await begun(traffic);
    for (const { index } of STOPS.slice(0, 2)) {
      await promote(session, name);
      await session.until(name, { phase: 'Paused', index });
    }
    await abort(session, name);
    await session.until(name, { phase: 'Degraded', aborted: true });
    await untilWeights(traffic, [[100, 0]]);
    const wrong = await wrongAfterwards(traffic, load, 'blue');
    expect(wrong).toEqual([]);
    await traffic.account((await load.stop()).all, { scenario: 'HTTPRoute, aborted at 50 %', wrong });
  });

  test('goes on while a GitOps tool applies the route of Git again every second', async () => {
    const traffic = await openTraffic();
    const { session, name } = traffic;
    await deploy(traffic, 'blue');
    await using load = await traffic.load({ perSecond: PER_SECOND });
    const tool = new SelfHeal<string>(session, (version) => manifestsOf(traffic, version), 'blue');
    await tool.commit('green');
    await session.until(name, { phase: 'Paused', index: 2, canaryImage: imageOf('green') });
    for (const { index, weight } of STOPS) {
      await promote(session, name);
      await session.until(name, { phase: 'Paused', index });
      // Again and again, after every sync.
      await untilWeights(traffic, [[1], [1], [100 - weight, weight]]);
      await load.next(ENOUGH);
      expect(await session.look(name)).toMatchObject({ phase: 'Paused', index });
    }
    await promote(session, name);
    await session.until(name, { phase: 'Healthy', stableImage: imageOf('green') });
    const wrong = await wrongAfterwards(traffic, load, 'green');
    expect(wrong).toEqual([]);
    const syncs = await tool.stop();
    expect(syncs).toBeGreaterThan(5);
    await traffic.account((await load.stop()).all, {
      scenario: 'HTTPRoute, synced from Git every second: promoted',
      wrong,
      note: `${syncs} syncs of the route`,
    });
  });

  test('is refused before the route is written where its Gateway cannot mirror, and no request is lost', async () => {
    const traffic = await openTraffic();
    const { session, name } = traffic;
    await deploy(traffic, 'blue');
    await using load = await traffic.load({ perSecond: PER_SECOND });
    const { spec, ...rest } = released(traffic, 'green');
    const canary = { ...spec.strategy?.canary };
    const steps = [{ setMirrorRoute: { name: 'testers', match: [{ path: { prefix: '/' } }] } }, { pause: {} }];
    await session.apply({ ...rest, spec: { ...spec, strategy: { canary: { ...canary, steps } } } });
    const { message } = await session.until(name, { phase: 'Degraded' });
    expect(message).toContain('GatewayClass traefik does not list HTTPRouteRequestMirror in status.supportedFeatures');
    expect(await weights(traffic)).toEqual([[100, 0]]);
    const wrong = await wrongAfterwards(traffic, load, 'blue');
    expect(wrong).toEqual([]);
    await traffic.account((await load.stop()).all, { scenario: 'HTTPRoute, a mirror that Traefik lacks', wrong });
  });
});

describe('the bridge of a migration', () => {
  test('leads by the Ingress, by both with the same weight, and by the route alone, and loses no request', async () => {
    const traffic = await openTraffic();
    const { session, name } = traffic;
    const moved = `moved-${traffic.host}`;
    const steps = [20, 50].flatMap((setWeight) => [{ setWeight }, { pause: {} }]);
    const through = (trafficRouting: TrafficRouting, version: string) =>
      rolloutOf(traffic, version, { canary: { trafficRouting }, steps });
    const nginx = { stableIngress: name };
    const gatewayAPI = { httpRoute: name };
    await session.apply(...routing(name), routeOf(traffic, moved), through({ nginx }, 'blue'));
    await session.until(name, { phase: 'Healthy' });
    await using byIngress = await traffic.load({ perSecond: PER_SECOND });
    await using byRoute = await traffic.load({ perSecond: PER_SECOND, host: moved });
    const shares = async () => {
      await traffic.propagated();
      const both = await Promise.all([byIngress.next(ENOUGH), byRoute.next(ENOUGH)]);
      return both.map((answers) => answers.percentOf('green'));
    };
    const apart = (measured: readonly number[], weight: number) =>
      measured.map((share) => Math.abs(share - weight)).filter((points) => points > TOLERANCE);

    await session.apply(through({ nginx }, 'green'));
    await session.until(name, { phase: 'Paused', index: 1, weight: 20, canaryImage: imageOf('green') });
    await session.apply(through({ nginx, gatewayAPI }, 'green'));
    await untilWeights(traffic, [[80, 20]]);
    const bridged = await shares();
    expect(apart(bridged, 20)).toEqual([]);
    await promote(session, name);
    await session.until(name, { phase: 'Paused', index: 3, weight: 50 });
    expect(apart(await shares(), 50)).toEqual([]);

    await session.apply(through({ gatewayAPI }, 'green'));
    await session.until(name, { phase: 'Paused', index: 3, weight: null });
    expect(await weights(traffic)).toEqual([[50, 50]]);
    await promote(session, name);
    await session.until(name, { phase: 'Healthy', stableImage: imageOf('green') });
    await untilWeights(traffic, [[100, 0]]);
    const wrong = (
      await Promise.all([byIngress, byRoute].map((load) => wrongAfterwards(traffic, load, 'green')))
    ).flat();
    expect(wrong).toEqual([]);
    const all = [...(await byIngress.stop()).all, ...(await byRoute.stop()).all];
    await traffic.account(all, {
      scenario: 'from an Ingress to an HTTPRoute in the middle of a release',
      wrong,
      note: `at 20 % measured ${bridged.map((share) => share.toFixed(1)).join(' and ')} %`,
    });
  });
});
