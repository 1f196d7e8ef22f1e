/** Router, strategy and names change on a live Rollout with a canary under way (spec 10.7): requests leave before pods do, and what is not named any more is given back. */
import { describe, expect } from 'vitest';
import { ANNOTATIONS, LABELS } from '../../src/api/words/labels.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { patchSpec, promote } from './commands.ts';
import { basicRollout, blueGreenRollout, ingress, routedRollout, routing, service } from './manifests.ts';
import { Recording } from './recording.ts';
import { test, type Session } from './session.ts';

const NAMES = { stableService: 'web', canaryService: 'web-canary' };
const STEPS = [{ setWeight: 50 }, { setCanaryScale: { replicas: 4 } }, { pause: {} }];
const ROUTED = { canary: { steps: STEPS } };

/** web:2 waits at weight 50 with as many pods as web:1. */
async function paused(session: Session): Promise<void> {
  await session.apply(...routing(), routedRollout({ replicas: 4, ...ROUTED }));
  await session.until('web', { phase: 'Healthy', weight: 0 });
  await session.apply(routedRollout({ replicas: 4, image: 'web:2', ...ROUTED }));
  await session.until('web', { phase: 'Paused', index: 2, weight: 50, canaryAvailable: 4 });
}

/** A Service that leads to all pods of the application again, as its manifest says. */
async function givenBack(session: Session, name: string): Promise<void> {
  const { metadata, spec } = await waitFor(() => session.get('services', name), {
    what: `Service ${name} to be given back`,
    until: (one) => one.spec.selector?.[LABELS.podTemplateHash] === undefined,
  });
  expect(metadata.annotations ?? {}).not.toHaveProperty([ANNOTATIONS.managedByRollouts]);
  expect(spec.selector).toEqual({ app: 'web' });
}

/** Pods of the canary go only when no canary Ingress is left that a proxy could know of. */
async function expectRequestsToLeaveFirst(session: Session, recording: Recording, pods: number): Promise<void> {
  await session.until('web', { weight: null, canary: pods });
  const seen = await recording.moments('web', ({ weight, canary }) => ({ weight, canary }));
  expect(seen.filter(({ weight, canary }) => weight !== null && canary < 4)).toEqual([]);
  expect(seen.map(({ weight }) => weight)).toContain(0);
}

describe('a routed canary at its pause', () => {
  test('loses its router', async ({ session }) => {
    await paused(session);
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'services', 'ingresses');
    const steps = [{ setWeight: 25 }, { pause: {} }];
    await session.apply(basicRollout({ replicas: 4, image: 'web:2', canary: { ...NAMES, steps } }));
    await expectRequestsToLeaveFirst(session, recording, 1);
    await session.until('web', { phase: 'Paused', index: 1, stableService: 'web:1', canaryService: 'web:2' });
    const stable = await recording.moments('web', ({ stableService }) => stableService);
    expect(stable).toEqual(['web:1']);
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableService: 'web:2', sizes: 'web:2=4' });
  });

  test('becomes blue-green with a small preview, and a routed canary again', async ({ session }) => {
    await paused(session);
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'services', 'ingresses');
    const blueGreen = {
      activeService: 'web',
      previewService: 'web-canary',
      autoPromotionEnabled: false,
      previewReplicaCount: 1,
    };
    await session.apply(blueGreenRollout({ replicas: 4, image: 'web:2', blueGreen }));
    await expectRequestsToLeaveFirst(session, recording, 1);
    await session.until('web', { phase: 'Paused', message: 'BlueGreenPause', active: 'web:1', preview: 'web:2' });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', active: 'web:2', stable: 4 });

    await session.apply(routedRollout({ replicas: 4, image: 'web:2', ...ROUTED }));
    await session.until('web', { phase: 'Healthy', weight: 0, stableService: 'web:2', index: 3 });
    await session.apply(routedRollout({ replicas: 4, image: 'web:3', ...ROUTED }));
    await session.until('web', { phase: 'Paused', index: 2, weight: 50, stableService: 'web:2', canaryImage: 'web:3' });
  });

  test('gets another stable Ingress and other Services', async ({ session }) => {
    await paused(session);
    await session.apply(service('front', 'web'), service('front-trial', 'web'), ingress('front', {}, 'front'));
    await patchSpec(session, 'web', {
      strategy: {
        canary: {
          stableService: 'front',
          canaryService: 'front-trial',
          trafficRouting: { nginx: { stableIngress: 'front' } },
        },
      },
    });
    await session.until('web', {
      phase: 'Paused',
      index: 2,
      weight: 50,
      stableService: 'web:1',
      canaryService: 'web:2',
      sizes: 'web:1=4 web:2=4',
    });
    await givenBack(session, 'web');
    await givenBack(session, 'web-canary');
    await waitFor(() => session.list('ingresses'), {
      what: 'the former canary Ingress to go',
      until: (all) => !all.some(({ metadata }) => metadata.name === 'web-web-canary'),
    });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableService: 'web:2', canaryService: 'web:2', weight: 0 });
  });
});
