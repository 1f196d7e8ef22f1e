/** What is missing before something may follow a Service. */
import { describe, expect, test } from 'vitest';
import { revisionNotReached, serviceNotReady } from '../../../src/core/acts/service-not-ready.ts';
import { behindStableService, pod } from '../behind-service.ts';
import { hashOf } from '../build-world.ts';

const BOTH = [pod('v1', 0), pod('v1', 1)];

describe.each([
  { name: 'serviceNotReady', check: serviceNotReady },
  { name: 'revisionNotReached', check: revisionNotReached },
])('$name', ({ check }) => {
  test('has nothing to say of a Service that reaches all the pods that are needed', () => {
    expect(check(behindStableService(BOTH), 'web-stable', hashOf('v1'), 2)).toBeNull();
  });

  test('says that the Service selects another revision', () => {
    expect(check(behindStableService(BOTH), 'web-stable', hashOf('v2'), 0)).toMatchObject({
      reason: 'StableServiceNotReady',
      message: 'stable Service shop/web-stable does not select the stable revision yet',
    });
  });

  test('counts the pods that are ready', () => {
    const situation = behindStableService([pod('v1', 0), pod('v1', 1, { ready: false })]);
    expect(check(situation, 'web-stable', hashOf('v1'), 2)).toMatchObject({
      message: 'stable Service shop/web-stable reaches 1 ready pods of the stable revision, waiting for 2',
    });
  });
});

describe('pods of another revision', () => {
  const shared = behindStableService([...BOTH, pod('v2', 0, { ready: false })]);

  test('keep a Service from being ready', () => {
    expect(serviceNotReady(shared, 'web-stable', hashOf('v1'), 2)).toMatchObject({
      message: 'stable Service shop/web-stable still reaches 1 pods of another revision, waiting until they are gone',
    });
  });

  test('do not keep requests from reaching the revision', () => {
    expect(revisionNotReached(shared, 'web-stable', hashOf('v1'), 2)).toBeNull();
  });

  test('are no longer reached once they terminate', () => {
    const leaving = behindStableService([...BOTH, pod('v2', 0, { terminating: true })]);
    expect(serviceNotReady(leaving, 'web-stable', hashOf('v1'), 2)).toBeNull();
  });
});
