/**
 * Rollouts that lead through VirtualServices, with Istio's own definitions and no proxy: what rights it takes, which
 * weights, routes and labels of subsets are written when, what people change in the middle, and how the objects are left.
 */
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { ANNOTATIONS, LABELS } from '../../src/api/words/labels.ts';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import type { TrafficRouting } from '../../src/api/schema/traffic-routing.ts';
import type { VirtualService } from '../../src/kube/istio.ts';
import { startCluster, type Cluster } from '../testbed/cluster/cluster.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { grantComponent, installSerin } from '../testbed/cluster/install.ts';
import { installIstioApi } from '../testbed/cluster/istio-api.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, patchSpec, promote } from './commands.ts';
import { accessTo } from './global-setup.ts';
import { basicRollout, hasty, routedRollout, routing, service, type RolloutManifest } from './manifests.ts';
import { Session } from './session.ts';

const STEPS: NonNullable<CanaryStrategy['steps']> = [
  { setWeight: 20 },
  { setHeaderRoute: { name: 'testers', match: [{ headerName: 'X-Tester', headerValue: { prefix: 'ye' } }] } },
  { pause: {} },
  { setWeight: 50 },
  { pause: {} },
];
const BY_SERVICE: TrafficRouting = {
  managedRoutes: [{ name: 'testers' }],
  istio: { virtualService: { name: 'web', routes: ['primary'] } },
};
const BY_SUBSET: TrafficRouting = {
  managedRoutes: [{ name: 'testers' }],
  istio: {
    virtualServices: [{ name: 'web', routes: ['primary'] }],
    destinationRule: { name: 'web', stableSubsetName: 'stable', canarySubsetName: 'canary' },
  },
};

let cluster: Cluster;
let controller: ControllerProcess;
beforeAll(async () => {
  cluster = await startCluster();
  await installSerin(cluster.plane);
  controller = await startController(cluster.plane);
});
afterAll(async () => {
  await cluster?.stop();
});

async function openSession(): Promise<Session> {
  const session = await Session.open(await accessTo(cluster.plane, controller));
  onTestFailed(async () => {
    console.error(await session.report());
    console.error(await session.kubectl('get', 'virtualservices,destinationrules', '-o', 'yaml'));
  });
  return session;
}

function rolloutOf(image: string, trafficRouting = BY_SERVICE): RolloutManifest {
  return hasty(routedRollout({ image, replicas: 4, canary: { steps: STEPS, trafficRouting } }));
}

const OTHER = { name: 'static', match: [{ uri: { prefix: '/static' } }], route: [{ destination: { host: 'files' } }] };

function virtualServiceOf(...http: readonly object[]): object {
  return {
    // As many manifests have it; Serin reads and writes another version of the same object.
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'VirtualService',
    metadata: { name: 'web' },
    spec: { hosts: ['web.example.com'], gateways: ['edge'], http },
  };
}

function primary(stable: object, canary: object): object {
  return {
    name: 'primary',
    timeout: '3s',
    route: [
      { destination: stable, weight: 100 },
      { destination: canary, weight: 0 },
    ],
  };
}

const DIVIDED = primary({ host: 'web', port: { number: 80 } }, { host: 'web-canary', port: { number: 80 } });
const DIVIDED_SUBSETS = primary({ host: 'web', subset: 'stable' }, { host: 'web', subset: 'canary' });
const SUBSETS = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name: 'web' },
  spec: { host: 'web', subsets: [{ name: 'stable' }, { name: 'canary', labels: { tier: 'canary' } }] },
};

/** The weights of all destinations, route by route. */
function weightsOf({ spec }: VirtualService): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(
    (spec?.http ?? []).map(({ name = '', route = [] }) => [name, route.map(({ weight = 0 }) => weight)]),
  );
}

async function untilWeights(
  session: Session,
  wanted: Readonly<Record<string, readonly number[]>>,
): Promise<VirtualService> {
  return waitFor(() => session.get('virtualservices', 'web'), {
    what: `the VirtualService to hold ${JSON.stringify(wanted)}`,
    until: (one) => JSON.stringify(weightsOf(one)) === JSON.stringify(wanted),
  });
}

