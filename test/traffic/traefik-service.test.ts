/**
 * Releases through the weighted services of a TraefikService, under load: what the weights say is what users get, and no
 * request is lost. It has a data plane of its own, because only here the definitions of Traefik's API are installed.
 */
import { afterAll, aroundAll, beforeAll, describe, expect, inject, test, type TestContext } from 'vitest';
import { accessTo } from '../apiserver/global-setup.ts';
import { routing, type RolloutManifest } from '../apiserver/manifests.ts';
import { Session } from '../apiserver/session.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { grantComponent, installSerin } from '../testbed/cluster/install.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import type { Answer } from '../testbed/data-plane/answers.ts';
import { startDataPlane, type DataPlane } from '../testbed/data-plane/data-plane.ts';
import type { Load } from '../testbed/data-plane/load.ts';
import { firstAddressOf } from './addresses.ts';
import { abort, promote } from './commands.ts';
import { watchProxy } from './global-setup.ts';
import { Ledger } from './ledger.ts';
import { imageOf, rolloutOf, STOPS } from './rollout.ts';
import { Traffic } from './traffic.ts';
import { inTurn, NO_LIMIT } from './turns.ts';

const ENOUGH = 1_000;
const AFTERWARDS = 200;
const PER_SECOND = 205;

aroundAll((runCases) => inTurn(inject('turns'), runCases), NO_LIMIT);

let dataPlane: DataPlane;
let proxy: Awaited<ReturnType<typeof watchProxy>>;
let controller: ControllerProcess;
beforeAll(async () => {
  dataPlane = await startDataPlane({ firstAddress: firstAddressOf('traefik-service'), traefikApi: true });
  await installSerin(dataPlane.plane);
  await grantComponent(dataPlane.plane, 'traefik');
  controller = await startController(dataPlane.plane, { flags: ['--loglevel=debug'] });
  proxy = await watchProxy(dataPlane.plane, dataPlane.proxy);
});
afterAll(async () => {
  await proxy?.stop();
  await dataPlane?.stop();
});

async function openTraffic({ onTestFailed }: Pick<TestContext, 'onTestFailed'>): Promise<Traffic> {
  const session = await Session.open(await accessTo(dataPlane.plane, controller));
  onTestFailed(async () => {
    console.error(await session.report());
    console.error(await session.kubectl('get', 'traefikservices', '-o', 'yaml'));
  });
  return new Traffic(session, proxy.access, new Ledger(inject('ledger'), expect.getState().testPath));
}

/** With the Services of `routing`, and without its Ingress. The weights are left out, as people write it. */
async function deploy(traffic: Traffic, version: string): Promise<void> {
  const { name, host, session } = traffic;
  const apiVersion = 'traefik.io/v1alpha1';
  const services = [name, `${name}-canary`].map((service) => ({ name: service, port: 80 }));
  const weighted = { apiVersion, kind: 'TraefikService', metadata: { name }, spec: { weighted: { services } } };
  const route = {
    apiVersion,
    kind: 'IngressRoute',
    metadata: { name },
    spec: {
      entryPoints: ['http'],
      routes: [{ kind: 'Rule', match: `Host(\`${host}\`)`, services: [{ kind: 'TraefikService', name }] }],
    },
  };
  await session.apply(...routing(name).slice(0, 2), weighted, route, released(traffic, version));
  await session.until(name, { phase: 'Healthy' });
  await untilWeights(traffic, 0);
}

function released(traffic: Traffic, version: string): RolloutManifest {
  const trafficRouting = { traefik: { weightedTraefikServiceName: traffic.name } };
  return rolloutOf(traffic, version, { canary: { trafficRouting } });
}

/** Load on the blue version, with the green one at its first stop. */
async function begun(traffic: Traffic): Promise<Load> {
  const { session, name } = traffic;
  await deploy(traffic, 'blue');
  const load = await traffic.load({ perSecond: PER_SECOND });
  await session.apply(released(traffic, 'green'));
  await session.until(name, { phase: 'Paused', index: 1, canaryImage: imageOf('green') });
  return load;
}

async function weights({ session, name }: Traffic): Promise<readonly (number | undefined)[]> {
  const { spec } = await session.get('traefikservices', name);
  return (spec?.weighted?.services ?? []).map(({ weight }) => weight);
}

async function untilWeights(traffic: Traffic, canary: number): Promise<void> {
  const wanted = JSON.stringify([100 - canary, canary]);
  await waitFor(() => weights(traffic), {
    what: `the weights ${wanted}`,
    until: (seen) => JSON.stringify(seen) === wanted,
  });
}

/** Answers from another version, once the proxy must have heard of everything. */
async function wrongAfterwards(traffic: Traffic, load: Load, version: string): Promise<readonly Answer[]> {
  await traffic.propagated();
  return (await load.next(AFTERWARDS)).notFrom(version);
}

describe('a release through a TraefikService', () => {
  test('20, 50, 70 and 100 % reach the canary, and after the promotion only the new version answers', async (context) => {
    const traffic = await openTraffic(context);
    const { session, name } = traffic;
    await using load = await begun(traffic);
    const shares: number[] = [];
    for (const { index, weight } of STOPS) {
      await session.until(name, { phase: 'Paused', index });
      expect(await weights(traffic)).toEqual([100 - weight, weight]);
      await traffic.propagated();
      const share = (await load.next(ENOUGH)).percentOf('green');
      expect(Math.abs(share - weight)).toBeLessThanOrEqual(traffic.tolerance(weight, ENOUGH));
      shares.push(share);
      await promote(session, name);
    }
    await session.until(name, { phase: 'Healthy', stableImage: imageOf('green') });
    await untilWeights(traffic, 0);
    const wrong = await wrongAfterwards(traffic, load, 'green');
    await traffic.account((await load.stop()).all, {
      scenario: 'TraefikService, 20, 50, 70, 100 %, promoted',
      wrong,
      note: `measured ${shares.map((share) => share.toFixed(1)).join(', ')} %`,
    });
  });

  test('an abort brings all requests back', async (context) => {
    const traffic = await openTraffic(context);
    const { session, name } = traffic;
    await using load = await begun(traffic);
    await promote(session, name);
    await session.until(name, { phase: 'Paused', index: 3 });
    await abort(session, name);
    await session.until(name, { phase: 'Degraded', aborted: true });
    await untilWeights(traffic, 0);
    const wrong = await wrongAfterwards(traffic, load, 'blue');
    expect(wrong).toEqual([]);
    await traffic.account((await load.stop()).all, { scenario: 'TraefikService, aborted at 50 %', wrong });
  });
});
