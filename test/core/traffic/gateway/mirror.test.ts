/** Mirror routes in an HTTPRoute: which requests are copied, how the rule divides them, and what is not accepted. */
import { describe, expect, test } from 'vitest';
import { fieldErrorText, firstOf } from '../../../../src/api/words/field-error.ts';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import type { CanaryStep, MirrorMatch } from '../../../../src/api/schema/steps.ts';
import { situationOf, type Situation } from '../../../../src/core/observed/situation.ts';
import { gatewayRouter } from '../../../../src/core/traffic/gateway/router.ts';
import type { MirrorRoute, TrafficSplit } from '../../../../src/core/traffic/router.ts';
import { mirrorRoutesAt } from '../../../../src/core/strategies/canary/steps.ts';
import type { Write } from '../../../../src/kube/plan.ts';
import type { Route, RouteRule } from '../../../../src/kube/route.ts';
import { buildSituation, routed } from '../../build-world.ts';
import { accepted, backend, dividedRule, grpcRoute, httpRoute } from '../../routes.ts';
import { patchedObject, withShared } from '../../shared-objects.ts';

const REVISIONS = [
  { version: 'v1', size: 5 },
  { version: 'v2', size: 1 },
];
const THROUGH_WEB = { gatewayAPI: { httpRoute: 'web' }, managedRoutes: [{ name: 'copies' }, { name: 'testers' }] };

function along(routes: readonly Route[], strategy: Partial<CanaryStrategy> = {}): Situation {
  const canary = { ...routed({ trafficRouting: THROUGH_WEB }), ...strategy };
  const { world } = buildSituation({ strategy: canary, revisions: REVISIONS, split: null });
  return situationOf(withShared(world, routes));
}

function web(...rules: readonly RouteRule[]): Route {
  return httpRoute('web', { spec: { parentRefs: [{ name: 'edge' }], rules } });
}

function copies(matches: readonly MirrorMatch[] = [{ path: { prefix: '/' } }], percentage = 100): MirrorRoute {
  return { name: 'copies', matches, percentage };
}

function splitOf(weight: number, ...mirrorRoutes: readonly MirrorRoute[]): TrafficSplit {
  return { weight, headerRoutes: [], mirrorRoutes };
}

function after(situation: Situation, split: TrafficSplit): Situation {
  const [write] = gatewayRouter.render(situation, split) as readonly Extract<Write, { op: 'patch' }>[];
  const [route] = [...(situation.world.routed.get('httproutes')?.values() ?? [])] as readonly Route[];
  if (write === undefined || route === undefined) throw new Error('nothing is written');
  return situationOf(withShared(situation.world, [accepted(patchedObject(route, write))]));
}

function rulesIn(situation: Situation): readonly RouteRule[] {
  const [route] = [...(situation.world.routed.get('httproutes')?.values() ?? [])] as readonly Route[];
  return route?.spec?.rules ?? [];
}

const MIRROR = {
  type: 'RequestMirror',
  requestMirror: { backendRef: { group: '', kind: 'Service', name: 'web-canary', port: 80 } },
};

