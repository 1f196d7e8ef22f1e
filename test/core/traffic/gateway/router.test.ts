/** What the router of the Gateway API makes of routes that people own, beyond the contract of every router. */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../../../src/api/words/labels.ts';
import { firstOf, fieldErrorText } from '../../../../src/api/words/field-error.ts';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import type { TrafficRouting } from '../../../../src/api/schema/traffic-routing.ts';
import { situationOf, type Situation } from '../../../../src/core/observed/situation.ts';
import { gatewayRouter } from '../../../../src/core/traffic/gateway/router.ts';
import { departures, formerRouterCarriesRequests, observedSplit } from '../../../../src/core/traffic/routers.ts';
import { decideRollout } from '../../../../src/core/rollout/decide.ts';
import { problemOf } from '../../../../src/core/rollout/spec-problem.ts';
import { viewRollout } from '../../../../src/core/view/view.ts';
import { lookupIn } from '../../../../src/core/observed/lookup.ts';
import type { TrafficSplit } from '../../../../src/core/traffic/router.ts';
import type { PatchWrite, Write } from '../../../../src/kube/plan.ts';
import type { Route, RouteRule } from '../../../../src/kube/route.ts';
import { buildSituation, NOW, routed } from '../../build-world.ts';
import { accepted, backend, dividedRule, grpcRoute, httpRoute } from '../../routes.ts';
import { patchedObject, withShared } from '../../shared-objects.ts';

const REVISIONS = [
  { version: 'v1', size: 5 },
  { version: 'v2', size: 1 },
];
const THROUGH_WEB: TrafficRouting = {
  gatewayAPI: { httpRoute: 'web' },
  managedRoutes: [{ name: 'testers' }, { name: 'staff' }],
};

function along(routes: readonly Route[], trafficRouting: TrafficRouting | null = THROUGH_WEB): Situation {
  const { trafficRouting: _nginx, ...strategy }: CanaryStrategy = routed();
  const { world } = buildSituation({
    strategy: { ...strategy, ...(trafficRouting === null ? {} : { trafficRouting }) },
    revisions: REVISIONS,
    split: null,
  });
  return situationOf(withShared(world, routes));
}

function web(...rules: readonly RouteRule[]): Route {
  return httpRoute('web', { spec: { parentRefs: [{ name: 'edge' }], rules } });
}

function header(name: string, headerName: string, exact: string): TrafficSplit['headerRoutes'][number] {
  return { name, matches: [{ headerName, headerValue: { exact } }] };
}

function patchOf(writes: readonly Write[]): PatchWrite {
  const [write, ...others] = writes;
  if (write?.op !== 'patch' || others.length > 0) throw new Error(`not one patch: ${JSON.stringify(writes)}`);
  return write;
}

/** The rules of the route once the router has made it show the split. */
function rulesAt(situation: Situation, weight: number, ...headerRoutes: TrafficSplit['headerRoutes']): RouteRule[] {
  const { spec } = patchOf(gatewayRouter.render(situation, { weight, headerRoutes })).patch;
  return (spec as unknown as { rules: RouteRule[] }).rules;
}

/** The route as it is afterwards, accepted or not. */
function routeAt(route: Route, weight: number, at = 0, ...headerRoutes: TrafficSplit['headerRoutes']): Route {
  return patchedObject(route, patchOf(gatewayRouter.render(along([route]), { weight, headerRoutes })), at);
}

const weightsOf = ({ backendRefs = [] }: RouteRule) => backendRefs.map(({ name, weight }) => [name, weight]);

