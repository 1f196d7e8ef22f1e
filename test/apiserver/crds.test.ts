import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import { customResourceFiles } from '../../scripts/crd/custom-resource-files.ts';
import { parseRollout, type Rollout, type RolloutSpec } from '../../src/api/schema/rollout.ts';
import { specErrors } from '../../src/api/validation/rollout.ts';
import { firstOf } from '../../src/api/words/field-error.ts';
import type { Json, JsonObject } from '../../src/kube/json.ts';
import { REFUSED_ROLLOUTS as cases } from '../api/refused-rollouts.ts';
import { canary, nginxCanary, rollout, withContainer, withPodSpec } from '../api/sample-rollout.ts';
import { startControlPlane, type ControlPlane } from '../testbed/cluster/control-plane.ts';
import { definitionsServed } from '../testbed/cluster/install.ts';
import { waitFor } from '../testbed/cluster/wait.ts';

const DEFINITIONS = Object.values(customResourceFiles()).join('---\n');
const EVERY_FIELD = join(import.meta.dirname, 'fixtures', 'every-field.yaml');

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane();
  await storeBeforeRules(FORGIVEN);
  await applyDefinitions(DEFINITIONS);
  // The server takes a moment to put a changed definition in force.
  await waitFor(async () => (await tryOut(canary({ steps: [{}] }))) !== 0, { what: 'rules in force' });
});
afterAll(() => plane.stop());

async function applyDefinitions(text: string): Promise<void> {
  await plane.mustKubectl(['apply', '-f', '-'], { stdin: text });
  await definitionsServed(plane);
}

/** What kubectl sends: no field that only the server may set, and a name of its own. */
function manifest(object: Rollout, name: string): string {
  return JSON.stringify({ ...object, metadata: { name } });
}

function apply(object: Rollout, name: string): ReturnType<ControlPlane['kubectl']> {
  return plane.kubectl(['apply', '-f', '-'], { stdin: manifest(object, name) });
}

/** Exit code of creating the object without storing it. */
async function tryOut(object: Rollout): Promise<number> {
  const args = ['create', '--dry-run=server', '-f', '-'];
  return (await plane.kubectl(args, { stdin: manifest(object, 'tried-out') })).code;
}

async function stored(name: string): Promise<JsonObject> {
  return JSON.parse(await plane.mustKubectl(['get', 'rollout', name, '-o', 'json'])) as JsonObject;
}

describe('the definitions', () => {
  test('are served, and the API server has nothing to say against their schemas', async () => {
    const { items } = JSON.parse(await plane.mustKubectl(['get', 'crd', '-o', 'json'])) as {
      items: { metadata: { name: string }; status: { conditions: { type: string; status: string }[] } }[];
    };
    expect(items.map(({ metadata }) => metadata.name).toSorted()).toEqual([
      'analysisruns.argoproj.io',
      'analysistemplates.argoproj.io',
      'clusteranalysistemplates.argoproj.io',
      'experiments.argoproj.io',
      'rollouts.argoproj.io',
    ]);
    for (const { status } of items) {
      expect(status.conditions.map(({ type, status }) => `${type}=${status}`).toSorted()).toEqual([
        'Established=True',
        'NamesAccepted=True',
      ]);
    }
  });

  test('applied again they change nothing', async () => {
    const printed = await plane.mustKubectl(['apply', '-f', '-'], { stdin: DEFINITIONS });
    expect(
      printed
        .trimEnd()
        .split('\n')
        .filter((line) => !line.endsWith(' unchanged')),
    ).toEqual([]);
  });

  test.each([
    { args: ['apply', '--validate=strict'] },
    { args: ['apply', '--server-side', '--force-conflicts', '--validate=strict'] },
  ])('every field of the API passes kubectl $args', async ({ args }) => {
    expect(await plane.kubectl([...args, '-f', EVERY_FIELD])).toMatchObject({ code: 0, stderr: '' });
  });

  test('no field of the API is dropped', async () => {
    await plane.mustKubectl(['apply', '--validate=strict', '-f', EVERY_FIELD]);
    for (const document of parseAllDocuments(await readFile(EVERY_FIELD, 'utf8'))) {
      const written = document.toJS() as { kind: string; metadata: { name: string } };
      const read = await plane.mustKubectl(['get', written.kind, written.metadata.name, '-o', 'json']);
      expect(JSON.parse(read)).toMatchObject(written);
    }
  });

  test('a misspelt field of the API is refused', async () => {
    const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], {
      stdin: manifest(rollout({ strategy: { canary: { maxSurgee: 1 } as CanaryStrategy } }), 'misspelt'),
    });
    expect(code).toBe(1);
    expect(stderr).toContain('unknown field "spec.strategy.canary.maxSurgee"');
  });

  test('short name, columns and scale are what people are used to', async () => {
    await plane.mustKubectl(['apply', '-f', '-'], { stdin: manifest(rollout(), 'scaled') });
    await plane.mustKubectl(['scale', 'ro/scaled', '--replicas=7']);
    const status = { replicas: 5, updatedReplicas: 4, availableReplicas: 3, HPAReplicas: 5, selector: 'app=web' };
    await plane.mustKubectl([
      'patch',
      'ro/scaled',
      '--subresource=status',
      '--type=merge',
      `-p=${JSON.stringify({ status })}`,
    ]);
    const [header = '', row = ''] = (await plane.mustKubectl(['get', 'ro', 'scaled'])).split('\n');
    expect(header.split(/\s+/)).toEqual(['NAME', 'DESIRED', 'CURRENT', 'UP-TO-DATE', 'AVAILABLE', 'AGE']);
    expect(row.split(/\s+/).slice(0, 5)).toEqual(['scaled', '7', '5', '4', '3']);
    const scale = await plane.mustKubectl([
      'get',
      '--raw',
      '/apis/argoproj.io/v1alpha1/namespaces/default/rollouts/scaled/scale',
    ]);
    expect(JSON.parse(scale)).toMatchObject({ spec: { replicas: 7 }, status: { replicas: 5, selector: 'app=web' } });
  });
});

