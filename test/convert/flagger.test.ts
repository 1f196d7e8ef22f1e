/** Canaries of Flagger: each way in which a release goes, the hooks, the metrics, and what is refused. */
import { describe, expect, test } from 'vitest';
import { commentsOf, converted, objectOf, problemsOf, refusalsOf } from './converted.ts';
import {
  DEPLOYMENT,
  FLAGGER_BLUE_GREEN,
  FLAGGER_MATCH,
  INGRESS,
  METRIC_TEMPLATE,
  SERVICE,
  together,
} from './samples.ts';

function canary(analysis: string, { spec = '', service = 'port: 80' } = {}): string {
  return `
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: { name: web, namespace: shop }
spec:
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  ingressRef: { name: web }
  ${spec}
  service: { ${service} }
  analysis: { ${analysis} }
`;
}

function convertedWith(text: string, ...others: readonly string[]): ReturnType<typeof converted> {
  const objects = together(text, DEPLOYMENT, SERVICE, INGRESS, ...others);
  const conversion = converted(objects);
  expect(refusalsOf(conversion)).toEqual([]);
  expect(problemsOf(conversion, objects)).toEqual([]);
  return conversion;
}

interface Spec {
  readonly paused?: boolean;
  readonly strategy: {
    readonly canary?: { readonly steps: readonly object[]; readonly [key: string]: unknown };
    readonly blueGreen?: object;
  };
}

function specOf(conversion: ReturnType<typeof converted>): Spec {
  return objectOf(conversion, 'Rollout')['spec'] as unknown as Spec;
}

function stepsOf(analysis: string): readonly object[] {
  return specOf(convertedWith(canary(analysis))).strategy.canary?.steps ?? [];
}

const WEIGHTS = 'interval: 30s, stepWeight: 50, threshold: 3';

describe('weights', () => {
  const weightsOf = (analysis: string) =>
    stepsOf(analysis).flatMap((step) => ('setWeight' in step ? [step.setWeight] : []));

  test.each([
    { analysis: 'stepWeight: 20, maxWeight: 60', weights: [20, 40, 60] },
    { analysis: 'stepWeight: 20, maxWeight: 50', weights: [20, 40, 60] },
    { analysis: 'stepWeight: 40', weights: [40, 80, 100] },
    { analysis: 'stepWeights: [1, 10, 80], stepWeight: 5', weights: [1, 10, 80] },
  ])('$analysis', ({ analysis, weights }) => {
    expect(weightsOf(analysis)).toEqual(weights);
  });

  test.each([
    { interval: 'interval: 90s, ', pause: '90s' },
    { interval: 'interval: 5s, ', pause: '10s' },
    { interval: 'interval: soon, ', pause: '60s' },
    { interval: '', pause: '60s' },
  ])('with "$interval" each lasts $pause', ({ interval, pause }) => {
    expect(stepsOf(`${interval}stepWeights: [5]`)).toEqual([{ setWeight: 5 }, { pause: { duration: pause } }]);
  });
});

