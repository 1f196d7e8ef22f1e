/**
 * Rollouts that lead through a TraefikService, with Traefik's own definitions: what rights it takes, what people change in
 * the middle of a release, and how the object is left. Real requests are in `test/traffic/traefik-service.test.ts`.
 */
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { ANNOTATIONS } from '../../src/api/words/labels.ts';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import type { TraefikService, WeightedBackend } from '../../src/kube/traefik-service.ts';
import { startCluster, type Cluster } from '../testbed/cluster/cluster.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { grantComponent, installSerin } from '../testbed/cluster/install.ts';
import { installTraefikApi } from '../testbed/cluster/traefik-api.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, patchSpec, promote } from './commands.ts';
import { accessTo } from './global-setup.ts';
import { basicRollout, hasty, routedRollout, routing, service, type RolloutManifest } from './manifests.ts';
import { Session } from './session.ts';

const STEPS: NonNullable<CanaryStrategy['steps']> = [
  { setWeight: 20 },
  { pause: {} },
  { setWeight: 50 },
  { pause: {} },
];

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
  onTestFailed(async () => console.error(await session.report()));
  return session;
}

function rolloutOf(image: string): RolloutManifest {
  const trafficRouting = { traefik: { weightedTraefikServiceName: 'web' } };
  return hasty(routedRollout({ image, replicas: 4, canary: { steps: STEPS, trafficRouting } }));
}

/** As people write it: without weights. */
const SERVICES: readonly object[] = [
  { name: 'web', port: 80 },
  { name: 'web-canary', port: 80 },
];

function weightedBy(services: readonly object[]): object {
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TraefikService',
    metadata: { name: 'web' },
    spec: { weighted: { services } },
  };
}

const backendsOf = ({ spec }: TraefikService): readonly WeightedBackend[] => spec?.weighted?.services ?? [];

async function untilWeights(session: Session, ...wanted: readonly number[]): Promise<TraefikService> {
  return waitFor(() => session.get('traefikservices', 'web'), {
    what: `the TraefikService to hold ${wanted.join()}`,
    until: (one) =>
      backendsOf(one)
        .map(({ weight }) => weight)
        .join() === wanted.join(),
  });
}

/** Green at 20 %. */
async function paused(session: Session): Promise<void> {
  await session.apply(service('web', 'web'), service('web-canary', 'web'), weightedBy(SERVICES), rolloutOf('web:1'));
  await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
  await untilWeights(session, 100, 0);
  await session.apply(rolloutOf('web:2'));
  await session.until('web', { phase: 'Paused', index: 1, canaryImage: 'web:2' });
  await untilWeights(session, 80, 20);
}

async function untilUnmarked(session: Session): Promise<void> {
  await waitFor(() => session.get('traefikservices', 'web'), {
    what: 'the mark to go',
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
    const { message } = await untilTold(/cannot list resource "traefikservices"/);
    expect(message).toMatch(/; deploy\/components\/traefik grants it$/);
    await grantComponent(cluster.plane, 'traefik');
    await untilTold(/weightedTraefikServiceName: Invalid value: "web": traefikservice.traefik.io "web" not found/);
    await installTraefikApi(cluster.plane);
    await session.apply(weightedBy([SERVICES[0] as object]));
    await untilTold(/does not name both services web and web-canary in spec.weighted.services/);
    await session.apply(weightedBy(SERVICES));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
  });
});

describe('a release', () => {
  test('is promoted, and ends with all requests at the stable Service', async () => {
    const session = await openSession();
    await paused(session);
    await promote(session, 'web');
    await session.until('web', { phase: 'Paused', index: 3 });
    await untilWeights(session, 50, 50);
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
    await untilWeights(session, 100, 0);
    const told = (await session.events('web')).filter(({ reason }) => reason === 'TrafficWeightUpdated');
    expect(told.map(({ message }) => message)).toEqual([
      'Traffic weight updated from 50 to 0',
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
    const { metadata } = await untilWeights(session, 100, 0);
    expect(metadata.annotations).toHaveProperty([ANNOTATIONS.dividedBy]);
  });

  test('leaves everything else as people write it, also in the middle, and takes back a weight', async () => {
    const session = await openSession();
    await paused(session);
    const sticky = { cookie: { name: 'side' } };
    const edited = [
      { name: 'web', port: 80, weight: 300, sticky },
      { name: 'web-canary', port: 80, weight: 100 },
    ];
    const services = [...edited, { name: 'beta', port: 8080, weight: 0 }];
    await session.kubectl(
      'patch',
      'traefikservice',
      'web',
      '--type=merge',
      '-p',
      JSON.stringify({ spec: { weighted: { services, sticky } } }),
    );
    const after = await untilWeights(session, 80, 20, 0);
    expect(after.spec?.weighted).toMatchObject({ sticky, services: [{ sticky }, {}, { name: 'beta', port: 8080 }] });
    expect(await session.look('web')).toMatchObject({ phase: 'Paused', index: 1 });
  });
});

describe('a TraefikService is left', () => {
  test('with the Rollout, all requests at the stable Service', async () => {
    const session = await openSession();
    await paused(session);
    await session.kubectl('delete', 'rollout', 'web');
    await untilWeights(session, 100, 0);
    await untilUnmarked(session);
    expect(backendsOf(await session.get('traefikservices', 'web'))).toMatchObject(SERVICES);
  });

  test('by a spec that changed while no controller ran', { concurrent: false }, async () => {
    const session = await openSession();
    await paused(session);
    await controller.kill('SIGTERM');
    const canary = { stableService: 'web', canaryService: 'web-canary', steps: [{ setWeight: 25 }, { pause: {} }] };
    await session.apply(hasty(basicRollout({ replicas: 4, image: 'web:2', canary })));
    await controller.start();
    await untilWeights(session, 100, 0);
    await untilUnmarked(session);
    const { metadata } = await waitFor(() => session.get('rollouts', 'web'), {
      what: 'nothing to be held by a TraefikService any more',
      until: (one) => one.metadata.annotations?.[ANNOTATIONS.dividedRoutes] === undefined,
    });
    expect(metadata.annotations).toHaveProperty([ANNOTATIONS.revision]);
  });

  test('for an Ingress, with the same weight on both in between', async () => {
    const session = await openSession();
    await session.apply(...routing());
    await paused(session);
    const nginx = { stableIngress: 'web' };
    await patchSpec(session, 'web', { strategy: { canary: { trafficRouting: { nginx } } } });
    await session.until('web', { phase: 'Paused', weight: 20 });
    await untilWeights(session, 80, 20);
    await patchSpec(session, 'web', { strategy: { canary: { trafficRouting: { traefik: null } } } });
    await untilWeights(session, 100, 0);
    await untilUnmarked(session);
    expect(await session.look('web')).toMatchObject({ phase: 'Paused', index: 1, weight: 20 });
  });
});
