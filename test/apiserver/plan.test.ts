/** What a release was planned to do, and what the controller then does. */
import { describe, expect } from 'vitest';
import type { ReleasePlan } from '../../src/planning/release.ts';
import { cli } from './cli.ts';
import { promote } from './commands.ts';
import { basicRollout, blueGreenRollout, routedRollout, routing, twoServices } from './manifests.ts';
import { Recording } from './recording.ts';
import { test, type Session } from './session.ts';
import { waitFor } from '../testbed/cluster/wait.ts';

/** Where it rests until a person goes on. */
interface Rest {
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

function plannedRests({ stages, from, to, writes }: ReleasePlan): readonly Rest[] {
  const imageOf = (revision: number): string =>
    [from, to].find((one) => one?.revision === revision)?.images.join() ?? '';
  const isRouted = writes.some(({ kind }) => kind === 'Ingress');
  return stages
    .filter(({ person }) => person)
    .map(({ index, weight, pods }) => ({
      index,
      weight: isRouted ? weight : null,
      sizes: pods
        .map(({ revision, desired }) => `${imageOf(revision)}=${desired}`)
        .toSorted()
        .join(' '),
    }));
}

/** Promotes wherever it was planned to rest, and has to rest there as planned. Resolves when the pods of the former revision are removed. */
async function goThrough(session: Session, rests: readonly Rest[]): Promise<void> {
  for (const rest of rests) {
    await session.until('web', { phase: 'Paused', canaryImage: 'web:2', ...rest });
    await promote(session, 'web');
  }
  await session.until('web', { phase: 'Healthy', stableImage: 'web:2', retired: 0 });
}

function plannedSteps({ stages }: ReleasePlan): readonly (number | null)[] {
  return stages.filter(({ kind, state }) => kind === 'step' && state === 'planned').map(({ index }) => index);
}

function changedWeights({ writes }: ReleasePlan): readonly unknown[] {
  const changes = writes.flatMap((write) => write.changes).filter(({ field }) => field.endsWith('canary-weight]'));
  return changes.map(({ to }) => Number(to));
}

/** What the release does, in the order of its writes. */
function deeds(events: readonly { readonly reason: string; readonly message: string }[]): readonly string[] {
  return events.filter(({ reason }) => DEEDS.includes(reason)).map(({ message }) => message);
}

/**
 * Events are written after what they tell, so the last ones are waited for. Sizes have an order of their own: whether
 * the last pod goes before or after the revision is stable depends on when its pods are seen.
 */
async function cameTrue(recording: Recording, { events }: ReleasePlan): Promise<void> {
  const wanted = deeds(events);
  const told = await waitFor(() => deeds(recording.events('web')), {
    what: 'the events of the plan',
    until: (seen) => seen.length >= wanted.length,
  });
  const isSize = (deed: string) => deed.startsWith('Scaled');
  expect(told.filter(isSize)).toEqual(wanted.filter(isSize));
  expect(told.filter((deed) => !isSize(deed))).toEqual(wanted.filter((deed) => !isSize(deed)));
}

const DEEDS = [
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
    const rests = plannedRests(plan);
    expect(rests).toEqual([{ index: 2, weight: 25, sizes: 'web:1=4 web:2=1' }]);
    await goThrough(session, rests);

    // The recording begins with the index and the weight of the release before.
    const indices = (await recording.moments('web', ({ index }) => index)).slice(1);
    expect(indices).toEqual([...plannedSteps(plan), steps.length]);
    const weights = (await recording.moments('web', ({ weight }) => weight)).slice(1);
    expect(weights).toEqual(changedWeights(plan));
    await cameTrue(recording, plan);
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
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'events');
    await session.apply(basicRollout({ replicas: 4, image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1, canaryAvailable: 1 });
    await session.settled();

    const later = await planned(session, 'web');
    expect(later.kind).toBe('underWay');
    expect(later.stages.map(({ state }) => state).slice(0, 3)).toEqual(['done', 'planned', 'planned']);
    const rests = plannedRests(plan);
    expect(rests.map(({ sizes }) => sizes)).toEqual(['web:1=3 web:2=1', 'web:1=2 web:2=2']);
    expect(plannedRests(later)).toEqual(rests);
    await goThrough(session, rests);
    expect((await recording.moments('web', ({ index }) => index)).slice(1)).toEqual([
      ...plannedSteps(plan),
      steps.length,
    ]);
    await cameTrue(recording, plan);
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
    await goThrough(session, plannedRests(plan));
    await cameTrue(recording, plan);

    const back = await planned(session, 'web', '--to-revision', '1');
    expect(back).toMatchObject({ kind: 'update', from: { images: ['web:2'] }, to: { images: ['web:1'], revision: 3 } });
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
