/**
 * What every strategy owes to the rest of the core: a decision that is a function of the situation, that names only
 * what exists, keeps the memory sound, and leaves a settled Rollout alone.
 */
import { describe, expect, test } from 'vitest';
import type { RolloutStatus } from '../../src/api/schema/status.ts';
import { remembered, type Memory } from '../../src/core/observed/memory.ts';
import { specReplicasOf, templateHashOf } from '../../src/core/observed/replica-sets.ts';
import type { Situation } from '../../src/core/observed/situation.ts';
import type { Strategy, StrategyDecision } from '../../src/core/strategies/strategy.ts';
import { deepFrozen } from '../kube/deep-frozen.ts';
import { hashOf, type Revision, type WorldOptions } from '../core/build-world.ts';

export interface StrategyHarness {
  readonly strategy: Strategy;
  readonly recall: (status: RolloutStatus) => Memory;
  /** A situation of a Rollout with the strategy; `scene` leaves the strategy's own block out. */
  readonly situation: (scene: Omit<WorldOptions, 'strategy' | 'blueGreen'>) => Situation;
  /** The largest weight that the strategy may ask for. */
  readonly maxWeight: number;
  /** Number of steps, 0 when the strategy has none. */
  readonly stepCount: number;
}

type Scene = Omit<WorldOptions, 'strategy' | 'blueGreen'> & { readonly name: string };

const V1: Revision = { version: 'v1', size: 5 };
const ABORT = { abort: true, currentStepIndex: 0 };

/** Places that a Rollout can be in, by what stands where. */
const SCENES: readonly Scene[] = [
  { name: 'before the first ReplicaSet', stable: '', version: 'v1', revisions: [] },
  { name: 'first deploy under way', stable: '', revisions: [{ ...V1, available: 2 }] },
  { name: 'settled', revisions: [V1] },
  { name: 'settled with nothing to run', replicas: 0, revisions: [{ version: 'v1' }] },
  { name: 'a new template', version: 'v2', revisions: [V1], status: { currentPodHash: hashOf('v1') } },
  { name: 'a canary without pods', revisions: [V1, { version: 'v2' }] },
  { name: 'a canary that comes up', revisions: [V1, { version: 'v2', size: 1, available: 0 }] },
  { name: 'a canary that is up', revisions: [V1, { version: 'v2', size: 1 }] },
  { name: 'a whole canary', revisions: [V1, { version: 'v2', size: 5 }] },
  { name: 'aborted', revisions: [V1, { version: 'v2', size: 3 }], status: ABORT, split: { weight: 40 } },
  {
    name: 'aborted without stable pods',
    revisions: [
      { ...V1, available: 0 },
      { version: 'v2', size: 3 },
    ],
    status: ABORT,
  },
  { name: 'promoted in full', revisions: [V1, { version: 'v2', size: 2 }], status: { promoteFull: true } },
  { name: 'paused by the user', revisions: [V1, { version: 'v2', size: 1 }], spec: { paused: true } },
  { name: 'superseded', revisions: [V1, { version: 'v2', size: 2 }, { version: 'v3', size: 1 }] },
  { name: 'the stable ReplicaSet is gone', stable: 'v1', revisions: [{ version: 'v2', size: 1 }] },
  { name: 'an index beyond the steps', revisions: [V1, { version: 'v2', size: 1 }], status: { currentStepIndex: 99 } },
  { name: 'a negative index', revisions: [V1, { version: 'v2', size: 1 }], status: { currentStepIndex: -1 } },
  { name: 'just promoted', stable: 'v2', revisions: [V1, { version: 'v2', size: 5 }], selects: { 'web-stable': 'v1' } },
  { name: 'an empty status', revisions: [V1], status: { stableRS: '', currentPodHash: '', currentStepHash: '' } },
];

