/** What the router of Istio makes of objects that people own, beyond the contract of every router. */
import { describe, expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import type { TrafficRouting } from '../../../../src/api/schema/traffic-routing.ts';
import { fieldErrorText } from '../../../../src/api/words/field-error.ts';
import { ANNOTATIONS, LABELS } from '../../../../src/api/words/labels.ts';
import { selectedHash } from '../../../../src/core/observed/endpoints.ts';
import { lookupIn } from '../../../../src/core/observed/lookup.ts';
import { situationOf, type Situation } from '../../../../src/core/observed/situation.ts';
import { istioRouter } from '../../../../src/core/traffic/istio/router.ts';
import type { TrafficSplit } from '../../../../src/core/traffic/router.ts';
import { departures } from '../../../../src/core/traffic/routers.ts';
import type { DestinationRule, HttpRoute, VirtualService } from '../../../../src/kube/istio.ts';
import type { KubeObject } from '../../../../src/kube/objects.ts';
import { buildSituation, NOW, routed } from '../../build-world.ts';
import { destination, destinationRule, dividedRoute, virtualService } from '../../istio.ts';
import { afterPatches, patchedObject, sharedIn, withShared } from '../../shared-objects.ts';

const REVISIONS = [
  { version: 'v1', size: 5 },
  { version: 'v2', size: 1 },
];
const THROUGH_WEB: TrafficRouting = {
  istio: { virtualService: { name: 'web' } },
  managedRoutes: [{ name: 'testers' }, { name: 'staff' }],
};

function along(
  objects: readonly KubeObject[],
  trafficRouting: TrafficRouting | null = THROUGH_WEB,
  more: CanaryStrategy = {},
): Situation {
  const { trafficRouting: _nginx, ...strategy }: CanaryStrategy = routed();
  const { world } = buildSituation({
    strategy: { ...strategy, ...(trafficRouting === null ? {} : { trafficRouting }), ...more },
    revisions: REVISIONS,
    split: null,
  });
  return situationOf(withShared(world, objects));
}

function header(name: string, headerName: string, ...values: readonly object[]): TrafficSplit['headerRoutes'][number] {
  return { name, matches: values.map((headerValue) => ({ headerName, headerValue })) };
}

/** The situation once the router's writes for the split are made. */
function shown(situation: Situation, weight: number, ...headerRoutes: TrafficSplit['headerRoutes']): Situation {
  const writes = istioRouter.render(situation, { weight, headerRoutes });
  return situationOf(withShared(situation.world, afterPatches(sharedIn(situation.world), writes, NOW)));
}

function routesIn({ world }: Situation, name = 'web'): readonly HttpRoute[] {
  const object: VirtualService | undefined = world.routed.get('virtualservices')?.get(name);
  return object?.spec?.http ?? [];
}

const weightsOf = ({ route = [] }: HttpRoute) => route.map(({ weight }) => weight);

describe('weights', () => {
  test('change in the named routes, and nowhere else', () => {
    const other = dividedRoute(50, 50, { name: 'other' });
    const primary = dividedRoute(100, 0, { timeout: '3s' } as object);
    const routing: TrafficRouting = { istio: { virtualService: { name: 'web', routes: ['primary'] } } };
    const situation = along([virtualService('web', other, primary)], routing);
    expect(istioRouter.observe(situation)).toEqual({ lowestWeight: 0, highestWeight: 0 });
    const [first, second] = routesIn(shown(situation, 30));
    expect(first).toEqual(other);
    expect(second).toMatchObject({ timeout: '3s', route: [{ weight: 70 }, { weight: 30 }] });
  });

  test.each([
    { host: 'web-canary', isService: true },
    { host: 'web-canary.shop', isService: true },
    { host: 'web-canary.shop.svc.cluster.local', isService: true },
    { host: 'web-canary.elsewhere', isService: false },
    { host: 'web-canary.example.com', isService: false },
  ])('know $host as the Service of the Rollout: $isService', ({ host, isService }) => {
    const route = { route: [destination('web-stable', 60), destination(host, 40)] };
    const { world } = along([virtualService('web', dividedRoute(0, 0, route))]);
    expect([...istioRouter.unfitReferences(world)]).toHaveLength(isService ? 0 : 1);
    expect(istioRouter.observe(situationOf(world)).highestWeight).toBe(isService ? 40 : 0);
  });

  test('count for as long as a proxy of an unknown kind needs', () => {
    expect(istioRouter.settledAt(shown(along([virtualService('web')]), 20))).toBe(NOW + 30_000);
  });
});

describe('header routes', () => {
  test('come first, in the order of managedRoutes, and lead to the canary alone', () => {
    const staff = header('staff', 'X-Staff', { prefix: 'a' });
    const testers = header('testers', 'X-Tester', { exact: 'yes' }, { regex: 'y.*' });
    const primary = dividedRoute(100, 0, { match: [{ uri: { prefix: '/a' } }] } as object);
    const routes = routesIn(shown(along([virtualService('web', primary)]), 10, staff, testers));
    expect(routes.map(({ name }) => name)).toEqual(['testers', 'staff', 'primary']);
    // One of the headers is enough, as with other controllers of this API.
    expect(routes[0]).toEqual({
      name: 'testers',
      match: [
        { uri: { prefix: '/a' }, headers: { 'x-tester': { exact: 'yes' } } },
        { uri: { prefix: '/a' }, headers: { 'x-tester': { regex: 'y.*' } } },
      ],
      route: [destination('web-canary', 100)],
    });
    expect(routes[1]?.match).toEqual([{ uri: { prefix: '/a' }, headers: { 'x-staff': { prefix: 'a' } } }]);
  });

  test('are known again, and go when they are not asked for', () => {
    const split = header('testers', 'X-Tester', { exact: 'yes' });
    const two = [dividedRoute(), dividedRoute(100, 0, { name: 'second' })];
    const routing: TrafficRouting = {
      ...THROUGH_WEB,
      istio: { virtualService: { name: 'web', routes: ['primary', 'second'] } },
    };
    const led = shown(along([virtualService('web', ...two)], routing), 10, split);
    expect(routesIn(led).map(({ name }) => name)).toEqual(['testers', 'testers-1', 'primary', 'second']);
    expect(istioRouter.leadsBesideWeight(led)).toBe(true);
    expect(routesIn(shown(led, 0))).toEqual(two);
  });
});

describe('a VirtualService that does not fit', () => {
  const PATH = 'spec.strategy.canary.trafficRouting.istio.virtualService.name: Invalid value: "web"';
  const TESTERS: CanaryStrategy = {
    steps: [{ setHeaderRoute: { name: 'testers', match: [{ headerName: 'X-A', headerValue: { exact: 'b' } }] } }],
  };
  test.each<{
    readonly name: string;
    readonly http: readonly HttpRoute[];
    readonly routes?: readonly string[];
    readonly more?: CanaryStrategy;
    readonly problem: string;
  }>([
    {
      name: 'without the named route',
      http: [dividedRoute()],
      routes: ['other'],
      problem: 'VirtualService `web` has no HTTP route other',
    },
    {
      name: 'with several, of which none is named',
      http: [dividedRoute(), dividedRoute()],
      problem: 'VirtualService `web` has 2 HTTP routes, so the Rollout has to name those that it divides',
    },
    {
      name: 'that leads to one side alone',
      http: [dividedRoute(0, 0, { route: [destination('web-stable')] })],
      problem: 'VirtualService `web` has an HTTP route primary that does not lead to both web-stable and web-canary',
    },
    {
      name: 'that names one side twice',
      http: [dividedRoute(0, 0, { route: [destination('web-stable'), destination('web-stable.shop')] })],
      problem: 'VirtualService `web` has an HTTP route primary that names one side twice',
    },
    {
      name: 'whose weights leave another destination no whole share',
      http: [
        dividedRoute(0, 0, {
          route: [destination('web-stable', 90), destination('web-canary', 0), destination('old', 10)],
        }),
      ],
      problem:
        'VirtualService `web` has an HTTP route primary with further destinations, and there the weights of web-stable and web-canary must add up to 100 or a multiple of it, and not to 90',
    },
    {
      name: 'that matches the header of a step',
      http: [dividedRoute(100, 0, { match: [{ headers: { 'x-a': { exact: 'c' } } }] })],
      more: TESTERS,
      problem:
        'VirtualService `web` has an HTTP route primary that matches header X-A already, so a step cannot match it as well',
    },
  ])('$name', ({ http, routes, more, problem }) => {
    const istio = { virtualService: { name: 'web', ...(routes === undefined ? {} : { routes }) } };
    const { world } = along([virtualService('web', ...http)], { ...THROUGH_WEB, istio }, more);
    expect([...istioRouter.unfitReferences(world)].map(fieldErrorText)).toEqual([`${PATH}: ${problem}`]);
  });

  test('is missed in words that say why', () => {
    const { world } = along([]);
    expect([...istioRouter.missingReferences(world)].map(fieldErrorText)).toEqual([
      `${PATH}: virtualservice.networking.istio.io "web" not found`,
    ]);
    const unreadableRouted = new Map([['virtualservices', 'Cannot list']]);
    expect([...istioRouter.missingReferences({ ...world, unreadableRouted })].map(fieldErrorText)).toEqual([
      `${PATH}: Cannot list; deploy/components/istio grants it`,
    ]);
  });
});

describe('subsets', () => {
  const NAMES = { name: 'web', stableSubsetName: 'stable', canarySubsetName: 'canary' };
  const BY_SUBSET: TrafficRouting = { istio: { virtualService: { name: 'web' }, destinationRule: NAMES } };
  const PLAIN = [{ name: 'stable' }, { name: 'canary', labels: { tier: 'a' } }, { name: 'other' }];

  function beside(stable: number, canary: number, rule = destinationRule('web', 'web', PLAIN)): Situation {
    const route = { route: [destination('web:stable', stable), destination('web:canary', canary)] };
    return along([virtualService('web', dividedRoute(0, 0, route)), rule], BY_SUBSET);
  }

  function subsetsIn({ world }: Situation) {
    const rule: DestinationRule | undefined = world.routed.get('destinationrules')?.get('web');
    return rule?.spec?.subsets;
  }

  function later(situation: Situation, ms: number): Situation {
    return situationOf({ ...situation.world, now: situation.now + ms });
  }

  function hashesOf(situation: Situation): { readonly stable: string; readonly canary: string } {
    return { stable: selectedHash(situation, 'web-stable'), canary: selectedHash(situation, 'web-canary') };
  }

  test('select what the Services select before a request moves, and the proxies get their time', () => {
    const before = beside(100, 0);
    const { stable, canary } = hashesOf(before);
    expect(stable).not.toBe('');
    expect(canary).not.toBe(stable);
    const labelled = shown(before, 20);
    expect(subsetsIn(labelled)).toEqual([
      { name: 'stable', labels: { [LABELS.podTemplateHash]: stable } },
      { name: 'canary', labels: { tier: 'a', [LABELS.podTemplateHash]: canary } },
      { name: 'other' },
    ]);
    const split = { weight: 20, headerRoutes: [] };
    expect(istioRouter.holdsBack(before, split)).toBe(true);
    expect(routesIn(labelled).map(weightsOf)).toEqual([[100, 0]]);
    expect(istioRouter.render(labelled, split)).toEqual([]);
    expect(istioRouter.unconfirmed(labelled)?.message).toBe(
      'waiting for the proxies to know which pods are subset canary of DestinationRule shop/web',
    );
    const settled = later(labelled, 30_000);
    expect(istioRouter.unconfirmed(settled)).toBeNull();
    expect(routesIn(shown(settled, 20)).map(weightsOf)).toEqual([[80, 20]]);
  });

  test('let requests return to another revision at once', () => {
    expect(routesIn(shown(beside(80, 20), 0)).map(weightsOf)).toEqual([[100, 0]]);
  });

  test('that become stable are waited for before requests return to them', () => {
    const { stable, canary } = hashesOf(beside(0, 100));
    const rule = destinationRule('web', 'web', [
      { name: 'stable', labels: { [LABELS.podTemplateHash]: stable } },
      { name: 'canary', labels: { [LABELS.podTemplateHash]: canary } },
    ]);
    const { world } = beside(0, 100, rule);
    // The promotion has moved the stable Service.
    const service = world.services.get('web-canary');
    const moved = service && { ...service, metadata: { ...service.metadata, name: 'web-stable' } };
    const services = new Map([...world.services, ...(moved === undefined ? [] : [['web-stable', moved] as const])]);
    const promoted = shown(situationOf({ ...world, services }), 0);
    expect(subsetsIn(promoted)?.map(({ labels }) => labels?.[LABELS.podTemplateHash])).toEqual([canary, canary]);
    expect(routesIn(promoted).map(weightsOf)).toEqual([[0, 100]]);
    expect(routesIn(shown(later(promoted, 30_000), 0)).map(weightsOf)).toEqual([[100, 0]]);
  });

  test.each([
    {
      name: 'that are not there',
      rule: destinationRule('web', 'web', [{ name: 'stable' }]),
      problem: 'DestinationRule `web` has no subset canary',
    },
    {
      name: 'of another host',
      rule: destinationRule('web', 'web.example.com', PLAIN),
      problem:
        'DestinationRule `web` is for host web.example.com, and not for a Service of the namespace of the Rollout',
    },
  ])('$name are refused', ({ rule, problem }) => {
    const [first] = [...istioRouter.unfitReferences(beside(100, 0, rule).world)];
    expect(first && fieldErrorText(first)).toBe(
      `spec.strategy.canary.trafficRouting.istio.destinationRule.name: Invalid value: "web": ${problem}`,
    );
  });

  test('are bound to no revision once the spec asks for no router, and pods stay until the proxies know', () => {
    const divided = shown(later(shown(beside(100, 0), 20), 30_000), 20);
    const left = along(sharedIn(divided.world), null);
    const writes = istioRouter.leftovers(left).flatMap(({ write }) => write ?? []);
    const after = situationOf(withShared(left.world, afterPatches(sharedIn(left.world), writes, NOW)));
    expect(subsetsIn(after)).toEqual([
      { name: 'stable', labels: {} },
      { name: 'canary', labels: { tier: 'a' } },
      { name: 'other' },
    ]);
    expect(istioRouter.leftovers(after).map(({ write, settledAt }) => [write, settledAt])).toEqual([
      [null, NOW + 30_000],
      [null, NOW + 30_000],
    ]);
    const last = istioRouter.leftovers(later(after, 30_000)).flatMap(({ write }) => write ?? []);
    const unmarked = afterPatches(sharedIn(after.world), last);
    expect(unmarked.map(({ metadata }) => metadata.annotations?.[ANNOTATIONS.dividedBy])).toEqual([
      undefined,
      undefined,
    ]);
  });
});

test('a Rollout that is gone leaves all requests at the stable side, and no subset bound', () => {
  const hash = { [LABELS.podTemplateHash]: 'abc' };
  const mark = {
    [ANNOTATIONS.dividedBy]: JSON.stringify({
      web: { stable: 'web:stable', canary: 'web:canary', rules: { testers: '' } },
    }),
  };
  const marked = <T extends KubeObject>(object: T): T =>
    patchedObject(object, { patch: { metadata: { annotations: mark } } });
  const route = { route: [destination('web:stable', 80), destination('web:canary', 20)] };
  const objects = [
    marked(
      virtualService('web', { name: 'testers', route: [destination('web:canary', 100)] }, dividedRoute(0, 0, route)),
    ),
    marked(
      destinationRule('web', 'web', [
        { name: 'stable', labels: hash },
        { name: 'canary', labels: hash },
      ]),
    ),
  ];
  const lookup = lookupIn(({ kind }) => objects.filter((one) => one.kind === kind));
  const after = afterPatches(objects, departures(lookup, { namespace: 'shop', name: 'web' }));
  expect(after.map(({ metadata }) => metadata.annotations?.[ANNOTATIONS.dividedBy])).toEqual([undefined, undefined]);
  expect((after[0] as VirtualService).spec?.http?.map(weightsOf)).toEqual([[100, 0]]);
  expect((after[1] as DestinationRule).spec?.subsets?.map(({ labels }) => labels)).toEqual([{}, {}]);
});
