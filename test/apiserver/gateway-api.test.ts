/**
 * Rollouts that lead through routes of the Gateway API, with its own definitions and a controller of Gateways that is
 * played: what reports about a route hold up, what people change in the middle of a release, and how a route is left.
 */
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { ANNOTATIONS } from '../../src/api/words/labels.ts';
import { findCondition } from '../../src/kube/conditions.ts';
import type { Route, RouteRule } from '../../src/kube/route.ts';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import type { TrafficRouting } from '../../src/api/schema/traffic-routing.ts';
import { startCluster, type Cluster } from '../testbed/cluster/cluster.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { grantGatewayApi, installGatewayApi } from '../testbed/cluster/gateway-api.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, patchSpec, promote } from './commands.ts';
import { accessTo } from './global-setup.ts';
import { basicRollout, routedRollout, routing, service, type RolloutManifest } from './manifests.ts';
import { PlayedGateway } from './played-gateway.ts';
import { Session } from './session.ts';

const STEPS: NonNullable<CanaryStrategy['steps']> = [
  { setWeight: 20 },
  { setHeaderRoute: { name: 'testers', match: [{ headerName: 'X-Tester', headerValue: { prefix: 'ye' } }] } },
  { pause: {} },
  { setWeight: 50 },
  { pause: {} },
];
const THROUGH_ROUTE: TrafficRouting = {
  managedRoutes: [{ name: 'testers' }],
  plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'web' } },
};

let cluster: Cluster;
let controller: ControllerProcess;
let gateway: PlayedGateway | undefined;
beforeAll(async () => {
  cluster = await startCluster();
  await installSerin(cluster.plane);
  controller = await startController(cluster.plane);
});
afterAll(async () => {
  await gateway?.stop();
  await cluster?.stop();
});

async function openSession(): Promise<Session> {
  const session = await Session.open(await accessTo(cluster.plane, controller));
  onTestFailed(async () => console.error(await session.report()));
  return session;
}

function rolloutOf(image: string): RolloutManifest {
  return hasty(routedRollout({ image, replicas: 4, canary: { steps: STEPS, trafficRouting: THROUGH_ROUTE } }));
}

/** A played Gateway needs no time, and nothing here looks at pods that stay for it. */
function hasty(manifest: RolloutManifest): RolloutManifest {
  const annotations = { [ANNOTATIONS.trafficPropagationTime]: '1s' };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

function backend(name: string, weight?: number): object {
  return { name, port: 80, ...(weight === undefined ? {} : { weight }) };
}

function routeOf(...rules: readonly object[]): object {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'web' },
    spec: { parentRefs: [{ name: 'edge' }], hostnames: ['web.example.com'], rules },
  };
}

const DIVIDED = { backendRefs: [backend('web', 100), backend('web-canary', 0)] };

/** A Gateway of the namespace, with a class of its own that lists these features. */
async function edgeWith(session: Session, features: readonly string[]): Promise<void> {
  const apiVersion = 'gateway.networking.k8s.io/v1';
  const gatewayClassName = session.namespace;
  const classOf = { apiVersion, kind: 'GatewayClass', metadata: { name: gatewayClassName } };
  const listeners = [{ name: 'http', protocol: 'HTTP', port: 80 }];
  const edge = { apiVersion, kind: 'Gateway', metadata: { name: 'edge' }, spec: { gatewayClassName, listeners } };
  await session.apply({ ...classOf, spec: { controllerName: 'example.com/played' } }, edge);
  await listFeatures(session, features);
}

/** As the controller of the Gateway does, and nobody else may. */
async function listFeatures({ namespace }: Session, features: readonly string[]): Promise<void> {
  const status = { supportedFeatures: features.toSorted().map((name) => ({ name })) };
  const path = `/apis/gateway.networking.k8s.io/v1/gatewayclasses/${namespace}/status`;
  await cluster.plane.client().patch(path, 'merge', { status });
}

/** The weights of all backends, rule by rule, under the name of the rule or its number. */
function weightsOf({ spec }: Route): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(
    (spec?.rules ?? []).map(({ name, backendRefs = [] }: RouteRule, index) => [
      name ?? String(index),
      backendRefs.map(({ weight = 1 }) => weight),
    ]),
  );
}

async function untilWeights(session: Session, wanted: Readonly<Record<string, readonly number[]>>): Promise<Route> {
  return waitFor(() => session.get('httproutes', 'web'), {
    what: `the route to hold ${JSON.stringify(wanted)}`,
    until: (route) => JSON.stringify(weightsOf(route)) === JSON.stringify(wanted),
  });
}

async function untilBlocked(session: Session, reason: string): Promise<string> {
  const look = async () => findCondition((await session.get('rollouts', 'web')).status?.conditions, 'Blocked');
  const found = await waitFor(look, { what: `Blocked with ${reason}`, until: (one) => one?.reason === reason });
  return found.message;
}

/** web:2 waits at 20 %, with a rule for testers. */
async function paused(session: Session): Promise<void> {
  await session.apply(service('web', 'web'), service('web-canary', 'web'), routeOf(DIVIDED), rolloutOf('web:1'));
  await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
  await session.apply(rolloutOf('web:2'));
  await session.until('web', { phase: 'Paused', index: 2, canaryImage: 'web:2' });
}