describe('a mirror route', () => {
  test('is a rule before the others that divides its requests as they do and copies them to the canary', () => {
    const filter = { type: 'RequestHeaderModifier' };
    const situation = after(along([web(dividedRule(100, 0, { filters: [filter] }))]), splitOf(20, copies()));
    const divided = [backend('web-stable', 80), backend('web-canary', 20)];
    expect(rulesIn(situation)).toEqual([
      {
        name: 'copies',
        matches: [{ path: { type: 'PathPrefix', value: '/' } }],
        filters: [filter, MIRROR],
        backendRefs: divided,
      },
      { matches: [{ path: { type: 'PathPrefix', value: '/' } }], filters: [filter], backendRefs: divided },
    ]);
  });

  test('copies a part of the requests', () => {
    const [rule] = rulesIn(after(along([web(dividedRule())]), splitOf(0, copies(undefined, 30))));
    expect(rule?.filters).toEqual([{ ...MIRROR, requestMirror: { ...MIRROR.requestMirror, percent: 30 } }]);
  });

  test('follows the weight, and counts with it', () => {
    const begun = after(along([web(dividedRule(), dividedRule(100, 0, { matches: [] }))]), splitOf(20, copies()));
    expect(gatewayRouter.observe(begun)).toEqual({ lowestWeight: 20, highestWeight: 20 });
    expect(gatewayRouter.render(begun, splitOf(20, copies()))).toEqual([]);
    const names = rulesIn(begun).map(({ name }) => name);
    expect(names).toEqual(['copies', 'copies-1', undefined, undefined]);
    const [edited, ...others] = rulesIn(begun);
    const person = along([
      web({ ...edited, backendRefs: [backend('web-stable', 10), backend('web-canary', 90)] }, ...others),
    ]);
    expect(gatewayRouter.observe(person)).toEqual({ lowestWeight: 20, highestWeight: 90 });
    const risen = after(begun, splitOf(50, copies()));
    expect(rulesIn(risen).map(({ backendRefs = [] }) => backendRefs.map(({ weight }) => weight))).toEqual([
      [50, 50],
      [50, 50],
      [50, 50],
      [50, 50],
    ]);
  });

  test('leaves nothing behind', () => {
    const rules = [dividedRule(), dividedRule(100, 0, { matches: [] })];
    const begun = after(along([web(...rules)]), splitOf(20, copies()));
    expect(gatewayRouter.leadsBesideWeight(begun)).toBe(true);
    expect(rulesIn(after(begun, splitOf(0)))).toEqual(rules);
    const { world } = begun;
    const { trafficRouting: _none, ...canary } = world.rollout.spec.strategy?.canary ?? {};
    const elsewhere = { ...world.rollout, spec: { ...world.rollout.spec, strategy: { canary } } };
    const [leftover] = gatewayRouter.leftovers(situationOf({ ...world, rollout: elsewhere }));
    expect(leftover?.write).toMatchObject({ patch: { spec: { rules } } });
  });

  test('is not added to a GRPCRoute, nor to a route without managed routes', () => {
    const gatewayAPI = { httpRoutes: [{ name: 'web' }], grpcRoute: 'rpc' };
    const strategy = { trafficRouting: { ...THROUGH_WEB, gatewayAPI } };
    const situation = along([web(dividedRule()), grpcRoute('rpc')], strategy);
    const patches = gatewayRouter.render(situation, splitOf(20, copies())) as readonly Extract<
      Write,
      { op: 'patch' }
    >[];
    expect(patches.map(({ patch }) => (patch['spec'] as unknown as { rules: RouteRule[] }).rules.length)).toEqual([
      1, 1,
    ]);
  });

  test('stands among header routes in the order of managedRoutes', () => {
    const headerRoutes = [{ name: 'testers', matches: [{ headerName: 'X-T', headerValue: { exact: 'y' } }] }];
    const situation = after(along([web(dividedRule())]), { ...splitOf(0, copies()), headerRoutes });
    expect(rulesIn(situation).map(({ name }) => name)).toEqual(['copies', 'testers', undefined]);
  });
});

