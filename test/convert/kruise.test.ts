/** Kruise Rollouts as Rollouts: steps by table, and what is refused. */
import { describe, expect, test } from 'vitest';
import { commentsOf, converted, objectOf, problemsOf, refusalsOf } from './converted.ts';
import { DEPLOYMENT, INGRESS, KRUISE_BETA, SERVICE, together } from './samples.ts';

const ROUTED = 'trafficRoutings: [{ service: web, ingress: { name: web } }]';

function kruise(canary: string, { version = 'v1beta1', annotations = '{}' } = {}): string {
  const reference = 'workloadRef: { apiVersion: apps/v1, kind: Deployment, name: web }';
  const workload = version === 'v1beta1' ? reference : `objectRef: { ${reference} }`;
  return `
apiVersion: rollouts.kruise.io/${version}
kind: Rollout
metadata: { name: release, namespace: shop, annotations: ${annotations} }
spec:
  ${workload}
  strategy: { canary: { ${canary} } }
`;
}

function stepsOf(canary: string): unknown {
  const objects = together(kruise(canary), DEPLOYMENT, SERVICE, INGRESS);
  const conversion = converted(objects);
  expect(refusalsOf(conversion)).toEqual([]);
  expect(problemsOf(conversion, objects)).toEqual([]);
  return strategyOf(conversion).steps;
}

function strategyOf(conversion: ReturnType<typeof converted>): Readonly<Record<string, unknown>> {
  const { spec } = objectOf(conversion, 'Rollout') as unknown as {
    spec: { strategy: { canary: Readonly<Record<string, unknown>> } };
  };
  return spec.strategy.canary;
}

const match = (name: string, value: object) => [{ headerName: name, headerValue: value }];
const ROUTE = 'release-matches';
const FOLLOW = { setCanaryScale: { matchTrafficWeight: true } };

describe('steps behind a proxy', () => {
  test.each([
    { name: 'a share of traffic', steps: '{ traffic: 20% }', expected: [{ setWeight: 20 }, { pause: {} }] },
    {
      name: 'pods of their own number come before the weight',
      steps: '{ traffic: 20%, replicas: 1, pause: {} }, { traffic: 60%, pause: { duration: 60 } }',
      expected: [
        { setCanaryScale: { replicas: 1 } },
        { setWeight: 20 },
        { pause: {} },
        FOLLOW,
        { setWeight: 60 },
        { pause: { duration: 60 } },
      ],
    },
    {
      name: 'a share of pods that is that of the traffic needs no step',
      steps: '{ traffic: 20%, replicas: 20% }, { traffic: 50%, replicas: 30% }, { traffic: 60%, replicas: 30% }',
      expected: [
        { setWeight: 20 },
        { pause: {} },
        { setCanaryScale: { weight: 30 } },
        { setWeight: 50 },
        { pause: {} },
        { setWeight: 60 },
        { pause: {} },
      ],
    },
    {
      name: 'a match wins over the traffic, which falls to nothing meanwhile',
      steps:
        '{ traffic: 20% }, { traffic: 5%, replicas: 1, matches: [{ headers: [{ type: RegularExpression, name: x-a, value: "^b" }] }] }, { traffic: 50% }',
      expected: [
        { setWeight: 20 },
        { pause: {} },
        { setCanaryScale: { replicas: 1 } },
        { setWeight: 0 },
        { setHeaderRoute: { name: ROUTE, match: match('x-a', { regex: '^b' }) } },
        { pause: {} },
        { setHeaderRoute: { name: ROUTE } },
        FOLLOW,
        { setWeight: 50 },
        { pause: {} },
      ],
    },
    {
      name: 'a match without pods of its own gets those of its traffic',
      steps: '{ traffic: 40%, matches: [{ headers: [{ name: x-a, value: b }] }] }',
      expected: [
        { setCanaryScale: { weight: 40 } },
        { setHeaderRoute: { name: ROUTE, match: match('x-a', { exact: 'b' }) } },
        { pause: {} },
      ],
    },
    {
      name: 'the last step of everything is left out, its pause as well',
      steps: '{ traffic: 20% }, { traffic: 100%, replicas: 100%, pause: { duration: 5 } }',
      expected: [{ setWeight: 20 }, { pause: {} }],
    },
    {
      name: 'everything before the last step is none',
      steps: '{ traffic: 100% }, { traffic: 50% }',
      expected: [{ setWeight: 100 }, { pause: {} }, { setWeight: 50 }, { pause: {} }],
    },
  ])('$name', ({ steps, expected }) => {
    expect(stepsOf(`steps: [${steps}], ${ROUTED}`)).toEqual(expected);
  });
});

