/** Blue-green with kubectl alone: preview, promote, abort, roll back, and what other writers do in between. */
import { describe, expect } from 'vitest';
import { ANNOTATIONS, LABELS } from '../../src/api/words/labels.ts';
import type { ReplicaSet, Service } from '../../src/kube/objects.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, patchSpec, pause, promote, promoteFull, resume, retry } from './commands.ts';
import { basicRollout, blueGreenRollout, service, twoServices, withPodAnnotations } from './manifests.ts';
import { Recording } from './recording.ts';
import { test, type Session } from './session.ts';

type Wishes = NonNullable<Parameters<typeof blueGreenRollout>[0]>;

const HELD = { autoPromotionEnabled: false } as const;

/** The first revision is Healthy, and the second one has been applied. */
async function updated(session: Session, wishes: Wishes = {}): Promise<void> {
  const common: Wishes = { replicas: 2, blueGreen: HELD, ...wishes };
  await session.apply(...twoServices(), blueGreenRollout(common));
  await session.until('web', { phase: 'Healthy', active: 'web:1', preview: 'web:1' });
  await session.apply(blueGreenRollout({ ...common, image: 'web:2' }));
}

async function revisionOf(session: Session, revision: number): Promise<ReplicaSet> {
  const found = (await session.list('replicasets')).find(
    (one) => one.metadata.annotations?.[ANNOTATIONS.revision] === String(revision),
  );
  if (found === undefined) throw new Error(`there is no revision ${revision}`);
  return found;
}

/** spec.replicas, replicas, updated, ready and available as the status tells them. */
async function countsOf(session: Session): Promise<string> {
  const { spec, status } = await session.get('rollouts', 'web');
  return [
    spec.replicas,
    status?.replicas,
    status?.updatedReplicas,
    status?.readyReplicas,
    status?.availableReplicas,
  ].join();
}

function isNewPod({ plural, type }: Recording['changes'][number]): boolean {
  return plural === 'pods' && type === 'ADDED';
}

/** Pods that were created while the preview Service did not select them. */
function podsWithoutPreview({ changes }: Recording): readonly string[] {
  let selected = '';
  return changes.flatMap((change) => {
    const { plural, object } = change;
    if (plural === 'services' && object.metadata.name === 'web-preview') {
      selected = (object as Service).spec.selector?.[LABELS.podTemplateHash] ?? '';
    }
    const isSelected = selected === '' || object.metadata.labels?.[LABELS.podTemplateHash] === selected;
    return isNewPod(change) && !isSelected ? [object.metadata.name] : [];
  });
}

