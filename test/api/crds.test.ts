import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { customResourceFiles } from '../../src/api/crd/custom-resource-files.ts';
import { openApiSnapshot } from '../../src/api/crd/openapi-snapshot.ts';
import { SNAPSHOTS } from '../../src/api/crd/snapshots.ts';
import { structuralSchema } from '../../src/api/crd/structural-schema.ts';
import type { JsonObject } from '../../src/kube/json.ts';

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

test('the API server fills in replicas, so that an autoscaler finds a number', () => {
  expect(rolloutSchema('properties', 'spec', 'properties', 'replicas')).toMatchObject({ default: 1, minimum: 0 });
});

test('ports of a container are told apart by number and protocol, which is TCP when absent', () => {
  const podSpec = ['properties', 'spec', 'properties', 'template', 'properties', 'spec', 'properties'];
  const ports = rolloutSchema(...podSpec, 'containers', 'items', 'properties', 'ports');
  expect(ports).toMatchObject({
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
    items: { 'x-kubernetes-preserve-unknown-fields': true, properties: { protocol: { default: 'TCP' } } },
  });
});

/** The pod templates and the Job, whose fields belong to Kubernetes. */
const KUBERNETES_OWN = /^\.spec\.template$|^\.spec\.templates\[\]\.template$|\.provider\.job\.spec$/;

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

test('a schema with a union has no structural form', () => {
  const union = z.object({ field: z.union([z.string(), z.boolean()]) });
  expect(() => structuralSchema(union, SNAPSHOTS)).toThrow('the schema of .field has anyOf');
});

test('a snapshot has every reference replaced and is open to fields of newer clusters', () => {
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
    'x-kubernetes-preserve-unknown-fields': true,
    properties: {
      size: { 'x-kubernetes-preserve-unknown-fields': true },
      port: { 'x-kubernetes-int-or-string': true },
      mode: { type: 'string' },
      list: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['key'],
        items: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { key: { type: 'string', default: 'TCP' }, other: { type: 'string' } },
        },
      },
    },
  });
  expect(() => openApiSnapshot(document, 'Nothing')).toThrow('no schema Nothing');
});