describe('hooks', () => {
  test('are called where Flagger calls them', () => {
    const hooks = ['confirm-rollout', 'pre-rollout', 'confirm-traffic-increase', 'confirm-promotion', 'post-rollout']
      .map((type) => `{ type: ${type}, name: ${type}, url: 'http://gate/', metadata: { a: b } }`)
      .join(', ');
    const steps = stepsOf(`${WEIGHTS}, webhooks: [${hooks}]`).map((step) =>
      'analysis' in step
        ? (step.analysis as { templates: readonly { templateName: string }[] }).templates[0]?.templateName
        : Object.keys(step)[0],
    );
    expect(steps).toEqual([
      'web-confirm-rollout',
      'setCanaryScale',
      'web-pre-rollout',
      'setCanaryScale',
      'web-confirm-traffic-increase',
      'setWeight',
      'pause',
      'web-confirm-traffic-increase',
      'setWeight',
      'pause',
      'web-confirm-promotion',
      'setWeight',
      'web-post-rollout',
    ]);
  });

  test('those of a release under way run in the background, from the first request on', () => {
    const hooks =
      "{ type: pre-rollout, name: smoke, url: 'http://a/' }, { name: load, url: 'http://a/' }, { type: rollback, name: back, url: 'http://a/' }";
    const { canary: strategy } = specOf(convertedWith(canary(`${WEIGHTS}, webhooks: [${hooks}]`))).strategy;
    expect(strategy?.['analysis']).toMatchObject({
      startingStep: 3,
      templates: [{ templateName: 'web-load' }, { templateName: 'web-back' }],
    });
  });

  test('a command runs in a Job, any other hook is called', () => {
    const hooks =
      "{ type: pre-rollout, name: job, url: 'http://a/', timeout: 1m, metadata: { cmd: 'true', logCmdOutput: 'true' } }, { type: pre-rollout, name: call, url: 'http://a/', retries: 7 }";
    const conversion = convertedWith(canary(`${WEIGHTS}, webhooks: [${hooks}]`));
    expect(objectOf(conversion, 'AnalysisTemplate', 'web-job')['spec']).toMatchObject({
      metrics: [
        {
          count: 3,
          interval: '30s',
          failureLimit: 2,
          consecutiveSuccessLimit: 1,
          provider: { job: { spec: { activeDeadlineSeconds: 60 } } },
        },
      ],
    });
    expect(objectOf(conversion, 'AnalysisTemplate', 'web-call')['spec']).toMatchObject({
      metrics: [
        {
          count: 1,
          consecutiveErrorLimit: 7,
          provider: { web: { method: 'POST', url: 'http://a/', timeoutSeconds: 10 } },
        },
      ],
    });
    expect(commentsOf(conversion)).toContain(
      'AnalysisTemplate web-job: metadata.logCmdOutput is for the load tester of Flagger.',
    );
  });

  test('of type event are a point to decide', () => {
    const conversion = convertedWith(canary(`${WEIGHTS}, webhooks: [{ type: event, name: slack, url: 'http://a/' }]`));
    expect(commentsOf(conversion)).toContainEqual(
      expect.stringMatching(/^DECIDE: Rollout web: webhook slack: events are not sent/),
    );
  });
});

describe('requests with a header', () => {
  test('reach the canary for all iterations, at weight 0', () => {
    const { canary: strategy } = specOf(convertedWith(FLAGGER_MATCH)).strategy;
    expect(strategy).toMatchObject({
      trafficRouting: {
        managedRoutes: [{ name: 'web-match' }],
        nginx: { stableIngress: 'web', additionalIngressAnnotations: { 'canary-by-cookie': 'tester' } },
      },
      steps: [
        { setCanaryScale: { weight: 100 } },
        { setHeaderRoute: { name: 'web-match', match: [{ headerName: 'x-tester', headerValue: { exact: 'alice' } }] } },
        { pause: { duration: '600s' } },
      ],
    });
  });
});

describe('blue-green', () => {
  test('a number of iterations is measured before the switch', () => {
    const { blueGreen } = specOf(convertedWith(FLAGGER_BLUE_GREEN, METRIC_TEMPLATE)).strategy;
    expect(blueGreen).toMatchObject({
      activeService: 'web',
      previewService: 'web-canary',
      prePromotionAnalysis: {
        templates: [
          { templateName: 'errors' },
          { templateName: 'web-start' },
          { templateName: 'web-load' },
          { templateName: 'web-promote' },
        ],
        args: expect.arrayContaining([{ name: 'count', value: '10' }]) as unknown,
      },
      postPromotionAnalysis: { templates: [{ templateName: 'web-done' }] },
    });
  });

  test('an Ingress that leads to the Service is of use as it is', () => {
    const conversion = convertedWith(canary('iterations: 3'));
    expect(conversion.unused).toEqual([]);
    expect(specOf(conversion).strategy.blueGreen).toEqual({ activeService: 'web', previewService: 'web-canary' });
  });

  test('every gate is asked at its own address', () => {
    const conversion = convertedWith(FLAGGER_BLUE_GREEN, METRIC_TEMPLATE);
    const given = JSON.stringify(specOf(conversion).strategy.blueGreen);
    for (const url of ['http://gate/start', 'http://gate/promote'])
      expect(given + JSON.stringify(conversion.sheets)).toContain(url);
  });
});

