/** What differs between two versions of an object. */
import { expect, test } from 'vitest';
import { fieldChanges } from '../../src/kube/field-changes.ts';

test.each([
  {
    name: 'a field that has changed',
    before: { spec: { replicas: 1 } },
    after: { spec: { replicas: 2 } },
    changes: [{ field: 'spec.replicas', from: 1, to: 2 }],
  },
  {
    name: 'a field that has come',
    before: {},
    after: { spec: { paused: true } },
    changes: [{ field: 'spec.paused', from: null, to: true }],
  },
  {
    name: 'a field that has gone',
    before: { spec: { paused: true } },
    after: { spec: {} },
    changes: [{ field: 'spec.paused', from: true, to: null }],
  },
  {
    name: 'a key with dots',
    before: { metadata: { annotations: { 'a.io/b': '1' } } },
    after: { metadata: { annotations: { 'a.io/b': '2' } } },
    changes: [{ field: 'metadata.annotations[a.io/b]', from: '1', to: '2' }],
  },
  {
    name: 'an item of a list, by its name',
    before: {
      containers: [
        { name: 'web', image: 'web:1' },
        { name: 'log', image: 'log:1' },
      ],
    },
    after: {
      containers: [
        { name: 'log', image: 'log:1' },
        { name: 'web', image: 'web:2' },
      ],
    },
    changes: [{ field: 'containers[web].image', from: 'web:1', to: 'web:2' }],
  },
  {
    name: 'a condition, by its type',
    before: { conditions: [] },
    after: { conditions: [{ type: 'Healthy', status: 'True' }] },
    changes: [{ field: 'conditions[Healthy].status', from: null, to: 'True' }],
  },
  {
    name: 'a list of items without names, as a whole',
    before: { rules: [{ host: 'a' }] },
    after: { rules: [{ host: 'b' }] },
    changes: [{ field: 'rules', from: [{ host: 'a' }], to: [{ host: 'b' }] }],
  },
  {
    name: 'nothing of what the API server keeps for itself',
    before: { metadata: { resourceVersion: '1', managedFields: [1], generation: 1 } },
    after: { metadata: { resourceVersion: '2', managedFields: [2], generation: 2 } },
    changes: [],
  },
])('$name', ({ before, after, changes }) => {
  expect(fieldChanges(before, after)).toEqual(changes);
});
