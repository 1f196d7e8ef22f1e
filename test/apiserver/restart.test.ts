/** `spec.restartAt`: pods are replaced a few at a time, as maxUnavailable and PodDisruptionBudgets allow (spec 10.5, A9). */
import { describe, expect } from 'vitest';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import { formatTime } from '../../src/kube/time.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, patchSpec, promote } from './commands.ts';
import { basicRollout, routedRollout, routing } from './manifests.ts';
import { Recording } from './recording.ts';
import { test, type PodSeen, type Session } from './session.ts';

/** One pod at a time is waited for in the longest of these tests, ten seconds each. */
const PATIENCE = { timeout: 400_000 };

const STEPS = [{ setWeight: 25 }, { pause: {} }];

/** What `kubectl argo rollouts restart` and Argo CD send. A pod of the present second counts as new. */
async function restart(session: Session, inSeconds = 0): Promise<string> {
  const youngest = Math.max(...(await session.list('pods')).map((pod) => Date.parse(creationOf(pod))));
  await waitFor(() => Promise.resolve(Date.now() - youngest > 1000), { what: 'the pods to be a second old' });
  const restartAt = formatTime(Date.now() + inSeconds * 1000);
  await patchSpec(session, 'web', { restartAt });
  return restartAt;
}

function creationOf({ metadata }: PodSeen): string {
  return (metadata as PodSeen['metadata'] & { readonly creationTimestamp: string }).creationTimestamp;
}

async function uids(session: Session): Promise<readonly string[]> {
  return (await session.list('pods')).map(({ metadata }) => metadata.uid);
}

/** The restart is over, and none of these pods is left. */
async function over(session: Session, restartAt: string, before: readonly string[]): Promise<void> {
  await waitFor(async () => (await session.get('rollouts', 'web')).status?.restartedAt, {
    what: `status.restartedAt to be ${restartAt}`,
    until: (restartedAt) => restartedAt === restartAt,
    timeoutMs: 180_000,
  });
  expect((await uids(session)).filter((uid) => before.includes(uid))).toEqual([]);
}

function budget(minAvailable: number): object {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { minAvailable, selector: { matchLabels: { app: 'web' } } },
  };
}

describe('an idle Rollout', PATIENCE, () => {
  test('is restarted one pod after the other, without an update, and is Healthy again', async ({ session }) => {
    await session.apply(basicRollout({ replicas: 3, canary: { maxUnavailable: 1, steps: STEPS } }));
    await session.until('web', { phase: 'Healthy' });
    const before = await uids(session);
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'events');
    const restartAt = await restart(session);
    await session.until('web', { phase: 'Progressing', message: 'rollout is restarting' });
    await over(session, restartAt, before);
    await session.until('web', { phase: 'Healthy', message: '', revision: 1, available: 3 });
    const available = await recording.moments('web', (scene) => scene.available);
    expect(Math.min(...available)).toBe(2);
    const told = () => Promise.resolve(new Set(recording.events('web').map(({ reason }) => reason)));
    await waitFor(told, {
      what: 'the restart to be told, and nothing else',
      until: (reasons) => [...reasons].toSorted().join() === 'RestartingPod,RolloutRestarted',
    });
  });

  test('waits for a time to come', async ({ session }) => {
    await session.apply(basicRollout({ replicas: 1 }));
    await session.until('web', { phase: 'Healthy' });
    const before = await uids(session);
    const restartAt = await restart(session, 20);
    await session.until('web', { phase: 'Progressing', message: 'rollout is restarting' });
    expect(await uids(session)).toEqual(before);
    await over(session, restartAt, before);
    expect(Date.now()).toBeGreaterThan(Date.parse(restartAt));
  });
});

describe('an update', PATIENCE, () => {
  const canary: CanaryStrategy = { maxUnavailable: '75%', steps: STEPS };

  test('A9: a disruption budget that allows nothing keeps all pods, and without it both revisions are restarted at the pause', async ({
    session,
  }) => {
    await session.apply(...routing(), routedRollout({ replicas: 4, canary }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(routedRollout({ replicas: 4, image: 'web:2', canary }));
    const paused = { phase: 'Paused', index: 1, weight: 25, canary: 1, stable: 4 } as const;
    await session.until('web', paused);
    const before = await uids(session);
    await session.apply(budget(5));
    await waitFor(
      () => session.kubectl('get', 'pdb', 'web', '-o', 'jsonpath={.status.observedGeneration}{.status.currentHealthy}'),
      { what: 'the disruption budget to be taken in', until: (text) => text === '15' },
    );
    const restartAt = await restart(session);
    const blocked = async () =>
      (await session.get('rollouts', 'web')).status?.conditions?.find(({ type }) => type === 'Blocked')?.message ?? '';
    await waitFor(blocked, { what: 'a sentence about the pause', until: (message) => message !== '' });
    await session.settled();
    expect(await uids(session)).toEqual(before);

    await session.kubectl('delete', 'pdb', 'web');
    await over(session, restartAt, before);
    expect(await session.until('web', { ...paused, available: 5 })).toMatchObject({ revision: 2 });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
  });

  test('that is aborted can be restarted, and a new template takes a restart back', async ({ session }) => {
    const steps = { maxUnavailable: 1, steps: STEPS };
    await session.apply(basicRollout({ replicas: 2, canary: steps }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(basicRollout({ replicas: 2, image: 'web:2', canary: steps }));
    await session.until('web', { phase: 'Paused', index: 1 });
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', sizes: 'web:1=2', available: 2, pods: 2 });
    const before = await uids(session);
    const restartAt = await restart(session);
    await over(session, restartAt, before);
    await session.until('web', { phase: 'Degraded', aborted: true });

    const inAnHour = formatTime(Date.now() + 3_600_000);
    await patchSpec(session, 'web', { restartAt: inAnHour });
    await session.apply(basicRollout({ replicas: 2, image: 'web:3', canary: steps, restartAt: inAnHour }));
    await session.until('web', { phase: 'Paused', index: 1, canaryImage: 'web:3' });
    expect((await session.get('rollouts', 'web')).status?.restartedAt).toBe(inAnHour);
  });
});
