/** What a Rollout refers to, looked for among the manifests as the controller looks for it in the cluster. */
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { lint } from '../../../src/cli/lint/lint.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { nginxCanary, rollout } from '../../api/sample-rollout.ts';

const ROUTED = nginxCanary({
  steps: [
    { setWeight: 20 },
    { analysis: { templates: [{ templateName: 'rate' }, { templateName: 'all', clusterScope: true }] } },
  ],
});
const WEB = { ...ROUTED, metadata: { name: 'web' } } as unknown as JsonObject;
const STABLE = service('web', { app: 'web' });
const CANARY = service('web-canary', { app: 'web' });
const RATE = template('AnalysisTemplate', 'rate');
const ALL = template('ClusterAnalysisTemplate', 'all');
const COMPLETE = [WEB, STABLE, CANARY, ingress('web'), RATE, ALL];

function service(name: string, selector: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector, ports: [{ port: 80 }] } };
}

function ingress(backend: string): JsonObject {
  const paths = [{ path: '/', pathType: 'Prefix', backend: { service: { name: backend, port: { number: 80 } } } }];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web' },
    spec: { rules: [{ http: { paths } }] },
  };
}

function template(kind: string, name: string, fields: JsonObject = {}): JsonObject {
  const metric = {
    name,
    count: 1,
    successCondition: 'result > 0',
    provider: { web: { url: 'http://metrics' } },
    ...fields,
  };
  return { apiVersion: 'argoproj.io/v1alpha1', kind, metadata: { name }, spec: { metrics: [metric] } };
}

function found(objects: readonly JsonObject[], namespace = 'default'): readonly string[] {
  const text = objects.map((one) => stringify(one)).join('---\n');
  return lint([{ file: 'all.yaml', text }], namespace).findings.map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
}

const SERVICE = 'spec.strategy.canary.canaryService';
const ANALYSIS = 'spec.strategy.canary.steps[1].analysis.templates: Invalid value: "rate, all"';

test.each<[string, readonly JsonObject[], readonly string[]]>([
  ['everything is there', COMPLETE, []],
  [
    'a Service is not',
    COMPLETE.filter((one) => one !== CANARY),
    [`absence: ${SERVICE}: Invalid value: "web-canary": service "web-canary" not found among these manifests`],
  ],
  [
    'a Service is in another namespace',
    COMPLETE.map((one) => (one === CANARY ? { ...one, metadata: { name: 'web-canary', namespace: 'else' } } : one)),
    [`absence: ${SERVICE}: Invalid value: "web-canary": service "web-canary" not found among these manifests`],
  ],
  [
    'all is written with its namespace but one, which is applied to the default one',
    COMPLETE.map((one) => ({
      ...one,
      metadata: { ...(one['metadata'] as JsonObject), ...(one === WEB ? {} : { namespace: 'shop' }) },
    })),
    [],
  ],
  [
    'a Service selects other pods',
    COMPLETE.map((one) => (one === CANARY ? service('web-canary', { app: 'web', tier: 'front' }) : one)),
    [`problem: ${SERVICE}: Invalid value: "web-canary": Service "web-canary" has unmatch label "tier" in rollout`],
  ],
  [
    'an Ingress leads to another Service',
    COMPLETE.map((one) => (one['kind'] === 'Ingress' ? ingress('other') : one)),
    [
      'problem: spec.strategy.canary.trafficRouting.nginx.stableIngress: Invalid value: "web": ingress `web` has no rules using service web backend',
    ],
  ],
  [
    'a Service that no API server would store',
    COMPLETE.map((one) => (one === CANARY ? { ...one, spec: { selector: ['app'] } } : one)),
    [`absence: ${SERVICE}: Invalid value: "web-canary": service "web-canary" not found among these manifests`],
  ],
  [
    'a template is not',
    COMPLETE.filter((one) => one !== ALL),
    [`absence: ${ANALYSIS}: ClusterAnalysisTemplate 'all' not found among these manifests`],
  ],
  [
    'a template never ends',
    COMPLETE.map((one) => (one === RATE ? template('AnalysisTemplate', 'rate', { count: 0, interval: '1m' }) : one)),
    [`problem: ${ANALYSIS}: AnalysisTemplate rate has metric rate which runs indefinitely. Invalid value for count: 0`],
  ],
])('%s', (name, objects, findings) => {
  expect(found(objects, name.startsWith('all is') ? 'shop' : 'default')).toEqual(findings);
});

test('a template by itself: conditions that cannot be read, and what no run could start with', () => {
  const unread = template('AnalysisTemplate', 'a', { successCondition: 'result[0 > 1' });
  expect(found([unread])).toEqual([
    expect.stringContaining('problem: spec.metrics[0].successCondition: Invalid value: '),
  ]);
  const twofold = template('AnalysisTemplate', 'a', { count: 2 });
  expect(found([twofold])).toEqual([expect.stringContaining('interval must be specified when count > 1')]);
  const open = { ...twofold, spec: { ...(twofold['spec'] as JsonObject), args: [{ name: 'later' }] } };
  expect(found([open])).toEqual([]);
});

test('a workload: not there, and with a template that does not fit', () => {
  const { template: podTemplate, selector: _none, ...spec } = rollout().spec;
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const referring = {
    ...rollout(),
    metadata: { name: 'web' },
    spec: { ...spec, workloadRef },
  } as unknown as JsonObject;
  expect(found([referring])).toEqual(['absence: spec.workloadRef: Deployment "web" not found among these manifests']);
  const deployment = (labels: JsonObject): JsonObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { ...podTemplate, metadata: { labels } } as JsonObject,
    },
  });
  expect(found([referring, deployment({ app: 'web' })])).toEqual([]);
  expect(found([referring, deployment({ app: 'other' })])).toEqual([
    expect.stringContaining('`selector` does not match template `labels`'),
  ]);
});