describe('weights', () => {
  test('change in every rule that names both Services, and nowhere else', () => {
    const files = { name: 'files', backendRefs: [backend('files', 7)] };
    const other = dividedRule(100, 0, { filters: [{ type: 'URLRewrite' }] });
    const rules = rulesAt(along([web(dividedRule(), files, other)]), 30);
    expect(rules.map(weightsOf)).toEqual([
      [
        ['web-stable', 70],
        ['web-canary', 30],
      ],
      [['files', 7]],
      [
        ['web-stable', 70],
        ['web-canary', 30],
      ],
    ]);
    expect(rules[1]).toEqual(files);
    expect(rules[2]).toMatchObject({ filters: [{ type: 'URLRewrite' }] });
  });

  test('add up to maxTrafficWeight, whatever they were', () => {
    const routing = { ...THROUGH_WEB, maxTrafficWeight: 1000 };
    const situation = along([web(dividedRule(1, 1))], routing);
    expect(gatewayRouter.observe(situation)).toEqual({ lowestWeight: 500, highestWeight: 500 });
    expect(rulesAt(situation, 1).map(weightsOf)).toEqual([
      [
        ['web-stable', 999],
        ['web-canary', 1],
      ],
    ]);
  });

  test('leave another backend of the rule its share', () => {
    const backendRefs = [backend('web-stable', 200), backend('web-canary', 0), backend('beta', 50)];
    const [rule] = rulesAt(along([web(dividedRule(0, 0, { backendRefs }))]), 30);
    expect(rule?.backendRefs?.map(({ weight }) => weight)).toEqual([140, 60, 50]);
  });

  test.each([
    { refs: [backend('web-stable'), backend('web-canary')], observed: 50 },
    { refs: [backend('web-stable', 2), backend('web-canary', 1)], observed: 33 },
    { refs: [backend('web-stable', 999), backend('web-canary', 1)], observed: 1 },
    { refs: [backend('web-stable', 1), backend('web-canary', 999)], observed: 99 },
    { refs: [backend('web-stable', 0), backend('web-canary', 3)], observed: 100 },
    { refs: [backend('web-stable', 0), backend('web-canary', 0)], observed: 0 },
  ])('of $refs are a share of $observed', ({ refs, observed }) => {
    const situation = along([web({ backendRefs: refs })]);
    expect(gatewayRouter.observe(situation)).toEqual({ lowestWeight: observed, highestWeight: observed });
  });

  test('of rules and routes that disagree count with the smallest and the largest', () => {
    const routing = { gatewayAPI: { httpRoute: 'web', grpcRoute: 'rpc' } };
    const rpc = grpcRoute('rpc', { spec: { rules: [dividedRule(60, 40)] } });
    const situation = along([web(dividedRule(90, 10), dividedRule(80, 20)), rpc], routing);
    expect(gatewayRouter.observe(situation)).toEqual({ lowestWeight: 10, highestWeight: 40 });
  });

  test('count Services of the namespace of the Rollout, also where it is named', () => {
    const backendRefs = [backend('web-stable', 90), backend('web-canary', 10)];
    const named = backendRefs.map((one) => ({ ...one, namespace: 'shop' }));
    expect(gatewayRouter.observe(along([web({ backendRefs: named })])).highestWeight).toBe(10);
    const elsewhere = [...backendRefs, { ...backend('web-canary', 1), namespace: 'elsewhere' }];
    expect(gatewayRouter.observe(along([web({ backendRefs: elsewhere })])).highestWeight).toBe(10);
  });

  test('are written at the version that was seen', () => {
    const { resourceVersion, patch } = patchOf(
      gatewayRouter.render(along([web(dividedRule())]), { weight: 5, headerRoutes: [] }),
    );
    expect(resourceVersion).toBe('1');
    expect(Object.keys(patch)).toEqual(['metadata', 'spec']);
  });
});

