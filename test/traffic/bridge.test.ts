/**
 * A team moves from an Ingress to a Gateway while a release goes on and people use both: the Rollout leads through the
 * Ingress, then through both, then through the route alone, and back. The Gateway is a proxy of its own beside the one of
 * the Ingresses. It has a data plane of its own, because only here one Rollout has both.
 */
import { afterAll, aroundEach, beforeAll, describe, expect, inject, test, type TestContext } from 'vitest';
import type { TrafficRouting } from '../../src/api/schema/traffic-routing.ts';
import { accessTo } from '../apiserver/global-setup.ts';
import { Session } from '../apiserver/session.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { grantGatewayApi } from '../testbed/cluster/gateway-api.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import type { Answer } from '../testbed/data-plane/answers.ts';
import { startDataPlane, type DataPlane } from '../testbed/data-plane/data-plane.ts';
import type { Load } from '../testbed/data-plane/load.ts';
import { chosenProxy, startProxy } from '../testbed/data-plane/proxies.ts';
import { firstAddressOf } from './addresses.ts';
import { watchProxy } from './global-setup.ts';
import { PATIENT_PODS } from './kinds.ts';
import { Ledger } from './ledger.ts';
import { colour, deploy, imageOf, rolloutOf, type Kind } from './rollout.ts';
import { Traffic } from './traffic.ts';
import { inTurn, NO_LIMIT } from './turns.ts';
import { Walk } from './walk.ts';

const ENOUGH = 1_000;
const AFTERWARDS = 200;
/** Two loads at a time, each of half a scenario's. */
const PER_SECOND = 105;

aroundEach((runCase) => inTurn(inject('turns'), runCase), NO_LIMIT);

let dataPlane: DataPlane;
let controller: ControllerProcess;
type Watched = Awaited<ReturnType<typeof watchProxy>>;
let oldProxy: Watched;
let newProxy: Watched;
beforeAll(async () => {
  dataPlane = await startDataPlane({ proxy: chosenProxy(), firstAddress: firstAddressOf('bridge') });
  const { plane } = dataPlane;
  const gateway = await startProxy('gateway-api', plane);
  await installSerin(plane);
  await grantGatewayApi(plane);
  controller = await startController(plane, { flags: ['--loglevel=debug'] });
  oldProxy = await watchProxy(plane, dataPlane.proxy);
  newProxy = await watchProxy(plane, gateway);
});
afterAll(async () => {
  await oldProxy?.stop();
  await newProxy?.stop();
  await dataPlane?.stop();
});

/** The same Rollout, once behind each proxy. */
interface Bridge {
  readonly byIngress: Traffic;
  readonly byRoute: Traffic;
}

/** Cases wait for each other, so a failure is told by the context of its own case. */
async function openBridge({ onTestFailed }: Pick<TestContext, 'onTestFailed'>): Promise<Bridge> {
  const session = await Session.open(await accessTo(dataPlane.plane, controller));
  const ledger = new Ledger(inject('ledger'), expect.getState().testPath);
  onTestFailed(async () => {
    console.error(await session.report());
    console.error(await session.kubectl('get', 'httproutes,ingresses', '-o', 'yaml'));
  });
  return {
    byIngress: new Traffic(session, oldProxy.access, ledger),
    byRoute: new Traffic(session, newProxy.access, ledger),
  };
}

type WayName = 'ingress' | 'both' | 'route';

function routingOf({ byIngress, byRoute }: Bridge, way: WayName): TrafficRouting {
  const { name } = byIngress;
  const nginx = byIngress.wayIn.trafficRouting(name);
  const gatewayApi = byRoute.wayIn.trafficRouting(name);
  return { ingress: nginx, both: { ...nginx, ...gatewayApi }, route: gatewayApi }[way];
}

function kindFor(bridge: Bridge, kind: Kind, way: WayName): Kind {
  return { ...kind, canary: { ...kind.canary, trafficRouting: routingOf(bridge, way) } };
}

/**
 * From now on the Rollout leads this way, in the middle of its release. What it has left keeps its share where the stable
 * side is too small for all requests.
 */
async function lead(bridge: Bridge, kind: Kind, version: string, way: WayName): Promise<void> {
  const { session, name } = bridge.byIngress;
  await session.apply(rolloutOf(bridge.byIngress, version, kindFor(bridge, kind, way)));
  const left = keepsItsShare(kind) ? { canaryIngress: 50, route: 50 } : { canaryIngress: null, route: 0 };
  const wanted = {
    canaryIngress: way === 'route' ? left.canaryIngress : 50,
    route: way === 'ingress' ? left.route : 50,
  };
  await waitFor(() => weightsOf(bridge), {
    what: `the weights ${JSON.stringify(wanted)}`,
    until: ({ canaryIngress, route }) => canaryIngress === wanted.canaryIngress && route === wanted.route,
    timeoutMs: 120_000,
  });
  if (keepsItsShare(kind) && way !== 'both') {
    await waitFor(() => session.events(name), {
      what: 'the share that is kept to be reported',
      until: (events) => events.some(({ reason }) => reason === 'FormerRouterKept'),
    });
  }
  await session.until(name, { phase: 'Paused', canaryImage: imageOf(version, kind) });
}

