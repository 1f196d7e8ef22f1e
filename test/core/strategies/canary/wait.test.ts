/** What a canary waits for: the sentence has the numbers of the step, and a step is held as long as there is one. */
import { describe, expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import type { CanaryStep } from '../../../../src/api/schema/steps.ts';
import { decideCanary } from '../../../../src/core/strategies/canary/canary.ts';
import type { Situation } from '../../../../src/core/observed/situation.ts';
import { buildSituation, NOW, routed, type Revision, type WorldOptions } from '../../build-world.ts';

interface Scene {
  readonly strategy?: CanaryStrategy;
  /** False: pods are the traffic. */
  readonly isRouted?: boolean;
  readonly index: number;
  readonly canary: Partial<Revision>;
  readonly stable?: Partial<Revision>;
  readonly world?: WorldOptions;
}

const SERVICES = { stableService: 'web-stable', canaryService: 'web-canary' };
const STEPS: CanaryStep[] = [{ setWeight: 20 }, { setWeight: 60 }];

function situationOf({ strategy = {}, isRouted = true, index, canary, stable = {}, world = {} }: Scene): Situation {
  return buildSituation({
    replicas: 5,
    strategy: isRouted ? routed({ steps: STEPS, ...strategy }) : { ...SERVICES, steps: STEPS, ...strategy },
    status: { currentStepIndex: index },
    revisions: [
      { version: 'v1', size: 5, ...stable },
      { version: 'v2', ...canary },
    ],
    ...world,
  });
}

/** As people are told it. */
function wait(scene: Scene): string | null {
  const { wait: blockedOn } = decideCanary(situationOf(scene));
  return blockedOn === null ? null : `${blockedOn.reason}: ${blockedOn.message}`;
}

describe('a canary waits for its pods', () => {
  test.each<Scene & { readonly name: string; readonly says: string }>([
    {
      name: 'as many as the first weight asks for, not as many as the Rollout has',
      index: 0,
      canary: { size: 1, available: 0 },
      says: 'CanaryPodsNotAvailable: 0 of 1 canary pods are available',
    },
    {
      name: 'as many as the next weight asks for',
      index: 1,
      canary: { size: 3, available: 1 },
      says: 'CanaryPodsNotAvailable: 1 of 3 canary pods are available',
    },
    {
      name: 'as many as a scale asks for',
      strategy: { steps: [{ setCanaryScale: { replicas: 4 } }] },
      index: 0,
      canary: { size: 4, available: 3 },
      says: 'CanaryPodsNotAvailable: 3 of 4 canary pods are available',
    },
    {
      name: 'all of them, to be promoted',
      index: 2,
      canary: { size: 5, available: 3 },
      says: 'CanaryPodsNotAvailable: 3 of 5 canary pods are available',
    },
    {
      name: 'those that are too many, to be gone',
      index: 0,
      canary: { size: 1, available: 3 },
      says: 'CanaryPodsNotAvailable: 3 canary pods are available, waiting until 1 are left',
    },
    {
      name: 'a number that is there, of a spec that the ReplicaSet controller has not seen',
      index: 0,
      canary: { size: 1, observedGeneration: 0 },
      says: "CanaryPodsNotAvailable: 1 canary pods are available, waiting for the ReplicaSet controller to see the canary's present spec",
    },
    {
      name: 'the same to be promoted',
      index: 2,
      canary: { size: 5, observedGeneration: 0 },
      says: "CanaryPodsNotAvailable: 5 canary pods are available, waiting for the ReplicaSet controller to see the canary's present spec",
    },
    {
      name: 'a size that is still larger, although only as many as it needs are available',
      index: 0,
      canary: { size: 3, available: 1 },
      says: 'CanaryPodsNotAvailable: the canary has a size of 3, waiting until it is 1',
    },
    {
      name: 'the part of them that the Rollout asks for',
      strategy: { replicaProgressThreshold: { type: 'Pods', value: 3 } },
      index: 0,
      canary: { size: 1 },
      says: 'CanaryPodsNotAvailable: 1 canary pods are available, waiting for the 3 of replicaProgressThreshold',
    },
    {
      name: 'those of the stable revision, to be made',
      index: 0,
      canary: { size: 1 },
      stable: { pods: 4 },
      says: 'StablePodsNotAvailable: there are 4 stable pods, waiting for 5',
    },
    {
      name: 'a stable size that stays larger while a proxy may still send requests',
      index: 0,
      canary: { size: 1 },
      stable: { size: 7, available: 5, pods: 5 },
      world: { split: { weight: 20 }, splitWrittenAt: NOW },
      says: 'StablePodsNotAvailable: the stable ReplicaSet has a size of 7, waiting until it is 5',
    },
    {
      name: 'those of earlier revisions to be gone, where pods are the traffic',
      isRouted: false,
      index: 0,
      canary: { size: 1 },
      world: {
        version: 'v2',
        revisions: [
          { version: 'v1', size: 4 },
          { version: 'v2', size: 1 },
          { version: 'v3', size: 1 },
        ],
      },
      says: 'RetiredPodsRemain: waiting for the pods of earlier revisions to be gone',
    },
    {
      name: 'a ReplicaSet for which the stable side makes no room yet',
      isRouted: false,
      index: 0,
      canary: {},
      world: { version: 'v2', revisions: [{ version: 'v1', size: 5 }] },
      says: 'CanaryPodsNotAvailable: the ReplicaSet of the canary is being created',
    },
  ])('$name', ({ name: _name, says, ...scene }) => {
    expect(wait(scene)).toBe(says);
  });
});

describe('a step is complete, or it says what holds it', () => {
  const kinds: readonly { readonly kind: string; readonly step: CanaryStep }[] = [
    { kind: 'a weight', step: { setWeight: 20 } },
    { kind: 'a scale', step: { setCanaryScale: { replicas: 1 } } },
    { kind: 'a header route', step: { setHeaderRoute: { name: 'testers' } } },
    { kind: 'a pause', step: { pause: {} } },
    { kind: 'a pause of a minute', step: { pause: { duration: 60 } } },
  ];
  const places: readonly { readonly place: string; readonly isRouted: boolean; readonly strategy: CanaryStrategy }[] = [
    { place: 'nginx', isRouted: true, strategy: {} },
    { place: 'nginx with a stable side that shrinks', isRouted: true, strategy: { dynamicStableScale: true } },
    { place: 'no router', isRouted: false, strategy: {} },
  ];
  const canaries: readonly Partial<Revision>[] = [
    { size: 0 },
    { size: 1, available: 0 },
    { size: 1 },
    { size: 1, available: 2 },
    { size: 1, observedGeneration: 0 },
    { size: 3, available: 1 },
  ];
  const stables: readonly Partial<Revision>[] = [{}, { size: 7 }, { pods: 4 }, { size: 7, available: 5, pods: 5 }];
  const worlds: readonly WorldOptions[] = [{}, { split: { weight: 20 } }, { selects: { 'web-canary': 'v1' } }];
  const rows = kinds.flatMap((kind) => places.map((place) => ({ ...kind, ...place })));

  test.each(rows)('$kind through $place', ({ step, strategy, isRouted }) => {
    const scenes = canaries.flatMap((canary) =>
      stables.flatMap((stable) =>
        worlds.map((world): Scene => {
          const steps = [step, { setWeight: 60 }];
          return { strategy: { ...strategy, steps }, isRouted, index: 0, canary, stable, world };
        }),
      ),
    );
    const silent = scenes.filter((scene) => {
      const { memory, wait: blockedOn } = decideCanary(situationOf(scene));
      return memory.currentStepIndex === 0 && blockedOn === null;
    });
    expect(silent).toEqual([]);
  });
});