describe('header routes', () => {
  const TESTERS = header('testers', 'X-Tester', 'yes');
  const STAFF = header('staff', 'X-Staff', 'yes');

  test('come first, one for each divided rule, in the order of managedRoutes', () => {
    const rules = rulesAt(along([web(dividedRule(), dividedRule())]), 0, STAFF, TESTERS);
    expect(rules.map(({ name }) => name)).toEqual(['testers', 'testers-1', 'staff', 'staff-1', undefined, undefined]);
    expect(rules.slice(0, 4).map(weightsOf)).toEqual(Array.from({ length: 4 }, () => [['web-canary', 1]]));
  });

  test('ask for their headers in addition to what the rule asks for', () => {
    const matches = [{ path: { type: 'Exact', value: '/a' } }, { headers: [{ name: 'X-Own', value: 'a' }] }];
    const { headerName } = TESTERS.matches[0] ?? { headerName: '' };
    const two = {
      name: 'testers',
      matches: [
        { headerName, headerValue: { prefix: 'a.b' } },
        { headerName: 'X-B', headerValue: { regex: 'c|d' } },
      ],
    };
    const [rule] = rulesAt(along([web(dividedRule(100, 0, { matches }))]), 0, two);
    const headers = [
      { type: 'RegularExpression', name: 'X-Tester', value: String.raw`^a\.b.*` },
      { type: 'RegularExpression', name: 'X-B', value: 'c|d' },
    ];
    expect(rule?.matches).toEqual([
      { path: { type: 'Exact', value: '/a' }, headers },
      { headers: [{ name: 'X-Own', value: 'a' }, ...headers] },
    ]);
  });

  test('may ask for a cookie, which is a part of a header', () => {
    const regex = '^(.*; *)?beta=yes(;.*)?$';
    const cookie = { name: 'testers', matches: [{ headerName: 'Cookie', headerValue: { regex } }] };
    const [rule] = rulesAt(along([web(dividedRule())]), 0, cookie);
    expect(rule?.matches?.[0]?.headers).toEqual([{ type: 'RegularExpression', name: 'Cookie', value: regex }]);
  });

  test('are added to a GRPCRoute beside its methods', () => {
    const routing = { ...THROUGH_WEB, gatewayAPI: { grpcRoute: 'rpc' } };
    const matches = [{ method: { type: 'Exact', service: 'shop.Cart', method: 'Add' } }];
    const spec = { parentRefs: [{ name: 'edge' }], rules: [dividedRule(100, 0, { matches })] };
    const [rule, divided] = rulesAt(along([grpcRoute('rpc', { spec })], routing), 30, TESTERS);
    const headers = [{ type: 'Exact', name: 'X-Tester', value: 'yes' }];
    expect(rule).toEqual({
      name: 'testers',
      matches: [{ ...matches[0], headers }],
      backendRefs: [backend('web-canary')],
    });
    expect(weightsOf(divided ?? {})).toEqual([
      ['web-stable', 70],
      ['web-canary', 30],
    ]);
  });

  test('keep the filters of their rule', () => {
    const [rule] = rulesAt(along([web(dividedRule(100, 0, { filters: [{ type: 'CORS' }] }))]), 0, TESTERS);
    expect(rule).toMatchObject({ filters: [{ type: 'CORS' }] });
  });

  test('have names of their own where two of them could have the same', () => {
    const routing = { ...THROUGH_WEB, managedRoutes: [{ name: 'a' }, { name: 'a-1' }] };
    const rules = rulesAt(
      along([web(dividedRule(), dividedRule())], routing),
      0,
      header('a', 'X-A', 'yes'),
      header('a-1', 'X-B', 'yes'),
    );
    expect(new Set(rules.slice(0, 4).map(({ name }) => name)).size).toBe(4);
  });

  test('are not added to a route that does not take them', () => {
    const routing = { ...THROUGH_WEB, gatewayAPI: { httpRoutes: [{ name: 'web' }] } };
    expect(rulesAt(along([web(dividedRule())], routing), 10, TESTERS)).toHaveLength(1);
  });

  test('are known again where the definition of routes drops the names of rules', () => {
    const named = routeAt(web(dividedRule()), 10, 0, TESTERS);
    const [, ...others] = named.spec?.rules ?? [];
    const { name: _dropped, ...nameless } = named.spec?.rules?.[0] ?? {};
    const situation = along([{ ...named, spec: { ...named.spec, rules: [nameless, ...others] } }]);
    expect(gatewayRouter.leadsBesideWeight(situation)).toBe(true);
    expect(gatewayRouter.render(situation, { weight: 10, headerRoutes: [TESTERS] })).toEqual([]);
    expect(rulesAt(situation, 10)).toHaveLength(1);
  });

  test('of the plugin are replaced', () => {
    const left = { name: 'testers-1', matches: [{ headers: [{ name: 'X-Old', value: 'a' }] }] };
    const ofPlugin = [left, { ...left, name: 'testers' }].map((rule) => ({
      ...rule,
      backendRefs: [backend('web-canary')],
    }));
    const rules = rulesAt(along([web(dividedRule(70, 30), ...ofPlugin)]), 30);
    expect(rules).toEqual([dividedRule(70, 30)]);
  });

  test('are none of a rule of people with such a name that leads elsewhere', () => {
    const own = { name: 'testers-7', backendRefs: [backend('web-stable')] };
    expect(rulesAt(along([web(dividedRule(), own)]), 10)).toHaveLength(2);
  });
});

