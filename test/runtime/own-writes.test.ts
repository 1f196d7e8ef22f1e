import { beforeEach, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/kube/objects.ts';
import { PODS, REPLICA_SETS, type Resource, ROLLOUTS } from '../../src/kube/resources.ts';
import { OwnWrites } from '../../src/runtime/own-writes.ts';
import { ManualClock } from './manual-clock.ts';

let clock: ManualClock;
let ownWrites: OwnWrites;

beforeEach(() => {
  clock = new ManualClock();
  ownWrites = new OwnWrites(clock);
});

/** Caches of no objects that have seen everything up to these versions. */
const caches = (rollouts: string, replicasets: string) => (plural: string) => {
  const latestResourceVersion = { rollouts, replicasets }[plural];
  return latestResourceVersion === undefined ? undefined : { latestResourceVersion, get: () => undefined };
};

test('a key without writes is never behind', () => {
  expect(ownWrites.isBehind('shop/web', caches('', ''))).toBe(false);
});

test('a key is behind until every cache has seen its newest write', () => {
  ownWrites.record('shop/web', ROLLOUTS, '99');
  ownWrites.record('shop/web', ROLLOUTS, '101');
  ownWrites.record('shop/web', ROLLOUTS, '100');
  ownWrites.record('shop/web', REPLICA_SETS, '1000');
  expect(ownWrites.isBehind('shop/web', caches('100', '999'))).toBe(true);
  expect(ownWrites.isBehind('shop/web', caches('101', '999'))).toBe(true);
  expect(ownWrites.isBehind('shop/other', caches('1', '1'))).toBe(false);
  expect(ownWrites.isBehind('shop/web', caches('101', '1000'))).toBe(false);
});

test('what the caches have seen is forgotten', () => {
  ownWrites.record('shop/web', ROLLOUTS, '101');
  expect(ownWrites.isBehind('shop/web', caches('101', ''))).toBe(false);
  expect(ownWrites.isBehind('shop/web', caches('1', '1'))).toBe(false);
});

test('writes of a resource without a cache are not waited for', () => {
  ownWrites.record('shop/web', ROLLOUTS, '101');
  expect(ownWrites.isBehind('shop/web', () => undefined)).toBe(false);
});

test('a write that no cache will ever see does not block for ever', async () => {
  ownWrites.record('shop/web', ROLLOUTS, '5000');
  await clock.advance(299_999);
  expect(ownWrites.isBehind('shop/web', caches('17', ''))).toBe(true);
  await clock.advance(1);
  expect(ownWrites.isBehind('shop/web', caches('17', ''))).toBe(false);
});

/** `null` while it is not known. */
function isOwn(version: string, key = 'shop/web', resource: Resource = ROLLOUTS): boolean | null {
  let told: boolean | null = null;
  ownWrites.whenKnown(key, resource, version, (is) => (told = is));
  return told;
}

describe('a version that the watch shows while a write is under way', () => {
  let told: (string | boolean)[];
  const show = (version: string) => ownWrites.whenKnown('shop/web', ROLLOUTS, version, (is) => told.push(version, is));

  beforeEach(() => {
    told = [];
  });

  test('is told when the write is answered', () => {
    const answered = ownWrites.begin('shop/web', ROLLOUTS);
    show('101');
    show('102');
    expect(told).toEqual([]);
    ownWrites.record('shop/web', ROLLOUTS, '101');
    answered();
    expect(told).toEqual(['101', true, '102', false]);
    show('102');
    expect(told.slice(4)).toEqual(['102', false]);
  });

  test('is told at once where it is known as our own, and for other keys and resources', () => {
    ownWrites.record('shop/web', ROLLOUTS, '100');
    ownWrites.begin('shop/web', ROLLOUTS);
    expect(isOwn('100')).toBe(true);
    expect(isOwn('101', 'shop/other')).toBe(false);
    expect(isOwn('101', 'shop/web', REPLICA_SETS)).toBe(false);
  });

  test('is not ours when the write was refused', () => {
    const answered = ownWrites.begin('shop/web', ROLLOUTS);
    show('101');
    answered();
    expect(told).toEqual(['101', false]);
  });
});

test('a version is known as our own until the caches have seen the newest', () => {
  ownWrites.record('shop/web', ROLLOUTS, '99');
  ownWrites.record('shop/web', ROLLOUTS, '101');
  expect([isOwn('99'), isOwn('100'), isOwn('101')]).toEqual([true, false, true]);
  expect(isOwn('99', 'shop/other')).toBe(false);
  expect(isOwn('99', 'shop/web', REPLICA_SETS)).toBe(false);
  ownWrites.isBehind('shop/web', caches('101', ''));
  expect(isOwn('101')).toBe(false);
});

describe('an object that was told to go', () => {
  const POD = { namespace: 'shop', name: 'web-1', uid: 'u' };
  const showing = (metadata: Partial<KubeObject['metadata']> | null) => () => ({
    latestResourceVersion: '',
    get: () => (metadata === null ? undefined : { metadata: { ...POD, resourceVersion: '1', ...metadata } }),
  });

  test.each<{ name: string; cached: Partial<KubeObject['metadata']> | null; behind: boolean }>([
    { name: 'is still there as it was', cached: {}, behind: true },
    { name: 'is terminating', cached: { deletionTimestamp: '2026-01-02T03:04:05Z' }, behind: false },
    { name: 'is gone', cached: null, behind: false },
    { name: 'has been replaced by another of its name', cached: { uid: 'v' }, behind: false },
  ])('$name', ({ cached, behind }) => {
    ownWrites.recordDismissal('shop/web', PODS, POD);
    expect(ownWrites.isBehind('shop/web', showing(cached))).toBe(behind);
  });

  test('is not waited for after it was seen to go, nor for ever', async () => {
    ownWrites.recordDismissal('shop/web', PODS, POD);
    ownWrites.isBehind('shop/web', showing(null));
    expect(ownWrites.isBehind('shop/web', showing({}))).toBe(false);
    ownWrites.recordDismissal('shop/web', PODS, POD);
    await clock.advance(300_000);
    expect(ownWrites.isBehind('shop/web', showing({}))).toBe(false);
  });
});
