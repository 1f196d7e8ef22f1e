/** `dynamicStableScale`: pods move from one side to the other with the traffic, and back (spec, appendix A3, 5.5, 8.4). */
import { describe, expect } from 'vitest';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, promote } from './commands.ts';
import { routedRollout, routing, withPodAnnotations, type RolloutManifest } from './manifests.ts';
import { test, type Session } from './session.ts';

const DYNAMIC: CanaryStrategy = {
  dynamicStableScale: true,
  steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 75 }, { pause: {} }],
};

/** Four pods, each of which becomes ready by hand. */
function manifest(image: string, strategy: CanaryStrategy = {}): RolloutManifest {
  const rollout = routedRollout({ replicas: 4, image, canary: { ...DYNAMIC, ...strategy } });
  return withPodAnnotations(rollout, { 'serin.test/ready': 'false' });
}

/** Stable is as small as the weight allows, and its surplus pods are gone: one that is still there would serve again. */
async function pausedAt25(session: Session, strategy: CanaryStrategy = {}): Promise<void> {
  await session.apply(...routing(), manifest('web:1', strategy));
  await session.until('web', { pods: 4 });
  await session.makeReady('web:1', 4);
  await session.until('web', { phase: 'Healthy' });
  await session.apply(manifest('web:2', strategy));
  await session.until('web', { canary: 1, pods: 5 });
  await session.makeReady('web:2', 1);
  await session.until('web', { phase: 'Paused', index: 1, canary: 1, stable: 3, weight: 25, pods: 4 });
}

async function pausedAt75(session: Session, strategy: CanaryStrategy = {}): Promise<void> {
  await pausedAt25(session, strategy);
  await promote(session, 'web');
  await session.until('web', { canary: 3, pods: 6 });
  // Half of what the weight needs is not enough to raise it.
  await session.makeReady('web:2', 1);
  await session.until('web', { canaryAvailable: 2, weight: 25, stable: 3 });
  await session.makeReady('web:2', 1);
  await session.until('web', { phase: 'Paused', index: 3, canary: 3, stable: 1, weight: 75, pods: 4 });
}

describe('A3', () => {
  test('abort at 75: traffic returns in the steps in which stable pods come up', async ({ session }) => {
    await pausedAt75(session);
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', stable: 3, canary: 3, weight: 75, pods: 6 });
    await session.makeReady('web:1', 1);
    await session.until('web', { stableAvailable: 2, weight: 75, canary: 3 });
    await session.makeReady('web:1', 1);
    await session.until('web', { stable: 4, canary: 1, weight: 25, canaryService: 'web:2' });
    await session.makeReady('web:1', 1);
    await session.until('web', {
      stable: 4,
      stableAvailable: 4,
      weight: 0,
      canaryService: 'web:1',
      canary: 0,
      pods: 4,
    });
  });

  test('abort with an explicit delay: the canary keeps its pods until the weight is gone, and the delay over', async ({
    session,
  }) => {
    await pausedAt75(session, { abortScaleDownDelaySeconds: 2 });
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', stable: 3, weight: 75, pods: 6 });
    await session.makeReady('web:1', 2);
    await session.until('web', { stable: 4, canary: 3, weight: 25, pods: 7 });
    await session.settled();
    expect(await deadlines(session)).toEqual([]);
    await session.makeReady('web:1', 1);
    await session.until('web', { weight: 0, canaryService: 'web:1', canary: 3 });
    await waitFor(async () => (await deadlines(session)).length === 1, { what: 'the deadline of the aborted canary' });
    await session.until('web', { canary: 0, stable: 4 });
  });

  test('undo to stable at 25: traffic stays on the interrupted canary until stable is whole again', async ({
    session,
  }) => {
    await pausedAt25(session);
    await session.apply(manifest('web:1'));
    await session.until('web', { canaryImage: 'web:1', stable: 4, retired: 1, pods: 5 });
    await session.settled();
    expect(await session.look('web')).toMatchObject({ weight: 25, canaryService: 'web:2', stableService: 'web:1' });
    const interrupted = (await session.get('rollouts', 'web')).status?.canary?.weights;
    expect(interrupted).toMatchObject({ canary: { weight: 25 }, stable: { weight: 75 } });
    expect(interrupted?.canary.podTemplateHash).not.toBe(interrupted?.stable.podTemplateHash);

    await session.makeReady('web:1', 1);
    await session.until('web', { phase: 'Healthy', weight: 0, canaryService: 'web:1', retired: 0, stableAvailable: 4 });
    const { status } = await session.get('rollouts', 'web');
    expect(status?.canary?.weights).toMatchObject({
      canary: { weight: 0, podTemplateHash: status?.stableRS },
      stable: { weight: 100, podTemplateHash: status?.stableRS },
    });
  });
});

test('to the end: stable never loses its last pod before its Service has moved', async ({ session }) => {
  await pausedAt75(session);
  await promote(session, 'web');
  await session.until('web', { canary: 4, pods: 5 });
  await session.makeReady('web:2', 1);
  await session.until('web', { phase: 'Healthy', stableImage: 'web:2', stableService: 'web:2', weight: 0, retired: 0 });
});

async function deadlines(session: Session): Promise<readonly string[]> {
  const replicaSets = await session.list('replicasets');
  return replicaSets.flatMap(({ metadata }) => metadata.annotations?.['scale-down-deadline'] ?? []);
}
