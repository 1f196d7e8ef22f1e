import { describe, expect, test } from 'vitest';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import {
  wishOfOther,
  wishOfPod,
  wishOfReplicaSet,
  wishOfRollout,
  wishOfSlice,
} from '../../../src/controllers/rollout/news.ts';
import type { Endpoint, KubeObject, ReplicaSet } from '../../../src/kube/objects.ts';
import type { Wish } from '../../../src/runtime/controller.ts';

const metadata = { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '1' };
const later = { ...metadata, resourceVersion: '2' };

const updated = <T extends KubeObject>(previous: T, object: T) => ({ type: 'updated' as const, object, previous });

describe('a Rollout', () => {
  const spec = { replicas: 2 };
  const before: Rollout = {
    metadata,
    spec,
    status: {
      phase: 'Progressing',
      currentStepIndex: 1,
      conditions: [
        { type: 'Available', status: 'False', reason: 'A', message: '' },
        { type: 'Progressing', status: 'True', reason: 'P', message: '' },
      ],
    },
  };

  test.each<{ name: string; change: Partial<Rollout>; own: Wish; others: Wish }>([
    {
      name: 'counts of its status',
      change: { status: { ...before.status, readyReplicas: 2 } },
      own: 'arrived',
      others: 'soon',
    },
    { name: 'its phase', change: { status: { ...before.status, phase: 'Paused' } }, own: 'arrived', others: 'soon' },
    {
      name: 'its phase, which the handover from a Deployment waits for',
      change: { spec: { workloadRef: { name: 'web' } }, status: { ...before.status, phase: 'Healthy' } },
      own: 'followed',
      others: 'changed',
    },
    {
      name: 'the conditions that it has',
      change: { status: { ...before.status, conditions: [] } },
      own: 'soon',
      others: 'soon',
    },
    {
      name: 'which of its conditions was written last',
      change: { status: { ...before.status, conditions: [...(before.status?.conditions ?? [])].toReversed() } },
      own: 'arrived',
      others: 'soon',
    },
    {
      name: 'where it is in its steps',
      change: { status: { ...before.status, currentStepIndex: 2 } },
      own: 'followed',
      others: 'steered',
    },
    {
      name: 'that it is aborted',
      change: { status: { ...before.status, abort: true } },
      own: 'followed',
      others: 'steered',
    },
    { name: 'its spec', change: { spec: { replicas: 3 } }, own: 'followed', others: 'changed' },
    {
      name: 'an annotation',
      change: { metadata: { ...later, annotations: { a: 'b' } } },
      own: 'followed',
      others: 'changed',
    },
    {
      name: 'that it is being deleted',
      change: { metadata: { ...later, deletionTimestamp: '2026-01-02T03:04:05Z' } },
      own: 'followed',
      others: 'changed',
    },
    { name: 'nothing', change: {}, own: 'arrived', others: 'soon' },
  ])('that differs in $name', ({ change, own, others }) => {
    const event = updated(before, { ...before, metadata: later, ...change });
    expect(wishOfRollout(event, true)).toBe(own);
    expect(wishOfRollout(event, false)).toBe(others);
  });

  test('that waits for the phase of a handover', () => {
    const referring = { ...before, spec: { workloadRef: { name: 'web' } } };
    const healthy = { ...referring, metadata: later, status: { ...before.status, phase: 'Healthy' } };
    expect(wishOfRollout(updated(referring, healthy), true)).toBe('followed');
  });

  test('that is deleted', () => {
    expect(wishOfRollout({ type: 'deleted', object: before }, false)).toBe('changed');
  });

  test.each([
    { name: 'nobody has looked at', observedGeneration: undefined, wish: 'changed' },
    { name: 'was changed since somebody looked', observedGeneration: '3', wish: 'changed' },
    { name: 'is as somebody has seen it', observedGeneration: '4', wish: 'followed' },
  ])('that is new here and $name', ({ observedGeneration, wish }) => {
    const status = { ...before.status, ...(observedGeneration === undefined ? {} : { observedGeneration }) };
    const object = { ...before, metadata: { ...metadata, generation: 4 }, status };
    expect(wishOfRollout({ type: 'added', object }, false)).toBe(wish);
  });
});

