/** The progress deadline: a standstill is told, never fatal, and aborts only when asked to (spec 6.6, appendix A4, A5, A11). */
import { expect } from 'vitest';
import { promote } from './commands.ts';
import {
  basicRollout,
  blueGreenRollout,
  routedRollout,
  type RolloutManifest,
  routing,
  twoServices,
  withPodAnnotations,
} from './manifests.ts';
import { Recording } from './recording.ts';
import { test, type Session } from './session.ts';

/** Pods that need longer than the deadline until they are ready. */
const SLOW = { readinessProbe: { exec: { command: ['true'] }, initialDelaySeconds: 8 } };

async function timedOut(session: Session): Promise<void> {
  const { message } = await session.until('web', { phase: 'Degraded' });
  expect(message).toMatch(/^ProgressDeadlineExceeded: ReplicaSet "web-\w+" has timed out progressing\.$/);
}

test('A4: bad images beside a good revision', async ({ session }) => {
  const wishes = { replicas: 4, progressDeadlineSeconds: 2, canary: { maxSurge: 1, maxUnavailable: 0 } };
  await session.apply(basicRollout(wishes));
  await session.until('web', { phase: 'Healthy', available: 4 });
  await session.apply(basicRollout({ ...wishes, image: 'web:bad-image-2' }));
  await timedOut(session);
  expect(await session.look('web')).toMatchObject({ sizes: 'web:1=4 web:bad-image-2=1', available: 4 });
  using recording = await Recording.start(session, 'rollouts');
  await session.apply(basicRollout({ ...wishes, image: 'web:bad-image-3' }));
  await session.until('web', { phase: 'Degraded', sizes: 'web:1=4 web:bad-image-3=1', available: 4 });
  await timedOut(session);
  expect(await recording.moments('web', ({ phase }) => phase)).toEqual(['Degraded', 'Progressing', 'Degraded']);
});

test('A4: a first deploy that never worked gives way to one that does', async ({ session }) => {
  const wishes = { replicas: 4, progressDeadlineSeconds: 2, canary: { maxSurge: 1, maxUnavailable: 0 } };
  const crashing = { command: ['does-not-exist'] };
  await session.apply(basicRollout({ ...wishes, container: crashing }));
  await timedOut(session);
  await session.apply(basicRollout({ ...wishes, image: 'web:bad-image-2' }));
  await session.until('web', { phase: 'Degraded', canaryImage: 'web:bad-image-2', canary: 1, stable: 4 });
  await session.apply(basicRollout({ ...wishes, image: 'web:3' }));
  await session.until('web', { phase: 'Healthy', sizes: 'web:3=4', pods: 4 });
});

test('A5: slow pods are told as a time-out, and the rollout goes on when they are ready', async ({ session }) => {
  const wishes = {
    replicas: 3,
    progressDeadlineSeconds: 2,
    container: SLOW,
    canary: { steps: [{ setWeight: 20 }, { pause: {} }] },
  };
  await session.apply(basicRollout(wishes));
  await timedOut(session);
  await session.until('web', { phase: 'Healthy' });

  await session.apply(basicRollout({ ...wishes, image: 'web:2' }));
  await timedOut(session);
  await session.until('web', { phase: 'Paused', index: 1 });
  await promote(session, 'web');
  await timedOut(session);
  await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
});

test('an update that stands still is aborted when progressDeadlineAbort says so (A11)', async ({ session }) => {
  const wishes = {
    progressDeadlineSeconds: 1,
    progressDeadlineAbort: true,
    canary: { steps: [{ setWeight: 50 }, { pause: {} }], abortScaleDownDelaySeconds: 1 },
  };
  await session.apply(...routing(), routedRollout(wishes));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(routedRollout({ ...wishes, image: 'web:bad-image' }));
  const scene = await session.until('web', { phase: 'Degraded', aborted: true, weight: 0 });
  expect(scene.message).toMatch(
    /^RolloutAborted: Rollout aborted update to revision 2: ReplicaSet "web-\w+" has timed out progressing\.$/,
  );
  await session.until('web', { canary: 0, stable: 1, pods: 1 });
  const { status } = await session.get('rollouts', 'web');
  expect(
    status?.conditions
      ?.map(({ type }) => type)
      .filter((type) => type !== 'Blocked')
      .toSorted(),
  ).toEqual(['Available', 'Completed', 'Healthy', 'Progressing']);
  const warnings = (await session.events('web')).filter(({ reason }) => reason === 'RolloutAborted');
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^ReplicaSet "web-\w+" has timed out progressing\.$/),
    expect.stringMatching(/^Rollout aborted update to revision 2: ReplicaSet/),
  ]);
});

test.for([
  {
    strategy: 'canary',
    first: () => [...routing(), delayedCanary('web:1')],
    next: delayedCanary,
  },
  {
    strategy: 'blue-green',
    first: () => [...twoServices(), delayedBlueGreen('web:1')],
    next: delayedBlueGreen,
  },
])(
  '$strategy: a bad update is aborted while a former revision waits out its delay',
  async ({ first, next }, { session }) => {
    await session.apply(...first());
    await session.until('web', { phase: 'Healthy' });
    await session.apply(next('web:2'));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', retired: 2 });
    await session.apply(next('web:bad-image'));
    await session.until('web', { phase: 'Degraded', aborted: true, retired: 2 });
  },
);

/** Only the bad image runs into its deadline, however slow the machine is. */
function delayed(image: string) {
  return {
    replicas: 2,
    image,
    progressDeadlineSeconds: image === 'web:bad-image' ? 2 : 600,
    progressDeadlineAbort: true,
  };
}

function delayedCanary(image: string): RolloutManifest {
  return routedRollout({ ...delayed(image), canary: { steps: [{ setWeight: 50 }], scaleDownDelaySeconds: 600 } });
}

function delayedBlueGreen(image: string): RolloutManifest {
  return blueGreenRollout({ ...delayed(image), blueGreen: { scaleDownDelaySeconds: 600 } });
}

test('a Rollout that is complete is never aborted by pods that fall out', async ({ session }) => {
  const wishes = { progressDeadlineSeconds: 1, progressDeadlineAbort: true, canary: { steps: [{ pause: {} }] } };
  await session.apply(withPodAnnotations(basicRollout(wishes), { 'serin.test/ready': 'true' }));
  await session.until('web', { phase: 'Healthy' });
  const [pod] = await session.list('pods');
  await session.kubectl('annotate', '--overwrite', 'pod', pod?.metadata.name ?? '', 'serin.test/ready=false');
  await session.until('web', { phase: 'Degraded', aborted: false, available: 0 });
  await session.kubectl('annotate', '--overwrite', 'pod', pod?.metadata.name ?? '', 'serin.test/ready=true');
  await session.until('web', { phase: 'Healthy', aborted: false });
});

test('neither a pause nor a delayed scale-down counts as a standstill', async ({ session }) => {
  const wishes = {
    progressDeadlineSeconds: 15,
    canary: { steps: [{ setWeight: 50 }, { pause: { duration: 18 } }], scaleDownDelaySeconds: 18 },
  };
  await session.apply(...routing(), routedRollout(wishes));
  await session.until('web', { phase: 'Healthy' });
  using recording = await Recording.start(session, 'rollouts');
  await session.apply(routedRollout({ ...wishes, image: 'web:2' }));
  await session.until('web', { phase: 'Healthy', stableImage: 'web:2', retired: 0 });
  expect(await recording.moments('web', ({ phase }) => phase)).not.toContain('Degraded');
});
