import { expect, test } from 'vitest';
import type { KubeObject, ReplicaSet } from '../../src/kube/objects.ts';
import { essentials } from '../../src/runtime/essentials.ts';
import { deepFrozen } from '../kube/deep-frozen.ts';

const MANIFEST = 'kubectl.kubernetes.io/last-applied-configuration';
const METADATA = {
  name: 'web',
  namespace: 'shop',
  uid: 'u1',
  resourceVersion: '7',
  labels: { app: 'web' },
  annotations: { note: 'kept' },
};

function sent(resourceVersion = '7', replicas = 1): KubeObject {
  return structuredClone({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...METADATA,
      resourceVersion,
      generateName: 'web-',
      selfLink: '/web',
      annotations: { [MANIFEST]: '{}', note: 'kept' },
      managedFields: [{ manager: 'kubectl' }],
    },
    spec: { replicas, template: { spec: { unknownField: { of: 'a user' } } } },
    status: { replicas: 1 },
  });
}

test('keeps the metadata that decisions read and the named fields, whatever is in them', () => {
  expect(essentials<ReplicaSet>(sent(), ['spec'], undefined)).toStrictEqual({
    metadata: METADATA,
    spec: { replicas: 1, template: { spec: { unknownField: { of: 'a user' } } } },
  });
});

test('an absent field stays absent, and annotations that only hold the manifest become empty', () => {
  const object = { metadata: { name: 'web', uid: 'u1', resourceVersion: '7', annotations: { [MANIFEST]: '{}' } } };
  expect(essentials<ReplicaSet>(object, ['spec'], undefined)).toStrictEqual({
    metadata: { ...object.metadata, annotations: {} },
  });
});

test('keeps the managed fields that the caller has chosen', () => {
  const { metadata } = essentials<ReplicaSet>(sent(), [], undefined, [{ manager: 'serin' }]);
  expect(metadata).toStrictEqual({ ...METADATA, managedFields: [{ manager: 'serin' }] });
});

test('what has not changed is what the known version holds', () => {
  const known = deepFrozen(essentials<ReplicaSet>(sent(), ['spec', 'status'], undefined));
  const newer = essentials<ReplicaSet>(sent('8', 2), ['spec', 'status'], known);
  expect(newer).toStrictEqual({
    ...known,
    metadata: { ...METADATA, resourceVersion: '8' },
    spec: { ...known.spec, replicas: 2 },
  });
  expect(newer.spec.template).toBe(known.spec.template);
  expect(newer.status).toBe(known.status);
  expect(newer.metadata.labels).toBe(known.metadata.labels);
});
