/** `setCanaryScale`: canary pods that do not follow the weight (spec, appendix A1 and 5.3). */
import { describe, expect } from 'vitest';
import { abort, promote } from './commands.ts';
import { routedRollout, routing, withPodAnnotations } from './manifests.ts';
import { Recording } from './recording.ts';
import { test } from './session.ts';

const PAUSE = { pause: {} };

test('A1: a weight, a number and the traffic in turn', async ({ session }) => {
  const canary = {
    steps: [
      PAUSE,
      { setCanaryScale: { weight: 25 } },
      PAUSE,
      { setWeight: 50 },
      PAUSE,
      { setCanaryScale: { replicas: 3 } },
      PAUSE,
      { setCanaryScale: { matchTrafficWeight: true } },
      PAUSE,
    ],
  };
  await session.apply(...routing(), routedRollout({ replicas: 4, canary }));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(routedRollout({ replicas: 4, image: 'web:2', canary }));
  for (const { index, pods, weight } of [
    { index: 0, pods: 0, weight: 0 },
    { index: 2, pods: 1, weight: 0 },
    { index: 4, pods: 1, weight: 50 },
    { index: 6, pods: 3, weight: 50 },
    { index: 8, pods: 2, weight: 50 },
  ]) {
    await session.until('web', { phase: 'Paused', index, canary: pods, canaryAvailable: pods, stable: 4, weight });
    await promote(session, 'web');
  }
  const done = await session.until('web', { phase: 'Healthy', index: 9, stableImage: 'web:2', stable: 4, weight: 0 });
  expect(done).toMatchObject({ retired: 4, pods: 8, stableService: 'web:2' });
  const old = (await session.list('replicasets')).find(
    (one) => one.spec.replicas === 4 && one.metadata.annotations?.['rollout.argoproj.io/revision'] === '1',
  );
  const deadline = Date.parse(old?.metadata.annotations?.['scale-down-deadline'] ?? '');
  const left = (deadline - Date.now()) / 1000;
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(30);
});

test('testers who are led to the canary by a header keep its pod between two weights', async ({ session }) => {
  const nginx = { stableIngress: 'web', additionalIngressAnnotations: { 'canary-by-header': 'X-Canary' } };
  const canary = {
    trafficRouting: { nginx },
    steps: [
      { setCanaryScale: { replicas: 2 } },
      PAUSE,
      { setCanaryScale: { matchTrafficWeight: true } },
      PAUSE,
      { setWeight: 25 },
      PAUSE,
    ],
  };
  await session.apply(...routing(), routedRollout({ replicas: 4, canary }));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(routedRollout({ replicas: 4, image: 'web:2', canary }));
  await session.until('web', { phase: 'Paused', index: 1, canaryAvailable: 2, canaryService: 'web:2' });
  using recording = await Recording.start(session, 'pods');
  await promote(session, 'web');
  await session.until('web', { phase: 'Paused', index: 3, canary: 1, weight: 0, pods: 5 });
  await promote(session, 'web');
  await session.until('web', { phase: 'Paused', index: 5, canary: 1, weight: 25 });
  expect(recording.changes.filter(({ type }) => type === 'DELETED')).toHaveLength(1);
  await abort(session, 'web');
  await session.until('web', { phase: 'Degraded', weight: 0, canaryService: 'web:1' });
});

describe('minPodsPerReplicaSet', () => {
  test('raises a small share, never above the replicas', async ({ session }) => {
    const canary = { steps: [{ setWeight: 1 }, PAUSE], minPodsPerReplicaSet: 2 };
    await session.apply(...routing(), routedRollout({ replicas: 3, canary }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(routedRollout({ replicas: 3, image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1, canary: 2, stable: 3, weight: 1 });
    await session.kubectl('scale', 'rollout', 'web', '--replicas=1');
    await session.until('web', { phase: 'Paused', index: 1, canary: 1, stable: 1, weight: 1 });
  });
});

describe('replicaProgressThreshold', () => {
  test('lets a step complete with fewer available pods', async ({ session }) => {
    const canary = {
      steps: [{ setWeight: 100 }, PAUSE],
      replicaProgressThreshold: { type: 'Percent', value: 50 },
    };
    const manifest = (image: string) => routedRollout({ replicas: 2, image, canary });
    await session.apply(...routing(), manifest('web:1'));
    await session.until('web', { phase: 'Healthy' });
    // New pods start unready; one of the two becomes ready by hand.
    await session.apply(withPodAnnotations(manifest('web:2'), { 'serin.test/ready': 'false' }));
    await session.until('web', { canary: 2, canaryAvailable: 0, index: 0, pods: 4 });
    await session.makeReady('web:2', 1);
    await session.until('web', { phase: 'Paused', index: 1, canaryAvailable: 1, weight: 100 });
  });
});