describe('steps without a proxy', () => {
  test.each([
    {
      name: 'a share of the pods is the weight',
      steps: '{ replicas: 30% }',
      expected: [{ setWeight: 30 }, { pause: {} }],
    },
    {
      name: 'a number of pods is its share of the Deployment, rounded up',
      steps: '{ replicas: 1, pause: { duration: 9 } }, { replicas: 3 }',
      expected: [{ setWeight: 25 }, { pause: { duration: 9 } }, { setWeight: 75 }, { pause: {} }],
    },
    {
      name: 'traffic alone is the share of the pods',
      steps: '{ traffic: 30% }',
      expected: [{ setWeight: 30 }, { pause: {} }],
    },
  ])('$name', ({ steps, expected }) => {
    expect(stepsOf(`steps: [${steps}]`)).toEqual(expected);
  });
});

describe('refused', () => {
  test.each([
    {
      what: 'another workload',
      text: KRUISE_BETA.replace('kind: Deployment', 'kind: CloneSet').replace('apps/v1', 'apps.kruise.io/v1alpha1'),
      path: 'spec.workloadRef',
    },
    {
      what: 'a gateway',
      text: kruise('trafficRoutings: [{ service: web, gateway: { httpRouteName: web } }]'),
      path: 'spec.strategy.canary.trafficRoutings[0].gateway',
    },
    {
      what: 'another class',
      text: kruise('trafficRoutings: [{ service: web, ingress: { name: web, classType: aliyun-alb } }]'),
      path: 'spec.strategy.canary.trafficRoutings[0].ingress.classType',
    },
    {
      what: 'two Services',
      text: kruise('trafficRoutings: [{ service: web, ingress: { name: web } }, { service: b, ingress: { name: b } }]'),
      path: 'spec.strategy.canary.trafficRoutings',
    },
    {
      what: 'two headers',
      text: kruise(`steps: [{ matches: [{ headers: [{ name: a, value: b }, { name: c, value: d }] }] }], ${ROUTED}`),
      path: 'spec.strategy.canary.steps[0].matches',
    },
    {
      what: 'a cookie',
      text: kruise(`steps: [{ matches: [{ headers: [{ name: canary-by-cookie, value: b }] }] }], ${ROUTED}`),
      path: 'spec.strategy.canary.steps[0].matches',
    },
    {
      what: 'a header that nginx ignores',
      text: kruise(`steps: [{ matches: [{ headers: [{ name: a, value: "b c" }] }] }], ${ROUTED}`),
      path: 'spec.strategy.canary.steps[0].matches',
    },
    {
      what: 'a path',
      text: kruise(`steps: [{ matches: [{ path: { value: /a } }] }], ${ROUTED}`),
      path: 'spec.strategy.canary.steps[0].matches[0].path',
    },
    {
      what: 'other headers of the request',
      text: kruise(`steps: [{ traffic: 1%, requestHeaderModifier: { set: [] } }], ${ROUTED}`),
      path: 'spec.strategy.canary.steps[0].requestHeaderModifier',
    },
    {
      what: 'matches without a proxy',
      text: kruise('steps: [{ replicas: 1%, matches: [{ headers: [{ name: a, value: b }] }] }]'),
      path: 'spec.strategy.canary.steps[0].matches',
    },
    {
      what: 'a share that is none',
      text: kruise(`steps: [{ traffic: "2.5%" }], ${ROUTED}`),
      path: 'spec.strategy.canary.steps[0].traffic',
    },
    {
      what: 'a TrafficRouting',
      text: kruise('trafficRoutingRef: shared'),
      path: 'spec.strategy.canary.trafficRoutingRef',
    },
    {
      what: 'a TrafficRouting in an annotation',
      text: kruise('', { annotations: '{ rollouts.kruise.io/trafficrouting: shared }' }),
      path: 'metadata.annotations.rollouts.kruise.io/trafficrouting',
    },
    {
      what: 'a spec of another shape',
      text: kruise('steps: [{ traffic: 20 }]'),
      path: 'spec.strategy.canary.steps.0.traffic',
    },
  ])('$what', ({ text, path }) => {
    const conversion = converted(together(text, DEPLOYMENT, SERVICE, INGRESS));
    expect(conversion.refusals.map((one) => one.path)).toContain(path);
  });

  test('a TrafficRouting and a BatchRelease among the documents', () => {
    const others = ['TrafficRouting', 'BatchRelease'].map(
      (kind) => `apiVersion: rollouts.kruise.io/v1alpha1\nkind: ${kind}\nmetadata: { name: a }\n`,
    );
    expect(converted(together(...others)).refusals.map(({ object }) => object)).toEqual([
      'TrafficRouting a',
      'BatchRelease a',
    ]);
  });
});

