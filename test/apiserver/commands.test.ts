/** Every command that a person can give, as the patch that the tools send (spec 6). */
import { describe, expect } from 'vitest';
import { abort, moveTo, patchSpec, patchStatus, pause, promote, promoteFull, resume, retry } from './commands.ts';
import { basicRollout, routedRollout, routing } from './manifests.ts';
import { test, type Session } from './session.ts';

const STEPS = [{ setWeight: 50 }, { pause: {} }, { setWeight: 75 }, { pause: {} }];
const canary = { steps: STEPS };

/** Two pods of web:1 run, and web:2 waits at its first pause. */
async function pausedCanary(session: Session): Promise<void> {
  await session.apply(...routing(), routedRollout({ replicas: 2, canary }));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(routedRollout({ replicas: 2, image: 'web:2', canary }));
  await session.until('web', { phase: 'Paused', index: 1, weight: 50, canaryAvailable: 1 });
}

describe('abort', () => {
  test('takes the weight away at once and keeps the canary pods for their delay', async ({ session }) => {
    await pausedCanary(session);
    await abort(session, 'web');
    const scene = await session.until('web', { phase: 'Degraded', weight: 0, canaryService: 'web:1' });
    expect(scene).toMatchObject({ index: 0, canary: 1, stable: 2, canaryImage: 'web:2', stableImage: 'web:1' });
    const { status } = await session.get('rollouts', 'web');
    expect(status?.abortedAt).toBeDefined();
    expect(status?.pauseConditions).toBeUndefined();
    expect(status?.controllerPause).toBeUndefined();
  });

  test('scales the canary down after abortScaleDownDelaySeconds', async ({ session }) => {
    const hasty = { ...canary, abortScaleDownDelaySeconds: 1 };
    await session.apply(...routing(), routedRollout({ replicas: 1, canary: hasty }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(routedRollout({ replicas: 1, image: 'web:2', canary: hasty }));
    await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', canary: 0, stable: 1, pods: 1 });
  });

  test('is dropped on a Rollout that is fully promoted', async ({ session }) => {
    await session.apply(basicRollout({ canary }));
    await session.until('web', { phase: 'Healthy' });
    await abort(session, 'web');
    await session.until('web', { phase: 'Healthy', aborted: false });
    expect((await session.get('rollouts', 'web')).status?.abortedAt).toBeUndefined();
  });

  test('without a router the canary pods go at once', async ({ session }) => {
    await session.apply(basicRollout({ replicas: 2, canary }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(basicRollout({ replicas: 2, image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1, canary: 1, stable: 1 });
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', canary: 0, stable: 2, stableAvailable: 2, weight: null });
  });
});

describe('retry', () => {
  test('starts from the first step, with a fresh clock and no trace of the abort', async ({ session }) => {
    await pausedCanary(session);
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', weight: 0, canaryService: 'web:1' });
    await retry(session, 'web');
    const scene = await session.until('web', { phase: 'Paused', index: 1, weight: 50, canaryService: 'web:2' });
    expect(scene.aborted).toBe(false);
    const { status } = await session.get('rollouts', 'web');
    expect(status?.abortedAt).toBeUndefined();
    const replicaSets = await session.list('replicasets');
    expect(replicaSets.map((one) => one.metadata.annotations?.['scale-down-deadline'])).toEqual([undefined, undefined]);
  });
});

describe('promote', () => {
  test('ends the pause by taking its condition away', async ({ session }) => {
    await pausedCanary(session);
    await promote(session, 'web');
    await session.until('web', { phase: 'Paused', index: 3, weight: 75 });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', index: 4, stableImage: 'web:2', weight: 0 });
  });

  test('a promotion counts for one pause only', async ({ session }) => {
    await pausedCanary(session);
    await promote(session, 'web');
    await session.until('web', { phase: 'Paused', index: 3 });
    await session.settled();
    expect(await session.look('web')).toMatchObject({ phase: 'Paused', index: 3, weight: 75 });
  });

  test('by index goes on at that step', async ({ session }) => {
    await pausedCanary(session);
    await moveTo(session, 'web', 3);
    await session.until('web', { phase: 'Paused', index: 3, weight: 75 });
    await moveTo(session, 'web', 4);
    await session.until('web', { phase: 'Healthy', index: 4, stableImage: 'web:2' });
  });

  test('an index alone, as deprecated commands send it, moves away from the pause', async ({ session }) => {
    await pausedCanary(session);
    await patchStatus(session, 'web', { currentStepIndex: 2 });
    await session.until('web', { phase: 'Paused', index: 3, weight: 75 });
  });

  test('of a Rollout that a person has paused resumes it as well', async ({ session }) => {
    await pausedCanary(session);
    await pause(session, 'web');
    await session.until('web', { phase: 'Paused', message: 'manually paused' });
    await promote(session, 'web');
    await resume(session, 'web');
    await session.until('web', { phase: 'Paused', message: 'CanaryPauseStep', index: 3, weight: 75 });
  });
});

describe('promote --full', () => {
  const patient = { steps: [{ setWeight: 50 }, { pause: { duration: '24h' } }] };

  test('at a pause of 24 hours', async ({ session }) => {
    await session.apply(...routing(), routedRollout({ canary: patient }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(routedRollout({ image: 'web:2', canary: patient }));
    await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
    await promoteFull(session, 'web');
    await session.until('web', { phase: 'Healthy', index: 2, stableImage: 'web:2', weight: 0 });
    const { status } = await session.get('rollouts', 'web');
    expect(status?.promoteFull).toBeUndefined();
    expect(status?.duration?.completionStatus).toBe('FastPromoted');
  });

  test('after an abort', async ({ session }) => {
    await pausedCanary(session);
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', weight: 0, canaryService: 'web:1' });
    await promoteFull(session, 'web');
    const scene = await session.until('web', { phase: 'Healthy', stableImage: 'web:2', stableService: 'web:2' });
    expect(scene).toMatchObject({ aborted: false, stable: 2, weight: 0 });
  });

  test('is forgotten by the next revision', async ({ session }) => {
    await session.apply(basicRollout({ canary }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(basicRollout({ image: 'web:bad-image', canary }));
    await session.until('web', { phase: 'Progressing', index: 0, canary: 1 });
    await promoteFull(session, 'web');
    await session.until('web', { index: 4 });
    await session.apply(basicRollout({ image: 'web:3', canary }));
    await session.until('web', { phase: 'Paused', index: 1, canaryImage: 'web:3' });
  });
});

describe('spec.paused', () => {
  test('on an idle Rollout is Paused, and says so without touching Progressing', async ({ session }) => {
    await session.apply(basicRollout());
    await session.until('web', { phase: 'Healthy' });
    await pause(session, 'web');
    await session.until('web', { phase: 'Paused', message: 'manually paused' });
    const { status } = await session.get('rollouts', 'web');
    expect(status?.conditions?.find(({ type }) => type === 'Progressing')?.reason).toBe('NewReplicaSetAvailable');
    await resume(session, 'web');
    await session.until('web', { phase: 'Healthy', message: '' });
  });

  test('keeps a new revision from starting, and lets it go on afterwards', async ({ session }) => {
    await session.apply(...routing(), routedRollout({ canary }));
    await session.until('web', { phase: 'Healthy' });
    await pause(session, 'web');
    await session.apply(routedRollout({ image: 'web:2', canary, paused: true }));
    await session.until('web', { phase: 'Paused', message: 'manually paused', canaryImage: 'web:2' });
    await session.settled();
    expect(await session.look('web')).toMatchObject({ canary: 0, stable: 1, weight: 0, index: 0 });
    await resume(session, 'web');
    await session.until('web', { phase: 'Paused', message: 'CanaryPauseStep', index: 1, weight: 50 });
  });

  test('in the middle of an update keeps weight and sizes in proportion', async ({ session }) => {
    await pausedCanary(session);
    await pause(session, 'web');
    await session.until('web', { phase: 'Paused', message: 'manually paused' });
    await patchSpec(session, 'web', { replicas: 4 });
    await session.until('web', { canary: 2, stable: 4, weight: 50, index: 1 });
  });
});

describe('undo', () => {
  test('by the template of an old ReplicaSet uses that ReplicaSet again', async ({ session }) => {
    const quick = { steps: [{ setWeight: 50 }] };
    await session.apply(basicRollout({ canary: quick }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(basicRollout({ image: 'web:2', canary: quick }));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });

    const first = (await session.list('replicasets')).find((one) => JSON.stringify(one.spec).includes('web:1'));
    // What the server filled in is in there, as it is when a tool copies the template.
    const template = structuredClone(first?.spec.template) as { metadata: { labels: Record<string, string> } };
    delete template.metadata.labels['rollouts-pod-template-hash'];
    const patch = [{ op: 'replace', path: '/spec/template', value: template }];
    await session.kubectl('patch', 'rollout', 'web', '--type=json', '-p', JSON.stringify(patch));

    await session.until('web', { phase: 'Healthy', stableImage: 'web:1', revision: 3 });
    const replicaSets = await session.list('replicasets');
    expect(replicaSets).toHaveLength(2);
    expect(replicaSets.find((one) => one.metadata.uid === first?.metadata.uid)?.metadata.annotations).toMatchObject({
      'rollout.argoproj.io/revision': '3',
      'rollout.argoproj.io/revision-history': '1',
    });
  });

  test('re-applying the stable manifest in the middle of an update skips the steps', async ({ session }) => {
    const hasty = { ...canary, scaleDownDelaySeconds: 1 };
    await session.apply(...routing(), routedRollout({ replicas: 2, canary: hasty }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(routedRollout({ replicas: 2, image: 'web:2', canary: hasty }));
    await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
    await session.apply(routedRollout({ replicas: 2, canary: hasty }));
    const scene = await session.until('web', { phase: 'Healthy', canaryImage: 'web:1', weight: 0, index: 4 });
    expect(scene).toMatchObject({ revision: 3, stableService: 'web:1', stable: 2 });
    await session.until('web', { canaryService: 'web:1', retired: 0 });
    const told = (await session.events('web')).filter(({ reason }) => reason === 'SkipSteps');
    expect(told.map(({ message }) => message)).toEqual(['Rollback to stable ReplicaSets']);
    expect((await session.get('rollouts', 'web')).status?.duration?.completionStatus).toBe('RolledBack');
  });
});

test('a command that arrives with an edit of the spec is not lost', async ({ session }) => {
  await pausedCanary(session);
  await Promise.all([patchSpec(session, 'web', { replicas: 3 }), promote(session, 'web')]);
  await session.until('web', { phase: 'Paused', index: 3, weight: 75, stable: 3, canary: 3 });
});
