/**
 * What people mistype is refused by the API server in words that name the field, in every kind of the API and as deep
 * as it stands: fields of pod templates as in a Deployment, amounts of resources, and numbers.
 */
import { readdir } from 'node:fs/promises';
import { describe, expect, inject, test as base } from 'vitest';
import type { Json, JsonObject } from '../../src/kube/json.ts';
import { runKubectl } from '../testbed/cluster/kubectl.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { basicRollout } from './manifests.ts';
import { test as storingTest } from './session.ts';

/** Most tests of this file store nothing, and need no namespace. */
const test = base.concurrent;

function dryRun(args: readonly string[], stdin = ''): ReturnType<typeof runKubectl> {
  const { kubectl, kubeconfig, home } = inject('sharedCluster');
  const options = { home, stdin, cwd: REPOSITORY };
  return runKubectl(kubectl, [`--kubeconfig=${kubeconfig}`, ...args, '--dry-run=server'], options);
}

/** The value in the field that the path leads to, which ends in numbers for places in lists. */
function withField(object: JsonObject, path: string, value: Json): JsonObject {
  const [first = '', ...rest] = path.split('.');
  return setIn(object, [first, ...rest], value) as JsonObject;
}

function setIn(node: Json | undefined, [key = '', ...rest]: readonly string[], value: Json): Json {
  const child = (old: Json | undefined) => (rest.length === 0 ? value : setIn(old, rest, value));
  if (/^[0-9]+$/.test(key)) {
    const list = Array.isArray(node) ? (node as readonly Json[]) : [];
    return list.toSpliced(Number(key), 1, child(list[Number(key)]));
  }
  const fields = (node ?? {}) as JsonObject;
  return { ...fields, [key]: child(fields[key]) };
}

const TEMPLATE: JsonObject = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web:1' }], restartPolicy: 'Never' },
};
const METRIC: JsonObject = { name: 'job', provider: { job: { spec: { template: TEMPLATE } } } };

function object(kind: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'argoproj.io/v1alpha1', kind, metadata: { name: 'tried-out' }, spec };
}

const ROLLOUT = basicRollout() as unknown as JsonObject;
const BLUE_GREEN = withField(ROLLOUT, 'spec.strategy', { blueGreen: { activeService: 'web' } });
const EXPERIMENT = object('Experiment', {
  templates: [{ name: 'a', selector: { matchLabels: { app: 'web' } }, template: TEMPLATE }],
});
const ANALYSIS_RUN = object('AnalysisRun', { metrics: [METRIC] });
const ANALYSIS_TEMPLATE = object('AnalysisTemplate', { metrics: [METRIC] });
const CLUSTER_ANALYSIS_TEMPLATE = object('ClusterAnalysisTemplate', { metrics: [METRIC] });
const JOB = 'spec.metrics.0.provider.job';

/** Every kind that holds a pod template, and where. */
const HOLDERS = [
  { kind: 'Rollout', holder: ROLLOUT, template: 'spec.template' },
  { kind: 'Experiment', holder: EXPERIMENT, template: 'spec.templates.0.template' },
  { kind: 'AnalysisRun', holder: ANALYSIS_RUN, template: `${JOB}.spec.template` },
  { kind: 'AnalysisTemplate', holder: ANALYSIS_TEMPLATE, template: `${JOB}.spec.template` },
  { kind: 'ClusterAnalysisTemplate', holder: CLUSTER_ANALYSIS_TEMPLATE, template: `${JOB}.spec.template` },
];

/** `a.0.b` as the API server writes it. */
function written(path: string): string {
  return path.replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]');
}

/** What kubectl says about each of the objects when nothing is stored; '' about one that is taken. */
async function saidAbout(...objects: readonly JsonObject[]): Promise<readonly string[]> {
  const named = objects.map((one, index) => withField(one, 'metadata.name', `tried-${index}-out`));
  const { stdout, stderr } = await dryRun(
    ['create', '-f', '-'],
    named.map((one) => JSON.stringify(one)).join('\n---\n'),
  );
  // Strict decoding names no object, so refusals are told apart by their order.
  const refusals = stderr.split(/^(?=The |Error )/m).filter((text) => text !== '');
  return objects.map((_, index) => (stdout.includes(`/tried-${index}-out created`) ? '' : (refusals.shift() ?? '')));
}

function including(text: string): string {
  return expect.stringContaining(text) as string;
}

