/** Old revisions: which are kept, which come back, and how (spec 4.8, 4.9, 5.9, 5.12). */
import { describe, expect } from 'vitest';
import type { ReplicaSet } from '../../src/kube/objects.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { promote } from './commands.ts';
import { basicRollout, routedRollout, routing } from './manifests.ts';
import { endDelays } from './scale-down-delay.ts';
import { imageOf } from './scene.ts';
import { test, type Session } from './session.ts';

const DEADLINE = 'scale-down-deadline';

async function replicaSetOf(session: Session, image: string): Promise<ReplicaSet> {
  const found = (await session.list('replicasets')).find((one) => imageOf(one) === image);
  if (found === undefined) throw new Error(`no ReplicaSet of ${image}`);
  return found;
}

/** Applies the image and waits until it is stable. */
async function roll(session: Session, manifest: (image: string) => object, image: string): Promise<void> {
  await session.apply(manifest(image));
  await session.until('web', { phase: 'Healthy', stableImage: image, canaryImage: image });
}

describe('revisionHistoryLimit', () => {
  test('keeps so many old ReplicaSets, the youngest', async ({ session }) => {
    const manifest = (image: string) => basicRollout({ image, revisionHistoryLimit: 1 });
    for (const image of ['web:1', 'web:2', 'web:3']) {
      await roll(session, manifest, image);
      await session.until('web', { pods: 1 });
    }
    await waitFor(() => session.list('replicasets'), {
      what: 'the oldest ReplicaSet to go',
      until: (replicaSets) => replicaSets.map(imageOf).toSorted().join() === 'web:2,web:3',
    });
    expect((await session.look('web')).revision).toBe(3);
  });

  test('0 keeps none, and none that still has pods is deleted', async ({ session }) => {
    const canary = { scaleDownDelaySeconds: 600 };
    const manifest = (image: string) => routedRollout({ image, revisionHistoryLimit: 0, canary });
    await session.apply(...routing());
    await roll(session, manifest, 'web:1');
    await roll(session, manifest, 'web:2');
    expect(await session.look('web')).toMatchObject({ retired: 1, pods: 2 });
    await endDelays(session);
    await waitFor(() => session.list('replicasets'), {
      what: 'the old ReplicaSet to go after its delay',
      until: (replicaSets) => replicaSets.length === 1,
    });
  });
});

describe('going back', () => {
  const canary = { steps: [{ setWeight: 50 }, { pause: {} }] };

  test('to an old revision takes all steps, with its ReplicaSet and a new number', async ({ session }) => {
    const manifest = (image: string) => basicRollout({ image, canary });
    await roll(session, manifest, 'web:1');
    await session.apply(manifest('web:2'));
    await session.until('web', { phase: 'Paused', index: 1 });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
    const { uid } = (await replicaSetOf(session, 'web:1')).metadata;

    await session.apply(manifest('web:1'));
    await session.until('web', { phase: 'Paused', index: 1, canaryImage: 'web:1', stableImage: 'web:2', revision: 3 });
    const { metadata } = await replicaSetOf(session, 'web:1');
    expect(metadata.uid).toBe(uid);
    expect(metadata.annotations).toMatchObject({
      'rollout.argoproj.io/revision': '3',
      'rollout.argoproj.io/revision-history': '1',
    });
  });

  test('within the rollback window skips the steps', async ({ session }) => {
    const windowed = { rollbackWindow: { revisions: 1 } };
    // Age is creation time in whole seconds.
    const manifest = (image: string, steps: typeof canary | object = {}) =>
      basicRollout({ image, canary: steps, ...windowed });
    await roll(session, (image) => manifest(image), 'web:1');
    await nextSecond(session);
    await roll(session, (image) => manifest(image), 'web:2');
    await session.apply(manifest('web:2', canary));
    await session.until('web', { phase: 'Healthy', index: 2 });
    await session.apply(manifest('web:1', canary));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:1', index: 2 });
    await session.waitForEvent('web', 'RolloutCompleted', /: Rollback within window$/);
    expect((await session.get('rollouts', 'web')).status?.duration?.completionStatus).toBe('FastRolledBack');
  });

  test('outside the window does not', async ({ session }) => {
    const windowed = { rollbackWindow: { revisions: 1 } };
    const manifest = (image: string, steps: object = {}) => basicRollout({ image, canary: steps, ...windowed });
    for (const image of ['web:1', 'web:2', 'web:3']) {
      await roll(session, (one) => manifest(one), image);
      await nextSecond(session);
    }
    await session.apply(manifest('web:3', canary));
    await session.until('web', { phase: 'Healthy', index: 2 });
    await session.apply(manifest('web:1', canary));
    await session.until('web', { phase: 'Paused', index: 1, canaryImage: 'web:1', stableImage: 'web:3' });
  });
});

