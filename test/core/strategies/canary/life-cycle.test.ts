/** One routed release from the first deploy to the end, station by station, as spec 8.4 and A1 have it. */
import { describe, expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import type { RolloutStatus } from '../../../../src/api/schema/status.ts';
import { specReplicasOf } from '../../../../src/core/observed/replica-sets.ts';
import { decideCanary } from '../../../../src/core/strategies/canary/canary.ts';
import { stateOf } from '../../../../src/core/traffic/nginx/wanted.ts';
import { buildSituation, hashOf, NOW, replicaSetNameOf, routed, type WorldOptions } from '../../build-world.ts';

const STEPS: NonNullable<CanaryStrategy['steps']> = [
  { setWeight: 20 },
  { pause: {} },
  { setWeight: 60 },
  { pause: {} },
];

interface Station {
  readonly name: string;
  readonly dynamic?: boolean;
  readonly world: WorldOptions;
  readonly weight: number;
  readonly canary: number;
  readonly stable?: number;
  readonly index?: number;
  readonly promoted?: boolean;
}

const paused: RolloutStatus = {
  controllerPause: true,
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: new Date(NOW - 60_000).toISOString() }],
};
const resumed: RolloutStatus = { controllerPause: true };

function updating(index: number, canary: number, weight: number, options: WorldOptions = {}): WorldOptions {
  return {
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: canary },
    ],
    split: { weight },
    ...options,
    status: { currentStepIndex: index, ...options.status },
  };
}

function at(index: number, status: RolloutStatus): WorldOptions {
  return { status: { currentStepIndex: index, canary: { pausedStepIndex: index }, ...status } };
}

describe('a release through nginx, 5 pods, 20 / pause / 60 / pause', () => {
  test.each<Station>([
    {
      name: 'first deploy: promoted at once, and no weight',
      world: {
        stable: '',
        revisions: [
          {
            version: 'v2',
            size: 5,
            available: 0,
          },
        ],
        split: null,
      },
      weight: 0,
      canary: 5,
      promoted: true,
    },
    {
      name: 'at rest: a canary Ingress that gets nothing',
      world: { version: 'v1', split: null },
      weight: 0,
      canary: 5,
      promoted: true,
    },
    { name: 'the canary starts', world: updating(0, 0, 0), weight: 0, canary: 1, stable: 5, index: 0 },
    { name: 'its pod is available: weight', world: updating(0, 1, 0), weight: 20, canary: 1, stable: 5, index: 0 },
    {
      name: 'the weight shows: the step is over, pause',
      world: updating(0, 1, 20),
      weight: 20,
      canary: 1,
      stable: 5,
      index: 1,
    },
    { name: 'paused', world: updating(1, 1, 20, at(1, paused)), weight: 20, canary: 1, stable: 5, index: 1 },
    {
      name: 'resumed: pods first',
      world: updating(1, 1, 20, at(1, resumed)),
      weight: 20,
      canary: 3,
      stable: 5,
      index: 2,
    },
    { name: 'pods are there: weight', world: updating(2, 3, 20), weight: 60, canary: 3, stable: 5, index: 2 },
    {
      name: 'resumed again: the whole canary at the former weight',
      world: updating(3, 3, 60, at(3, resumed)),
      weight: 60,
      canary: 5,
      stable: 5,
      index: 4,
    },
    {
      name: 'all pods are there: all the traffic',
      world: updating(4, 5, 60),
      weight: 100,
      canary: 5,
      stable: 5,
      index: 4,
    },
    {
      name: 'all the traffic shows: promoted',
      world: updating(4, 5, 100),
      weight: 100,
      canary: 5,
      stable: 5,
      index: 4,
      promoted: true,
    },
    {
      name: 'the Service has moved, but nobody has written down the promotion: its traffic stays',
      world: updating(4, 5, 100, { selects: { 'web-stable': 'v2' } }),
      weight: 100,
      canary: 5,
      index: 4,
      promoted: true,
    },
    {
      name: 'the stable Service has to move before the weight drops',
      world: updating(4, 5, 100, {
        stable: 'v2',
        selects: { 'web-stable': 'v1' },
      }),
      weight: 100,
      canary: 5,
      promoted: true,
      index: 4,
    },
    {
      name: 'it serves the new pods: weight 0',
      world: updating(4, 5, 100, { stable: 'v2' }),
      weight: 0,
      canary: 5,
      promoted: true,
      index: 4,
    },
    {
      name: 'aborted at 60: no weight, and the canary is kept for a while',
      world: updating(2, 3, 60, { status: { abort: true } }),
      weight: 0,
      canary: 3,
      stable: 5,
      index: 0,
    },
  ])('$name', ({ world, weight, canary, stable, index, promoted = false }) => {
    const situation = buildSituation({ strategy: routed({ steps: STEPS }), ...world });
    const { desired, memory } = decideCanary(situation);
    const { split, sizes } = desired;
    const sizeOf = (replicaSet: unknown): number | undefined =>
      sizes.find((one) => one.replicaSet === replicaSet)?.replicas;
    expect(split?.weight).toBe(weight);
    // Nothing decided about a ReplicaSet leaves it as it is.
    expect(sizeOf(situation.canary) ?? specReplicasOf(situation.canary)).toBe(canary);
    expect(stable === undefined ? undefined : (sizeOf(situation.stable) ?? specReplicasOf(situation.stable))).toBe(
      stable,
    );
    expect(memory.stableRS === situation.canaryHash).toBe(promoted);
    expect(index === undefined ? undefined : memory.currentStepIndex).toBe(index);
  });
});