/** Its stable side shrinks with the weight. */
function keepsItsShare({ canary }: Kind): boolean {
  return canary?.dynamicStableScale === true;
}

/** The canary's weight on each side; `null` without a canary Ingress. */
async function weightsOf({ byIngress: { session, name } }: Bridge) {
  const ingresses = await session.list('ingresses');
  const canary = ingresses.find(
    ({ metadata }) => metadata.annotations?.['nginx.ingress.kubernetes.io/canary'] === 'true',
  );
  const route = await session.get('httproutes', name);
  const backends = route.spec?.rules?.[0]?.backendRefs ?? [];
  return {
    canaryIngress:
      canary === undefined ? null : Number(canary.metadata.annotations?.['nginx.ingress.kubernetes.io/canary-weight']),
    route: backends.find((one) => one.name === `${name}-canary`)?.weight ?? 1,
  };
}

/** The loads of those who come by the Ingress, and of those who have moved. */
interface Loads {
  readonly byIngress: Load;
  readonly byRoute: Load;
}

async function propagated({ byIngress, byRoute }: Bridge): Promise<void> {
  await Promise.all([byIngress.propagated(), byRoute.propagated()]);
}

/** The share of the version on both sides, in percent, is as expected, the propagation allowed for. */
async function sharesAre(bridge: Bridge, loads: Loads, version: string, expected: Record<keyof Loads, number>) {
  await propagated(bridge);
  const measured: string[] = [];
  for (const side of ['byIngress', 'byRoute'] as const) {
    const share = (await loads[side].next(ENOUGH)).percentOf(version);
    const tolerance = bridge[side].tolerance(expected[side], ENOUGH);
    expect(Math.abs(share - expected[side]), `${side}: ${share} instead of ${expected[side]} %`).toBeLessThanOrEqual(
      tolerance,
    );
    measured.push(share.toFixed(1));
  }
  return measured.join(' and ');
}

const HALF = { byIngress: 50, byRoute: 50 };

describe.for(PATIENT_PODS)('$name', ({ name: kindName, kind }) => {
  test.for([
    { what: 'to the Gateway at 50 %, promoted', ways: ['ingress', 'both', 'route'] as const, ending: 'promoted' },
    { what: 'to the Gateway at 50 %, aborted', ways: ['ingress', 'both', 'route'] as const, ending: 'aborted' },
    { what: 'back to the Ingress at 50 %, promoted', ways: ['route', 'both', 'ingress'] as const, ending: 'promoted' },
  ] as const)('$what', async ({ what, ways: [from, both, to], ending }, context) => {
    const bridge = await openBridge(context);
    const { byIngress, byRoute } = bridge;
    const { session, name, host } = byIngress;
    await session.apply(byRoute.wayIn.way(name, host));
    if (from === 'route') await session.apply(byIngress.wayIn.way(name, host));
    const start = from === 'ingress' ? byIngress : byRoute;
    await deploy(start, colour(0), kindFor(bridge, kind, from));
    await using oldLoad = await byIngress.load({ perSecond: PER_SECOND });
    await using newLoad = await byRoute.load({ perSecond: PER_SECOND });
    const loads = { byIngress: oldLoad, byRoute: newLoad };

    const version = colour(1);
    const walk = await Walk.begin(start, version, kindFor(bridge, kind, from));
    await walk.arriveAt(1);
    const sideOf = (way: WayName): Record<keyof Loads, number> =>
      way === 'both' ? HALF : { byIngress: way === 'ingress' ? 50 : 0, byRoute: way === 'route' ? 50 : 0 };
    const notes = [await sharesAre(bridge, loads, version, sideOf(from))];
    await lead(bridge, kind, version, both);
    notes.push(await sharesAre(bridge, loads, version, sideOf(both)));
    await lead(bridge, kind, version, to);
    notes.push(await sharesAre(bridge, loads, version, keepsItsShare(kind) ? HALF : sideOf(to)));

    const serves = ending === 'promoted' ? await walk.promotedInFull() : await walk.aborted();
    expect(serves).toBe(ending === 'promoted' ? version : colour(0));
    await propagated(bridge);
    const wrong: Record<keyof Loads, readonly Answer[]> = {
      byIngress: (await oldLoad.next(AFTERWARDS)).notFrom(serves),
      byRoute: (await newLoad.next(AFTERWARDS)).notFrom(serves),
    };
    const note = `measured ${notes.join('; ')} %`;
    const sides = [
      { traffic: byIngress, load: oldLoad, wrong: wrong.byIngress, by: 'by the Ingress' },
      { traffic: byRoute, load: newLoad, wrong: wrong.byRoute, by: 'by the Gateway' },
    ];
    for (const { traffic, load, wrong: ofSide, by } of sides) {
      const scenario = `${what}, ${kindName}, ${by}`;
      await traffic.account((await load.stop()).all, { scenario, wrong: ofSide, note });
    }
  });
});