describe('requests are copied that both the rule and the step match', () => {
  const path = (type: string, value: string) => ({ path: { type, value } });
  test.each([
    { own: [], asked: [{}], both: [path('PathPrefix', '/')] },
    { own: [path('PathPrefix', '/')], asked: [{ path: { exact: '/a' } }], both: [path('Exact', '/a')] },
    { own: [path('PathPrefix', '/')], asked: [{ path: { regex: '/a.*' } }], both: [path('RegularExpression', '/a.*')] },
    { own: [path('PathPrefix', '/a')], asked: [{ path: { prefix: '/a/b' } }], both: [path('PathPrefix', '/a/b')] },
    { own: [path('PathPrefix', '/a/b')], asked: [{ path: { prefix: '/a' } }], both: [path('PathPrefix', '/a/b')] },
    { own: [path('PathPrefix', '/a')], asked: [{ path: { exact: '/a' } }], both: [path('Exact', '/a')] },
    { own: [path('Exact', '/a/b')], asked: [{ path: { prefix: '/a' } }], both: [path('Exact', '/a/b')] },
    { own: [path('PathPrefix', '/a')], asked: [{ path: { prefix: '/ab' } }, {}], both: [path('PathPrefix', '/a')] },
    { own: [path('Exact', '/a')], asked: [{ path: { prefix: '/a/b' } }, {}], both: [path('Exact', '/a')] },
    {
      own: [{ method: 'GET' }, { method: 'PUT' }],
      asked: [{ method: { exact: 'GET' } }],
      both: [{ ...path('PathPrefix', '/'), method: 'GET' }],
    },
    {
      own: [{ headers: [{ type: 'Exact', name: 'X-A', value: 'a' }] }],
      asked: [{ headers: { 'x-a': { exact: 'a' }, 'X-B': { prefix: 'b.' } } }],
      both: [
        {
          ...path('PathPrefix', '/'),
          headers: [
            { type: 'Exact', name: 'X-A', value: 'a' },
            { type: 'RegularExpression', name: 'X-B', value: String.raw`^b\..*` },
          ],
        },
      ],
    },
  ])('$own and $asked', ({ own, asked, both }) => {
    const situation = after(along([web(dividedRule(100, 0, { matches: own }))]), splitOf(10, copies(asked)));
    expect(rulesIn(situation)[0]).toMatchObject({ name: 'copies', matches: both });
  });
});

describe('what cannot be copied is said before the release', () => {
  const problem = (rule: RouteRule, match: MirrorMatch): string | null => {
    const steps: readonly CanaryStep[] = [{ setMirrorRoute: { name: 'copies', match: [match] } }];
    const first = firstOf(gatewayRouter.unfitReferences(along([web(rule)], { steps }).world));
    return first === null ? null : fieldErrorText(first);
  };
  const PREFIX = 'spec.strategy.canary.trafficRouting.gatewayAPI.httpRoute: Invalid value: "web": HTTPRoute `web`: ';
  test.each([
    {
      what: 'a pattern beside another path',
      matches: [{ path: { type: 'PathPrefix', value: '/a' } }],
      match: { path: { regex: '/a/[0-9]+' } },
      says: 'path /a/[0-9]+ of a mirror route cannot be joined with path /a of the rule, because one of them is a pattern',
    },
    {
      what: 'a header that the rule matches otherwise',
      matches: [{ headers: [{ name: 'X-A', value: 'a' }] }],
      match: { headers: { 'x-a': { exact: 'b' } } },
      says: 'header x-a is matched by the rule already, so a mirror route cannot match it as well',
    },
    {
      what: 'requests that no rule has',
      matches: [{ path: { type: 'PathPrefix', value: '/a' } }],
      match: { path: { prefix: '/b' } },
      says: 'no rule has requests that mirror route copies matches',
    },
  ])('$what', ({ matches, match, says }) => {
    expect(problem(dividedRule(100, 0, { matches }), match)).toBe(`${PREFIX}${says}`);
  });

  test('and nothing otherwise', () => {
    expect(problem(dividedRule(), { path: { prefix: '/a' } })).toBeNull();
  });
});

test('mirror routes are those that the steps so far have switched on and not off', () => {
  const on = { setMirrorRoute: { name: 'copies', match: [{ path: { prefix: '/' } }], percentage: 20 } };
  const steps: readonly CanaryStep[] = [on, { pause: {} }, { setMirrorRoute: { name: 'copies' } }, { pause: {} }];
  const [route] = [{ name: 'copies', matches: [{ path: { prefix: '/' } }], percentage: 20 }];
  expect(steps.map((_step, index) => mirrorRoutesAt(steps, index))).toEqual([[route], [route], [], []]);
  expect(mirrorRoutesAt([on], 1)).toEqual([]);
});