describe('metrics', () => {
  const withRange = (range: string) =>
    canary(
      `${WEIGHTS}, metrics: [{ name: errors, templateRef: { name: errors, namespace: monitoring }, templateVariables: { zone: eu }${range} }]`,
    );

  test.each([
    {
      range: ', thresholdRange: { max: 5 }',
      success: 'len(result) == 1 && result[0] <= {{args.maximum-errors}}',
      failure: 'len(result) == 1 && result[0] > {{args.maximum-errors}}',
    },
    {
      range: ', thresholdRange: { min: 1, max: 5 }',
      success: 'len(result) == 1 && result[0] >= {{args.minimum-errors}} && result[0] <= {{args.maximum-errors}}',
      failure: 'len(result) == 1 && (result[0] < {{args.minimum-errors}} || result[0] > {{args.maximum-errors}})',
    },
    { range: '', success: 'len(result) == 1', failure: 'false' },
  ])('with "$range"', ({ range, success, failure }) => {
    const template = objectOf(convertedWith(withRange(range), METRIC_TEMPLATE), 'AnalysisTemplate', 'errors');
    expect(template['spec']).toMatchObject({ metrics: [{ successCondition: success, failureCondition: failure }] });
  });

  test('a query that names the Deployment alone measures both versions, which a person has to mend', () => {
    const template = METRIC_TEMPLATE.replace('{{ target }}-.*', '{{ target }}');
    expect(commentsOf(convertedWith(withRange(''), template))).toContainEqual(
      expect.stringMatching(
        /^DECIDE: AnalysisTemplate errors .*query: The variable target is the name of the Deployment/,
      ),
    );
  });

  test('the credentials of a Secret become arguments', () => {
    const template = METRIC_TEMPLATE.replace(
      'type: prometheus',
      'type: prometheus, secretRef: { name: access }, insecureSkipVerify: true, headers: { X-A: [b, c] }',
    );
    expect(objectOf(convertedWith(withRange(''), template), 'AnalysisTemplate', 'errors')['spec']).toMatchObject({
      args: expect.arrayContaining([
        { name: 'password', valueFrom: { secretKeyRef: { name: 'access', key: 'password' } } },
      ]) as unknown,
      metrics: [
        {
          provider: {
            prometheus: {
              insecure: true,
              headers: [
                { key: 'X-A', value: 'b' },
                { key: 'X-A', value: 'c' },
              ],
            },
          },
        },
      ],
    });
  });
});