describe('what does not fit', () => {
  const problem = (...rules: readonly RouteRule[]): string | null => {
    const first = firstOf(gatewayRouter.unfitReferences(along([web(...rules)]).world));
    return first === null ? null : fieldErrorText(first);
  };
  const PATH = 'spec.strategy.canary.trafficRouting.gatewayAPI.httpRoute: Invalid value: "web": ';

  test.each([
    {
      what: 'no rule with both Services',
      rules: [{ backendRefs: [backend('web-stable')] }],
      says: 'HTTPRoute `web` has no rule that names both services web-stable and web-canary in its backendRefs',
    },
    {
      what: 'Services of another namespace',
      rules: [{ backendRefs: [backend('web-stable'), { ...backend('web-canary'), namespace: 'else' }] }],
      says: 'HTTPRoute `web` has no rule that names both services web-stable and web-canary in its backendRefs',
    },
    {
      what: 'a Service twice',
      rules: [{ backendRefs: [backend('web-stable'), backend('web-canary'), backend('web-canary')] }],
      says: 'HTTPRoute `web` has a rule that names one Service twice',
    },
    {
      what: 'a sum that does not hold every weight',
      rules: [{ backendRefs: [backend('web-stable', 90), backend('web-canary', 0), backend('beta', 10)] }],
      says: 'HTTPRoute `web` has a rule with further backends, and there the weights of web-stable and web-canary must add up to 100 or a multiple of it, and not to 90',
    },
  ])('is $what', ({ rules, says }) => {
    expect(problem(...rules)).toBe(`${PATH}${says}`);
  });

  test('is a header that the rule matches already', () => {
    const rule = dividedRule(100, 0, { matches: [{ headers: [{ name: 'x-tester', value: 'a' }] }] });
    const step = {
      setHeaderRoute: { name: 'testers', match: [{ headerName: 'X-Tester', headerValue: { exact: 'b' } }] },
    };
    const { world } = along([web(rule)]);
    const strategy = { canary: { ...world.rollout.spec.strategy?.canary, steps: [step] } };
    const rollout = { ...world.rollout, spec: { ...world.rollout.spec, strategy } };
    const first = firstOf(gatewayRouter.unfitReferences({ ...world, rollout }));
    expect(first?.detail).toBe(
      'HTTPRoute `web` has a rule that matches header X-Tester already, so a step cannot match it as well',
    );
  });

  test('is nothing where all rules are fine', () => {
    expect(problem(dividedRule(), { backendRefs: [backend('files')] })).toBeNull();
  });
});

test('a route that may not be read is told from one that is missing', () => {
  const { world } = along([]);
  const detailOf = (unreadable: ReadonlyMap<string, string>) =>
    firstOf(gatewayRouter.missingReferences({ ...world, unreadableRouted: unreadable }))?.detail;
  expect(detailOf(new Map())).toBe('httproute.gateway.networking.k8s.io "web" not found');
  expect(detailOf(new Map([['httproutes', 'Cannot list']]))).toBe(
    'Cannot list; deploy/components/gateway-api grants it',
  );
});

test('a rule that leads to the stable Service alone is a hazard', () => {
  const situation = along([web(dividedRule(), { name: 'static', backendRefs: [backend('web-stable')] })]);
  expect(gatewayRouter.hazards(situation)).toEqual([
    {
      reason: 'RuleNotDivided',
      message:
        'rule static of HTTPRoute shop/web leads to Service web-stable and not to web-canary, so none of its requests reach the canary; add web-canary to its backendRefs',
    },
  ]);
});

