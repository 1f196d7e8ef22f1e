/** Without a router the numbers of pods are the traffic: how they move, step by step (spec 5.2, appendix A2, A6 to A8). */
import { describe, expect } from 'vitest';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import { abort, patchSpec, promote } from './commands.ts';
import { basicRollout } from './manifests.ts';
import { Recording } from './recording.ts';
import { test, type Session } from './session.ts';

const UNPULLABLE = 'web:bad-image';

async function deploy(session: Session, replicas: number, canary: CanaryStrategy): Promise<void> {
  await session.apply(basicRollout({ replicas, canary }));
  await session.until('web', { phase: 'Healthy', available: replicas });
}

describe('A2: three pods, setWeight 20', () => {
  test('one canary beside three, and a superseded canary makes room for the next', async ({ session }) => {
    const canary = { steps: [{ setWeight: 20 }, { pause: {} }] };
    await deploy(session, 3, canary);
    await session.apply(basicRollout({ replicas: 3, image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1, sizes: 'web:1=3 web:2=1' });
    await session.apply(basicRollout({ replicas: 3, image: 'web:3', canary }));
    await session.until('web', { phase: 'Paused', index: 1, canaryImage: 'web:3', sizes: 'web:1=3 web:3=1', pods: 4 });
  });
});

describe('sequences', () => {
  test.for([
    {
      name: 'surge 1, unavailable 0',
      canary: { maxSurge: 1, maxUnavailable: 0 },
      sizes: ['web:1=10', 'web:1=10 web:2=1', 'web:1=9 web:2=1', 'web:1=9 web:2=2', 'web:1=8 web:2=2'],
    },
    {
      name: 'surge 0, unavailable 1',
      canary: { maxSurge: 0, maxUnavailable: 1 },
      sizes: ['web:1=10', 'web:1=9', 'web:1=9 web:2=1', 'web:1=8 web:2=1', 'web:1=8 web:2=2'],
    },
  ])('ten pods, setWeight 20, $name', async ({ canary, sizes }, { session }) => {
    const stepped = { ...canary, steps: [{ setWeight: 20 }, { pause: {} }] };
    await deploy(session, 10, stepped);
    using recording = await Recording.start(session, 'rollouts', 'replicasets');
    await session.apply(basicRollout({ replicas: 10, image: 'web:2', canary: stepped }));
    await session.until('web', { phase: 'Paused', index: 1 });
    expect(await recording.moments('web', (scene) => scene.sizes)).toEqual(sizes);
  });

  test('an abort at the end goes back pod by pod', async ({ session }) => {
    const canary = { maxSurge: 1, maxUnavailable: 0, steps: [{ setWeight: 100 }, { pause: {} }] };
    await deploy(session, 4, canary);
    await session.apply(basicRollout({ replicas: 4, image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1, sizes: 'web:2=4' });
    using recording = await Recording.start(session, 'rollouts', 'replicasets');
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', sizes: 'web:1=4', available: 4 });
    expect(await recording.moments('web', (scene) => scene.sizes)).toEqual([
      'web:2=4',
      'web:1=1 web:2=4',
      'web:1=1 web:2=3',
      'web:1=2 web:2=3',
      'web:1=2 web:2=2',
      'web:1=3 web:2=2',
      'web:1=3 web:2=1',
      'web:1=4 web:2=1',
      'web:1=4',
    ]);
    expect(Math.min(...(await recording.moments('web', (scene) => scene.available)))).toBeGreaterThanOrEqual(4);
  });
});

describe('a canary that never becomes available', () => {
  test('takes no more than the surge, whatever the replicas', async ({ session }) => {
    const canary = { maxSurge: 2, maxUnavailable: 0 };
    await deploy(session, 4, canary);
    await session.apply(basicRollout({ replicas: 4, image: UNPULLABLE, canary }));
    await session.until('web', { canary: 2, stable: 4 });
    await patchSpec(session, 'web', { replicas: 8 });
    await session.until('web', { canary: 6, stable: 4 });
    await patchSpec(session, 'web', { replicas: 4 });
    await session.until('web', { canary: 2, stable: 4 });
    expect(await session.look('web')).toMatchObject({ available: 4, phase: 'Progressing' });
  });

  test('beside a stable side that may lose a quarter', async ({ session }) => {
    const canary = { maxSurge: '100%' };
    await deploy(session, 4, canary);
    await session.apply(basicRollout({ replicas: 4, image: UNPULLABLE, canary }));
    await session.until('web', { canary: 4, stable: 3 });
    await session.settled();
    expect(await session.look('web')).toMatchObject({ canary: 4, stable: 3, available: 3 });
  });
});

describe('A6: a smaller weight after a larger one', () => {
  test('moves within the limits in both directions, and so does the abort', async ({ session }) => {
    const canary = {
      maxSurge: 2,
      maxUnavailable: 0,
      steps: [{ setWeight: 100 }, { pause: {} }, { setWeight: 0 }, { pause: {} }, { setWeight: 100 }, { pause: {} }],
    };
    await deploy(session, 3, canary);
    using recording = await Recording.start(session, 'rollouts', 'replicasets');
    await session.apply(basicRollout({ replicas: 3, image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1, canary: 3, stable: 0 });
    await promote(session, 'web');
    await session.until('web', { phase: 'Paused', index: 3, canary: 0, stable: 3 });
    await promote(session, 'web');
    await session.until('web', { phase: 'Paused', index: 5, canary: 3, stable: 0 });
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', canary: 0, stable: 3, available: 3 });

    const moments = await recording.moments('web', ({ sizes, available, canary, stable }) => ({
      sizes,
      available,
      total: canary + stable,
    }));
    expect(Math.min(...moments.map(({ available }) => available))).toBe(3);
    expect(Math.max(...moments.slice(1).map(({ sizes }) => sizesTotal(sizes)))).toBe(5);
    // The way back starts with as many stable pods as the surge allows.
    const back = moments.findIndex(({ sizes }) => sizes === 'web:2=3');
    expect(moments.slice(back).map(({ sizes }) => sizes)).toContain('web:1=2 web:2=3');
  });
});

function sizesTotal(sizes: string): number {
  return [...sizes.matchAll(/=(\d+)/g)].reduce((total, [, count]) => total + Number(count), 0);
}

describe('A7: scaling at a pause', () => {
  test('keeps the proportion of setWeight 25, and nobody is missed', async ({ session }) => {
    const canary = { maxSurge: 1, maxUnavailable: 0, steps: [{ setWeight: 25 }, { pause: {} }] };
    await deploy(session, 4, canary);
    await session.apply(basicRollout({ replicas: 4, image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1, canary: 1, stable: 3 });
    using recording = await Recording.start(session, 'rollouts', 'replicasets');
    await session.kubectl('scale', 'rollout', 'web', '--replicas=8');
    await session.until('web', { phase: 'Paused', index: 1, canary: 2, stable: 6, available: 8 });
    await session.kubectl('scale', 'rollout', 'web', '--replicas=4');
    await session.until('web', { phase: 'Paused', index: 1, canary: 1, stable: 3, pods: 4 });
    expect(Math.min(...(await recording.moments('web', ({ available }) => available)))).toBeGreaterThanOrEqual(4);
  });
});

describe('A8: template and replicas in one edit', () => {
  test('twice during an update ends with all pods of the last', async ({ session }) => {
    const canary = { steps: [{ setWeight: 50 }, { pause: {} }] };
    await deploy(session, 2, canary);
    await session.apply(basicRollout({ replicas: 3, image: 'web:2', canary }));
    await session.until('web', { canaryImage: 'web:2' });
    await session.apply(basicRollout({ replicas: 4, image: 'web:3', canary }));
    await session.until('web', { phase: 'Paused', index: 1, canaryImage: 'web:3' });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', sizes: 'web:3=4', pods: 4 });
    const { status } = await session.get('rollouts', 'web');
    expect(status).toMatchObject({
      replicas: 4,
      updatedReplicas: 4,
      readyReplicas: 4,
      availableReplicas: 4,
      HPAReplicas: 4,
    });
  });
});

test('rollouts-demo: 20, 40, 60, 80 without Services of its own', async ({ session }) => {
  await session.applyExamples('rollouts-demo.yaml');
  await session.until('rollouts-demo', { phase: 'Healthy' });
  await patchSpec(session, 'rollouts-demo', {
    template: { spec: { containers: [{ name: 'rollouts-demo', image: 'argoproj/rollouts-demo:green' }] } },
  });
  for (const { index, canary, stable } of [
    { index: 1, canary: 1, stable: 2 },
    { index: 3, canary: 1, stable: 2 },
    { index: 5, canary: 2, stable: 1 },
    { index: 7, canary: 2, stable: 1 },
  ]) {
    await session.until('rollouts-demo', { phase: 'Paused', index, canary, stable });
    await promote(session, 'rollouts-demo');
  }
  await session.until('rollouts-demo', { phase: 'Healthy', index: 8, canary: 2, pods: 2 });
});
