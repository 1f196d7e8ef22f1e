/** Whose claims go when an object is applied: fields that we applied as well, and nothing else. */
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/kube/json.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { soleOwnership } from '../../src/runtime/field-ownership.ts';

const OURS = entry('serin', 'Apply', { annotations: ['weight'], spec: ['rules'] });

function entry(
  manager: string,
  operation: 'Apply' | 'Update',
  fields: { readonly annotations?: readonly string[]; readonly spec?: readonly string[] },
  subresource?: string,
): JsonObject {
  const leaves = (names: readonly string[]) => Object.fromEntries(names.map((name) => [`f:${name}`, {}]));
  // Who updates owns the map itself as well, who applies does not.
  const map = operation === 'Update' ? { '.': {} } : {};
  return {
    manager,
    operation,
    apiVersion: 'networking.k8s.io/v1',
    ...(subresource === undefined ? {} : { subresource }),
    fieldsV1: {
      ...(fields.annotations === undefined
        ? {}
        : { 'f:metadata': { 'f:annotations': { ...map, ...leaves(fields.annotations) } } }),
      ...(fields.spec === undefined ? {} : { 'f:spec': leaves(fields.spec) }),
    },
  };
}

function objectWith(managedFields: readonly JsonObject[] | undefined): KubeObject {
  const metadata = { name: 'web', uid: 'uid', resourceVersion: '1', ...(managedFields && { managedFields }) };
  return { metadata };
}

test.each<{ name: string; present: readonly JsonObject[] | undefined; wanted: readonly JsonObject[] | null }>([
  { name: 'nothing is known about owners', present: undefined, wanted: null },
  { name: 'all is ours', present: [OURS], wanted: null },
  { name: 'we have applied nothing', present: [entry('kubectl', 'Update', { spec: ['rules'] })], wanted: null },
  {
    name: 'others own other fields',
    present: [OURS, entry('kubectl', 'Update', { annotations: ['owner'] })],
    wanted: null,
  },
  {
    name: 'a subresource keeps its owner',
    present: [OURS, entry('nginx', 'Update', { spec: ['rules'] }, 'status')],
    wanted: null,
  },
  {
    name: 'a former controller owns the same fields and another',
    present: [entry('former', 'Update', { annotations: ['weight', 'owner'], spec: ['rules'] }), OURS],
    wanted: [entry('former', 'Update', { annotations: ['owner'] }), OURS],
  },
  {
    name: 'a former controller owns nothing else',
    present: [OURS, entry('former', 'Update', { spec: ['rules'] })],
    wanted: [OURS],
  },
  {
    name: 'our own updates from before count as those of another',
    present: [OURS, entry('serin', 'Update', { annotations: ['weight'] })],
    wanted: [OURS, entry('serin', 'Update', { annotations: [] })],
  },
])('$name', ({ present, wanted }) => {
  expect(soleOwnership(objectWith(present), 'serin')).toEqual(wanted);
});

test('the answer settles the matter', () => {
  const present = [entry('former', 'Update', { annotations: ['weight', 'owner'], spec: ['rules'] }), OURS];
  const settled = soleOwnership(objectWith(present), 'serin');
  expect(soleOwnership(objectWith(settled ?? []), 'serin')).toBeNull();
});
