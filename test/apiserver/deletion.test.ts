/** What `kubectl delete rollout` leaves behind: nothing, or everything when that was asked for (spec 7.5, 4.3). */
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/cluster/wait.ts';
import { basicRollout, routedRollout, routing } from './manifests.ts';
import { Recording } from './recording.ts';
import { test } from './session.ts';

const STEPS = [{ setWeight: 50 }, { pause: {} }];

describe('in the middle of an update', () => {
  test.for(['background', 'foreground'])('--cascade=%s leaves nothing', async (cascade, { session }) => {
    const canary = { steps: STEPS };
    await session.apply(...routing(), routedRollout({ canary }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(routedRollout({ image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
    await session.kubectl('delete', 'rollout', 'web', `--cascade=${cascade}`);
    await waitFor(() => Promise.all([session.list('replicasets'), session.list('pods'), session.list('ingresses')]), {
      what: 'ReplicaSets, pods and the canary Ingress to go',
      until: ([replicaSets, pods, ingresses]) =>
        replicaSets.length === 0 && pods.length === 0 && ingresses.length === 1,
    });
    const services = await waitFor(() => session.list('services'), {
      what: 'the Services to be given back',
      until: (all) => all.every(({ spec }) => spec.selector?.['rollouts-pod-template-hash'] === undefined),
    });
    expect(services.map(({ spec }) => spec.selector)).toEqual([{ app: 'web' }, { app: 'web' }]);
    expect(services.map(({ metadata }) => metadata.annotations ?? {})).not.toContainEqual(
      expect.objectContaining({ 'argo-rollouts.argoproj.io/managed-by-rollouts': 'web' }),
    );
    expect((await session.list('ingresses')).map(({ metadata }) => metadata.name)).toEqual(['web']);
  });
});

test('--cascade=orphan leaves the pods, and a Rollout of the same name adopts them', async ({ session }) => {
  const manifest = basicRollout({ replicas: 2, canary: { steps: STEPS } });
  await session.apply(manifest);
  await session.until('web', { phase: 'Healthy', available: 2 });
  using recording = await Recording.start(session, 'pods');
  await session.kubectl('delete', 'rollout', 'web', '--cascade=orphan');
  await waitFor(() => session.list('replicasets'), {
    what: 'the ReplicaSet to be an orphan',
    until: ([one]) => (one?.metadata.ownerReferences ?? []).length === 0,
  });
  await session.apply(manifest);
  await session.until('web', { phase: 'Healthy', sizes: 'web:1=2', revision: 1 });
  await session.settled();
  const { metadata } = await session.get('rollouts', 'web');
  const [replicaSet, ...others] = await session.list('replicasets');
  expect(others).toEqual([]);
  expect(replicaSet?.metadata.ownerReferences).toEqual([expect.objectContaining({ uid: metadata.uid })]);
  expect(recording.changes.filter(({ type }) => type !== 'MODIFIED')).toEqual([]);
});