async function hashesOf(session: Session): Promise<readonly (string | undefined)[]> {
  const { spec } = await session.get('destinationrules', 'web');
  return (spec?.subsets ?? []).map(({ labels }) => labels?.[LABELS.podTemplateHash]);
}

const IDLE = { static: [0], primary: [100, 0] };
const LED = { testers: [100], static: [0], primary: [80, 20] };

/** web:2 waits at 20 %, with a route for testers. */
async function paused(session: Session, trafficRouting = BY_SERVICE): Promise<void> {
  const divided = trafficRouting === BY_SERVICE ? DIVIDED : DIVIDED_SUBSETS;
  await session.apply(
    service('web', 'web'),
    service('web-canary', 'web'),
    SUBSETS,
    virtualServiceOf(OTHER, divided),
    rolloutOf('web:1', trafficRouting),
  );
  await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
  await session.apply(rolloutOf('web:2', trafficRouting));
  await session.until('web', { phase: 'Paused', index: 2, canaryImage: 'web:2' });
  await untilWeights(session, LED);
}

async function untilUnmarked(session: Session, plural: 'virtualservices' | 'destinationrules'): Promise<void> {
  await waitFor(() => session.get(plural, 'web'), {
    what: `the mark of ${plural} to go`,
    until: ({ metadata }) => metadata.annotations?.[ANNOTATIONS.dividedBy] === undefined,
  });
}

// In this order: the definitions and the rights come one after the other, as in a cluster.
describe('a cluster', { concurrent: false }, () => {
  test('names the missing right, then the missing object', async () => {
    const session = await openSession();
    await session.apply(...routing(), rolloutOf('web:1'));
    const untilTold = (what: RegExp) =>
      waitFor(() => session.look('web'), { what: String(what), until: ({ message }) => what.test(message) });
    const { message } = await untilTold(/cannot list resource "virtualservices"/);
    expect(message).toMatch(/; deploy\/components\/istio grants it$/);
    await grantComponent(cluster.plane, 'istio');
    await untilTold(/virtualService.name: Invalid value: "web": virtualservice.networking.istio.io "web" not found/);
    await installIstioApi(cluster.plane);
    await session.apply(virtualServiceOf(OTHER));
    await untilTold(/VirtualService `web` has no HTTP route primary/);
    await session.apply(virtualServiceOf(OTHER, DIVIDED));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
  });
});

describe('a release between two Services', () => {
  test('leads testers and weights, and ends with all requests at the stable Service', async () => {
    const session = await openSession();
    await paused(session);
    const { spec } = await session.get('virtualservices', 'web');
    expect(spec?.http?.[0]).toEqual({
      name: 'testers',
      timeout: '3s',
      match: [{ headers: { 'x-tester': { prefix: 'ye' } } }],
      route: [{ destination: { host: 'web-canary', port: { number: 80 } }, weight: 100 }],
    });
    await promote(session, 'web');
    await session.until('web', { phase: 'Paused', index: 4 });
    await untilWeights(session, { ...LED, primary: [50, 50] });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
    await untilWeights(session, IDLE);
    const told = (await session.events('web')).filter(({ reason }) => reason === 'TrafficWeightUpdated');
    expect(told.map(({ message }) => message)).toEqual([
      'Traffic weight updated from 0 to 20',
      'Traffic weight updated from 20 to 50',
      'Traffic weight updated from 50 to 100',
      'Traffic weight updated from 100 to 0',
    ]);
  });

  test('is aborted', async () => {
    const session = await openSession();
    await paused(session);
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', aborted: true });
    const { metadata } = await untilWeights(session, IDLE);
    expect(metadata.annotations).toHaveProperty([ANNOTATIONS.dividedBy]);
  });

  test('leaves everything else as people write it, also in the middle, and takes back what is its own', async () => {
    const session = await openSession();
    await paused(session);
    const added = { name: 'health', match: [{ uri: { exact: '/health' } }], route: [{ destination: { host: 'web' } }] };
    await session.apply(virtualServiceOf(added, OTHER, { ...DIVIDED, timeout: '9s' }));
    const { spec } = await untilWeights(session, { testers: [100], health: [0], static: [0], primary: [80, 20] });
    expect(spec?.http?.map((one) => (one as { timeout?: string }).timeout)).toEqual(['9s', undefined, undefined, '9s']);
    expect(await session.look('web')).toMatchObject({ phase: 'Paused', index: 2 });
  });
});

