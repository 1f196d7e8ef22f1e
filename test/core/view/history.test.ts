/** The revisions of a Rollout, and the template of each. */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import { historyOf, revisionTemplate } from '../../../src/core/view/history.ts';
import {
  blueGreen,
  buildWorld,
  deploymentOf,
  hashOf,
  NOW,
  replicaSetNameOf,
  templateOf,
  type WorldOptions,
} from '../build-world.ts';

const MINUTE_MS = 60_000;
const CAUSE = 'kubernetes.io/change-cause';

const THREE: WorldOptions = {
  replicas: 2,
  stable: 'v2',
  revisions: [
    { version: 'v1', annotations: { [CAUSE]: 'first try' } },
    { version: 'v2', size: 2 },
    { version: 'v3', size: 1, available: 0, annotations: { [CAUSE]: 'ticket 7' } },
  ],
};

describe('history', () => {
  test('lists the newest revision first, with its role, its pods and why it was made', () => {
    const { namespace, name, revisions } = historyOf(buildWorld(THREE));
    expect({ namespace, name }).toEqual({ namespace: 'shop', name: 'web' });
    expect(revisions).toMatchObject([
      { revision: 3, hash: hashOf('v3'), roles: ['canary'], images: ['web:v3'], desired: 1, ready: 0 },
      { revision: 2, name: replicaSetNameOf('v2'), roles: ['stable'], images: ['web:v2'], desired: 2, ready: 2 },
      { revision: 1, roles: [], images: ['web:v1'], desired: 0, createdAt: NOW - 60 * MINUTE_MS },
    ]);
    expect(revisions.map(({ changeCause }) => changeCause)).toEqual(['ticket 7', '', 'first try']);
  });

  test('names both roles of a blue-green revision', () => {
    const world = buildWorld({ ...THREE, blueGreen: blueGreen() });
    expect(historyOf(world).revisions.map(({ roles }) => roles)).toEqual([['preview'], ['stable', 'active'], []]);
  });

  test('knows the present revision also where a workload holds the template', () => {
    const world = buildWorld({ ...THREE, workload: deploymentOf('v3') });
    expect(historyOf(world).revisions.map(({ roles }) => roles)).toEqual([['canary'], ['stable'], []]);
    expect(revisionTemplate(world, 2)).toMatchObject({ template: { spec: templateOf('v2').spec } });
  });

  test('leaves out ReplicaSets that the Rollout does not control', () => {
    const world = buildWorld(THREE);
    const foreign = world.replicaSets.map((one) => ({ ...one, metadata: { ...one.metadata, ownerReferences: [] } }));
    expect(historyOf({ ...world, replicaSets: foreign }).revisions).toEqual([]);
  });
});

describe('the template of a revision', () => {
  test('is as its author wrote it, without what a role lends and without the label of the revision', () => {
    const lent = JSON.stringify({ labels: { role: 'stable' } });
    const template = { ...templateOf('v2'), metadata: { labels: { app: 'web', role: 'stable' } } };
    const revisions = [{ version: 'v2', size: 2, template, annotations: { [ANNOTATIONS.ephemeralMetadata]: lent } }];
    expect(revisionTemplate(buildWorld({ revisions }), 1)).toEqual({
      template: { ...templateOf('v2'), metadata: { labels: { app: 'web' }, annotations: {} } },
    });
  });

  test('of a revision that is not there', () => {
    expect(revisionTemplate(buildWorld(THREE), 9)).toEqual({
      problem: 'unable to find specified revision 9 in history',
    });
  });
});