describe('without the other documents', () => {
  const alone = () => converted(together(kruise(`steps: [{ traffic: 20% }], ${ROUTED}`)));

  test('a person writes the pods and the Service', () => {
    expect(commentsOf(alone()).filter((line) => line.startsWith('DECIDE'))).toEqual([
      'DECIDE: Rollout release spec.replicas: The Deployment web is not among the documents: write as many pods as it has.',
      'DECIDE: Rollout release spec.strategy.canary.canaryService: The Service web is not among the documents: create web-canary, a copy of it with another name.',
    ]);
  });

  test('a number of pods without a proxy is refused', () => {
    expect(refusalsOf(converted(together(kruise('steps: [{ replicas: 2 }]'))))).toEqual([
      expect.stringContaining('steps[0].replicas: without a proxy the step is a share of the pods'),
    ]);
  });
});

test('an Ingress that leads elsewhere is a point to decide', () => {
  const objects = together(
    kruise(ROUTED),
    DEPLOYMENT,
    SERVICE,
    INGRESS.replace('name: web, port', 'name: other, port'),
  );
  expect(commentsOf(converted(objects))).toContainEqual(
    expect.stringMatching(/^DECIDE: .*stableIngress: No rule of the Ingress web leads to the Service web/),
  );
});

test('several Ingresses of one Service are split together', () => {
  const objects = together(
    kruise('trafficRoutings: [{ service: web, ingress: { name: a } }, { service: web, ingress: { name: b } }]'),
    DEPLOYMENT,
    SERVICE,
  );
  expect(strategyOf(converted(objects))['trafficRouting']).toEqual({ nginx: { stableIngresses: ['a', 'b'] } });
});

test('v1alpha1 and v1beta1 of one release become the same Rollout', () => {
  const alpha = kruise(`steps: [{ weight: 20, replicas: 1 }, { weight: 60 }], ${ROUTED}`, { version: 'v1alpha1' });
  const beta = kruise(`steps: [{ traffic: 20%, replicas: 1 }, { traffic: 60% }], ${ROUTED}`);
  const [one, other] = [alpha, beta].map((text) => converted(together(text, DEPLOYMENT, SERVICE)));
  expect(one?.sheets).toEqual(other?.sheets);
});