describe('the same with a stable side that shrinks', () => {
  test.each([
    {
      name: 'the canary starts',
      index: 0,
      canary: 0,
      stable: 5,
      observed: 0,
      expected: { weight: 0, canary: 1, stable: 5 },
    },
    {
      name: 'the weight comes first',
      index: 0,
      canary: 1,
      stable: 5,
      observed: 0,
      expected: { weight: 20, canary: 1, stable: 5 },
    },
    {
      name: 'and then the stable pods go',
      index: 0,
      canary: 1,
      stable: 5,
      observed: 20,
      expected: { weight: 20, canary: 1, stable: 4 },
    },
    { name: 'at 60', index: 2, canary: 3, stable: 4, observed: 60, expected: { weight: 60, canary: 3, stable: 2 } },
    {
      name: 'past the end the rest of it stays',
      index: 4,
      canary: 5,
      stable: 2,
      observed: 60,
      expected: { weight: 100, canary: 5, stable: 2 },
    },
  ])('$name', ({ index, canary, stable, observed, expected }) => {
    const situation = buildSituation({
      strategy: routed({ steps: STEPS, dynamicStableScale: true }),
      revisions: [
        { version: 'v1', size: stable },
        { version: 'v2', size: canary },
      ],
      split: { weight: observed },
      status: { currentStepIndex: index },
    });
    const { split, sizes } = decideCanary(situation).desired;
    const sizeOf = (replicaSet: unknown): number | undefined =>
      sizes.find((one) => one.replicaSet === replicaSet)?.replicas;
    expect({ weight: split?.weight, canary: sizeOf(situation.canary), stable: sizeOf(situation.stable) }).toEqual(
      expected,
    );
  });
});

