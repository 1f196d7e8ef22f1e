/** What a Rollout asks of a Gateway is held against what the Gateway's class lists. */
import { describe, expect, test } from 'vitest';
import { fieldErrorText } from '../../../../src/api/words/field-error.ts';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import type { CanaryStep } from '../../../../src/api/schema/steps.ts';
import { situationOf } from '../../../../src/core/observed/situation.ts';
import type { RolloutWorld } from '../../../../src/core/observed/world.ts';
import { FEATURES } from '../../../../src/core/traffic/gateway/features.ts';
import { watchedFor } from '../../../../src/core/traffic/routers.ts';
import { gatewayRouter } from '../../../../src/core/traffic/gateway/router.ts';
import { buildSituation, routed } from '../../build-world.ts';
import { accepted, dividedRule, grpcRoute, httpRoute, withGateway } from '../../routes.ts';
import { withShared } from '../../shared-objects.ts';

const ALL: readonly string[] = FEATURES;

const REVISIONS = [
  { version: 'v1', size: 5 },
  { version: 'v2', size: 1 },
];

type Mirror = NonNullable<CanaryStep['setMirrorRoute']>;

function mirror(fields: Partial<Mirror> = {}): CanaryStep {
  return { setMirrorRoute: { name: 'copies', match: [{ path: { prefix: '/' } }], ...fields } };
}

function worldOf(steps: readonly CanaryStep[], routing: CanaryStrategy['trafficRouting'] = {}): RolloutWorld {
  const trafficRouting = { managedRoutes: [{ name: 'copies' }], gatewayAPI: { httpRoute: 'web' }, ...routing };
  const { world } = buildSituation({ strategy: { ...routed({ trafficRouting }), steps }, revisions: REVISIONS });
  return withShared(world, [httpRoute('web'), grpcRoute('rpc')]);
}

function problems(world: RolloutWorld): readonly string[] {
  return [...gatewayRouter.unsupported(world)].map(fieldErrorText);
}

const STEP = 'spec.strategy.canary.steps[0].setMirrorRoute';

describe('a feature that the class does not list is refused with its name and the class', () => {
  test.each([
    { feature: 'HTTPRouteRequestMirror', step: mirror(), path: STEP },
    { feature: 'HTTPRouteRequestPercentageMirror', step: mirror({ percentage: 30 }), path: `${STEP}.percentage` },
    {
      feature: 'HTTPRouteMethodMatching',
      step: mirror({ match: [{ path: { exact: '/' } }, { method: { exact: 'GET' } }] }),
      path: `${STEP}.match[1].method`,
    },
  ])('$feature', ({ feature, step, path }) => {
    const world = worldOf([step]);
    const others = ALL.filter((one) => one !== feature);
    expect(problems(withGateway(world, others))).toEqual([
      `${path}: Forbidden: GatewayClass played does not list ${feature} in status.supportedFeatures, and HTTPRoute shop/web at Gateway edge would need it`,
    ]);
    expect(problems(withGateway(world, ALL))).toEqual([]);
  });

  test('a second mirror in a rule that has one', () => {
    const filters = [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'audit', port: 80 } } }];
    const spec = { parentRefs: [{ name: 'edge' }], rules: [dividedRule(100, 0, { filters })] };
    const world = withShared(worldOf([mirror()]), [httpRoute('web', { spec })]);
    expect(problems(withGateway(world, ['HTTPRouteRequestMirror']))).toEqual([
      expect.stringContaining('does not list HTTPRouteRequestMultipleMirrors'),
    ]);
  });

  test('GRPCRoute, where there is a list', () => {
    const world = worldOf([], { gatewayAPI: { grpcRoute: 'rpc' } });
    expect(problems(withGateway(world, ['HTTPRoute']))).toEqual([
      'spec.strategy.canary.trafficRouting.gatewayAPI.grpcRoute: Forbidden: GatewayClass played does not list GRPCRoute in status.supportedFeatures, and GRPCRoute shop/rpc at Gateway edge would need it',
    ]);
    expect(problems(withGateway(world, null))).toEqual([]);
    expect(problems(world)).toEqual([]);
  });
});

describe('a mirror is refused where it is not known whether the Gateway has it', () => {
  const world = worldOf([mirror()]);
  const after = 'so it is not known whether it supports HTTPRouteRequestMirror, which HTTPRoute shop/web would need';
  const ofService = httpRoute('web', { spec: { parentRefs: [{ kind: 'Service', group: '', name: 'web' }] } });
  test.each([
    { what: 'no list', of: withGateway(world, null), says: 'GatewayClass played has no status.supportedFeatures' },
    { what: 'an empty list', of: withGateway(world, []), says: 'GatewayClass played has no status.supportedFeatures' },
    { what: 'no Gateway', of: world, says: 'Gateway edge is not found' },
    {
      what: 'no right',
      of: { ...withGateway(world, ALL), unreadableRouted: new Map([['gatewayclasses', 'Cannot list']]) },
      says: 'Gateway edge cannot be looked at: Cannot list',
    },
    {
      what: 'a mesh',
      of: withShared(world, [ofService]),
      says: 'Service web is no Gateway and lists no features',
    },
  ])('$what', ({ of, says }) => {
    expect(problems(of)[0]).toBe(`${STEP}: Forbidden: ${says}, ${after}`);
  });
});

test('features are read in the form that they had before version 1.2 of the API as well', () => {
  const world = worldOf([mirror()]);
  expect(
    problems(
      withGateway(
        world,
        ALL.map((name) => ({ name })),
      ),
    ),
  ).toEqual([]);
});

test('Gateways are looked at only for a Rollout that asks for more than all of them have', () => {
  const plurals = (world: RolloutWorld) => watchedFor(world.rollout).map(({ plural }) => plural);
  const header = { setHeaderRoute: { name: 'copies', match: [{ headerName: 'A', headerValue: { exact: 'b' } }] } };
  expect(plurals(worldOf([header]))).toEqual(['httproutes']);
  expect(plurals(worldOf([mirror({ match: [] })]))).toEqual(['httproutes']);
  expect(plurals(worldOf([mirror()]))).toEqual(['httproutes', 'gateways', 'gatewayclasses']);
});

describe('a header that is matched by a pattern', () => {
  const steps = (headerValue: { exact: string } | { regex: string } | { prefix: string }): readonly CanaryStep[] => [
    { setHeaderRoute: { name: 'copies', match: [{ headerName: 'X-Tester', headerValue }] } },
  ];
  const hazards = (controller: string, taken: readonly CanaryStep[]) => {
    const world = withShared(worldOf(taken), [accepted(httpRoute('web'), controller)]);
    return gatewayRouter.hazards(situationOf(world)).map(({ reason }) => reason);
  };

  test.each([{ regex: 'y.*' }, { prefix: 'y' }])(
    '%o is a hazard behind a controller that is not known to match it',
    (value) => {
      expect(hazards('example.com/unknown', steps(value))).toEqual(['PatternUnproven']);
      expect(hazards('traefik.io/gateway-controller', steps(value))).toEqual([]);
      expect(hazards('projectcontour.io/gateway-controller', steps(value))).toEqual([]);
    },
  );

  test('and an exact value is none', () => {
    expect(hazards('example.com/unknown', steps({ exact: 'yes' }))).toEqual([]);
  });
});
