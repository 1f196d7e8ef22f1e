import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { customResourceFiles } from '../../scripts/crd/custom-resource-files.ts';
import { openApiSnapshot } from '../../scripts/crd/openapi-snapshot.ts';
import { SNAPSHOTS } from '../../src/api/definitions/snapshots.ts';
import { structuralSchema } from '../../src/api/definitions/structural-schema.ts';
import type { Snapshot } from '../../src/api/schema/pod-template.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import { POD_TEMPLATE_TYPES } from '../../src/kube/pod-template-types.ts';
import type { TypeTable } from '../../src/kube/typed-json.ts';

const FOLDER = new URL('../../crds/', import.meta.url);
const FILES = Object.entries(customResourceFiles());

/** A plain `kubectl apply` keeps a copy of the object as JSON in an annotation, which has this limit. */
const MAX_APPLIED_BYTES = 256 * 1024;

test.each(FILES)('crds/%s is what the schemas say; `npm run generate` writes it', async (file, text) => {
  expect(await readFile(new URL(file, FOLDER), 'utf8')).toBe(text);
});

test('no other definition is in crds/', async () => {
  const definitions = (await readdir(FOLDER)).filter((file) => file.endsWith('-crd.yaml'));
  expect(definitions.toSorted()).toEqual(FILES.map(([file]) => file).toSorted());
});

test.each(FILES)('crds/%s fits into the annotation of kubectl apply', (_file, text) => {
  expect(Buffer.byteLength(JSON.stringify(parse(text)))).toBeLessThan(MAX_APPLIED_BYTES);
});

function schemaOf(file: string): JsonObject {
  const text = customResourceFiles()[file] ?? '';
  const definition = parse(text) as { spec: { versions: { schema: { openAPIV3Schema: JsonObject } }[] } };
  return definition.spec.versions[0]?.schema.openAPIV3Schema ?? {};
}

function rolloutSchema(...path: readonly string[]): JsonObject {
  return path.reduce((node, key) => (node[key] ?? {}) as JsonObject, schemaOf('rollout-crd.yaml'));
}

const POD_SPEC = ['properties', 'spec', 'properties', 'template', 'properties', 'spec', 'properties'];

test('the API server fills in replicas, so that an autoscaler finds a number', () => {
  expect(rolloutSchema('properties', 'spec', 'properties', 'replicas')).toMatchObject({ default: 1, minimum: 0 });
});

test('ports of a container are told apart by number and protocol, which is TCP when absent', () => {
  const ports = rolloutSchema(...POD_SPEC, 'containers', 'items', 'properties', 'ports');
  expect(ports).toMatchObject({
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
    items: { properties: { protocol: { default: 'TCP' } } },
  });
});

/** The pod templates and the Job, whose fields belong to Kubernetes. */
const KUBERNETES_OWN = /^\.spec\.template$|^\.spec\.templates\[\]\.template$|\.provider\.job\.(metadata|spec)$/;

/** Fields of a schema by their path, without those that belong to Kubernetes. */
function fieldsIn(node: JsonObject, path = ''): readonly (readonly [string, JsonObject])[] {
  const { properties = {}, items = {}, additionalProperties = {} } = node as Record<string, JsonObject>;
  const own = Object.entries(properties).flatMap(([name, field]) => {
    const at = `${path}.${name}`;
    const below = KUBERNETES_OWN.test(at) ? [] : fieldsIn(field as JsonObject, at);
    return [[at, field as JsonObject] as const, ...below];
  });
  return [...own, ...fieldsInItem(items, `${path}[]`), ...fieldsInItem(additionalProperties, `${path}.*`)];
}

function fieldsInItem(item: JsonObject, path: string): readonly (readonly [string, JsonObject])[] {
  return Object.keys(item).length === 0 ? [] : fieldsIn(item, path);
}

