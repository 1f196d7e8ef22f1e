import { beforeEach, expect, test } from 'vitest';
import { REPLICA_SETS, ROLLOUTS } from '../../src/kube/resources.ts';
import { OwnWrites } from '../../src/runtime/own-writes.ts';
import { ManualClock } from './manual-clock.ts';

let clock: ManualClock;
let ownWrites: OwnWrites;

beforeEach(() => {
  clock = new ManualClock();
  ownWrites = new OwnWrites(clock);
});

const caches = (rollouts: string, replicasets: string) => (plural: string) => ({ rollouts, replicasets })[plural];

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
