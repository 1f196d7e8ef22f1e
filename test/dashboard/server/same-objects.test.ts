/** One copy of what several people are sent. */
import { expect, test } from 'vitest';
import { SameObjects } from '../../../src/dashboard/server/same-objects.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import { PODS, SERVICES } from '../../../src/kube/resources.ts';

function object(uid: string, resourceVersion: string): KubeObject {
  return { metadata: { name: 'web', namespace: 'shop', uid, resourceVersion } };
}

const same = new SameObjects();
const pods = same.of({ resource: PODS, isReadable: () => true, trim: (one) => ({ metadata: one.metadata }) });
const services = same.of({ resource: SERVICES, isReadable: () => true });

test('the same version is the same object, and another one is not', () => {
  const first = pods.trim?.(object('a', '1'));
  expect(pods.trim?.(object('a', '1'))).toBe(first);
  const second = pods.trim?.(object('a', '2'));
  expect(second).not.toBe(first);
  // A watch that is behind still sees what it was sent.
  expect(pods.trim?.(object('a', '1'))?.metadata.resourceVersion).toBe('1');
});

test('neither another object nor another resource is taken for it', () => {
  const pod = pods.trim?.(object('b', '1'));
  expect(pods.trim?.(object('c', '1'))).not.toBe(pod);
  expect(services.trim?.(object('b', '1'))).not.toBe(pod);
});