describe('what the Gateways report', () => {
  const written = routeAt(web(dividedRule()), 20, NOW - 2_000);

  test('is waited for after every write', () => {
    expect(gatewayRouter.unconfirmed(along([written]))?.reason).toBe('RouteNotConfirmed');
    expect(gatewayRouter.settledAt(along([written]))).toBe(Number.POSITIVE_INFINITY);
    expect(gatewayRouter.blockedOn(along([written]))).toBeNull();
    expect(gatewayRouter.unconfirmed(along([accepted(written)]))).toBeNull();
  });

  test('is waited for from each of them', () => {
    const spec = { ...written.spec, parentRefs: [{ name: 'edge' }, { name: 'inner', sectionName: 'https' }] };
    const situation = along([{ ...accepted(written), spec }]);
    expect(gatewayRouter.unconfirmed(situation)?.message).toBe(
      'waiting for the controller of Gateway inner (listener https) to report that it has seen HTTPRoute shop/web as it is',
    );
  });

  test('may be that it refuses the route', () => {
    const { status } = accepted(written);
    const parents = (status?.parents ?? []).map((parent) => ({
      ...parent,
      conditions: (parent.conditions ?? []).map((one) =>
        one.type === 'ResolvedRefs'
          ? { ...one, status: 'False', reason: 'BackendNotFound', message: 'no web-canary.' }
          : one,
      ),
    }));
    expect(gatewayRouter.blockedOn(along([{ ...written, status: { parents } }]))?.message).toBe(
      'HTTPRoute shop/web is not in force at Gateway edge, ResolvedRefs is False (BackendNotFound): no web-canary',
    );
  });

  test('counts for the route as it was, not as it is', () => {
    const before = accepted(web(dividedRule()));
    const parents = (before.status?.parents ?? []).map((parent) => ({
      ...parent,
      conditions: (parent.conditions ?? []).map((one) => ({ ...one, status: 'False' })),
    }));
    expect(gatewayRouter.blockedOn(along([{ ...written, status: { parents } }]))).toBeNull();
  });

  test.each([
    { controller: 'traefik.io/gateway-controller', afterMs: 4_000 },
    { controller: 'projectcontour.io/gateway-controller', afterMs: 4_000 },
    { controller: 'example.com/unknown', afterMs: 30_000 },
  ])('begins the time that $controller needs', ({ controller, afterMs }) => {
    expect(gatewayRouter.settledAt(along([accepted(written, controller)]))).toBe(NOW - 2_000 + afterMs);
    const later = { time: new Date(NOW - 1_000).toISOString(), subresource: 'status' };
    const metadata = { ...written.metadata, managedFields: [later] };
    expect(gatewayRouter.settledAt(along([accepted({ ...written, metadata }, controller)]))).toBe(
      NOW - 1_000 + afterMs,
    );
  });
});