test.each([
  ['rollout-crd.yaml', 300],
  ['analysis-template-crd.yaml', 100],
  ['cluster-analysis-template-crd.yaml', 100],
  ['analysis-run-crd.yaml', 150],
  ['experiment-crd.yaml', 50],
])(
  'kubectl explain says something about every field in crds/%s that is not explained by Kubernetes',
  (file, atLeast) => {
    const byKubernetes = ['.apiVersion', '.kind', '.metadata'];
    const fields = fieldsIn(schemaOf(file));
    expect(fields.length).toBeGreaterThan(atLeast);
    const unexplained = fields.filter(
      ([path, { description = '' }]) => description === '' && !byKubernetes.includes(path),
    );
    expect(unexplained.map(([path]) => path)).toEqual([]);
  },
);

test.each(FILES)('every number in the spec of crds/%s that is not of Kubernetes has a least value', (file) => {
  const numbers = fieldsIn(schemaOf(file)).filter(
    ([path, { type, 'x-kubernetes-int-or-string': orText }]) =>
      path.startsWith('.spec.') && (type === 'integer' || type === 'number' || orText === true),
  );
  expect(numbers.length).toBeGreaterThan(4);
  const free = numbers.filter(([, schema]) => schema['minimum'] === undefined).map(([path]) => path);
  // Below 0 it is switched off (spec 1.2).
  expect(free).toEqual(file === 'rollout-crd.yaml' ? ['.spec.strategy.canary.replicaProgressThreshold.value'] : []);
  const texts = numbers.filter(([, { 'x-kubernetes-int-or-string': orText }]) => orText === true);
  expect(texts.filter(([, { pattern, maximum }]) => pattern === undefined || maximum === undefined)).toEqual([]);
});

/** Every default in a schema, by its path. */
function defaultsIn(node: unknown, path = ''): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'default' && typeof value !== 'object' ? [path] : defaultsIn(value, `${path}.${key}`),
  );
}

test('nothing else in a pod template gets a default but the keys of lists', () => {
  const template = rolloutSchema('properties', 'spec', 'properties', 'template');
  const fields = new Set(defaultsIn(template).map((path) => path.split('.properties.').slice(-2).join('.')));
  expect([...fields].toSorted()).toEqual(['imagePullSecrets.items.name', 'ports.items.protocol']);
});

/** Where a schema is open: the path of each field that keeps what it does not know, with the keywords beside it. */
function openIn(node: unknown, path = ''): readonly (readonly [string, JsonObject])[] {
  if (typeof node !== 'object' || node === null) return [];
  const { 'x-kubernetes-preserve-unknown-fields': isOpen, ...others } = node as JsonObject;
  const here = isOpen === true ? [[path, others] as const] : [];
  return [...here, ...Object.entries(others).flatMap(([key, value]) => openIn(value, `${path}.${key}`))];
}

/** The objects that Kubernetes itself says nothing about, or has given no field yet. */
const FREE_OBJECTS: Readonly<Record<Snapshot, readonly string[]>> = {
  'pod-template': ['fieldsV1'],
  'job-spec': ['fieldsV1', 'basic', 'single', 'all'],
};

test.each(Object.entries(SNAPSHOTS))(
  'the %s of Kubernetes knows every field, but for objects without any and amounts of a resource',
  (name, snapshot) => {
    const open = openIn(snapshot);
    const amounts = open.filter(([, { pattern }]) => pattern !== undefined);
    expect(amounts.length).toBeGreaterThan(10);
    const free = open.filter((one) => !amounts.includes(one));
    expect(free.map(([, others]) => others)).toEqual(free.map(() => ({ type: 'object' })));
    expect(new Set(free.map(([path]) => path.split('.').at(-1)))).toEqual(new Set(FREE_OBJECTS[name as Snapshot]));
  },
);

/** The fields of a schema that the table of types, which templates are hashed and compared with, has never heard of. */
function fieldsWithoutType(node: JsonObject, notation: string): readonly string[] {
  const bare = notation.replace(/^\*|!$/g, '');
  if (bare.startsWith('[]')) return fieldsWithoutType(node['items'] as JsonObject, bare.slice(2));
  const type = (POD_TEMPLATE_TYPES as TypeTable)[bare];
  if (type === undefined) return [];
  return Object.entries((node['properties'] ?? {}) as Record<string, JsonObject>).flatMap(([name, field]) => {
    const notationOfField = type[name];
    return notationOfField === undefined ? [`${bare}.${name}`] : fieldsWithoutType(field, notationOfField);
  });
}