export function strategyContract(name: string, harness: StrategyHarness): void {
  const { situation, maxWeight, stepCount, recall } = harness;
  const { decide, ownFields } = harness.strategy;
  describe(`${name} as a strategy`, () => {
    describe.each(SCENES)('$name', ({ name: _name, ...scene }) => {
      const seen = (): Situation => deepFrozen(situation(scene));

      test('is decided in one way, and nothing is changed by deciding', () => {
        expect(comparable(decide(seen()))).toEqual(comparable(decide(seen())));
      });

      test('sizes name each ReplicaSet of the Rollout once, with a whole number of pods', () => {
        const world = seen();
        const sizes = decide(world).desired.sizes.map(({ replicaSet, replicas }) => ({ replicaSet, replicas }));
        expect(new Set(sizes.map(({ replicaSet }) => replicaSet)).size).toBe(sizes.length);
        expect(sizes.filter(({ replicaSet }) => !world.all.includes(replicaSet))).toEqual([]);
        expect(sizes.filter(({ replicas }) => !Number.isInteger(replicas) || replicas < 0)).toEqual([]);
      });

      test('selectors are of its own Services and lead to revisions that exist', () => {
        const world = seen();
        const { selectors, services } = decide(world).desired;
        const hashes = world.all.map(templateHashOf);
        expect(selectors.filter((one) => !services.has(one.service) || !hashes.includes(one.templateHash))).toEqual([]);
        expect(new Set(selectors.map(({ service }) => service)).size).toBe(selectors.length);
      });

      test('the weight is within its bounds, and there is none for a router that routes nothing', () => {
        const { split, router } = decide(seen()).desired;
        const weight = split?.weight ?? 0;
        expect(weight).toBeGreaterThanOrEqual(0);
        expect(weight).toBeLessThanOrEqual(router.routes ? maxWeight : 0);
      });

      test('the memory is sound', () => {
        const world = seen();
        const { memory, ownStatus } = decide(world);
        expect(memory.currentPodHash).toBe(world.canaryHash);
        expect(indexProblem(ownStatus, stepCount)).toBeNull();
        expect(memory.abort && memory.promoteFull).toBe(false);
        expect(memory.abortedAt !== null).toBe(memory.abort);
      });

      test('what is written is remembered, in fields of its own', () => {
        const { memory, ownStatus } = decide(seen());
        expect(recall({ ...remembered(memory), ...ownStatus })).toEqual(memory);
        expect(Object.keys(ownStatus).filter((field) => !ownFields.some((own) => own === field))).toEqual([]);
      });

      test('a wait says how it ends, without a full stop', () => {
        expect(decide(seen()).wait?.message ?? 'nothing').toMatch(/[^.]$/);
      });
    });

    test('a settled Rollout is left alone', () => {
      const world = situation({ revisions: [V1] });
      const decision = decide(world);
      expect(decision.events).toEqual([]);
      expect(decision.standing.begins).toBe(false);
      expect(decision.memory).toEqual(recall(world.status));
      expect(decision.desired.sizes.filter((one) => one.replicas !== specReplicasOf(one.replicaSet))).toEqual([]);
      expect(decision.wait).toBeNull();
      expect(decision.wakeAt).toBeNull();
      expect(decision.standing.promotedWithItsPods).toBe(true);
    });

    test('a first deploy has the full size at once', () => {
      const decision = decide(
        situation({ stable: '', version: 'v1', revisions: [], status: { currentPodHash: '', currentStepHash: '' } }),
      );
      expect(decision.desired.initialReplicas).toBe(5);
      expect(decision.standing.begins).toBe(true);
    });

    test('a paused Rollout starts nothing', () => {
      const world = situation({ revisions: [V1, { version: 'v2' }], spec: { paused: true } });
      const decision = decide(world);
      expect(decision.desired.initialReplicas).toBe(0);
      expect(decision.desired.sizes.filter((one) => one.replicaSet === world.canary && one.replicas > 0)).toEqual([]);
      expect(decision.memory.stableRS).toBe(hashOf('v1'));
    });

    test('a new template starts over', () => {
      const status = { currentPodHash: hashOf('v1'), abort: true, promoteFull: true, currentStepIndex: stepCount };
      const decision = decide(situation({ version: 'v2', revisions: [V1, { version: 'v2' }], status }));
      expect(decision.standing.begins).toBe(true);
      expect(decision.memory).toMatchObject({
        abort: false,
        promoteFull: false,
        pauseConditions: [],
      });
      expect(decision.ownStatus.currentStepIndex).toBe(stepCount === 0 ? undefined : 0);
    });

    test('an abort never asks for more canary than there is', () => {
      const world = situation({ revisions: [V1, { version: 'v2', size: 2 }], status: ABORT, split: { weight: 40 } });
      const { sizes, split } = decide(world).desired;
      expect(sizes.filter((one) => one.replicaSet === world.canary && one.replicas > 2)).toEqual([]);
      expect(split?.weight ?? 0).toBeLessThanOrEqual(40);
    });

    test('an abort of what is promoted is dropped', () => {
      expect(decide(situation({ revisions: [V1], status: { abort: true } })).memory.abort).toBe(false);
    });
  });
}

/** Functions and the router cannot be compared; what they are for is in the rest. */
function comparable({ desired, ...rest }: StrategyDecision): object {
  const { router, podRoleOf: _podRoleOf, ...values } = desired;
  return { ...rest, desired: { ...values, router: router.name } };
}

function indexProblem({ currentStepIndex: index }: RolloutStatus, stepCount: number): string | null {
  if (stepCount === 0) return index === undefined ? null : `index ${index} without steps`;
  return index !== undefined && index >= 0 && index <= stepCount ? null : `index ${index} of ${stepCount}`;
}