describe('Services that Flagger made', () => {
  test('are printed when they are not among the documents', () => {
    const objects = together(
      canary(WEIGHTS, {
        service: 'port: 80, targetPort: http, portDiscovery: true, canary: { annotations: { a: b } }',
      }),
      DEPLOYMENT,
      INGRESS,
    );
    const conversion = converted(objects);
    expect(problemsOf(conversion, objects)).toEqual([]);
    const ports = [
      { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' },
      { name: 'admin', port: 9090, targetPort: 'admin', protocol: 'TCP' },
    ];
    expect(objectOf(conversion, 'Service', 'web')['spec']).toEqual({ selector: { app: 'web' }, ports });
    expect(objectOf(conversion, 'Service', 'web-canary').metadata).toMatchObject({ annotations: { a: 'b' } });
  });

  test('of other ports than the Service that is there are a point to decide', () => {
    const conversion = convertedWith(canary(WEIGHTS, { service: 'port: 81' }));
    expect(commentsOf(conversion)).toContainEqual(
      expect.stringMatching(/^DECIDE: Rollout web: spec\.service: Flagger writes port 81/),
    );
  });
});

test('a suspended Canary becomes a paused Rollout', () => {
  expect(specOf(convertedWith(canary(WEIGHTS, { spec: 'suspend: true' }))).paused).toBe(true);
});

describe('refused', () => {
  test.each([
    { what: 'another proxy', text: canary(WEIGHTS, { spec: 'provider: istio' }), path: 'spec.provider' },
    {
      what: 'no Ingress',
      text: canary(WEIGHTS).replace('ingressRef: { name: web }', 'provider: nginx'),
      path: 'spec.ingressRef',
    },
    {
      what: 'another target',
      text: canary(WEIGHTS).replace('kind: Deployment', 'kind: DaemonSet'),
      path: 'spec.targetRef',
    },
    { what: 'no way to go', text: canary('threshold: 1'), path: 'spec.analysis' },
    {
      what: 'a match without iterations',
      text: canary(`${WEIGHTS}, match: [{ headers: { a: { exact: b } } }]`),
      path: 'spec.analysis.match',
    },
    {
      what: 'two headers',
      text: canary('iterations: 1, match: [{ headers: { a: { exact: b }, c: { exact: d } } }]'),
      path: 'spec.analysis.match',
    },
    {
      what: 'a cookie by a pattern',
      text: canary('iterations: 1, match: [{ headers: { cookie: { regex: "a=.*" } } }]'),
      path: 'spec.analysis.match',
    },
    { what: 'a mirror', text: canary(`${WEIGHTS}, mirror: true`), path: 'spec.analysis.mirror' },
    {
      what: 'session affinity',
      text: canary(`${WEIGHTS}, sessionAffinity: { cookieName: a }`),
      path: 'spec.analysis.sessionAffinity',
    },
    {
      what: 'a MetricTemplate that is not there',
      text: canary(`${WEIGHTS}, metrics: [{ name: a, templateRef: { name: a } }]`),
      path: 'spec.analysis.metrics[0].templateRef',
    },
    {
      what: 'a metric without a query',
      text: canary(`${WEIGHTS}, metrics: [{ name: a }]`),
      path: 'spec.analysis.metrics[0]',
    },
    {
      what: 'an unknown variable',
      text: canary(`${WEIGHTS}, metrics: [{ name: a, query: "x{{ novelty }}" }]`),
      path: 'spec.analysis.metrics[0]',
    },
    {
      what: "Flagger's own metrics without a proxy",
      text: canary('iterations: 2, metrics: [{ name: request-duration }]'),
      path: 'spec.analysis.metrics[0]',
    },
    {
      what: 'a rollback hook of a blue-green release',
      text: canary("iterations: 2, webhooks: [{ type: rollback, name: a, url: 'http://a/' }]"),
      path: 'spec.analysis.webhooks[0]',
    },
    {
      what: 'double braces in a hook',
      text: canary(`${WEIGHTS}, webhooks: [{ name: a, url: 'http://a/', metadata: { cmd: '{{ x }}' } }]`),
      path: 'spec.analysis.webhooks[0]',
    },
  ])('$what', ({ text, path }) => {
    expect(converted(together(text, DEPLOYMENT, SERVICE, INGRESS)).refusals.map((one) => one.path)).toContain(path);
  });

  test('another provider of metrics', () => {
    const text = canary(
      `${WEIGHTS}, metrics: [{ name: errors, templateRef: { name: errors, namespace: monitoring } }]`,
    );
    const conversion = converted(together(text, METRIC_TEMPLATE.replace('type: prometheus', 'type: datadog')));
    expect(refusalsOf(conversion)).toContainEqual(
      expect.stringMatching(/^MetricTemplate errors spec\.provider\.type: datadog/),
    );
  });

  test('two Canaries whose templates differ and have one name', () => {
    const other = canary(`${WEIGHTS}, metrics: [{ name: own, query: b }]`).replace(
      'name: web, namespace',
      'name: other, namespace',
    );
    const conversion = converted(together(canary(`${WEIGHTS}, metrics: [{ name: own, query: a }]`), other, DEPLOYMENT));
    expect(refusalsOf(conversion)).toEqual([expect.stringMatching(/^AnalysisTemplate own : two different ones/)]);
  });
});