const LED = { testers: [1], '1': [80, 20] };
const IDLE = { '0': [100, 0] };

// In this order: the definitions and the rights come one after the other, as in a cluster.
describe('a cluster', { concurrent: false }, () => {
  const PATH = 'spec.strategy.canary.trafficRouting.plugins[argoproj-labs/gatewayAPI].httpRoute';

  test('without such a Rollout is asked for no route; with one the missing right, then the missing route is named', async () => {
    const session = await openSession();
    await session.apply(...routing(), routedRollout({ image: 'web:1' }));
    await session.until('web', { phase: 'Healthy', weight: 0 });
    expect(await controller.log()).not.toMatch(/httproutes|grpcroutes/);
    await session.apply(rolloutOf('web:1'));
    const untilTold = (what: RegExp) =>
      waitFor(() => session.look('web'), { what: String(what), until: ({ message }) => what.test(message) });
    const { message } = await untilTold(/cannot list resource "httproutes"/);
    expect(message).toContain(`${PATH}: Invalid value: "web": Cannot list httproutes`);
    expect(message).toMatch(/; deploy\/components\/gateway-api grants it$/);
    await grantGatewayApi(cluster.plane);
    const told = await untilTold(/not found/);
    expect(told.message).toContain(
      `${PATH}: Invalid value: "web": httproute.gateway.networking.k8s.io "web" not found`,
    );

    await installGatewayApi(cluster.plane);
    gateway = new PlayedGateway(cluster.plane.client());
    await session.apply(routeOf(DIVIDED));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
  });
});

