/** A scaler that takes a Rollout to no pods and back, through the scale subresource alone: at rest, and in the middle of either strategy. */
import { describe, expect } from 'vitest';
import { promote } from './commands.ts';
import { blueGreenRollout, routedRollout, routing, twoServices } from './manifests.ts';
import { test, type Session } from './session.ts';

async function scale(session: Session, replicas: number): Promise<void> {
  await session.kubectl('scale', 'rollout', 'web', `--replicas=${replicas}`);
}

describe('to 0 and back', () => {
  test('a routed canary: settled it stays Healthy, at its pause it stays there', async ({ session }) => {
    const canary = { steps: [{ setWeight: 50 }, { pause: {} }] };
    await session.apply(...routing(), routedRollout({ replicas: 4, canary }));
    await session.until('web', { phase: 'Healthy', weight: 0 });
    await scale(session, 0);
    await session.until('web', { phase: 'Healthy', pods: 0 });
    await scale(session, 4);
    await session.until('web', { phase: 'Healthy', available: 4, stableService: 'web:1' });

    await session.apply(routedRollout({ replicas: 4, image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1, weight: 50, stable: 4, canary: 2 });
    await scale(session, 0);
    await session.until('web', { phase: 'Paused', index: 1, weight: 0, pods: 0, stableImage: 'web:1' });
    await session.settled();
    expect(await session.look('web')).toMatchObject({ phase: 'Paused', message: 'CanaryPauseStep', aborted: false });
    await scale(session, 4);
    await session.until('web', { phase: 'Paused', index: 1, weight: 50, stableAvailable: 4, canaryAvailable: 2 });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', weight: 0, stableService: 'web:2', stable: 4 });
  });

  test('blue-green before its switch: nobody is promoted, and the person is still asked', async ({ session }) => {
    const held = { replicas: 2, blueGreen: { autoPromotionEnabled: false } };
    await session.apply(...twoServices(), blueGreenRollout(held));
    await session.until('web', { phase: 'Healthy', active: 'web:1' });
    await session.apply(blueGreenRollout({ ...held, image: 'web:2' }));
    await session.until('web', { phase: 'Paused', preview: 'web:2', canaryAvailable: 2 });
    await scale(session, 0);
    await session.until('web', { phase: 'Paused', pods: 0, stableImage: 'web:1' });
    await session.settled();
    expect(await session.look('web')).toMatchObject({ message: 'BlueGreenPause', active: 'web:1', preview: 'web:2' });
    await scale(session, 2);
    await session.until('web', { phase: 'Paused', sizes: 'web:1=2 web:2=2', available: 4, active: 'web:1' });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', active: 'web:2' });
  });
});
