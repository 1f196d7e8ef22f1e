import { describe, expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../src/api/schema/canary.ts';
import type { TrafficRouting } from '../../../src/api/schema/traffic-routing.ts';
import { gatewayApiErrors } from '../../../src/api/validation/gateway-api.ts';
import { fieldErrorText } from '../../../src/api/words/field-error.ts';
import { canary } from '../sample-rollout.ts';

const CANARY = 'spec.strategy.canary';
const ROUTING = `${CANARY}.trafficRouting`;
const OWN = `${ROUTING}.gatewayAPI`;
const PLUGIN = `${ROUTING}.plugins[argoproj-labs/gatewayAPI]`;
const SERVICES = { stableService: 'web', canaryService: 'web-canary' };

function errorsOf(trafficRouting: TrafficRouting, more: CanaryStrategy = SERVICES): readonly string[] {
  return [...gatewayApiErrors(canary({ ...more, trafficRouting }))].map(fieldErrorText);
}

const plugin = (configuration: unknown): TrafficRouting => ({
  plugins: { 'argoproj-labs/gatewayAPI': configuration },
});

test.each<{ readonly name: string; readonly routing: TrafficRouting }>([
  { name: 'a route', routing: { gatewayAPI: { httpRoute: 'web' } } },
  { name: 'several', routing: { gatewayAPI: { httpRoutes: [{ name: 'a' }, { name: 'b' }], grpcRoute: 'a' } } },
  { name: 'the plugin', routing: plugin({ httpRoute: 'web', namespace: canary({}).metadata.namespace }) },
  {
    name: 'the bookkeeping of the plugin',
    routing: plugin({
      httpRoutes: [{ name: 'web', useHeaderRoutes: true }],
      configMap: 'argo-gatewayapi-configmap',
      disableInProgressLabel: true,
      skipManagedRoutesOnSetWeight: true,
    }),
  },
  { name: 'the same twice', routing: { gatewayAPI: { httpRoute: 'web' }, ...plugin({ httpRoute: 'web' }) } },
  { name: 'another router', routing: { nginx: { stableIngress: 'web' } } },
])('$name is fine', ({ routing }) => {
  expect(errorsOf(routing)).toEqual([]);
});

test.each<{ readonly name: string; readonly routing: TrafficRouting; readonly says: string }>([
  {
    name: 'no route',
    routing: { gatewayAPI: {} },
    says: `${OWN}: Required value: name the routes whose traffic is split: httpRoute, httpRoutes, grpcRoute or grpcRoutes`,
  },
  { name: 'an empty name', routing: { gatewayAPI: { httpRoute: '' } }, says: `${OWN}.httpRoute: Required value` },
  {
    name: 'a route twice',
    routing: { gatewayAPI: { httpRoute: 'web', httpRoutes: [{ name: 'web' }] } },
    says: `${OWN}.httpRoutes[0].name: Duplicate value: "web"`,
  },
  {
    name: 'another namespace',
    routing: plugin({ httpRoute: 'web', namespace: 'gateways' }),
    says: `${PLUGIN}.namespace: Invalid value: "gateways": routes of another namespace are not supported, only those of the namespace of the Rollout`,
  },
  {
    name: 'a TCPRoute',
    routing: plugin({ httpRoute: 'web', tcpRoute: 'web' }),
    says: `${PLUGIN}.tcpRoute: Forbidden: tcpRoute is not supported by this version of Serin`,
  },
  {
    name: 'a selector',
    routing: plugin({ httpRoute: 'web', httpRouteSelector: {} }),
    says: `${PLUGIN}.httpRouteSelector: Forbidden: httpRouteSelector is not supported by this version of Serin`,
  },
  {
    name: 'a rule of a route',
    routing: plugin({ httpRoutes: [{ name: 'web', ruleName: 'a' }] }),
    says: `${PLUGIN}.httpRoutes[0].ruleName: Forbidden: ruleName is not supported by this version of Serin`,
  },
  {
    name: 'a number for a name',
    routing: plugin({ httpRoute: 7 }),
    says: `${PLUGIN}: Invalid value: {"httpRoute":7}: httpRoute: Invalid input: expected string, received number`,
  },
  {
    name: 'nothing readable',
    routing: plugin('web'),
    says: `${PLUGIN}: Invalid value: "web": : Invalid input: expected object, received string`,
  },
  {
    name: 'two names that differ',
    routing: { gatewayAPI: { httpRoute: 'web' }, ...plugin({ httpRoute: 'api' }) },
    says: `${OWN}: Invalid value: {"httpRoute":"web"}: gatewayAPI and the plugin argoproj-labs/gatewayAPI name different routes, remove one of them`,
  },
  {
    name: 'a total beyond the weights of the API',
    routing: { gatewayAPI: { httpRoute: 'web' }, maxTrafficWeight: 2_000_000 },
    says: `${ROUTING}.maxTrafficWeight: Invalid value: 2000000: must be 1000000 or less, the largest weight in the Gateway API`,
  },
])('$name is refused', ({ routing, says }) => {
  expect(errorsOf(routing)).toEqual([says]);
});

test('both Services are needed', () => {
  expect(errorsOf(plugin({ httpRoute: 'web' }), { stableService: 'web' })).toEqual([
    `${CANARY}.canaryService: Required value: Canary service and Stable service must to be set to use Traffic Routing`,
  ]);
});

describe('a step', () => {
  const header = (headerName: string, exact = 'yes') => ({ headerName, headerValue: { exact } });
  const told = (name: string, match: readonly ReturnType<typeof header>[], takes = true): readonly string[] => {
    const gatewayAPI = { httpRoutes: [{ name: 'web', useHeaderRoutes: takes }] };
    return errorsOf({ gatewayAPI }, { ...SERVICES, steps: [{ setHeaderRoute: { name, match } }] });
  };

  test('may match several headers', () => {
    expect(told('testers', [header('X-A'), header('X-B')])).toEqual([]);
  });

  test.each([
    {
      name: 'with a name that no rule can have',
      errors: told('Testers', [header('X-A')]),
      says: /^[^:]*\.name: .*name of a rule$/,
    },
    {
      name: 'with a header twice',
      errors: told('testers', [header('X-A'), header('x-a')]),
      says: /match\[1\]: .*only once$/,
    },
    {
      name: 'with a blank in a header',
      errors: told('testers', [header('X A')]),
      says: /match\[0\]: .*does not accept/,
    },
    { name: 'with a long value', errors: told('testers', [header('X-A', 'a'.repeat(5_000))]), says: /does not accept/ },
    {
      name: 'with too many headers',
      errors: told(
        'testers',
        Array.from({ length: 17 }, (_, index) => header(`X-${index}`)),
      ),
      says: /at most 16 headers$/,
    },
    {
      name: 'for which no route is there',
      errors: told('testers', [header('X-A')], false),
      says: /useHeaderRoutes: true/,
    },
  ])('$name is refused', ({ errors, says }) => {
    expect(errors).toEqual([expect.stringMatching(says)]);
  });

  test('with a weighted Experiment is refused', () => {
    const experiment = { templates: [{ name: 'a', specRef: 'canary', weight: 5 }] };
    expect(errorsOf({ gatewayAPI: { httpRoute: 'web' } }, { ...SERVICES, steps: [{ experiment }] })).toEqual([
      `${CANARY}.steps[0].experiment.templates[0].weight: Forbidden: an Experiment gets no share of the requests of an HTTPRoute or GRPCRoute`,
    ]);
  });
});

describe('a mirror route', () => {
  type Mirror = NonNullable<NonNullable<CanaryStrategy['steps']>[number]['setMirrorRoute']>;
  const mirrored = (fields: Partial<Mirror>, routing: TrafficRouting = { gatewayAPI: { httpRoute: 'web' } }) =>
    errorsOf(routing, { ...SERVICES, steps: [{ setMirrorRoute: { name: 'copies', ...fields } }] });
  const STEP = `${CANARY}.steps[0].setMirrorRoute`;

  test.each<{ readonly name: string; readonly fields: Partial<Mirror>; readonly says: string }>([
    {
      name: 'more than all requests',
      fields: { percentage: 101 },
      says: `${STEP}.percentage: Invalid value: 101: must be 100 or less`,
    },
    {
      name: 'a name that no rule can have',
      fields: { name: 'Copies', match: [{}] },
      says: `${STEP}.name: Invalid value: "Copies": must be lower case letters, digits, dashes and dots, and at most 250 of them: it becomes the name of a rule`,
    },
    {
      name: 'a method by a pattern',
      fields: { match: [{ method: { regex: 'P.*' } }] },
      says: `${STEP}.match[0].method: Invalid value: {"regex":"P.*"}: the Gateway API matches one method exactly, in capital letters`,
    },
    {
      name: 'a path without a slash',
      fields: { match: [{}, { path: { prefix: 'api' } }] },
      says: `${STEP}.match[1].path: Invalid value: {"prefix":"api"}: the Gateway API matches paths that begin with / and have at most 1024 characters`,
    },
    {
      name: 'a header without a value',
      fields: { match: [{ headers: { 'X-A': {} } }] },
      says: `${STEP}.match[0].headers[X-A]: Invalid value: {}: StringMatch value missed, match value must have one of the following: exact, regex, prefix`,
    },
    {
      name: 'a header that cannot be',
      fields: { match: [{ headers: { 'X A': { exact: 'a' } } }] },
      says: `${STEP}.match[0].headers[X A]: Invalid value: {"exact":"a"}: the Gateway API does not accept this name or this length of the value of a header`,
    },
  ])('with $name is refused', ({ fields, says }) => {
    expect(mirrored(fields)).toEqual([says]);
  });

  test('needs an HTTPRoute that takes managed routes', () => {
    const says = `${STEP}.name: Invalid value: "copies": no HTTPRoute takes managed routes, and only HTTPRoutes mirror requests: name one as httpRoute, or set useHeaderRoutes: true`;
    expect(mirrored({ match: [{}] }, { gatewayAPI: { grpcRoute: 'rpc' } })).toEqual([says]);
    expect(mirrored({ match: [{}] }, { gatewayAPI: { httpRoutes: [{ name: 'web' }] } })).toEqual([says]);
  });

  test('has a name of its own', () => {
    const header = { headerName: 'X-A', headerValue: { exact: 'a' } };
    const steps = [{ setHeaderRoute: { name: 'a', match: [header] } }, { setMirrorRoute: { name: 'a', match: [{}] } }];
    expect(errorsOf({ gatewayAPI: { httpRoute: 'web' } }, { ...SERVICES, steps })).toEqual([
      `${CANARY}.steps[1].setMirrorRoute.name: Invalid value: "a": a managed route is a header route or a mirror route, and not both`,
    ]);
  });

  test('is fine otherwise', () => {
    const headers = { 'X-A': { prefix: 'a' } };
    const match = [{ method: { exact: 'GET' }, path: { regex: '/a|/b' }, headers }, { path: { exact: '/' } }];
    expect(mirrored({ match, percentage: 0 })).toEqual([]);
    expect(mirrored({})).toEqual([]);
  });
});
