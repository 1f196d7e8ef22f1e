/** Conditions and phases as clients read them (spec 3.2, 3.3). */
import { describe, expect } from 'vitest';
import type { Condition } from '../../src/kube/objects.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, pause, promote, retry } from './commands.ts';
import { basicRollout, routedRollout, routing, withPodAnnotations } from './manifests.ts';
import { Recording } from './recording.ts';
import { endDelays } from './scale-down-delay.ts';
import { test, type Session } from './session.ts';

const canary = { steps: [{ setWeight: 50 }, { pause: {} }] };

async function conditions(session: Session): Promise<Readonly<Record<string, Condition>>> {
  const { status } = await session.get('rollouts', 'web');
  return Object.fromEntries((status?.conditions ?? []).map((one) => [one.type, one]));
}

/** `Available True AvailableReason: ...` for each, in a stable order. */
async function told(session: Session): Promise<readonly string[]> {
  await session.settled();
  return Object.values(await conditions(session))
    .map(({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`)
    .toSorted();
}

async function replicaSetName(session: Session, image: string): Promise<string> {
  const replicaSets = await session.list('replicasets');
  return replicaSets.find((one) => JSON.stringify(one.spec).includes(`"${image}"`))?.metadata.name ?? '';
}

describe('conditions', () => {
  test('when healthy, paused, aborted and done', async ({ session }) => {
    await session.apply(basicRollout({ canary }));
    await session.until('web', { phase: 'Healthy' });
    const first = await replicaSetName(session, 'web:1');
    expect(await told(session)).toEqual([
      'Available True AvailableReason: Rollout has minimum availability',
      'Completed True RolloutCompleted: RolloutCompleted',
      'Healthy True RolloutHealthy: Rollout is healthy',
      `Progressing True NewReplicaSetAvailable: ReplicaSet "${first}" has successfully progressed.`,
    ]);

    await session.apply(basicRollout({ image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1 });
    const second = await replicaSetName(session, 'web:2');
    const since = (await session.get('rollouts', 'web')).status?.pauseConditions?.[0]?.startTime;
    expect(await told(session)).toEqual([
      'Available True AvailableReason: Rollout has minimum availability',
      `Blocked True PausedAtStep: paused at step 2 since ${since}, promote to go on`,
      'Completed False RolloutCompleted: RolloutCompleted',
      'Healthy False RolloutHealthy: Rollout is not healthy',
      'Paused True RolloutPaused: Rollout is paused',
      'Progressing Unknown RolloutPaused: Rollout is paused',
    ]);

    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', pods: 1 });
    expect(await told(session)).toContain('Progressing False RolloutAborted: Rollout aborted update to revision 2');
    await retry(session, 'web');
    await session.until('web', { phase: 'Paused', index: 1 });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', pods: 1 });
    expect(await told(session)).toEqual([
      'Available True AvailableReason: Rollout has minimum availability',
      'Completed True RolloutCompleted: RolloutCompleted',
      'Healthy True RolloutHealthy: Rollout is healthy',
      'Paused False RolloutPaused: Rollout is paused',
      `Progressing True NewReplicaSetAvailable: ReplicaSet "${second}" has successfully progressed.`,
    ]);
  });

  test('with a router Healthy waits for the old pods, although the phase does not', async ({ session }) => {
    const routed = { ...canary, scaleDownDelaySeconds: 600 };
    await session.apply(...routing(), routedRollout({ canary: { ...routed, steps: [] } }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(routedRollout({ image: 'web:2', canary: { ...routed, steps: [] } }));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0, retired: 1 });
    expect(await conditions(session)).toMatchObject({
      Healthy: { status: 'False' },
      Progressing: { reason: 'NewReplicaSetAvailable' },
    });
    await endDelays(session);
    await session.until('web', { phase: 'Healthy', pods: 1 });
    await session.kubectl('wait', 'rollout/web', '--for=condition=Healthy', '--timeout=30s');
  });

  test('pods that fall out make a promoted Rollout unavailable, and it recovers', async ({ session }) => {
    await session.apply(withPodAnnotations(basicRollout(), { 'serin.test/ready': 'true' }));
    await session.until('web', { phase: 'Healthy' });
    const pod = (await session.list('pods'))[0]?.metadata.name ?? '';
    await session.kubectl('annotate', '--overwrite', 'pod', pod, 'serin.test/ready=false');
    await session.until('web', { phase: 'Progressing', message: 'updated replicas are still becoming available' });
    expect(await told(session)).toEqual(
      expect.arrayContaining([
        'Available False AvailableReason: Rollout does not have minimum availability',
        'Healthy False RolloutHealthy: Rollout is not healthy',
        'Progressing True ReplicaSetNotAvailable: Rollout does not have minimum availability',
      ]),
    );
    await session.kubectl('annotate', '--overwrite', 'pod', pod, 'serin.test/ready=true');
    await session.until('web', { phase: 'Healthy' });
  });

  test('pods that the API server refuses show as ReplicaFailure', async ({ session }) => {
    await session.kubectl('create', 'quota', 'few', '--hard=pods=1');
    await waitFor(() => session.kubectl('get', 'quota', 'few', '-o', 'jsonpath={.status.hard}'), {
      what: 'the quota to be in force',
      until: (hard) => hard !== '',
    });
    await session.apply(basicRollout({ replicas: 2 }));
    const failure = await waitFor(async () => (await conditions(session))['ReplicaFailure'], {
      what: 'ReplicaFailure',
    });
    expect(failure).toMatchObject({ status: 'True', reason: 'FailedCreate' });
    expect(failure.message).toContain('exceeded quota: few');
    expect(await session.look('web')).toMatchObject({
      phase: 'Progressing',
      message: 'more replicas need to be updated',
    });
    await session.kubectl('delete', 'quota', 'few');
    await session.until('web', { phase: 'Healthy' });
    expect(await conditions(session)).not.toHaveProperty('ReplicaFailure');
  });

  test('what is waited for is told in numbers', async ({ session }) => {
    const manifest = (image: string) => routedRollout({ replicas: 3, image, canary: { steps: [{ setWeight: 50 }] } });
    await session.apply(...routing(), manifest('web:1'));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(manifest('web:bad-image'));
    const blocked = await waitFor(async () => (await conditions(session))['Blocked'], { what: 'Blocked' });
    expect(blocked).toMatchObject({
      status: 'True',
      reason: 'CanaryPodsNotAvailable',
      message: '0 of 2 canary pods are available',
    });
  });
});

describe('phases', () => {
  test('each message on the way of an update without a router', async ({ session }) => {
    const manifest = (image: string) =>
      withPodAnnotations(basicRollout({ replicas: 2, image, canary }), { 'serin.test/ready': 'false' });
    await session.apply(manifest('web:1'));
    await session.until('web', { phase: 'Progressing', message: 'updated replicas are still becoming available' });
    await session.makeReady('web:1', 2);
    await session.until('web', { phase: 'Healthy', message: '' });

    await session.apply(manifest('web:2'));
    await session.until('web', { phase: 'Progressing', message: 'more replicas need to be updated', pods: 3 });
    await session.makeReady('web:2', 1);
    await session.until('web', { phase: 'Paused', message: 'CanaryPauseStep' });
    await pause(session, 'web');
    await session.until('web', { phase: 'Paused', message: 'manually paused' });
    await session.kubectl('patch', 'rollout', 'web', '--type=merge', '-p', '{"spec":{"paused":false}}');
    await session.until('web', { phase: 'Paused', message: 'CanaryPauseStep' });
    await promote(session, 'web');
    await session.until('web', { canary: 2, pods: 3, message: 'old replicas are pending termination' });
    await session.makeReady('web:2', 1);
    await session.until('web', { phase: 'Healthy', pods: 2 });
  });

  test('all pods are there, but the steps are not done', async ({ session }) => {
    const steps = [{ setWeight: 100 }, { setCanaryScale: { replicas: 2 } }, { setWeight: 50 }];
    const manifest = (image: string) => routedRollout({ replicas: 2, image, canary: { steps } });
    await session.apply(...routing(), manifest('web:1'));
    await session.until('web', { phase: 'Healthy' });
    using recording = await Recording.start(session, 'rollouts');
    await session.apply(manifest('web:2'));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
    const messages = await recording.moments('web', ({ phase, message }) => `${phase} ${message}`);
    expect(messages).toContain('Progressing waiting for all steps to complete');
  });
});