/** Misspelt fields below a pod template, from its top to its depths. */
const TYPOS = [
  'metdata',
  'metadata.lables',
  'spec.serviceAcountName',
  'spec.containers.0.imagepullPolicy',
  'spec.containers.0.resources.request',
  'spec.containers.0.livenessProbe.httpGet.prt',
  'spec.containers.0.env.0.valueFrom.secretKeyRef.nme',
  'spec.volumes.0.ephemeral.volumeClaimTemplate.metadata.label',
  'spec.volumes.0.projected.sources.0.serviceAccountToken.audence',
  'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerm',
];

const UNREADABLE = "should match '^";

const AMOUNTS: readonly { readonly field: string; readonly value: Json; readonly says: string }[] = [
  { field: 'spec.containers.0.resources.requests.cpu', value: 'abc', says: UNREADABLE },
  { field: 'spec.containers.0.resources.limits.memory', value: '128 MB', says: UNREADABLE },
  { field: 'spec.initContainers.0.resources.limits.cpu', value: '', says: UNREADABLE },
  { field: 'spec.ephemeralContainers.0.resources.requests.cpu', value: '1e1.5', says: UNREADABLE },
  { field: 'spec.resources.requests.cpu', value: '1,5', says: UNREADABLE },
  { field: 'spec.overhead.cpu', value: '-1', says: UNREADABLE },
  { field: 'spec.overhead.memory', value: -1, says: 'should be greater than or equal to 0' },
  { field: 'spec.volumes.0.emptyDir.sizeLimit', value: '1GB', says: UNREADABLE },
  { field: 'spec.containers.0.env.0.valueFrom.resourceFieldRef.divisor', value: 'one', says: UNREADABLE },
  { field: 'spec.volumes.0.downwardAPI.items.0.resourceFieldRef.divisor', value: 'one', says: UNREADABLE },
  {
    field: 'spec.volumes.0.ephemeral.volumeClaimTemplate.spec.resources.requests.storage',
    value: 'big',
    says: UNREADABLE,
  },
  { field: 'spec.containers.0.resources.requests.cpu', value: true, says: 'must not validate the schema (not)' },
  { field: 'spec.containers.0.resources.requests.cpu', value: [], says: 'must not validate the schema (not)' },
  { field: 'spec.containers.0.resources.requests.cpu', value: { a: 1 }, says: 'must have at most 0 items' },
];

describe.for(HOLDERS)('a pod template of $kind', ({ holder, template }) => {
  test('as it is here is taken', async () => {
    expect(await saidAbout(holder)).toEqual(['']);
  });

  test('has no misspelt field', async () => {
    const paths = TYPOS.map((typo) => `${template}.${typo}`);
    const said = await saidAbout(...paths.map((path) => withField(holder, path, {})));
    expect(said).toEqual(paths.map((path) => including(`strict decoding error: unknown field "${written(path)}"`)));
  });

  test('has no amount that cannot be read', async () => {
    const objects = AMOUNTS.map(({ field, value }) => withField(holder, `${template}.${field}`, value));
    const said = await saidAbout(...objects);
    expect(said).toEqual(AMOUNTS.map(({ says }) => including(says)));
    expect(said).toEqual(AMOUNTS.map(({ field }) => including(written(`${template}.${field}`))));
  });
});

test('a Job of a metric is held to the fields of a Job, and its metadata to those of any object', async () => {
  const { holder } = HOLDERS[3] ?? { holder: {} };
  for (const typo of ['spec.backofLimit', 'metadata.lables']) {
    expect(await saidAbout(withField(holder, `${JOB}.${typo}`, {}))).toEqual([
      including(`unknown field "${written(JOB)}.${typo}"`),
    ]);
  }
  const metadata = { name: 'job', labels: { a: 'b' }, annotations: {}, finalizers: ['a/b'], creationTimestamp: null };
  expect(await saidAbout(withField(holder, `${JOB}.metadata`, metadata))).toEqual(['']);
});