describe('until every proxy has heard of a split', () => {
  const AN_INSTANT = 1_000;
  const LONG_ENOUGH = 6_000;
  const routedTo = (weight: number, status: RolloutStatus, stable: number, canary = 5): WorldOptions => ({
    strategy: routed({ steps: STEPS, dynamicStableScale: true }),
    revisions: [
      { version: 'v1', size: stable },
      { version: 'v2', size: canary },
    ],
    split: { weight },
    status,
  });
  const CHANGES: readonly {
    readonly name: string;
    readonly world: WorldOptions;
    readonly shrinks: string;
    /** The revision loses all of its pods; the canary Service keeps one of an aborted canary. */
    readonly whole: boolean;
  }[] = [
    {
      name: 'a risen weight: the stable side',
      world: routedTo(60, { currentStepIndex: 2 }, 4, 3),
      shrinks: 'v1',
      whole: false,
    },
    {
      name: 'an abort: the canary',
      world: routedTo(0, { abort: true, currentStepIndex: 2 }, 5),
      shrinks: 'v2',
      whole: false,
    },
    {
      name: 'a promotion: the former revision',
      world: { ...routedTo(0, { currentStepIndex: 4 }, 5), stable: 'v2' },
      shrinks: 'v1',
      whole: true,
    },
  ];
  test.each(CHANGES)('$name keeps its pods', ({ world, shrinks }) => {
    const shrinkingAfter = (ms: number) => {
      const situation = buildSituation({ ...world, splitWrittenAt: NOW - ms });
      const { desired, wakeAt } = decideCanary(situation);
      const { sizes } = desired;
      const shrinking = sizes.filter(({ replicaSet, replicas }) => replicas < specReplicasOf(replicaSet));
      return { shrinking: shrinking.map(({ replicaSet }) => replicaSet.metadata.name), wakeAt };
    };
    expect(shrinkingAfter(AN_INSTANT)).toEqual({ shrinking: [], wakeAt: NOW + LONG_ENOUGH - AN_INSTANT });
    expect(shrinkingAfter(LONG_ENOUGH)).toEqual({ shrinking: [replicaSetNameOf(shrinks)], wakeAt: null });
  });

  test.each(CHANGES)('that they have shown it lets a whole revision go early ($whole): $name', ({ world, whole }) => {
    const waiting = buildSituation({ ...world, splitWrittenAt: NOW - AN_INSTANT });
    const after = (settledAt: number) => {
      const proxiesShow = { state: stateOf(waiting), settledAt };
      const { desired, wakeAt } = decideCanary({ ...waiting, world: { ...waiting.world, proxiesShow } });
      const shrinking = desired.sizes.filter(({ replicaSet, replicas }) => replicas < specReplicasOf(replicaSet));
      return { shrinking: shrinking.length, wakeAt };
    };
    expect(after(NOW + 1)).toEqual({ shrinking: 0, wakeAt: NOW + 1 });
    expect(after(NOW).shrinking).toBe(whole ? 1 : 0);
  });

  test('but pods come at once', () => {
    const situation = buildSituation({ ...routedTo(20, { currentStepIndex: 2 }, 4, 1), splitWrittenAt: NOW });
    expect(
      decideCanary(situation).desired.sizes.find(({ replicaSet }) => replicaSet === situation.canary)?.replicas,
    ).toBe(3);
  });
});

test('an abort leaves the stable side as large as it finds it (dynamicStableScale)', () => {
  const situation = buildSituation({
    strategy: routed({ steps: STEPS, dynamicStableScale: true }),
    revisions: [
      { version: 'v1', size: 4 },
      { version: 'v2', size: 5 },
    ],
    split: { weight: 100 },
    status: { abort: true, currentStepIndex: 4 },
  });
  const stable = decideCanary(situation).desired.sizes.find(({ replicaSet }) => replicaSet === situation.stable);
  expect(stable?.replicas).toBeGreaterThanOrEqual(4);
});

describe('scales of their own (spec A1)', () => {
  const steps: NonNullable<CanaryStrategy['steps']> = [
    { pause: {} },
    { setCanaryScale: { weight: 25 } },
    { pause: {} },
    { setWeight: 50 },
    { pause: {} },
    { setCanaryScale: { replicas: 3 } },
    { pause: {} },
    { setCanaryScale: { matchTrafficWeight: true } },
    { pause: {} },
  ];
  test.each([
    { index: 0, canary: 0, observed: 0, weight: 0 },
    { index: 2, canary: 1, observed: 0, weight: 0 },
    { index: 4, canary: 1, observed: 50, weight: 50 },
    { index: 6, canary: 3, observed: 50, weight: 50 },
    { index: 8, canary: 2, observed: 50, weight: 50 },
  ])('paused at step $index: $canary pods at weight $weight', ({ index, canary, observed, weight }) => {
    const situation = buildSituation({
      replicas: 4,
      strategy: routed({ steps }),
      revisions: [
        { version: 'v1', size: 4 },
        { version: 'v2', size: canary },
      ],
      split: { weight: observed },
      ...at(index, paused),
    });
    const { desired, memory } = decideCanary(situation);
    const { split, sizes } = desired;
    expect(split?.weight).toBe(weight);
    expect(sizes.map(({ replicaSet, replicas }) => [replicaSet.metadata.name.slice('web-'.length), replicas])).toEqual([
      [hashOf('v1'), 4],
      [hashOf('v2'), canary],
    ]);
    expect(memory.currentStepIndex).toBe(index);
  });
});
