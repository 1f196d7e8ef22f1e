/** What a Service reaches, pod by pod. */
import { expect, test } from 'vitest';
import { reachesOthers, serviceShows } from '../../../src/core/observed/endpoints.ts';
import { behindStableService, pod } from '../behind-service.ts';
import { hashOf } from '../build-world.ts';

test.each([
  { name: 'a pod behind it', endpoints: [pod('v1', 0)], ready: 1, foreign: 0 },
  { name: 'a pod that is not ready', endpoints: [pod('v1', 0, { ready: false })], ready: 0, foreign: 0 },
  { name: 'a pod with an address of each family', endpoints: [pod('v1', 0), pod('v1', 0)], ready: 1, foreign: 0 },
  {
    name: 'a pod that one slice calls ready, and another not yet',
    endpoints: [pod('v1', 0, { ready: false }), pod('v1', 0)],
    ready: 1,
    foreign: 0,
  },
  { name: 'a pod of another revision', endpoints: [pod('v1', 0), pod('v2', 0), pod('v2', 0)], ready: 1, foreign: 1 },
  { name: 'a leaving pod of another revision', endpoints: [pod('v2', 0, { terminating: true })], ready: 0, foreign: 0 },
  { name: 'a pod that no cache knows yet', endpoints: [{ ...pod('v1', 0), podName: 'unknown' }], ready: 0, foreign: 1 },
])('$name', ({ endpoints, ready, foreign }) => {
  const situation = behindStableService(endpoints);
  expect(serviceShows(situation, 'web-stable', hashOf('v1'))).toEqual({ selects: true, ready, foreign });
});

test.each([
  { name: 'pods of the Rollout are its own', endpoints: [pod('v1', 0), pod('v2', 0)], others: false },
  { name: 'any other pod is not', endpoints: [pod('v1', 0), { ...pod('v1', 0), podName: 'other' }], others: true },
  {
    name: 'one that leaves does not count',
    endpoints: [{ ...pod('v1', 0), podName: 'other', terminating: true }],
    others: false,
  },
  { name: 'an address without a pod is not its own', endpoints: [{ ready: true, terminating: false }], others: true },
])('$name', ({ endpoints, others }) => {
  const situation = behindStableService(endpoints);
  expect(reachesOthers(situation, 'web-stable')).toBe(others);
});
