/** The structural schema, keyword by keyword, and that no definition has a keyword that is not looked at. */
import { describe, expect, test } from 'vitest';
import { customResourceDefinitions } from '../../../src/api/definitions/custom-resources.ts';
import { SNAPSHOTS } from '../../../src/api/definitions/snapshots.ts';
import { misfitsOf } from '../../../src/cli/lint/misfits.ts';
import type { Json, JsonObject } from '../../../src/kube/json.ts';

/** Those that say how a value has to be, and those that say nothing about that. */
const LOOKED_AT = ['type', 'properties', 'additionalProperties', 'items', 'required', 'default', 'format', 'pattern'];
const BOUNDS = ['minimum', 'maximum', 'maxLength', 'maxItems', 'maxProperties', 'enum', 'not'];
const KUBERNETES = ['int-or-string', 'preserve-unknown-fields', 'list-type', 'list-map-keys'];
const NO_LIMIT = ['description', 'x-kubernetes-map-type', 'x-kubernetes-validations'];
const KNOWN = new Set([...LOOKED_AT, ...BOUNDS, ...KUBERNETES.map((one) => `x-kubernetes-${one}`), ...NO_LIMIT]);

function schemasIn(schema: JsonObject): readonly JsonObject[] {
  const { properties = {}, additionalProperties, items } = schema;
  const parts = [...Object.values(properties as JsonObject), additionalProperties, items];
  return [schema, ...parts.flatMap((part) => (part === undefined ? [] : schemasIn(part as JsonObject)))];
}

interface Versions {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: JsonObject } }[] };
}

const SCHEMAS = Object.values(customResourceDefinitions(SNAPSHOTS)).flatMap((definition) =>
  (definition as unknown as Versions).spec.versions.flatMap(({ schema }) => schemasIn(schema.openAPIV3Schema)),
);

test('every keyword of every definition is known', () => {
  const unknown = SCHEMAS.flatMap((schema) => Object.keys(schema)).filter((keyword) => !KNOWN.has(keyword));
  expect([...new Set(unknown)]).toEqual([]);
});

test('every pattern can be read, and every format that is not about a size', () => {
  const patterns = new Set(SCHEMAS.flatMap(({ pattern }) => (typeof pattern === 'string' ? [pattern] : [])));
  expect(patterns.size).toBeGreaterThan(5);
  for (const pattern of patterns) expect(() => new RegExp(pattern, 'u')).not.toThrow();
  const formats = new Set(SCHEMAS.flatMap(({ format }) => (typeof format === 'string' ? [format] : [])));
  expect([...formats].toSorted()).toEqual(['date-time', 'int32', 'int64']);
});

const PORTS: JsonObject = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['port', 'protocol'],
  items: {
    type: 'object',
    required: ['port', 'protocol'],
    properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } },
  },
};
const POD_TEMPLATE = SNAPSHOTS['pod-template']['properties'] as JsonObject;
const amount = ['spec', 'containers', 'resources', 'limits'].reduce<JsonObject>((schema, field) => {
  const next = ((schema['properties'] ?? schema) as JsonObject)[field] as JsonObject;
  return (next['items'] ?? next) as JsonObject;
}, POD_TEMPLATE)['additionalProperties'] as JsonObject;

describe.each<{ readonly schema: JsonObject; readonly good: readonly Json[]; readonly bad: readonly Json[] }>([
  { schema: { type: 'integer', format: 'int32' }, good: [0, -5, 2147483647], bad: [1.5, '1', 2147483648, true] },
  { schema: { type: 'integer', minimum: 1, maximum: 9 }, good: [1, 9], bad: [0, 10] },
  { schema: { type: 'number' }, good: [1.5], bad: ['1.5'] },
  { schema: { type: 'boolean' }, good: [true], bad: ['true', 1] },
  { schema: { type: 'string', maxLength: 2 }, good: ['', 'ab', '😀😀'], bad: ['abc', 1] },
  { schema: { type: 'string', pattern: '^a+$' }, good: ['a'], bad: ['b'] },
  { schema: { type: 'string', enum: ['a', 'b'] }, good: ['a'], bad: ['c'] },
  { schema: { type: 'string', format: 'date-time' }, good: ['2026-01-02T03:04:05Z'], bad: ['yesterday'] },
  { schema: { type: 'array', maxItems: 1 }, good: [[], [1]], bad: [[1, 2], {}] },
  {
    schema: { type: 'object', maxProperties: 1, additionalProperties: { type: 'string' } },
    good: [{ a: 'b' }, { a: null }],
    bad: [{ a: 1 }, { a: 'b', c: 'd' }, []],
  },
  {
    schema: { 'x-kubernetes-int-or-string': true, minimum: 0, pattern: '^[0-9]+%$' },
    good: [1, '5%'],
    bad: [-1, '5', 0.5],
  },
  {
    schema: { type: 'object', properties: { a: { type: 'string' } } },
    good: [{}, { a: 'b' }, { b: null }],
    bad: [{ b: 'a' }],
  },
  { schema: { type: 'object', required: ['a'], properties: { a: {} } }, good: [{ a: 0 }], bad: [{}, { a: null }] },
  {
    schema: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    good: [['a', 'b']],
    bad: [['a', 'a']],
  },
  {
    schema: PORTS,
    good: [[{ port: 1 }, { port: 1, protocol: 'UDP' }]],
    bad: [[{ port: 1 }, { port: 1, protocol: 'TCP' }]],
  },
  { schema: amount, good: ['100m', 0.5, '1Gi', ' 2 '], bad: ['lots', -1, '-1', true, {}, [], { a: 1 }, [1]] },
])('$schema', ({ schema, good, bad }) => {
  test.each(good.map((one) => [one]))('fits: %j', (one) => {
    expect(misfitsOf(schema, one)).toEqual([]);
  });

  test.each(bad.map((one) => [one]))('does not fit: %j', (one) => {
    expect(misfitsOf(schema, one)).toHaveLength(1);
  });
});