describe('a release', () => {
  test('leads testers and weights by the route, and ends with all requests at the stable Service', async () => {
    const session = await openSession();
    await paused(session);
    const route = await untilWeights(session, LED);
    expect(route.spec?.rules?.[0]?.matches).toEqual([
      {
        path: { type: 'PathPrefix', value: '/' },
        headers: [{ type: 'RegularExpression', name: 'X-Tester', value: '^ye.*' }],
      },
    ]);
    await promote(session, 'web');
    await session.until('web', { phase: 'Paused', index: 4 });
    await untilWeights(session, { testers: [1], '1': [50, 50] });
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

  test('stops while a Gateway has not reported, and while it refuses the route', async () => {
    const session = await openSession();
    await paused(session);
    gateway?.behave(session.namespace, 'silent');
    await promote(session, 'web');
    await untilWeights(session, { testers: [1], '1': [50, 50] });
    expect(await untilBlocked(session, 'RouteNotConfirmed')).toBe(
      `waiting for the controller of Gateway edge to report that it has seen HTTPRoute ${session.namespace}/web as it is`,
    );
    await session.settled();
    expect(await session.look('web')).toMatchObject({ phase: 'Progressing', index: 3 });
    gateway?.behave(session.namespace, { refuses: 'No listener allows it.' });
    expect(await untilBlocked(session, 'RouteNotAccepted')).toBe(
      `HTTPRoute ${session.namespace}/web is not in force at Gateway edge, Accepted is False (NotAllowedByListeners): No listener allows it`,
    );
    gateway?.behave(session.namespace, 'accepts');
    await session.until('web', { phase: 'Paused', index: 4 });
  });

  test('leaves everything else in the route as people write it, also in the middle', async () => {
    const session = await openSession();
    await paused(session);
    const { spec } = await untilWeights(session, LED);
    const added = { matches: [{ path: { type: 'Exact', value: '/health' } }], backendRefs: [backend('web', 1)] };
    const filter = {
      type: 'RequestHeaderModifier',
      requestHeaderModifier: { set: [{ name: 'X-By', value: 'a person' }] },
    };
    const [testers, divided] = spec?.rules ?? [];
    const rules = [testers, { ...divided, filters: [filter] }, added];
    await session.kubectl('patch', 'httproute', 'web', '--type=merge', '-p', JSON.stringify({ spec: { rules } }));
    await promote(session, 'web');
    const route = await untilWeights(session, { testers: [1], '1': [50, 50], '2': [1] });
    const filtersOf = (rule: RouteRule | undefined) => (rule as { filters?: unknown } | undefined)?.filters;
    expect(route.spec?.rules?.map(filtersOf)).toEqual([[filter], [filter], undefined]);
    await session.until('web', { phase: 'Paused', index: 4 });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
    const idle = await untilWeights(session, { '0': [100, 0], '1': [1] });
    expect(idle.spec?.rules?.map(filtersOf)).toEqual([[filter], undefined]);
    const hazard = findCondition((await session.get('rollouts', 'web')).status?.conditions, 'TrafficHazard');
    expect(hazard).toMatchObject({ reason: 'RuleNotDivided' });
  });

  test('takes back a weight and a rule that a person has changed', async () => {
    const session = await openSession();
    await paused(session);
    await session.apply(routeOf(DIVIDED));
    await untilWeights(session, LED);
    expect(await session.look('web')).toMatchObject({ phase: 'Paused', index: 2 });
  });

  test('goes on where the plugin has left it', async () => {
    const session = await openSession();
    await session.apply(service('web', 'web'), service('web-canary', 'web'), routeOf(DIVIDED), rolloutOf('web:1'));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
    const match = { headers: [{ name: 'X-Tester', value: 'no longer' }] };
    const left = { name: 'testers', matches: [match], backendRefs: [backend('web-canary')] };
    await session.apply(routeOf({ backendRefs: [backend('web', 70), backend('web-canary', 30)] }, left));
    await untilWeights(session, IDLE);
    await session.apply(rolloutOf('web:2'));
    await session.until('web', { phase: 'Paused', index: 2 });
    const { spec } = await untilWeights(session, LED);
    expect(spec?.rules?.[0]?.matches?.[0]?.headers).toMatchObject([{ value: '^ye.*' }]);
  });
});

describe('a feature that the GatewayClass does not list', () => {
  const grpcRoute = { ...routeOf(DIVIDED), kind: 'GRPCRoute' };
  const through = (image: string): RolloutManifest => {
    const trafficRouting = { gatewayAPI: { grpcRoute: 'web' } };
    return hasty(routedRollout({ image, replicas: 2, canary: { steps: [{ setWeight: 20 }, { pause: {} }], trafficRouting } }));
  };

  test('is refused before the route is touched, and taken as soon as the class lists it', async () => {
    const session = await openSession();
    await edgeWith(session, ['Gateway', 'HTTPRoute']);
    await session.apply(service('web', 'web'), service('web-canary', 'web'), grpcRoute, through('web:1'));
    const refused = await session.until('web', { phase: 'Degraded' });
    expect(refused.message).toContain(
      `GatewayClass ${session.namespace} does not list GRPCRoute in status.supportedFeatures, and GRPCRoute ${session.namespace}/web at Gateway edge would need it`,
    );
    const { metadata } = await session.get('grpcroutes', 'web');
    expect(metadata.annotations ?? {}).not.toHaveProperty([ANNOTATIONS.dividedBy]);
    await listFeatures(session, ['GRPCRoute', 'HTTPRoute']);
    await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
    await session.apply(through('web:2'));
    await session.until('web', { phase: 'Paused', index: 1, canaryImage: 'web:2' });
    const route = await session.get('grpcroutes', 'web');
    expect(weightsOf(route)).toEqual({ '0': [80, 20] });
  });
});

describe('a route is left', () => {
  test('with the Rollout, all requests at the stable Service', async () => {
    const session = await openSession();
    await paused(session);
    await session.kubectl('delete', 'rollout', 'web');
    const route = await untilWeights(session, IDLE);
    await waitFor(() => session.get('httproutes', 'web'), {
      what: 'the mark to go',
      until: ({ metadata }) => metadata.annotations?.[ANNOTATIONS.dividedBy] === undefined,
    });
    expect(route.metadata.uid).not.toBe('');
  });

  test('by a spec that changed while no controller ran', { concurrent: false }, async () => {
    const session = await openSession();
    await paused(session);
    await controller.kill('SIGTERM');
    const canary = { stableService: 'web', canaryService: 'web-canary', steps: [{ setWeight: 25 }, { pause: {} }] };
    await session.apply(hasty(basicRollout({ replicas: 4, image: 'web:2', canary })));
    await controller.start();
    await untilWeights(session, IDLE);
    await waitFor(() => session.get('rollouts', 'web'), {
      what: 'nothing to be held by a route any more',
      until: ({ metadata }) => metadata.annotations?.[ANNOTATIONS.dividedRoutes] === undefined,
    });
    const { metadata } = await session.get('httproutes', 'web');
    expect(metadata.annotations ?? {}).not.toHaveProperty([ANNOTATIONS.dividedBy]);
  });

  test('for an Ingress, and taken again, each time with the same weight on both in between', async () => {
    const session = await openSession();
    await session.apply(...routing());
    await paused(session);
    const nginx = { stableIngress: 'web' };
    await patchSpec(session, 'web', { strategy: { canary: { trafficRouting: { nginx } } } });
    await session.until('web', { phase: 'Paused', weight: 20 });
    await untilWeights(session, LED);
    await patchSpec(session, 'web', { strategy: { canary: { trafficRouting: { plugins: null } } } });
    await untilWeights(session, IDLE);
    await session.until('web', { phase: 'Paused', weight: 20 });
    const gatewayAPI = { httpRoutes: [{ name: 'web', useHeaderRoutes: true }] };
    await patchSpec(session, 'web', { strategy: { canary: { trafficRouting: { gatewayAPI } } } });
    await untilWeights(session, LED);
    await session.until('web', { phase: 'Paused', weight: 20 });
    await patchSpec(session, 'web', { strategy: { canary: { trafficRouting: { nginx: null } } } });
    await session.until('web', { phase: 'Paused', weight: null });
    await untilWeights(session, LED);
    expect(await session.look('web')).toMatchObject({ index: 2, stableImage: 'web:1', canaryImage: 'web:2' });
  });
});
