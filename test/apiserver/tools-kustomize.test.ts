/**
 * What the component examples/kustomize/rollout teaches kustomize: an overlay does to a Rollout what it does to a
 * Deployment with the same pods, and reaches the names that only a Rollout has.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../src/kube/json.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { ingress, service } from './manifests.ts';
import { mergeKeys } from './merge-keys.ts';
import { test, type Session } from './session.ts';

const COMPONENT = join(REPOSITORY, 'examples', 'kustomize', 'rollout');

const SELECTOR = { matchLabels: { app: 'web' } };
const AFFINITY_TERM = { topologyKey: 'kubernetes.io/hostname', labelSelector: SELECTOR };
const TEMPLATE = {
  metadata: { labels: { app: 'web' } },
  spec: {
    serviceAccountName: 'runner',
    priorityClassName: 'urgent',
    imagePullSecrets: [{ name: 'registry' }],
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [AFFINITY_TERM],
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: AFFINITY_TERM }],
      },
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [AFFINITY_TERM],
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: AFFINITY_TERM }],
      },
    },
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: SELECTOR },
    ],
    initContainers: [
      {
        name: 'prepare',
        image: 'busybox:1',
        envFrom: [{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'keys' } }],
        env: [
          { name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'A' } } },
          { name: 'B', valueFrom: { secretKeyRef: { name: 'keys', key: 'B' } } },
        ],
      },
    ],
    containers: [
      {
        name: 'web',
        image: 'web:1',
        ports: [
          { name: 'http', containerPort: 8080, protocol: 'TCP' },
          { name: 'metrics', containerPort: 9090, protocol: 'TCP' },
        ],
        env: [
          { name: 'LEVEL', value: 'info' },
          { name: 'MODE', value: 'fast' },
        ],
        volumeMounts: [
          { name: 'settings', mountPath: '/settings' },
          { name: 'all', mountPath: '/all' },
        ],
      },
      {
        name: 'side',
        image: 'side:1',
        envFrom: [{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'keys' } }],
        env: [
          { name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'A' } } },
          { name: 'B', valueFrom: { secretKeyRef: { name: 'keys', key: 'B' } } },
        ],
      },
    ],
    volumes: [
      { name: 'settings', configMap: { name: 'settings' } },
      { name: 'keys', secret: { secretName: 'keys' } },
      { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
      {
        name: 'all',
        projected: { sources: [{ configMap: { name: 'settings' } }, { secret: { name: 'keys' } }] },
      },
    ],
  },
};

/** Each list of it is merged by another key, and would otherwise take the place of the one in the base. */
const TEMPLATE_PATCH = {
  spec: {
    containers: [
      {
        name: 'web',
        env: [{ name: 'LEVEL', value: 'debug' }],
        ports: [{ containerPort: 9090, protocol: 'TCP', name: 'prometheus' }],
        volumeMounts: [{ mountPath: '/settings', name: 'keys' }],
      },
    ],
    initContainers: [{ name: 'prepare', env: [{ name: 'C', value: 'c' }] }],
    volumes: [{ name: 'data', emptyDir: {}, persistentVolumeClaim: null }],
    imagePullSecrets: [{ name: 'other' }],
    hostAliases: [{ ip: '10.0.0.1', hostnames: ['db'] }],
    topologySpreadConstraints: [{ topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 2 }],
  },
};

const deployment = (spec: JsonObject, name = 'web'): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec,
});
const rollout = (spec: JsonObject, name = 'web'): JsonObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name },
  spec,
});

const nginx = { stableIngress: 'web' };
const BASE: readonly object[] = [
  deployment({ selector: SELECTOR, template: TEMPLATE }),
  rollout({
    selector: SELECTOR,
    template: TEMPLATE,
    strategy: { canary: { stableService: 'web', canaryService: 'web-canary', trafficRouting: { nginx } } },
  }),
  rollout(
    {
      workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      strategy: {
        canary: {
          stableService: 'web',
          canaryService: 'web-canary',
          trafficRouting: { nginx: { stableIngresses: ['web', 'web-internal'] } },
        },
      },
    },
    'adopted',
  ),
  rollout(
    {
      selector: SELECTOR,
      template: TEMPLATE,
      strategy: { blueGreen: { activeService: 'web', previewService: 'web-preview' } },
    },
    'two',
  ),
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'two' } },
  },
  ...['web', 'web-canary', 'web-preview'].map((name) => service(name, 'web')),
  ingress('web'),
  ingress('web-internal', {}, 'web'),
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'runner' } },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'registry' } },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'urgent' }, value: 1 },
];

const patches = (objects: readonly object[]) => ({ patches: objects.map((one) => ({ patch: JSON.stringify(one) })) });

const OVERLAY = {
  resources: ['base'],
  namePrefix: 'staging-',
  nameSuffix: '-eu',
  replicas: [{ name: 'web', count: 4 }],
  images: [{ name: 'web', newTag: '2' }],
  labels: [
    { pairs: { team: 'shop' }, includeTemplates: true },
    { pairs: { stage: 'staging' }, includeSelectors: true },
  ],
  commonAnnotations: { owner: 'shop' },
  configMapGenerator: [{ name: 'settings', literals: ['A=1'] }],
  secretGenerator: [{ name: 'keys', literals: ['B=2'] }],
  ...patches([deployment({ template: TEMPLATE_PATCH }), rollout({ template: TEMPLATE_PATCH })]),
};

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: JsonObject;
}

