/** What a release was planned to do, and what the controller then does. */
import { describe, expect } from 'vitest';
import type { ReleasePlan } from '../../src/planning/release.ts';
import { cli } from './cli.ts';
import { promote } from './commands.ts';
import { basicRollout, blueGreenRollout, routedRollout, routing, twoServices } from './manifests.ts';
import { Recording } from './recording.ts';
import type { Scene } from './scene.ts';
import { test, type Session } from './session.ts';

interface Standing {
  readonly index: number | null;
  readonly weight: number | null;
  /** As in a scene. */
  readonly sizes: string;
}

async function planned(session: Session, ...args: readonly string[]): Promise<ReleasePlan> {
  const { code, out, err } = await cli(session, ['plan', ...args, '-o', 'json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [plan] = JSON.parse(out) as readonly [ReleasePlan];
  return plan;
}

/** How it stands at the end of each step, as far as it is not skipped. */
function plannedStandings({ stages, from, to }: ReleasePlan, weights: boolean): readonly Standing[] {
  const imageOf = (revision: number): string =>
    [from, to].find((one) => one?.revision === revision)?.images.join() ?? '';
  return stages
    .filter(({ kind, state }) => kind === 'step' && state === 'planned')
    .map(({ index, weight, pods }) => ({
      index,
      weight: weights ? weight : null,
      sizes: pods
        .filter(({ desired }) => desired > 0)
        .map(({ revision, desired }) => `${imageOf(revision)}=${desired}`)
        .toSorted()
        .join(' '),
    }));
}

function observedStandings(scenes: readonly Standing[], steps: number): readonly Standing[] {
  return scenes.filter(({ index }, at) => index !== scenes[at + 1]?.index && index !== null && index < steps);
}

function standingOf({ index, weight, sizes }: Scene): Standing {
  return { index, weight, sizes };
}

/** The scene of the moment in which a release begins still has the index of the one before. */
async function release(session: Session, recording: Recording, steps: number): Promise<readonly Standing[]> {
  for (;;) {
    const { phase } = await session.until('web', { canaryImage: 'web:2' });
    if (phase === 'Healthy') break;
    if (phase === 'Paused') await promote(session, 'web');
  }
  await session.until('web', { phase: 'Healthy', retired: 0 });
  return observedStandings(await recording.moments('web', standingOf), steps);
}

function changedWeights({ writes }: ReleasePlan): readonly unknown[] {
  const changes = writes.flatMap((write) => write.changes).filter(({ field }) => field.endsWith('canary-weight]'));
  return changes.map(({ to }) => Number(to));
}

/** Without repetitions in a row. */
function sequence<T>(values: readonly T[]): readonly T[] {
  return values.filter((value, at) => value !== values[at - 1]);
}

const SIZES = [
  'ScalingReplicaSet',
  'RolloutStepCompleted',
  'SwitchService',
  'TrafficWeightUpdated',
  'RolloutCompleted',
];

describe('a plan comes true', () => {
  test('a canary behind nginx: weights, sizes, the selectors of Services, and all in that order', async ({
    session,
  }) => {
    const steps = [
      { setCanaryScale: { replicas: 1 } },
      { setWeight: 25 },
      { pause: {} },
      { setCanaryScale: { matchTrafficWeight: true } },
      { setWeight: 50 },
      { pause: { duration: '1s' } },
      { setWeight: 75 },
    ];
    const canary = { steps, dynamicStableScale: true };
    await session.apply(...routing(), routedRollout({ replicas: 4, canary }));
    await session.until('web', { phase: 'Healthy', weight: 0 });
    await session.settled();

    const plan = await planned(session, 'web', '--image', 'web=web:2');
    expect(plan).toMatchObject({
      kind: 'update',
      ending: 'healthy',
      from: { images: ['web:1'] },
      to: { images: ['web:2'] },
    });
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'ingresses', 'services', 'events');
    await session.apply(routedRollout({ replicas: 4, image: 'web:2', canary }));
    const standings = await release(session, recording, steps.length);

    // The first of them still shows the index of the release before, which is that of no step.
    expect(standings).toEqual(plannedStandings(plan, true));
    const weights = (await recording.moments('web', ({ weight }) => weight)).slice(1);
    expect(sequence(weights)).toEqual(changedWeights(plan));
    const told = recording.events('web').filter(({ reason }) => SIZES.includes(reason));
    const foretold = plan.events.filter(({ reason }) => SIZES.includes(reason));
    expect(told.map(({ message }) => message)).toEqual(foretold.map(({ message }) => message));
    const scenes = await recording.moments('web', ({ pods }) => pods);
    expect(Math.max(...scenes)).toBeLessThanOrEqual(plan.peak.pods);
  });

  test('a canary that the number of pods divides, and a release that is planned when it is under way', async ({
    session,
  }) => {
    const steps = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }];
    const canary = { steps, maxSurge: 1, maxUnavailable: 0 };
    await session.apply(basicRollout({ replicas: 4, canary }));
    await session.until('web', { phase: 'Healthy' });
    const plan = await planned(session, 'web', '--image', '*=web:2');
    using recording = await Recording.start(session, 'rollouts', 'replicasets');
    await session.apply(basicRollout({ replicas: 4, image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1, canaryAvailable: 1 });
    await session.settled();

    const later = await planned(session, 'web');
    expect(later.kind).toBe('underWay');
    expect(later.stages.map(({ state }) => state).slice(0, 3)).toEqual(['done', 'planned', 'planned']);
    const standings = await release(session, recording, steps.length);
    expect(standings).toEqual(plannedStandings(plan, false));
    expect(plannedStandings(later, false)).toEqual(standings.slice(1));
  });

  test('blue-green: a person switches, and the pods of both revisions run beside each other', async ({ session }) => {
    const held = { replicas: 3, blueGreen: { autoPromotionEnabled: false, scaleDownDelaySeconds: 1 } };
    await session.apply(...twoServices(), blueGreenRollout(held));
    await session.until('web', { phase: 'Healthy', active: 'web:1', preview: 'web:1' });
    const plan = await planned(session, 'web', '--image', 'web=web:2');
    expect(plan).toMatchObject({ peak: { pods: 6 }, ending: 'healthy' });
    expect(plan.stages).toMatchObject([
      {
        kind: 'preview',
        person: true,
        pods: [
          { role: 'stable', desired: 3 },
          { role: 'new', desired: 3 },
        ],
      },
      { kind: 'afterwards', pods: [{ role: 'new', desired: 3 }] },
    ]);
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'services', 'events');
    await session.apply(blueGreenRollout({ ...held, image: 'web:2' }));
    await session.until('web', { phase: 'Paused', preview: 'web:2', canaryAvailable: 3 });
    await release(session, recording, 0);
    const told = recording.events('web').filter(({ reason }) => SIZES.includes(reason));
    const foretold = plan.events.filter(({ reason }) => SIZES.includes(reason));
    expect(told.map(({ message }) => message)).toEqual(foretold.map(({ message }) => message));
  });
});

test('a spec that the controller refuses is planned with its very message', async ({ session }) => {
  const canary = { steps: [{ setWeight: 50 }, { pause: {} }] };
  await session.apply(...routing(), routedRollout({ replicas: 2, canary }));
  await session.until('web', { phase: 'Healthy' });
  const wrong = routedRollout({ replicas: 2, image: 'web:2', canary: { ...canary, canaryService: 'nowhere' } });
  const file = JSON.stringify(wrong);
  const { code, out } = await cli(session, ['plan', '-f', '-', '-o', 'json'], {
    readStdin: () => Promise.resolve(file),
  });
  const [plan] = JSON.parse(out) as readonly [ReleasePlan];
  expect({ code, ending: plan.ending }).toEqual({ code: 1, ending: 'invalid' });
  await session.apply(wrong);
  const { conditions = [] } =
    (await session.until('web', { phase: 'Degraded' }), await session.get('rollouts', 'web')).status ?? {};
  expect(plan.message).toBe(conditions.find(({ type }) => type === 'InvalidSpec')?.message);
});