describe('a release between two subsets', () => {
  test('binds them to the revisions of their Services before requests move', async () => {
    const session = await openSession();
    await paused(session, BY_SUBSET);
    const { stableRS, currentPodHash } = (await session.get('rollouts', 'web')).status ?? {};
    expect(await hashesOf(session)).toEqual([stableRS, currentPodHash]);
    const { spec } = await session.get('destinationrules', 'web');
    expect(spec?.subsets?.[1]?.labels).toMatchObject({ tier: 'canary' });
    await promote(session, 'web');
    await session.until('web', { phase: 'Paused', index: 4 });
    await untilWeights(session, { ...LED, primary: [50, 50] });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
    await untilWeights(session, IDLE);
    expect(await hashesOf(session)).toEqual([currentPodHash, currentPodHash]);
  });

  test('is aborted, and released again', async () => {
    const session = await openSession();
    await paused(session, BY_SUBSET);
    const { stableRS = '' } = (await session.get('rollouts', 'web')).status ?? {};
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', aborted: true });
    await untilWeights(session, IDLE);
    await session.apply(rolloutOf('web:3', BY_SUBSET));
    await session.until('web', { phase: 'Paused', index: 2, canaryImage: 'web:3' });
    await untilWeights(session, LED);
    const { currentPodHash } = (await session.get('rollouts', 'web')).status ?? {};
    expect(await hashesOf(session)).toEqual([stableRS, currentPodHash]);
  });
});

describe('the objects of Istio are left', () => {
  test('with the Rollout, all requests at the stable side and no subset bound', async () => {
    const session = await openSession();
    await paused(session, BY_SUBSET);
    await session.kubectl('delete', 'rollout', 'web');
    await untilWeights(session, IDLE);
    await untilUnmarked(session, 'virtualservices');
    await untilUnmarked(session, 'destinationrules');
    expect(await hashesOf(session)).toEqual([undefined, undefined]);
  });

  test('by a spec that changed while no controller ran', { concurrent: false }, async () => {
    const session = await openSession();
    await paused(session, BY_SUBSET);
    await controller.kill('SIGTERM');
    const canary = { stableService: 'web', canaryService: 'web-canary', steps: [{ setWeight: 25 }, { pause: {} }] };
    await session.apply(hasty(basicRollout({ replicas: 4, image: 'web:2', canary })));
    await controller.start();
    await untilWeights(session, IDLE);
    await untilUnmarked(session, 'virtualservices');
    await untilUnmarked(session, 'destinationrules');
    expect(await hashesOf(session)).toEqual([undefined, undefined]);
    await waitFor(() => session.get('rollouts', 'web'), {
      what: 'nothing to be held by an object of Istio any more',
      until: ({ metadata }) => metadata.annotations?.[ANNOTATIONS.dividedRoutes] === undefined,
    });
  });

  test('for an Ingress, with the same weight on both in between', async () => {
    const session = await openSession();
    await session.apply(...routing());
    await paused(session);
    const nginx = { stableIngress: 'web' };
    await patchSpec(session, 'web', { strategy: { canary: { trafficRouting: { nginx } } } });
    await session.until('web', { phase: 'Paused', weight: 20 });
    await untilWeights(session, LED);
    await patchSpec(session, 'web', { strategy: { canary: { trafficRouting: { istio: null } } } });
    await untilWeights(session, IDLE);
    await untilUnmarked(session, 'virtualservices');
    expect(await session.look('web')).toMatchObject({ phase: 'Paused', index: 2, weight: 20 });
  });
});
