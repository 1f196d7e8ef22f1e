/** What people type and scripts wait for: kubectl against a Rollout through its life (spec 3.2, 3.3, 12). */
import { describe, expect } from 'vitest';
import { abort, promote } from './commands.ts';
import { routedRollout, routing } from './manifests.ts';
import { Recording } from './recording.ts';
import { test, type Session } from './session.ts';

const CANARY = { steps: [{ setWeight: 50 }, { pause: {} }], scaleDownDelaySeconds: 1, abortScaleDownDelaySeconds: 1 };

function wait(session: Session, condition: string): Promise<string> {
  return session.kubectl('wait', 'rollout/web', `--for=${condition}`, '--timeout=60s');
}

describe('kubectl wait', () => {
  test('ends with each condition of a release that comes true', async ({ session }) => {
    await session.apply(...routing(), routedRollout({ replicas: 2, canary: CANARY }));
    for (const condition of ['Available', 'Progressing', 'Completed', 'Healthy']) {
      await wait(session, `condition=${condition}`);
    }
    await session.apply(routedRollout({ replicas: 2, image: 'web:2', canary: CANARY }));
    await wait(session, 'condition=Paused');
    await wait(session, 'condition=Completed=false');
    await wait(session, 'condition=Healthy=false');
    expect(await session.look('web')).toMatchObject({ index: 1, weight: 50 });
    await promote(session, 'web');
    await wait(session, 'condition=Completed');
    await wait(session, 'condition=Healthy');
    expect(await session.look('web')).toMatchObject({ stableImage: 'web:2', weight: 0, pods: 2 });
  });

  test('ends with the phase, and with an abort', async ({ session }) => {
    await session.apply(...routing(), routedRollout({ canary: CANARY }));
    await wait(session, 'jsonpath={.status.phase}=Healthy');
    await session.apply(routedRollout({ image: 'web:2', canary: CANARY }));
    await wait(session, 'jsonpath={.status.phase}=Paused');
    await abort(session, 'web');
    await wait(session, 'jsonpath={.status.phase}=Degraded');
    await wait(session, 'condition=Progressing=false');
    await wait(session, 'jsonpath={.status.canary.weights.canary.weight}=0');
    await session.kubectl('delete', 'rollout', 'web', '--wait=false');
    await wait(session, 'delete');
  });
});

test('kubectl get shows desired, current, up-to-date and available pods', async ({ session }) => {
  const columns = async () => {
    const printed = await session.kubectl('get', 'ro', 'web', '--no-headers');
    return printed.trim().split(/\s+/).slice(0, 5);
  };
  await session.apply(...routing(), routedRollout({ replicas: 2, canary: CANARY }));
  await session.until('web', { phase: 'Healthy', weight: 0 });
  expect(await columns()).toEqual(['web', '2', '2', '2', '2']);
  await session.apply(routedRollout({ replicas: 2, image: 'web:2', canary: CANARY }));
  await session.until('web', { phase: 'Paused', index: 1 });
  expect(await columns()).toEqual(['web', '2', '3', '1', '3']);
});

test('a watch of the phase sees a release as it goes on, and never a step back', async ({ session }) => {
  await session.apply(...routing(), routedRollout({ canary: CANARY }));
  await session.until('web', { phase: 'Healthy', weight: 0 });
  using recording = await Recording.start(session, 'rollouts');
  await session.apply(routedRollout({ image: 'web:2', canary: CANARY }));
  await session.until('web', { phase: 'Paused', index: 1 });
  await promote(session, 'web');
  await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
  await session.settled();
  const seen = await recording.moments('web', ({ phase }) => phase);
  expect(seen).toEqual(['Healthy', 'Progressing', 'Paused', 'Progressing', 'Healthy']);
});

test('kubectl explain says what every verb of a step does, and every field of it', async ({ session }) => {
  const steps = await session.kubectl('explain', 'rollout.spec.strategy.canary.steps', '--recursive=false');
  // After its name and its type a field has a description, or the next field follows.
  const fields = [...steps.matchAll(/^ {2}(\w+)\t<\S+>\n {4}(\S.*)$/gm)].map(([, name = '', text = '']) => ({
    name,
    text,
  }));
  expect(fields.map(({ name }) => name)).toEqual([
    'analysis',
    'experiment',
    'pause',
    'plugin',
    'setCanaryScale',
    'setHeaderRoute',
    'setMirrorRoute',
    'setWeight',
  ]);
  expect(fields.filter(({ text }) => text.startsWith('<no description>'))).toEqual([]);
  const pause = await session.kubectl('explain', 'rollout.spec.strategy.canary.steps.pause.duration');
  expect(pause.replaceAll(/\s+/g, ' ')).toContain('the pause lasts until a person resumes the rollout');
});