/** The fields of the table of types that a schema does not have. */
function typesWithoutField(node: JsonObject, notation: string): readonly string[] {
  const bare = notation.replace(/^\*|!$/g, '');
  if (bare.startsWith('[]')) return typesWithoutField(node['items'] as JsonObject, bare.slice(2));
  const properties = node['properties'] as Record<string, JsonObject> | undefined;
  const type = (POD_TEMPLATE_TYPES as TypeTable)[bare];
  if (type === undefined || properties === undefined) return [];
  return Object.entries(type).flatMap(([name, notationOfField]) => {
    const field = properties[name];
    return field === undefined ? [`${bare}.${name}`] : typesWithoutField(field, notationOfField);
  });
}

test('hashes and comparisons of templates know every field of the snapshot, and no other', () => {
  expect(fieldsWithoutType(SNAPSHOTS['pod-template'], 'PodTemplateSpec')).toEqual([]);
  expect(typesWithoutField(SNAPSHOTS['pod-template'], 'PodTemplateSpec')).toEqual([]);
});

const AMOUNT = rolloutSchema(...POD_SPEC, 'overhead', 'additionalProperties')['pattern'] as string;

/** resource.Quantity of Kubernetes reads each of these. */
test.each(['0', '1', '+1', '0.5', '.5', '1.', '500m', '1Gi', '1.5Ei', '1e3', '1E-3', '1e+22', '3E', '7n', ' 128Mi '])(
  'an amount: %j',
  (text) => expect(text).toMatch(new RegExp(AMOUNT)),
);

/** Of these only the last three, which nobody means. */
test.each(['', 'abc', '1 Gi', '128MB', '1e1.5', '1e.5', '1ki', '0x10', '1,5', '-1', 'Gi', '1e1000'])(
  'no amount: %j',
  (text) => expect(text).not.toMatch(new RegExp(AMOUNT)),
);

test('a schema with a union has no structural form', () => {
  const union = z.object({ field: z.union([z.string(), z.boolean()]) });
  expect(() => structuralSchema(union, SNAPSHOTS)).toThrow('the schema of .field has anyOf');
});

test('a snapshot has every reference replaced, and is open where the document is', () => {
  const document = {
    components: {
      schemas: {
        Pod: {
          type: 'object',
          required: ['size'],
          properties: {
            size: {
              allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity' }],
              default: {},
            },
            port: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.util.intstr.IntOrString' },
            mode: { type: 'string', enum: ['A', 'B'], default: 'A', description: 'left out' },
            free: { type: 'object', description: 'left out' },
            unsaid: { description: 'left out' },
            list: {
              type: 'array',
              'x-kubernetes-list-type': 'map',
              'x-kubernetes-list-map-keys': ['key'],
              'x-kubernetes-patch-merge-key': 'key',
              items: { allOf: [{ $ref: '#/components/schemas/Item' }] },
            },
          },
        },
        Item: {
          type: 'object',
          properties: { key: { type: 'string', default: 'TCP' }, other: { type: 'string', default: 'x' } },
        },
      },
    },
  };
  expect(openApiSnapshot(document, 'Pod')).toEqual({
    type: 'object',
    required: ['size'],
    properties: {
      size: {
        'x-kubernetes-preserve-unknown-fields': true,
        pattern: AMOUNT,
        minimum: 0,
        maxProperties: 0,
        maxItems: 0,
        not: { enum: [true, false, {}, []] },
      },
      port: { 'x-kubernetes-int-or-string': true },
      mode: { type: 'string' },
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      unsaid: { 'x-kubernetes-preserve-unknown-fields': true },
      list: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['key'],
        items: {
          type: 'object',
          properties: { key: { type: 'string', default: 'TCP' }, other: { type: 'string' } },
        },
      },
    },
  });
  expect(() => openApiSnapshot(document, 'Nothing')).toThrow('no schema Nothing');
});