/** What `kubectl kustomize` makes of an overlay over a base, both written to a folder that is gone afterwards. */
async function render(session: Session, base: readonly object[], overlay: object): Promise<readonly Rendered[]> {
  const folder = await mkdtemp(join(tmpdir(), 'serin-kustomize-'));
  const write = async (path: string, content: object) => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), JSON.stringify(content));
  };
  try {
    await write('base/objects.json', { apiVersion: 'v1', kind: 'List', items: base });
    await write('base/kustomization.yaml', { resources: ['objects.json'] });
    await write('kustomization.yaml', { components: [relative(folder, COMPONENT)], ...overlay });
    const text = await session.kubectl('kustomize', folder);
    return parseAllDocuments(text).map((document) => document.toJS() as Rendered);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function one(objects: readonly Rendered[], kind: string, name: string): Rendered {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`kustomize rendered no ${kind} ${name}`);
  return found;
}

describe('the kustomize component', () => {
  test('an overlay does to a Rollout what it does to a Deployment, and does the same to the Deployment as without it', async ({
    session,
  }) => {
    const objects = await render(session, BASE, OVERLAY);
    const { replicas, selector, template } = one(objects, 'Rollout', 'staging-web-eu').spec;
    const { spec } = one(objects, 'Deployment', 'staging-web-eu');
    expect({ replicas, selector, template }).toEqual(spec);
    // The Deployment is the measure, so that it has to be what it would be in an overlay that knows of no Rollout.
    const alone = BASE.filter((object) => (object as Rendered).kind !== 'Rollout');
    const plain = { ...OVERLAY, components: [], ...patches([deployment({ template: TEMPLATE_PATCH })]) };
    expect(spec).toEqual(one(await render(session, alone, plain), 'Deployment', 'staging-web-eu').spec);
    const text = JSON.stringify(template);
    for (const seen of ['"web:2"', '"side:1"', '"MODE"', '"debug"', '"prometheus"', '"team":"shop"', 'settings-eu-']) {
      expect(text).toContain(seen);
    }
  });

  test('an overlay renames what a Rollout refers to', async ({ session }) => {
    const objects = await render(session, BASE, OVERLAY);
    const named = (name: string) => one(objects, 'Rollout', `staging-${name}-eu`).spec;
    expect(named('web')['strategy']).toEqual({
      canary: {
        stableService: 'staging-web-eu',
        canaryService: 'staging-web-canary-eu',
        trafficRouting: { nginx: { stableIngress: 'staging-web-eu' } },
      },
    });
    expect(named('adopted')).toMatchObject({
      workloadRef: { name: 'staging-web-eu' },
      strategy: {
        canary: { trafficRouting: { nginx: { stableIngresses: ['staging-web-eu', 'staging-web-internal-eu'] } } },
      },
    });
    expect(named('two')['strategy']).toEqual({
      blueGreen: { activeService: 'staging-web-eu', previewService: 'staging-web-preview-eu' },
    });
    const { spec } = one(objects, 'HorizontalPodAutoscaler', 'staging-web-eu');
    expect(spec['scaleTargetRef']).toMatchObject({ name: 'staging-two-eu' });
  });

  test('without it replicas are an error, and a patch of one container takes the others away', async ({ session }) => {
    const components = { components: [] };
    const alone = [rollout({ selector: SELECTOR, template: TEMPLATE })];
    const scaled = { resources: ['base'], ...components, replicas: OVERLAY.replicas };
    const failure = await render(session, alone, scaled).catch((error: unknown) => String(error));
    expect(failure).toContain('resource with name web does not match a config');
    const patched = { resources: ['base'], ...components, ...patches([rollout({ template: TEMPLATE_PATCH })]) };
    const { spec } = one(await render(session, alone, patched), 'Rollout', 'web');
    expect(spec).toMatchObject({ template: { spec: { containers: [{ name: 'web' }] } } });
    expect(JSON.stringify(spec)).not.toContain('web:1');
  });

  test('a Service without a selector gets one from labels with includeSelectors alone', async ({ session }) => {
    const bare = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } };
    const selectorWith = async (include: object) => {
      const overlay = { resources: ['base'], labels: [{ pairs: { team: 'shop' }, ...include }] };
      return one(await render(session, [bare], overlay), 'Service', 'web').spec['selector'];
    };
    expect(await selectorWith({ includeTemplates: true })).toBeUndefined();
    expect(await selectorWith({ includeSelectors: true })).toEqual({ team: 'shop' });
  });

  test('its merge keys are those of the API server (vitest -u writes them)', async ({
    session,
    expect: expectHere,
  }) => {
    const document = await session.client.get<JsonObject>('/openapi/v2');
    const text = `${JSON.stringify(mergeKeys(document), null, 1)}\n`;
    await expectHere(text).toMatchFileSnapshot(join(COMPONENT, 'merge-keys.json'));
  });
});