storingTest('metadata in templates is what it is in a Deployment', async ({ session }) => {
  const metadata = { creationTimestamp: null, labels: { app: 'web' }, annotations: { a: 'b' } };
  const volumeClaimTemplate = {
    metadata,
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const volumes = [{ name: 'data', ephemeral: { volumeClaimTemplate } }];
  const named = withField(ROLLOUT, 'spec.template.metadata', { ...metadata, name: 'web', finalizers: ['a/b'] });
  await session.apply(withField(named, 'spec.template.spec.volumes', volumes));
  await session.until('web', { phase: 'Healthy', revision: 1 });
  const [replicaSet] = await session.list('replicasets');
  const { creationTimestamp: _, ...kept } = metadata;
  expect(replicaSet?.spec.template.metadata).toMatchObject({ ...kept, name: 'web', finalizers: ['a/b'] });
  expect(replicaSet?.spec.template.spec?.['volumes']).toMatchObject([
    { ephemeral: { volumeClaimTemplate: { metadata: kept } } },
  ]);
});

storingTest(
  'a misspelt field is dropped, with a warning, by those who ask kubectl not to be strict',
  async ({ session }) => {
    const typo = JSON.stringify(withField(ROLLOUT, 'spec.template.spec.serviceAcountName', 'x'));
    const warned = await session.tryKubectl(['apply', '--validate=warn', '-f', '-'], typo);
    expect(warned).toMatchObject({ code: 0, stderr: expect.stringContaining('unknown field') as string });
    const { spec } = await session.get('rollouts', 'web');
    expect(spec.template?.spec).not.toHaveProperty('serviceAcountName');
  },
);

const CANARY = 'spec.strategy.canary';
const ACTIVE = 'spec.strategy.blueGreen';
const STEP = `${CANARY}.steps.0`;
const ROUTING = `${CANARY}.trafficRouting`;
const METRIC_AT = 'spec.metrics.0';
const PROVIDER = `${METRIC_AT}.provider`;
const SHARES: readonly Json[] = [-1, 2 ** 31, 1.5, '-1', '-5%', 'abc', '5%%', '', '1.5%'];
const DURATIONS: readonly Json[] = ['-1s', 'abc', '30', '1d', '1.5', ''];
const PAUSES: readonly Json[] = [
  -1,
  2 ** 31,
  '-1',
  '-5m',
  'abc',
  '1.5',
  '1d',
  '2147483648',
  '596523h14m8s',
  '99999999h',
];
const TEMPLATED: readonly Json[] = [-2, 2 ** 31, '-2', 'abc', '1.5', ''];

/** Every number of the API that somebody writes, with what must not stand there. */
const NUMBERS: readonly { readonly of: JsonObject; readonly field: string; readonly values: readonly Json[] }[] = [
  ...['replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'].map((field) => ({
    of: ROLLOUT,
    field: `spec.${field}`,
    values: [-1, 2 ** 31, 'abc'],
  })),
  ...[
    'spec.rollbackWindow.revisions',
    'spec.analysis.successfulRunHistoryLimit',
    'spec.analysis.unsuccessfulRunHistoryLimit',
    `${CANARY}.scaleDownDelaySeconds`,
    `${CANARY}.scaleDownDelayRevisionLimit`,
    `${CANARY}.abortScaleDownDelaySeconds`,
    `${CANARY}.minPodsPerReplicaSet`,
    `${CANARY}.analysis.startingStep`,
    `${CANARY}.analysis.measurementRetention.0.limit`,
    `${ROUTING}.maxTrafficWeight`,
    `${ROUTING}.alb.servicePort`,
    `${ROUTING}.alb.stickinessConfig.durationSeconds`,
    `${ROUTING}.istio.virtualService.tcpRoutes.0.port`,
    `${ROUTING}.istio.virtualService.tlsRoutes.0.port`,
    `${STEP}.setWeight`,
    `${STEP}.setCanaryScale.weight`,
    `${STEP}.setCanaryScale.replicas`,
    `${STEP}.setMirrorRoute.percentage`,
    `${STEP}.experiment.scaleDownDelaySeconds`,
    `${STEP}.experiment.templates.0.replicas`,
    `${STEP}.experiment.templates.0.weight`,
    `${CANARY}.antiAffinity.preferredDuringSchedulingIgnoredDuringExecution.weight`,
  ].map((field) => ({ of: ROLLOUT, field, values: [-1] })),
  ...['previewReplicaCount', 'autoPromotionSeconds', 'scaleDownDelaySeconds', 'scaleDownDelayRevisionLimit'].map(
    (field) => ({ of: BLUE_GREEN, field: `${ACTIVE}.${field}`, values: [-1, 2 ** 31] }),
  ),
  { of: BLUE_GREEN, field: `${ACTIVE}.abortScaleDownDelaySeconds`, values: [-1] },
  { of: ROLLOUT, field: `${CANARY}.maxSurge`, values: SHARES },
  { of: ROLLOUT, field: `${CANARY}.maxUnavailable`, values: [...SHARES, '150%', '101'] },
  { of: BLUE_GREEN, field: `${ACTIVE}.maxUnavailable`, values: [...SHARES, '150%', '101'] },
  { of: ROLLOUT, field: `${STEP}.pause.duration`, values: PAUSES },
  { of: ROLLOUT, field: `${STEP}.experiment.duration`, values: DURATIONS },
  { of: EXPERIMENT, field: 'spec.duration', values: DURATIONS },
  ...[
    'spec.templates.0.replicas',
    'spec.templates.0.minReadySeconds',
    'spec.progressDeadlineSeconds',
    'spec.scaleDownDelaySeconds',
    'spec.measurementRetention.0.limit',
  ].map((field) => ({ of: EXPERIMENT, field, values: [-1] })),
  ...['secondsAfterCompletion', 'secondsAfterFailure', 'secondsAfterSuccess'].map((field) => ({
    of: ANALYSIS_RUN,
    field: `spec.ttlStrategy.${field}`,
    values: [-1],
  })),
  ...['interval', 'initialDelay'].map((field) => ({
    of: ANALYSIS_TEMPLATE,
    field: `${METRIC_AT}.${field}`,
    values: DURATIONS,
  })),
  ...['count', 'inconclusiveLimit', 'consecutiveErrorLimit', 'consecutiveSuccessLimit'].map((field) => ({
    of: ANALYSIS_TEMPLATE,
    field: `${METRIC_AT}.${field}`,
    values: [-1, '-1', ...TEMPLATED],
  })),
  ...[ANALYSIS_TEMPLATE, CLUSTER_ANALYSIS_TEMPLATE, ANALYSIS_RUN].flatMap((of) => [
    { of, field: `${METRIC_AT}.failureLimit`, values: TEMPLATED },
    { of, field: 'spec.measurementRetention.0.limit', values: [-1] },
  ]),
  ...[
    'prometheus.timeout',
    'web.timeoutSeconds',
    'newRelic.timeout',
    'kayenta.threshold.pass',
    'kayenta.threshold.marginal',
    'kayenta.scopes.0.controlScope.step',
    'cloudWatch.metricDataQueries.0.period',
    'cloudWatch.metricDataQueries.0.metricStat.period',
  ].map((field) => ({ of: ANALYSIS_TEMPLATE, field: `${PROVIDER}.${field}`, values: [-1] })),
  ...[
    'prometheus.rangeQuery.step',
    'datadog.interval',
    'datadog.requestTimeout',
    'cloudWatch.interval',
    'skywalking.interval',
  ].map((field) => ({ of: ANALYSIS_TEMPLATE, field: `${PROVIDER}.${field}`, values: DURATIONS })),
];

test.for(NUMBERS.map((row) => ({ ...row, kind: row.of['kind'] })))(
  '$kind: no nonsense in $field',
  async ({ of, field, values }) => {
    const said = await saidAbout(...values.map((value) => withField(of, field, value)));
    // The rule about pauses stands one level higher than the field.
    expect(said).toEqual(values.map(() => including(written(field).replace(/\.duration$/, ''))));
  },
);

/** What looks odd, and is legal. */
test.for([
  {
    name: 'a share without its sign',
    of: ROLLOUT,
    field: `${CANARY}.maxSurge`,
    values: ['1', '25%', '+5%', '300%', 0],
  },
  { name: 'a part of the pods', of: ROLLOUT, field: `${CANARY}.maxUnavailable`, values: ['1', '100%', '0%', 7] },
  {
    name: 'a threshold that is off',
    of: ROLLOUT,
    field: `${CANARY}.replicaProgressThreshold`,
    values: [{ type: 'Percent', value: -1 }],
  },
  {
    name: 'pauses',
    of: ROLLOUT,
    field: `${STEP}.pause.duration`,
    values: [0, 2147483647, '0', '+30', '2147483647', '596523h14m7.9s', '1h30m', '.5m', '1500ms', '5µs', '0s'],
  },
  { name: 'no limit of failures', of: ANALYSIS_RUN, field: `${METRIC_AT}.failureLimit`, values: [-1, '-1', 0, '3'] },
  {
    name: 'arguments',
    of: ANALYSIS_TEMPLATE,
    field: `${METRIC_AT}.count`,
    values: ['{{args.count}}', '{{ args.n }}0'],
  },
  { name: 'a time', of: ANALYSIS_TEMPLATE, field: `${METRIC_AT}.interval`, values: ['{{args.every}}s', '5m', '0'] },
])('taken: $name', async ({ of, field, values }) => {
  const said = await saidAbout(...values.map((value) => withField(of, field, value)));
  expect(said).toEqual(values.map(() => ''));
});

test('every manifest of examples/ is taken by strict decoding', async () => {
  const files = (await readdir('examples')).filter((file) => file.endsWith('.yaml'));
  expect(files.length).toBeGreaterThan(5);
  const args = files.flatMap((file) => ['-f', `examples/${file}`]);
  const { code, stderr } = await dryRun(['apply', '--validate=strict', ...args]);
  expect({ code, said: stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Warning: ')) }).toEqual({
    code: 0,
    said: [],
  });
});