describe('a ReplicaSet', () => {
  const sized = (replicas: number, status: ReplicaSet['status'], labels?: Record<string, string>): ReplicaSet => ({
    metadata: { ...later, ...(labels === undefined ? {} : { labels }) },
    spec: { replicas, selector: {}, template: {} },
    ...(status === undefined ? {} : { status }),
  });

  test.each<{ name: string; before: ReplicaSet; after: ReplicaSet; wish: Wish }>([
    { name: 'nothing', before: sized(2, { replicas: 2 }), after: sized(2, { replicas: 2 }), wish: 'arrived' },
    {
      name: 'a count of pods that are not ready yet',
      before: sized(2, { replicas: 1 }),
      after: sized(2, { replicas: 2, observedGeneration: 1 }),
      wish: 'soon',
    },
    {
      name: 'the first pod that is available',
      before: sized(2, { replicas: 2 }),
      after: sized(2, { replicas: 2, readyReplicas: 1, availableReplicas: 1 }),
      wish: 'followed',
    },
    {
      name: 'what its controller has seen, while pods are available',
      before: sized(2, { availableReplicas: 1, observedGeneration: 1 }),
      after: sized(2, { availableReplicas: 1, observedGeneration: 2 }),
      wish: 'followed',
    },
    {
      name: 'its pods, on the way down to none',
      before: sized(0, { replicas: 2, availableReplicas: 2 }),
      after: sized(0, { replicas: 1, availableReplicas: 1 }),
      wish: 'soon',
    },
    {
      name: 'a pod that cannot be made',
      before: sized(2, {}),
      after: sized(2, { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'Quota', message: '' }] }),
      wish: 'followed',
    },
    { name: 'its size', before: sized(1, {}), after: sized(2, {}), wish: 'followed' },
    { name: 'its labels', before: sized(1, {}), after: sized(1, {}, { a: 'b' }), wish: 'followed' },
  ])('that differs in $name', ({ before, after, wish }) => {
    expect(wishOfReplicaSet(updated(before, after))).toBe(wish);
  });
});

describe('an EndpointSlice', () => {
  const pod = (podName: string, ready: boolean, terminating = false): Endpoint => ({ podName, ready, terminating });
  const slice = (...endpoints: readonly Endpoint[]) => ({ metadata: later, endpoints });

  test.each<{ name: string; before: readonly Endpoint[]; after: readonly Endpoint[]; wish: Wish }>([
    { name: 'nothing', before: [pod('a', true)], after: [pod('a', true)], wish: 'arrived' },
    { name: 'a pod that is ready', before: [pod('a', false)], after: [pod('a', true)], wish: 'followed' },
    { name: 'a pod that is gone', before: [pod('a', true), pod('b', true)], after: [pod('b', true)], wish: 'followed' },
    { name: 'a pod that leaves', before: [pod('a', true)], after: [pod('a', false, true)], wish: 'followed' },
    { name: 'a pod that is not ready yet', before: [], after: [pod('a', false)], wish: 'soon' },
    { name: 'a pod that is not ready any more', before: [pod('a', true)], after: [pod('a', false)], wish: 'soon' },
    { name: 'a pod that has left', before: [pod('a', false, true)], after: [], wish: 'soon' },
  ])('that differs in $name', ({ before, after, wish }) => {
    expect(wishOfSlice(updated(slice(...before), slice(...after)))).toBe(wish);
  });
});

describe('a pod', () => {
  const pod = (more: Partial<KubeObject['metadata']>): KubeObject => ({ metadata: { ...later, ...more } });

  test.each<{ name: string; after: KubeObject; wish: Wish }>([
    { name: 'its labels', after: pod({ labels: { role: 'canary' } }), wish: 'followed' },
    { name: 'its annotations', after: pod({ annotations: { a: 'b' } }), wish: 'followed' },
    { name: 'that it leaves', after: pod({ deletionTimestamp: '2026-01-02T03:04:05Z' }), wish: 'soon' },
    { name: 'nothing that is read', after: pod({}), wish: 'arrived' },
  ])('that differs in $name', ({ after, wish }) => {
    expect(wishOfPod(updated({ metadata }, after), false)).toBe(wish);
  });
});

test('of other objects only a version is no news', () => {
  expect(wishOfOther(updated({ metadata }, { metadata: later }))).toBe('arrived');
  expect(wishOfOther(updated({ metadata }, { metadata: { ...later, labels: { a: 'b' } } }))).toBe('followed');
  expect(wishOfOther({ type: 'deleted', object: { metadata } })).toBe('followed');
});