describe('a person decides', () => {
  test('promote: the active Service moves, and the old pods go after their delay', async ({ session }) => {
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'services');
    await updated(session, { blueGreen: { ...HELD, scaleDownDelaySeconds: 4 } });
    await session.until('web', { phase: 'Paused', message: 'BlueGreenPause', active: 'web:1', preview: 'web:2' });
    expect(await session.look('web')).toMatchObject({ sizes: 'web:1=2 web:2=2', stableImage: 'web:1', revision: 2 });
    expect(await countsOf(session)).toBe('2,4,2,2,2');

    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', active: 'web:2', stableImage: 'web:2' });
    await session.until('web', { phase: 'Healthy', sizes: 'web:2=2', pods: 2 });
    const served = await recording.moments('web', ({ active, sizes }) => ({ active, sizes }));
    const switched = served.findIndex(({ active }) => active === 'web:2');
    expect(served.slice(0, switched).map(({ sizes }) => sizes)).not.toContain('web:2=2');
    expect(served[switched]?.sizes).toBe('web:1=2 web:2=2');
    const { status } = await session.get('rollouts', 'web');
    const hash = (await revisionOf(session, 2)).metadata.labels?.[LABELS.podTemplateHash];
    expect(status?.blueGreen).toEqual({ activeSelector: hash, previewSelector: hash });
    expect(status).not.toHaveProperty('controllerPause');
    expect(status).not.toHaveProperty('pauseConditions');
    expect(status?.selector).toBe(`app=web,${LABELS.podTemplateHash}=${hash}`);
  });

  test('the preview Service selects the pods of a revision when they are created', async ({ session }) => {
    using recording = await Recording.start(session, 'services', 'pods');
    const blueGreen = { ...HELD, scaleDownDelaySeconds: 0 };
    await updated(session, { blueGreen });
    await session.until('web', { phase: 'Paused', preview: 'web:2' });
    await session.apply(blueGreenRollout({ replicas: 2, image: 'web:3', blueGreen }));
    await session.until('web', { phase: 'Paused', preview: 'web:3', retired: 0 });
    // It has been there before, and has no pods.
    await session.apply(blueGreenRollout({ replicas: 2, image: 'web:2', blueGreen }));
    await session.until('web', { phase: 'Paused', preview: 'web:2', canaryAvailable: 2 });
    expect(podsWithoutPreview(recording)).toEqual([]);
    expect(recording.changes.filter(isNewPod).length).toBeGreaterThanOrEqual(8);
  });

  test('abort: active stays, the preview keeps its Service and loses its pods; retry brings them back', async ({
    session,
  }) => {
    await updated(session, { blueGreen: { ...HELD, abortScaleDownDelaySeconds: 2 } });
    await session.until('web', { phase: 'Paused', preview: 'web:2' });
    await abort(session, 'web');
    const aborted = await session.until('web', { phase: 'Degraded', sizes: 'web:1=2', pods: 2 });
    expect(aborted).toMatchObject({ active: 'web:1', preview: 'web:2', stableImage: 'web:1', aborted: true });
    expect(aborted.message).toBe('RolloutAborted: Rollout aborted update to revision 2');
    await retry(session, 'web');
    await session.until('web', { phase: 'Paused', sizes: 'web:1=2 web:2=2', aborted: false, active: 'web:1' });
    await promoteFull(session, 'web');
    await session.until('web', { phase: 'Healthy', active: 'web:2', preview: 'web:2' });
  });

  test('back to the former revision within its delay: the same pods, at once, and nobody is asked', async ({
    session,
  }) => {
    // Longer than anything here takes on however slow a machine.
    const blueGreen = { ...HELD, scaleDownDelaySeconds: 600 };
    await updated(session, { blueGreen });
    await session.until('web', { phase: 'Paused' });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', active: 'web:2' });
    const former = await revisionOf(session, 1);
    await waitFor(() => session.get('replicasets', former.metadata.name), {
      what: 'the former revision to wait for its delay',
      until: ({ metadata }) => metadata.annotations?.[ANNOTATIONS.scaleDownDeadline] !== undefined,
    });
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'services');
    await session.apply(blueGreenRollout({ replicas: 2, blueGreen }));
    const back = await session.until('web', {
      phase: 'Healthy',
      active: 'web:1',
      preview: 'web:1',
      stableImage: 'web:1',
    });
    expect(back).toMatchObject({ revision: 3, sizes: 'web:1=2 web:2=2' });
    expect((await revisionOf(session, 3)).metadata.uid).toBe(former.metadata.uid);
    const phases = await recording.moments('web', ({ phase }) => phase);
    expect(phases).not.toContain('Paused');
  });

  test('a small preview: one pod of two, then both, then the switch', async ({ session }) => {
    await updated(session, { blueGreen: { ...HELD, previewReplicaCount: 1 }, progressDeadlineSeconds: 20 });
    await session.until('web', { phase: 'Paused', sizes: 'web:1=2 web:2=1', pods: 3 });
    expect(await countsOf(session)).toBe('2,3,1,2,2');
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', active: 'web:2', sizes: 'web:1=2 web:2=2' });
    expect(await countsOf(session)).toBe('2,4,2,2,2');
    expect((await session.get('rollouts', 'web')).status?.blueGreen).not.toHaveProperty('scaleUpPreviewCheckPoint');
  });

  test('kubectl tells what it waits for', async ({ session }) => {
    await updated(session);
    await session.until('web', { phase: 'Paused' });
    const description = await session.kubectl('describe', 'rollout', 'web');
    expect(description).toContain('PausedBeforePromotion');
    expect(description).toContain('before the new revision becomes active, promote to go on');
    expect((await session.kubectl('get', 'rollout', 'web', '--no-headers')).split(/\s+/).slice(0, 5).join()).toBe(
      'web,2,4,2,2',
    );
  });
});