/** Until the API server stamps new objects with a later second than those that exist. */
async function nextSecond(session: Session): Promise<void> {
  const times = (await session.list('replicasets')).map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? ''));
  await waitFor(() => Math.floor(Date.now() / 1000) * 1000 > Math.max(...times), { what: 'the next second' });
}

describe('scaleDownDelayRevisionLimit', () => {
  test('one revision may wait; going back to it revives it as it is', async ({ session }) => {
    const canary = { scaleDownDelaySeconds: 600, scaleDownDelayRevisionLimit: 1 };
    const manifest = (image: string) => routedRollout({ image, canary });
    const has = async (image: string, replicas: number, delayed: boolean) =>
      waitFor(() => replicaSetOf(session, image), {
        what: `${image} with ${replicas} pods, ${delayed ? 'delayed' : 'not delayed'}`,
        until: ({ spec, metadata }) =>
          spec.replicas === replicas && (metadata.annotations?.[DEADLINE] !== undefined) === delayed,
      });
    await session.apply(...routing());
    await roll(session, manifest, 'web:1');
    await roll(session, manifest, 'web:2');
    await has('web:1', 1, true);
    await roll(session, manifest, 'web:3');
    await has('web:2', 1, true);
    await has('web:1', 0, false);
    const pod = (await session.list('pods')).find(({ spec }) => spec.containers[0]?.image === 'web:2');

    await roll(session, manifest, 'web:2');
    await has('web:2', 1, false);
    await has('web:3', 1, true);
    expect((await session.look('web')).revision).toBe(4);
    expect((await session.list('pods')).map(({ metadata }) => metadata.uid)).toContain(pod?.metadata.uid);
  });

  test('a delay of 0 scales down at once', async ({ session }) => {
    const manifest = (image: string) => routedRollout({ image, canary: { scaleDownDelaySeconds: 0 } });
    await session.apply(...routing());
    await roll(session, manifest, 'web:1');
    await roll(session, manifest, 'web:2');
    await session.until('web', { retired: 0, pods: 1 });
    expect((await replicaSetOf(session, 'web:1')).metadata.annotations).not.toHaveProperty(DEADLINE);
  });
});

test('an edit of the steps starts the same canary over, and changes nothing on an idle Rollout', async ({
  session,
}) => {
  const manifest = (image: string, weight: number) =>
    routedRollout({ replicas: 2, image, canary: { steps: [{ setWeight: weight }, { pause: {} }, { pause: {} }] } });
  await session.apply(...routing());
  await roll(session, (image) => manifest(image, 10), 'web:1');
  await session.apply(manifest('web:1', 20));
  await waitFor(() => session.events('web'), {
    what: 'the event SkipSteps',
    until: (events) => events.some(({ reason }) => reason === 'SkipSteps'),
  });
  expect(await session.until('web', { phase: 'Healthy', index: 3 })).toMatchObject({ weight: 0, revision: 1 });

  await session.apply(manifest('web:2', 20));
  await session.until('web', { phase: 'Paused', index: 1, weight: 20 });
  await promote(session, 'web');
  await session.until('web', { phase: 'Paused', index: 2 });
  const { uid } = (await replicaSetOf(session, 'web:2')).metadata;
  await session.apply(manifest('web:2', 60));
  await session.until('web', { phase: 'Paused', index: 1, weight: 60, canary: 2 });
  expect((await replicaSetOf(session, 'web:2')).metadata.uid).toBe(uid);
});