describe('a route that the spec no longer names', () => {
  const led = accepted(routeAt(web(dividedRule()), 20, NOW - 60_000, header('testers', 'X-Tester', 'yes')));

  test('returns its requests, is given time, and loses its mark', () => {
    const [first] = gatewayRouter.leftovers(along([led], null));
    expect(first).toMatchObject({ returnsRequests: true, leadsRequests: true, weight: 20, settledAt: NOW + 4_000 });
    const emptied = patchedObject(led, patchOf([first?.write].flatMap((one) => one ?? [])), NOW - 1_000);
    expect(emptied.spec?.rules).toEqual([dividedRule()]);
    const waits = { write: null, leadsRequests: false, weight: 0 };
    expect(gatewayRouter.leftovers(along([emptied], null))).toMatchObject([
      { ...waits, settledAt: Number.POSITIVE_INFINITY },
    ]);
    expect(gatewayRouter.leftovers(along([accepted(emptied)], null))).toMatchObject([
      { ...waits, settledAt: NOW + 3_000 },
    ]);
    const settled = accepted(patchedObject(led, patchOf([first?.write].flatMap((one) => one ?? [])), NOW - 4_000));
    const [last] = gatewayRouter.leftovers(along([settled], null));
    expect(last?.write).toMatchObject({ patch: { metadata: { annotations: { [ANNOTATIONS.dividedBy]: null } } } });
    expect(last?.settledAt).toBeNull();
  });

  test('counts as long as it leads requests, with the router that the spec names', () => {
    const routing = { gatewayAPI: { httpRoute: 'new' } };
    const situation = along([led, httpRoute('new')], routing);
    expect(observedSplit(situation)).toEqual({ lowestWeight: 0, highestWeight: 20 });
  });

  test('keeps the mark of another Rollout', () => {
    const others = JSON.stringify({ other: { stable: 'a', canary: 'b', rules: {} } });
    const shared = { ...web(dividedRule()) };
    const metadata = { ...shared.metadata, annotations: { [ANNOTATIONS.dividedBy]: others } };
    const both = routeAt({ ...shared, metadata }, 20);
    const [write] = departures(
      lookupIn(({ plural }) => (plural === 'httproutes' ? [both] : [])),
      { namespace: 'shop', name: 'web' },
    );
    expect(write).toMatchObject({
      patch: { metadata: { annotations: { [ANNOTATIONS.dividedBy]: others } }, spec: { rules: [dividedRule()] } },
    });
  });
});

describe('a kind of route that may not be read any more', () => {
  const WHY = 'Cannot list resource "httproutes"';
  const left = (trafficRouting: TrafficRouting | null): Situation => {
    const { world } = along([], trafficRouting);
    const annotations = { ...world.rollout.metadata.annotations, [ANNOTATIONS.dividedRoutes]: 'httproutes' };
    const rollout = { ...world.rollout, metadata: { ...world.rollout.metadata, annotations } };
    return situationOf({ ...world, rollout, unreadableRouted: new Map([['httproutes', WHY]]) });
  };

  test('counts as leading requests to the canary, so that no pod of it is removed', () => {
    expect(formerRouterCarriesRequests(left(null))).toBe(true);
    expect(gatewayRouter.leftovers(left(null))).toMatchObject([{ write: null, settledAt: Number.POSITIVE_INFINITY }]);
    expect(formerRouterCarriesRequests(along([], null))).toBe(false);
  });

  test('keeps the pods of the canary in an abort', () => {
    const aborted = ({ world }: Situation) => {
      const rollout = { ...world.rollout, status: { ...world.rollout.status, abort: true } };
      const { writes } = decideRollout({ ...world, rollout });
      return writes.filter(({ resource, why }) => resource.plural === 'replicasets' && /canary/.test(why));
    };
    expect(aborted(along([], null))).toHaveLength(1);
    expect(aborted(left(null))).toEqual([]);
  });

  test('is said in the words of the API server, with both ways out', () => {
    expect(problemOf(left(null))?.text).toBe(
      `metadata.annotations[serin.dev/divided-routes]: Invalid value: "httproutes": the Rollout has led requests through httproutes, and they may still reach the canary: ${WHY}; deploy/components/gateway-api grants it. When none of them leads to the canary, remove the annotation`,
    );
    expect(problemOf(left(THROUGH_WEB))?.text).toContain(`gatewayAPI.httpRoute: Invalid value: "web": ${WHY}`);
  });
});

describe('people are shown', () => {
  test('the weights of both Services, rule by rule', () => {
    const route = routeAt(web(dividedRule(), { backendRefs: [backend('files')] }), 20);
    expect(gatewayRouter.shown(along([route]))).toEqual([
      { name: 'web', says: { 'rule 0 web-stable': '80', 'rule 0 web-canary': '20' } },
    ]);
  });

  test('the weight of the status where they may not see the route', () => {
    const { world } = along([]);
    const weights = { canary: { weight: 35 }, stable: { weight: 65 } };
    const rollout = { ...world.rollout, status: { ...world.rollout.status, canary: { weights } } };
    const { weight } = viewRollout({ ...world, rollout });
    expect(weight).toEqual({ lowest: 35, highest: 35, total: 100 });
  });
});
