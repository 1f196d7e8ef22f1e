import { expect, test } from 'vitest';
import { heldWhilePodsLeave, lastingReplicasOf } from '../../../src/core/acts/leaving-pods.ts';
import type { SizeDecision } from '../../../src/core/acts/scale.ts';
import type { Situation } from '../../../src/core/observed/situation.ts';
import { buildSituation, replicaSetNameOf } from '../build-world.ts';

/** Five pods of v1 and two of v2, all reported as available. */
function situationWith(leaving: number): Situation {
  const situation = buildSituation({
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 2 },
    ],
  });
  const ofStable = situation.world.pods.filter(({ metadata }) => metadata.name.startsWith(replicaSetNameOf('v1')));
  const told = new Set(ofStable.slice(0, leaving));
  const pods = situation.world.pods.map((pod) =>
    told.has(pod) ? { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-01-02T03:04:05Z' } } : pod,
  );
  return { ...situation, world: { ...situation.world, pods } };
}

function decisions({ canary, stable }: Situation): readonly SizeDecision[] {
  if (canary === null || stable === null) throw new Error('there are two revisions');
  return [
    { replicaSet: stable, replicas: 6, why: 'grow' },
    { replicaSet: canary, replicas: 1, why: 'shrink' },
  ];
}

test('nothing is held while the numbers hold', () => {
  const situation = situationWith(0);
  expect(heldWhilePodsLeave(situation, decisions(situation))).toEqual(decisions(situation));
});

test('no revision shrinks while one of them counts a pod that is leaving', () => {
  const situation = situationWith(1);
  expect(heldWhilePodsLeave(situation, decisions(situation)).map(({ why }) => why)).toEqual(['grow']);
});

test('pods that are leaving and that nobody counts hold nothing', () => {
  const situation = situationWith(1);
  const all = situation.all.map((one) => ({ ...one, status: { ...one.status, replicas: 4, availableReplicas: 4 } }));
  const told = { ...situation, all };
  expect(heldWhilePodsLeave(told, decisions(told))).toEqual(decisions(told));
});

test.each([
  { name: 'all that are available', leaving: 0, lasting: 5 },
  { name: 'those that were not told to go', leaving: 2, lasting: 3 },
])('what lasts of a revision: $name', ({ leaving, lasting }) => {
  const situation = situationWith(leaving);
  expect(lastingReplicasOf(situation, situation.stable)).toBe(lasting);
});

test('of a revision that does not exist nothing lasts', () => {
  expect(lastingReplicasOf(situationWith(0), null)).toBe(0);
});
