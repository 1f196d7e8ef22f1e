/** The order in which a Rollout tells what happens to it (spec 9.1), and who says so. */
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, promote, retry } from './commands.ts';
import { basicRollout, routedRollout, routing } from './manifests.ts';
import { Recording } from './recording.ts';
import { test, type Session } from './session.ts';

/** Waits for as many events as are expected after the first `skipped`, and returns their reasons. */
async function toldAfter(recording: Recording, skipped: number, count: number): Promise<readonly string[]> {
  const events = await waitFor(() => recording.events('web'), {
    what: `${count} events after the first ${skipped}`,
    until: (seen) => seen.length >= skipped + count,
  });
  return events.slice(skipped).map(({ reason }) => reason);
}

async function settledCount(session: Session, recording: Recording): Promise<number> {
  await session.settled();
  return recording.events('web').length;
}

describe('reference orders, one pod, setWeight 50 and a pause', () => {
  const canary = { steps: [{ setWeight: 50 }, { pause: { duration: '3s' } }] };

  test('first deploy, update, finish', async ({ session }) => {
    using recording = await Recording.start(session, 'events');
    await session.apply(basicRollout({ canary }));
    await session.until('web', { phase: 'Healthy' });
    expect(await toldAfter(recording, 0, 5)).toEqual([
      'RolloutAddedToInformer',
      'RolloutUpdated',
      'NewReplicaSetCreated',
      'ScalingReplicaSet',
      'RolloutCompleted',
    ]);

    const deployed = await settledCount(session, recording);
    await session.apply(basicRollout({ image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1 });
    expect(await toldAfter(recording, deployed, 6)).toEqual([
      'RolloutUpdated',
      'NewReplicaSetCreated',
      'RolloutNotCompleted',
      'ScalingReplicaSet',
      'RolloutStepCompleted',
      'RolloutPaused',
    ]);

    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', retired: 0 });
    expect(await toldAfter(recording, deployed + 6, 4)).toEqual([
      'RolloutStepCompleted',
      'RolloutResumed',
      'ScalingReplicaSet',
      'RolloutCompleted',
    ]);
    await session.settled();
    expect(recording.events('web')).toHaveLength(deployed + 10);
  });

  test('abort and retry', async ({ session }) => {
    const patient = { steps: [{ setWeight: 50 }, { pause: {} }] };
    using recording = await Recording.start(session, 'events');
    await session.apply(basicRollout({ canary: patient }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(basicRollout({ image: 'web:2', canary: patient }));
    await session.until('web', { phase: 'Paused', index: 1 });

    const updated = await settledCount(session, recording);
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', canary: 0, pods: 1 });
    expect(await toldAfter(recording, updated, 2)).toEqual(['ScalingReplicaSet', 'RolloutAborted']);

    const aborted = await settledCount(session, recording);
    await retry(session, 'web');
    await session.until('web', { phase: 'Paused', index: 1 });
    expect(await toldAfter(recording, aborted, 3)).toEqual([
      'ScalingReplicaSet',
      'RolloutStepCompleted',
      'RolloutPaused',
    ]);
  });
});

describe('the words', () => {
  test('say which ReplicaSet, revision, step and Service', async ({ session }) => {
    const canary = { steps: [{ setWeight: 20 }, { pause: {} }] };
    await session.apply(...routing(), routedRollout({ canary }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(routedRollout({ image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1 });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
    await session.settled();

    const replicaSets = await session.list('replicasets');
    const hashOf = (image: string) =>
      replicaSets.find((one) => JSON.stringify(one.spec).includes(`"${image}"`))?.metadata.labels?.[
        'rollouts-pod-template-hash'
      ];
    const [old, fresh] = [hashOf('web:1'), hashOf('web:2')];
    const messages = (await session.events('web')).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
    for (const message of [
      `Normal RolloutAddedToInformer: Rollout resource added to informer: ${session.namespace}/web`,
      'Normal RolloutUpdated: Rollout updated to revision 1',
      `Normal NewReplicaSetCreated: Created ReplicaSet web-${old} (revision 1)`,
      `Normal ScalingReplicaSet: Scaled up ReplicaSet web-${old} (revision 1) from 0 to 1`,
      `Normal RolloutCompleted: Rollout completed update to revision 1 (${old}): Initial deploy`,
      `Normal SwitchService: Switched selector for service 'web' from '' to '${old}'`,
      `Normal RolloutNotCompleted: Rollout not completed, started update to revision 2 (${fresh})`,
      `Normal SwitchService: Switched selector for service 'web-canary' from '${old}' to '${fresh}'`,
      'Normal RolloutStepCompleted: Rollout step 1/2 completed (setWeight: 20)',
      'Normal RolloutPaused: Rollout is paused (CanaryPauseStep)',
      'Normal TrafficWeightUpdated: Traffic weight updated from 0 to 20',
      'Normal RolloutResumed: Rollout is resumed',
      'Normal RolloutStepCompleted: Rollout step 2/2 completed (pause)',
      `Normal RolloutCompleted: Rollout completed update to revision 2 (${fresh}): Completed all 2 canary steps`,
      `Normal SwitchService: Switched selector for service 'web' from '${old}' to '${fresh}'`,
    ]) {
      expect(messages).toContain(message);
    }
  });

  test('an abort is a warning', async ({ session }) => {
    const canary = { steps: [{ pause: {} }] };
    await session.apply(basicRollout({ canary }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(basicRollout({ image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused' });
    await abort(session, 'web');
    expect(await session.waitForEvent('web', 'RolloutAborted')).toMatchObject({
      type: 'Warning',
      message: 'Rollout aborted update to revision 2',
    });
  });

  test('a deleted Rollout says goodbye, and its Services serve all pods again', async ({ session }) => {
    await session.apply(...routing(), routedRollout());
    await session.until('web', { phase: 'Healthy', stableService: 'web:1' });
    await session.kubectl('delete', 'rollout', 'web');
    expect((await session.waitForEvent('web', 'RolloutDeleted')).message).toBe(
      `Rollout web/${session.namespace} is deleted.`,
    );
    const service = await waitFor(() => session.get('services', 'web'), {
      what: 'the Service to be given back',
      until: ({ spec }) => spec.selector?.['rollouts-pod-template-hash'] === undefined,
    });
    expect(service.spec.selector).toEqual({ app: 'web' });
    expect(service.metadata.annotations?.['argo-rollouts.argoproj.io/managed-by-rollouts']).toBeUndefined();
    await waitFor(async () => (await session.list('ingresses')).length === 1, { what: 'the canary Ingress to go' });
  });
});

test('an event names its source as tools expect it', async ({ session }) => {
  await session.apply(basicRollout());
  await session.until('web', { phase: 'Healthy' });
  const [event] = await session.events('web');
  expect(event).toMatchObject({
    source: { component: 'rollouts-controller' },
    reportingComponent: 'rollouts-controller',
    involvedObject: { kind: 'Rollout', apiVersion: 'argoproj.io/v1alpha1', name: 'web', namespace: session.namespace },
  });
});