describe('a pod template', () => {
  const POD_SPEC: JsonObject = {
    containers: [
      {
        name: 'web',
        image: 'web:1',
        env: [{ name: 'GREETING', value: 'grüß dich ✓ 你好' }],
        ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }],
        livenessProbe: { httpGet: { port: 'http' } },
        resources: {
          requests: { cpu: 0.001, memory: '0.001' },
          limits: { cpu: '1m', memory: ' 1e9 ' },
        },
      },
    ],
    volumes: [
      { name: 'config', configMap: { name: 'config', items: [{ key: 'a', path: 'b' }] } },
      { name: 'empty', emptyDir: { sizeLimit: 1.5 } },
    ],
  };

  test('is stored as it was written, with amounts in any spelling', async () => {
    await plane.mustKubectl(['apply', '--validate=strict', '-f', '-'], {
      stdin: manifest(withPodSpec(POD_SPEC), 'passed-through'),
    });
    const { spec } = (await stored('passed-through')) as unknown as { spec: RolloutSpec };
    const [container] = POD_SPEC['containers'] as readonly JsonObject[];
    const ports = [
      { containerPort: 80, protocol: 'TCP' },
      { containerPort: 80, protocol: 'UDP' },
    ];
    expect(spec.template?.spec).toEqual({ ...POD_SPEC, containers: [{ ...container, ports }] });
  });

  test('may be huge', async () => {
    const env = Array.from({ length: 5_000 }, (_, index) => ({ name: `VARIABLE_${index}`, value: 'x'.repeat(100) }));
    await plane.mustKubectl(['create', '-f', '-'], { stdin: manifest(withContainer({ env }), 'huge') });
    const parsed = parseRollout(await stored('huge'));
    expect('rollout' in parsed && parsed.rollout.spec.template?.spec).toMatchObject({ containers: [{ env }] });
  });

  test('without a required field is refused', async () => {
    const { code, stderr } = await apply(withContainer({ ports: [{ name: 'http' }] }), 'portless');
    expect(code).toBe(1);
    expect(stderr).toContain('spec.template.spec.containers[0].ports[0].containerPort: Required value');
  });
});

test('replicas that nobody wrote are 1, and nothing else is filled in', async () => {
  const { replicas: _, ...spec } = rollout().spec;
  await plane.mustKubectl(['apply', '-f', '-'], { stdin: manifest({ ...rollout(), spec }, 'defaulted') });
  expect((await stored('defaulted'))['spec']).toEqual({ ...spec, replicas: 1 });
});

test('the selector cannot be changed', async () => {
  await plane.mustKubectl(['apply', '-f', '-'], { stdin: manifest(rollout(), 'settled') });
  const { code, stderr } = await apply(
    rollout({ selector: { matchLabels: { app: 'web', tier: 'front' } } }),
    'settled',
  );
  expect(code).toBe(1);
  expect(stderr).toContain('spec.selector: Invalid value: ');
  expect(stderr).toContain('.spec.selector is immutable');
});