describe('nobody is asked', () => {
  test('by itself, and after a time that a person may cut short', async ({ session }) => {
    await updated(session, { blueGreen: { scaleDownDelaySeconds: 0 } });
    await session.until('web', { phase: 'Healthy', active: 'web:2', sizes: 'web:2=2' });
    const slow = { autoPromotionSeconds: 600, scaleDownDelaySeconds: 0 };
    await session.apply(blueGreenRollout({ replicas: 2, image: 'web:3', blueGreen: slow }));
    await session.until('web', { phase: 'Paused', active: 'web:2', preview: 'web:3' });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', active: 'web:3', sizes: 'web:3=2' });
  });

  test('a superseded preview waits for its delay, the stable revision serves on', async ({ session }) => {
    await updated(session);
    await session.until('web', { phase: 'Paused', preview: 'web:2' });
    await session.apply(blueGreenRollout({ replicas: 2, image: 'web:3', blueGreen: HELD }));
    await session.until('web', {
      phase: 'Paused',
      preview: 'web:3',
      active: 'web:1',
      sizes: 'web:1=2 web:2=2 web:3=2',
    });
    await waitFor(() => revisionOf(session, 2), {
      what: 'the superseded preview to wait for its delay',
      until: ({ metadata }) => metadata.annotations?.[ANNOTATIONS.scaleDownDeadline] !== undefined,
    });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', active: 'web:3', preview: 'web:3' });
  });
});

describe('other writers', () => {
  test('a server-side apply that strips the selectors: they come back, and no gate opens', async ({ session }) => {
    await updated(session);
    await session.until('web', { phase: 'Paused', active: 'web:1', preview: 'web:2' });
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'services');
    for (const name of ['web', 'web-preview']) {
      const { code, stderr } = await session.tryKubectl(
        ['apply', '--server-side', '--force-conflicts', '--field-manager=gitops', '-f', '-'],
        JSON.stringify(service(name, 'web')),
      );
      expect({ code, stderr }).toMatchObject({ code: 0 });
    }
    await session.until('web', { phase: 'Paused', message: 'BlueGreenPause', active: 'web:1', preview: 'web:2' });
    await session.settled();
    const active = new Set(await recording.moments('web', (scene) => scene.active));
    expect(active).toEqual(new Set(['web:1', '']));
    expect(await session.look('web')).toMatchObject({ stableImage: 'web:1', sizes: 'web:1=2 web:2=2' });
  });

  test('an autoscaler in every state, and a user who pauses', async ({ session }) => {
    await updated(session);
    await session.until('web', { phase: 'Paused' });
    await session.kubectl('scale', 'rollout', 'web', '--replicas=3');
    await session.until('web', { phase: 'Paused', sizes: 'web:1=3 web:2=3', canaryAvailable: 3, stableAvailable: 3 });
    await pause(session, 'web');
    await session.until('web', { phase: 'Paused', message: 'manually paused' });
    await promote(session, 'web');
    await session.kubectl('scale', 'rollout', 'web', '--replicas=2');
    await session.until('web', { phase: 'Paused', message: 'manually paused', sizes: 'web:1=2 web:2=2' });
    await session.settled();
    expect(await session.look('web')).toMatchObject({ active: 'web:1' });
    // What was approved while the user paused is not asked for again.
    await resume(session, 'web');
    await session.until('web', { phase: 'Healthy', active: 'web:2' });
    const { status } = await session.get('rollouts', 'web');
    expect(status?.HPAReplicas).toBe(2);
  });

  test('a pod that fails in the moment of the promotion: nobody has to say it again', async ({ session }) => {
    await updated(session);
    await session.until('web', { phase: 'Paused' });
    const pods = (await session.list('pods')).filter(({ spec }) => spec.containers[0]?.image === 'web:2');
    const name = pods[0]?.metadata.name ?? '';
    await session.kubectl('annotate', 'pod', name, 'serin.test/ready=false');
    await session.until('web', { canaryAvailable: 1 });
    await promote(session, 'web');
    await session.settled();
    expect(await session.look('web')).toMatchObject({ active: 'web:1', stableImage: 'web:1' });
    await session.kubectl('annotate', '--overwrite', 'pod', name, 'serin.test/ready=true');
    await session.until('web', { phase: 'Healthy', active: 'web:2' });
  });

  test('a new revision that never comes up changes nothing for those who are served', async ({ session }) => {
    await session.apply(...twoServices(), blueGreenRollout({ replicas: 2 }));
    await session.until('web', { phase: 'Healthy', active: 'web:1' });
    const bad = blueGreenRollout({ replicas: 2, image: 'web:2', progressDeadlineSeconds: 3 });
    await session.apply(withPodAnnotations(bad, { 'serin.test/ready': 'false' }));
    await session.until('web', { phase: 'Degraded', active: 'web:1', preview: 'web:2', stableAvailable: 2 });
    await session.makeReady('web:2', 2);
    await session.until('web', { phase: 'Healthy', active: 'web:2' });
  });
});

