/** A HorizontalPodAutoscaler in front of a Rollout: it reads and writes the scale subresource and nothing else (spec 3.1, appendix A7). */
import { expect } from 'vitest';
import { waitFor } from '../testbed/cluster/wait.ts';
import { promote } from './commands.ts';
import { basicRollout, routedRollout, routing, type RolloutManifest } from './manifests.ts';
import { Recording } from './recording.ts';
import { test, type Session } from './session.ts';

const STEPS = [{ setWeight: 50 }, { pause: {} }];

/** Without metrics it keeps the Rollout between its bounds. */
function autoscaler(minReplicas: number, maxReplicas: number): object {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' },
      minReplicas,
      maxReplicas,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      ],
    },
  };
}

/** As a repository has it whose Rollout is scaled by somebody else. */
function withoutReplicas({ spec: { replicas: _replicas, ...spec }, ...manifest }: RolloutManifest): RolloutManifest {
  return { ...manifest, spec };
}

test('scales both sides at a pause, and a manifest without replicas takes nothing back', async ({ session }) => {
  const manifest = (image: string) =>
    withoutReplicas(basicRollout({ image, canary: { maxSurge: 1, maxUnavailable: 0, steps: STEPS } }));
  await session.apply(manifest('web:1'), autoscaler(2, 8));
  await session.until('web', { phase: 'Healthy', sizes: 'web:1=2' });
  await session.apply(manifest('web:2'));
  await session.until('web', { phase: 'Paused', index: 1, sizes: 'web:1=1 web:2=1' });

  using recording = await Recording.start(session, 'rollouts', 'replicasets');
  await session.apply(autoscaler(6, 8));
  await session.until('web', { phase: 'Paused', index: 1, sizes: 'web:1=3 web:2=3', available: 6 });
  await session.apply(autoscaler(1, 4));
  await session.until('web', { phase: 'Paused', index: 1, sizes: 'web:1=2 web:2=2', pods: 4 });
  expect(Math.min(...(await recording.moments('web', ({ available }) => available)))).toBeGreaterThanOrEqual(2);
  expect(await recording.moments('web', ({ index }) => index)).toEqual([1]);

  await session.apply(manifest('web:2'));
  await promote(session, 'web');
  await session.until('web', { phase: 'Healthy', stableImage: 'web:2', sizes: 'web:2=4', pods: 4 });
});

test('scales both sides behind a router, and understands what the scale subresource says', async ({ session }) => {
  const manifest = (image: string) => withoutReplicas(routedRollout({ image, canary: { steps: STEPS } }));
  await session.apply(...routing(), manifest('web:1'), autoscaler(2, 5));
  await session.until('web', { phase: 'Healthy', stable: 2, available: 2 });
  await session.apply(manifest('web:2'));
  await session.until('web', { phase: 'Paused', index: 1, weight: 50, stable: 2, canary: 1 });
  using recording = await Recording.start(session, 'rollouts', 'replicasets', 'ingresses');
  await session.apply(autoscaler(4, 5));
  await session.until('web', { phase: 'Paused', index: 1, weight: 50, stable: 4, canary: 2, available: 6 });
  expect(await recording.moments('web', ({ weight }) => weight)).toEqual([50]);
  // Six pods during an update are no reason to change a Rollout of four.
  const conditions = await waitFor(() => conditionsOf(session), {
    what: 'the autoscaler to ask for metrics again',
    until: (all) => all.some(({ type }) => type === 'ScalingActive'),
  });
  expect(conditions).toContainEqual(expect.objectContaining({ type: 'AbleToScale', status: 'True' }));
  // Neither the scale nor its selector is what it misses.
  expect(conditions).toContainEqual(
    expect.objectContaining({ type: 'ScalingActive', reason: 'FailedGetResourceMetric' }),
  );
  await session.settled();
  expect((await session.get('rollouts', 'web')).spec.replicas).toBe(4);
});

async function conditionsOf(session: Session): Promise<readonly { type: string; status: string; reason: string }[]> {
  const text = await session.kubectl('get', 'hpa', 'web', '-o', 'json');
  const { status } = JSON.parse(text) as {
    status: { conditions?: { type: string; status: string; reason: string }[] };
  };
  return status.conditions ?? [];
}
