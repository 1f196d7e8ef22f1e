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
import { abort, patchSpec, promote, retry } from './commands.ts';
import { accessTo } from './global-setup.ts';
import { basicRollout, hasty, routedRollout, routing, service, type RolloutManifest } from './manifests.ts';
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

  test('that is superseded gives its requests back before the next one gets any', async () => {
    const session = await openSession();
    await paused(session);
    await session.apply(rolloutOf('web:3'));
    await session.until('web', { phase: 'Paused', index: 2, canaryImage: 'web:3' });
    await untilWeights(session, LED);
    const told = (await session.events('web')).filter(({ reason }) => reason === 'TrafficWeightUpdated');
    // The third is the first again, which is counted.
    expect(told.map(({ message }) => message)).toEqual([
      'Traffic weight updated from 0 to 20',
      'Traffic weight updated from 20 to 0',
    ]);
    await abort(session, 'web');
    await untilWeights(session, IDLE);
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
    return hasty(
      routedRollout({ image, replicas: 2, canary: { steps: [{ setWeight: 20 }, { pause: {} }], trafficRouting } }),
    );
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

describe('requests are mirrored', () => {
  const ALL = ['HTTPRoute', 'HTTPRouteMethodMatching', 'HTTPRouteRequestMirror', 'HTTPRouteRequestPercentageMirror'];
  const match = [{ method: { exact: 'GET' }, path: { prefix: '/api' } }];
  const steps: NonNullable<CanaryStrategy['steps']> = [
    { setCanaryScale: { replicas: 1 } },
    { setMirrorRoute: { name: 'copies', match, percentage: 25 } },
    { pause: {} },
    { setWeight: 40 },
    { pause: {} },
    { setMirrorRoute: { name: 'copies' } },
    { pause: {} },
  ];
  const mirroring = (image: string): RolloutManifest => {
    const trafficRouting = { managedRoutes: [{ name: 'copies' }], gatewayAPI: { httpRoute: 'web' } };
    return hasty(routedRollout({ image, replicas: 4, canary: { steps, trafficRouting } }));
  };
  /** web:2 waits with mirrored requests. */
  const begun = async (session: Session): Promise<void> => {
    await edgeWith(session, ALL);
    await session.apply(service('web', 'web'), service('web-canary', 'web'), routeOf(DIVIDED), mirroring('web:1'));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
    await session.apply(mirroring('web:2'));
    await session.until('web', { phase: 'Paused', index: 2, canaryImage: 'web:2' });
  };

  test('to the canary, with the weights of the others, until a step ends it', async () => {
    const session = await openSession();
    await begun(session);
    const { spec } = await untilWeights(session, { copies: [100, 0], '1': [100, 0] });
    expect(spec?.rules?.[0]).toMatchObject({
      matches: [{ method: 'GET', path: { type: 'PathPrefix', value: '/api' } }],
      filters: [
        { type: 'RequestMirror', requestMirror: { backendRef: { name: 'web-canary', port: 80 }, percent: 25 } },
      ],
    });
    await promote(session, 'web');
    await session.until('web', { phase: 'Paused', index: 4 });
    await untilWeights(session, { copies: [60, 40], '1': [60, 40] });
    await promote(session, 'web');
    await session.until('web', { phase: 'Paused', index: 6 });
    await untilWeights(session, { '0': [60, 40] });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
    const { metadata } = await untilWeights(session, IDLE);
    expect(metadata.annotations?.[ANNOTATIONS.dividedBy]).toContain('"rules":{}');
  });

  test('until the release is aborted, promoted in full, or the Rollout is deleted', async () => {
    const session = await openSession();
    await begun(session);
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', aborted: true });
    await untilWeights(session, IDLE);
    await retry(session, 'web');
    await session.until('web', { phase: 'Paused', index: 2 });
    await untilWeights(session, { copies: [100, 0], '1': [100, 0] });
    await session.kubectl('delete', 'rollout', 'web');
    await untilWeights(session, IDLE);
    await session.apply(mirroring('web:3'));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:3' });
    await session.apply(mirroring('web:4'));
    await session.until('web', { phase: 'Paused', index: 2, canaryImage: 'web:4' });
    const full = '{"status":{"promoteFull":true}}';
    await session.kubectl('patch', 'rollout', 'web', '--subresource=status', '--type=merge', '-p', full);
    await session.until('web', { phase: 'Healthy', stableImage: 'web:4' });
    const { spec } = await untilWeights(session, IDLE);
    expect(JSON.stringify(spec)).not.toContain('RequestMirror');
  });

  test('only where the class lists it; a release under way stops when the list loses it', async () => {
    const session = await openSession();
    await begun(session);
    await listFeatures(
      session,
      ALL.filter((one) => one !== 'HTTPRouteRequestPercentageMirror'),
    );
    const { message } = await session.until('web', { phase: 'Degraded' });
    expect(message).toContain(
      `steps[1].setMirrorRoute.percentage: Forbidden: GatewayClass ${session.namespace} does not list HTTPRouteRequestPercentageMirror`,
    );
    await abort(session, 'web');
    await untilWeights(session, IDLE);
    await listFeatures(session, ALL);
    await session.until('web', { phase: 'Degraded', aborted: true });
  });
});

describe('both routers at once', () => {
  test('a weight that differs between them is a hazard, and is corrected', async () => {
    const session = await openSession();
    await session.apply(...routing());
    await paused(session);
    const nginx = { stableIngress: 'web' };
    await patchSpec(session, 'web', { strategy: { canary: { trafficRouting: { nginx } } } });
    await session.until('web', { phase: 'Paused', weight: 20 });
    await session.settled();
    const disagreements = async () => {
      return (await session.events('web')).filter(({ reason }) => reason === 'RoutersDisagree');
    };
    expect(await disagreements()).toEqual([]);
    await session.apply(routeOf(DIVIDED));
    await untilWeights(session, LED);
    const [told] = await waitFor(disagreements, { what: 'the hazard', until: (events) => events.length > 0 });
    expect(told?.message).toContain('the weight of the canary is 20 by canary Ingress and 0 by routes');
    const hazard = async () =>
      findCondition((await session.get('rollouts', 'web')).status?.conditions, 'TrafficHazard');
    await waitFor(hazard, { what: 'the hazard to end', until: (one) => one?.reason !== 'RoutersDisagree' });
  });
});

describe('a GitOps tool', () => {
  type Ignoring = (rule: RouteRule) => RouteRule | null;
  /** What the tool compares of the route: `null` for a rule that it does not look at. */
  const compared = ({ spec }: Route, ignoring: Ignoring) => (spec?.rules ?? []).flatMap((rule) => ignoring(rule) ?? []);
  const withoutWeights: Ignoring = (rule) => {
    const backendRefs = (rule.backendRefs ?? []).map(({ weight: _ignored, ...one }) => one);
    return { ...rule, backendRefs };
  };
  /** As docs/gateway-api.md says it. */
  const asDocumented: Ignoring = (rule) => (rule.name === 'testers' ? null : withoutWeights(rule));

  test('that ignores weights and the rules of managed routes finds no drift from the start to the end', async () => {
    const session = await openSession();
    await session.apply(service('web', 'web'), service('web-canary', 'web'), routeOf(DIVIDED), rolloutOf('web:1'));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
    const inGit = await session.get('httproutes', 'web');
    const drift = { asDocumented: 0, withoutWeights: 0, nothing: 0 };
    const differs = (live: Route, ignoring: Ignoring) =>
      JSON.stringify(compared(live, ignoring)) === JSON.stringify(compared(inGit, ignoring)) ? 0 : 1;
    const stop = new AbortController();
    const watching = (async () => {
      while (!stop.signal.aborted) {
        const live = await session.get('httproutes', 'web');
        drift.asDocumented += differs(live, asDocumented);
        drift.withoutWeights += differs(live, withoutWeights);
        drift.nothing += differs(live, (rule) => rule);
      }
    })();
    await session.apply(rolloutOf('web:2'));
    for (const index of [2, 4]) {
      await session.until('web', { phase: 'Paused', index, canaryImage: 'web:2' });
      await promote(session, 'web');
    }
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
    await untilWeights(session, IDLE);
    stop.abort();
    await watching;
    expect(drift.asDocumented).toBe(0);
    // Less would not do: the rule for testers is drift to a tool that ignores weights alone, and a weight to one that ignores nothing.
    expect(drift.withoutWeights).toBeGreaterThan(0);
    expect(drift.nothing).toBeGreaterThan(drift.withoutWeights);
  });

  test('that applies on the server owns all rules or none', async () => {
    const session = await openSession();
    await paused(session);
    const { metadata } = await session.get('httproutes', 'web');
    const entries = (metadata as { managedFields?: readonly { manager?: string; fieldsV1?: object }[] }).managedFields;
    const ofRules = (entries ?? []).flatMap(({ fieldsV1 = {} }) => {
      const fields = (fieldsV1 as { 'f:spec'?: { 'f:rules'?: object } })['f:spec']?.['f:rules'];
      return fields === undefined ? [] : [fields];
    });
    // An atomic list has one owner and no parts: there is no field below it that a tool could leave to another.
    expect(ofRules).toEqual([{}]);
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

  test('with a Rollout that was deleted while no controller ran', { concurrent: false }, async () => {
    const session = await openSession();
    await paused(session);
    await controller.kill('SIGTERM');
    await session.kubectl('delete', 'rollout', 'web');
    await controller.start();
    const { spec } = await untilWeights(session, IDLE);
    expect(spec?.rules).toHaveLength(1);
    await waitFor(() => session.get('httproutes', 'web'), {
      what: 'the mark to go',
      until: ({ metadata }) => metadata.annotations?.[ANNOTATIONS.dividedBy] === undefined,
    });
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
