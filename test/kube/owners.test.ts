import { expect, test } from 'vitest';
import type { KubeObject, OwnerReference } from '../../src/kube/objects.ts';
import { controllerOf, controllerReference, isControlledBy } from '../../src/kube/owners.ts';
import { ROLLOUTS, SERVICES } from '../../src/kube/resources.ts';

const CONTROLLER = controllerReference(ROLLOUTS, 'web', 'uid-1');
const BYSTANDER: OwnerReference = { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'uid-2' };

function ownedBy(...ownerReferences: OwnerReference[]): KubeObject {
  return { metadata: { name: 'web-abc', uid: 'uid-rs', resourceVersion: '1', ownerReferences } };
}

test('the controller is the owner that is marked so, wherever it stands', () => {
  expect(controllerOf(ownedBy(BYSTANDER, CONTROLLER))).toBe(CONTROLLER);
  expect(controllerOf(ownedBy(BYSTANDER, { ...BYSTANDER, controller: false }))).toBeUndefined();
  expect(controllerOf({ metadata: { name: 'a', uid: 'b', resourceVersion: '1' } })).toBeUndefined();
});

test('control is by UID', () => {
  expect(isControlledBy(ownedBy(CONTROLLER), 'uid-1')).toBe(true);
  expect(isControlledBy(ownedBy(CONTROLLER), 'uid-of-the-recreated')).toBe(false);
  expect(isControlledBy(ownedBy(BYSTANDER), 'uid-2')).toBe(false);
});

test('a reference names group, version and kind of its owner', () => {
  expect(CONTROLLER).toEqual({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    name: 'web',
    uid: 'uid-1',
    controller: true,
    blockOwnerDeletion: true,
  });
  expect(controllerReference(SERVICES, 'a', 'b').apiVersion).toBe('v1');
});