describe('metadata of roles', () => {
  test('follows the pods without a restart', async ({ session }) => {
    const blueGreen = {
      ...HELD,
      activeMetadata: { labels: { role: 'active' } },
      previewMetadata: { labels: { role: 'preview' } },
    };
    const roles = async (image: string) =>
      (await session.list('pods'))
        .filter(({ spec, metadata }) => spec.containers[0]?.image === image && metadata.deletionTimestamp === undefined)
        .map(({ metadata }) => metadata.labels['role']);
    const until = (image: string, role: string) =>
      waitFor(() => roles(image), {
        what: `the pods of ${image} to be ${role}`,
        until: (seen) => seen.length === 2 && seen.every((one) => one === role),
      });
    await updated(session, { blueGreen });
    await session.until('web', { phase: 'Paused' });
    await until('web:1', 'active');
    await until('web:2', 'preview');
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', active: 'web:2' });
    await until('web:2', 'active');
    expect(await session.list('replicasets')).toHaveLength(2);
  });
});

describe('the strategy is changed on a live Rollout', () => {
  const canary = { stableService: 'web', canaryService: 'web-preview', steps: [{ setWeight: 50 }, { pause: {} }] };

  test('blue-green at its pause becomes a canary at its first step', async ({ session }) => {
    await updated(session);
    await session.until('web', { phase: 'Paused', preview: 'web:2' });
    await session.apply(basicRollout({ replicas: 2, image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1, stableService: 'web:1', canaryService: 'web:2' });
    const { status } = await session.get('rollouts', 'web');
    expect(status).not.toHaveProperty('blueGreen');
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableService: 'web:2', sizes: 'web:2=2' });
  });

  test('a canary at its pause becomes blue-green, and asks', async ({ session }) => {
    await session.apply(...twoServices(), basicRollout({ replicas: 2, canary }));
    await session.until('web', { phase: 'Healthy', stableService: 'web:1' });
    await session.apply(basicRollout({ replicas: 2, image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1 });
    await session.apply(blueGreenRollout({ replicas: 2, image: 'web:2', blueGreen: HELD }));
    await session.until('web', {
      phase: 'Paused',
      message: 'BlueGreenPause',
      sizes: 'web:1=2 web:2=2',
      active: 'web:1',
    });
    const { status } = await session.get('rollouts', 'web');
    for (const field of ['canary', 'currentStepIndex', 'currentStepHash']) expect(status).not.toHaveProperty(field);
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', active: 'web:2', preview: 'web:2' });
  });

  test('a Service that is not named any more is given back', async ({ session }) => {
    await updated(session);
    await session.until('web', { phase: 'Paused' });
    await patchSpec(session, 'web', { strategy: { blueGreen: { previewService: null } } });
    const { spec, metadata } = await waitFor(() => session.get('services', 'web-preview'), {
      what: 'the former preview Service to be free',
      until: (one) => one.spec.selector?.[LABELS.podTemplateHash] === undefined,
    });
    expect(spec.selector).toEqual({ app: 'web' });
    expect(metadata.annotations ?? {}).not.toHaveProperty([ANNOTATIONS.managedByRollouts]);
  });
});

describe('events', () => {
  test('of a first deploy, an update and a promotion, in their order', async ({ session }) => {
    using recording = await Recording.start(session, 'events');
    const told = async (skipped: number, count: number) => {
      const events = await waitFor(() => recording.events('web'), {
        what: `${count} events after the first ${skipped}`,
        until: (seen) => seen.length >= skipped + count,
      });
      return events.slice(skipped).map(({ reason }) => reason);
    };
    const common: Wishes = { replicas: 2, blueGreen: { ...HELD, scaleDownDelaySeconds: 2 } };
    await session.apply(...twoServices(), blueGreenRollout(common));
    await session.until('web', { phase: 'Healthy' });
    expect(await told(0, 7)).toEqual([
      'RolloutAddedToInformer',
      'RolloutUpdated',
      'NewReplicaSetCreated',
      'ScalingReplicaSet',
      'RolloutCompleted',
      'SwitchService',
      'SwitchService',
    ]);
    await session.settled();
    const deployed = recording.events('web').length;
    await session.apply(blueGreenRollout({ ...common, image: 'web:2' }));
    await session.until('web', { phase: 'Paused' });
    expect(await told(deployed, 6)).toEqual([
      'RolloutUpdated',
      'NewReplicaSetCreated',
      'RolloutNotCompleted',
      'SwitchService',
      'ScalingReplicaSet',
      'RolloutPaused',
    ]);
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', sizes: 'web:2=2' });
    expect(await told(deployed + 6, 4)).toEqual([
      'SwitchService',
      'RolloutResumed',
      'RolloutCompleted',
      'ScalingReplicaSet',
    ]);
  });
});