describe('refused when it is applied, with the sentence of validation', () => {
  const objectName = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

  /** What kubectl said about all of them, applied at once. */
  let answer: Awaited<ReturnType<typeof plane.kubectl>>;
  let refusals: readonly string[];
  beforeAll(async () => {
    const stdin = cases.map(({ name, object }) => manifest(object, objectName(name))).join('\n---\n');
    answer = await plane.kubectl(['apply', '-f', '-'], { stdin });
    refusals = answer.stderr.split(/^(?=The Rollout |Error from server )/m);
  });

  test('none is stored', () => {
    expect(answer).toMatchObject({ code: 1, stdout: '' });
  });

  test.each(cases)('$name', ({ name, object, says }) => {
    const problem = firstOf(specErrors(object));
    expect(problem).not.toBeNull();
    const refusal = refusals.find((one) => one.includes(`"${objectName(name)}" is invalid`));
    expect(refusal).toContain(says ?? problem?.detail);
  });

  test.each<{
    readonly name: string;
    readonly trafficRouting: CanaryStrategy['trafficRouting'];
    readonly says: string;
  }>([
    { name: 'no Ingress', trafficRouting: { nginx: {} }, says: 'Neither are configured' },
    {
      name: 'both Ingress fields',
      trafficRouting: { nginx: { stableIngress: 'web', stableIngresses: ['web'] } },
      says: 'Both are configured',
    },
  ])('$name', async ({ trafficRouting, says }) => {
    const { code, stderr } = await apply(nginxCanary({ trafficRouting: trafficRouting ?? {} }), 'ingress-fields');
    expect(code).toBe(1);
    expect(stderr).toContain(says);
  });
});

describe('not refused when it is applied, because it is told in the status', () => {
  test.each<{ readonly name: string; readonly object: Rollout }>([
    { name: 'services that do not exist', object: nginxCanary() },
    {
      name: 'labels beside a workload',
      object: rollout({ workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } }),
    },
    {
      name: 'what this version does not do',
      object: rollout({ strategy: { blueGreen: { activeService: 'web', postPromotionAnalysis: {} } } }),
    },
    {
      name: 'labels that the selector misses',
      object: rollout({ template: { metadata: { labels: { app: 'other' } } } }),
    },
  ])('$name', async ({ name, object }) => {
    expect(await apply(object, name.toLowerCase().replaceAll(' ', '-'))).toMatchObject({ code: 0 });
  });
});

/** Specs that today's rules refuse, stored while there were none. */
const FORGIVEN: readonly (readonly [string, Rollout])[] = [
  ['old-surge', canary({ maxSurge: 0, maxUnavailable: 0 })],
  ['old-step', canary({ steps: [{ setWeight: 20, pause: {} }, { setWeight: 999 }] })],
  ['old-selector', rollout({ selector: {} })],
  ['old-role', canary({ canaryMetadata: { labels: { app: 'x' } } })],
  ['old-routes', nginxCanary({ trafficRouting: { nginx: {} } })],
  ['old-number', canary({ maxSurge: -1, abortScaleDownDelaySeconds: -1 })],
  ['old-amount', withContainer({ resources: { requests: { cpu: 'much' } } })],
  ['old-typo', withPodSpec({ serviceAcountName: 'web' })],
];

async function storeBeforeRules(objects: readonly (readonly [string, Rollout])[]): Promise<void> {
  const lenient = parseAllDocuments(DEFINITIONS).map((document) =>
    JSON.stringify(withoutRules(document.toJS() as Json)),
  );
  await applyDefinitions(lenient.join('\n---\n'));
  await waitFor(async () => (await tryOut(rollout())) === 0, { what: 'Rollouts being served' });
  for (const [name, object] of objects) {
    await plane.mustKubectl(['create', '-f', '-'], { stdin: manifest(object, name) });
  }
}

/** What refuses a value; a field of such a name has a schema as its value. */
const REFUSING = ['minimum', 'maximum', 'pattern', 'maxItems', 'maxProperties', 'maxLength'];

/** Schemas that refuse no value and keep every field. */
function withoutRules(node: Json): Json {
  if (Array.isArray(node)) return node.map(withoutRules);
  if (typeof node !== 'object' || node === null) return node;
  const { 'x-kubernetes-validations': _rules, not: _not, ...others } = node as JsonObject;
  const kept = Object.entries(others).filter(([key, value]) => typeof value === 'object' || !REFUSING.includes(key));
  const isOpen =
    'x-kubernetes-preserve-unknown-fields' in others || (others['type'] === 'object' && 'properties' in others);
  return {
    ...Object.fromEntries(kept.map(([key, value]) => [key, withoutRules(value as Json)])),
    ...(isOpen ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
  };
}

test.each(FORGIVEN)('%s, stored before there were rules, can still be labelled and reported on', async (name) => {
  await plane.mustKubectl(['label', 'rollout', name, 'touched=yes']);
  await plane.mustKubectl([
    'patch',
    'rollout',
    name,
    '--subresource=status',
    '--type=merge',
    '-p={"status":{"abort":true}}',
  ]);
  expect(await stored(name)).toMatchObject({ metadata: { labels: { touched: 'yes' } }, status: { abort: true } });
});

test('a misspelt field that was stored before it was refused is left out of what is read', async () => {
  const { spec } = (await stored('old-typo')) as unknown as { spec: RolloutSpec };
  expect(spec.template?.spec).toEqual(rollout().spec.template?.spec);
});
