/** Sizes at a position, with a router (spec 5.1, 5.3, 5.5), and when they count as reached (spec 5.6). */
import { describe, expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import type { CanaryStep } from '../../../../src/api/schema/steps.ts';
import { canarySpecOf } from '../../../../src/core/strategies/canary/canary-spec.ts';
import { canBePromoted, meetsThreshold, podsNotReached } from '../../../../src/core/strategies/canary/enough-pods.ts';
import { desiredSizes, leastStablePods, steppingDownWeight } from '../../../../src/core/strategies/canary/sizes.ts';
import { buildSituation, routed, type WorldOptions } from '../../build-world.ts';
import { positionOf } from './position-of.ts';

const WEIGHTS: CanaryStep[] = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: {} }];

function updating(
  options: WorldOptions & { readonly canary?: number; readonly stablePods?: number } = {},
): WorldOptions {
  const { canary = 0, stablePods, ...rest } = options;
  return {
    revisions: [
      { version: 'v1', size: stablePods ?? rest.replicas ?? 5 },
      { version: 'v2', size: canary },
    ],
    ...rest,
  };
}

const INCONCLUSIVE: WorldOptions['status'] = {
  pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: '2025-12-31T23:59:00Z' }],
  controllerPause: true,
  currentStepIndex: WEIGHTS.length,
};

describe('past the last step, while a run shows nothing, nothing moves towards the canary', () => {
  interface Row {
    readonly name: string;
    readonly strategy: CanaryStrategy;
    readonly replicas?: number;
    readonly present: readonly [canary: number, stable: number];
    readonly weight: number;
    readonly sizes: readonly [canary: number, stable: number];
  }
  const basic: CanaryStrategy = { steps: WEIGHTS };
  test.each<Row>([
    { name: 'with a router', strategy: routed({ steps: WEIGHTS }), present: [3, 5], weight: 60, sizes: [3, 5] },
    {
      name: 'with a router, and pods that came before the run ended',
      strategy: routed({ steps: WEIGHTS }),
      present: [4, 5],
      weight: 60,
      sizes: [4, 5],
    },
    {
      name: 'with a router, while the user asks for more pods',
      strategy: routed({ steps: WEIGHTS }),
      replicas: 10,
      present: [3, 5],
      weight: 60,
      sizes: [6, 10],
    },
    {
      name: 'with a router, while the user asks for fewer pods',
      strategy: routed({ steps: WEIGHTS }),
      replicas: 2,
      present: [4, 5],
      weight: 60,
      sizes: [2, 2],
    },
    {
      name: 'where the stable side shrinks with its traffic',
      strategy: routed({ steps: WEIGHTS, dynamicStableScale: true }),
      present: [3, 2],
      weight: 60,
      sizes: [3, 2],
    },
    { name: 'without a router', strategy: basic, present: [3, 2], weight: 0, sizes: [3, 2] },
    { name: 'without a router, beside a pod of surge', strategy: basic, present: [3, 3], weight: 0, sizes: [3, 3] },
    { name: 'without a router and without a pod', strategy: basic, present: [0, 5], weight: 0, sizes: [0, 5] },
    {
      name: 'without a router, while the user asks for more pods',
      strategy: basic,
      replicas: 10,
      present: [3, 2],
      weight: 0,
      sizes: [6, 4],
    },
  ])('$name', ({ strategy, replicas = 5, present: [canary, stablePods], weight, sizes }) => {
    const options = updating({ strategy, replicas, canary, stablePods, status: INCONCLUSIVE });
    const { canary: ofCanary, stable } = sizesOf(options, weight);
    expect([ofCanary, stable]).toEqual(sizes);
  });
});

function sizesOf(options: WorldOptions, observedWeight = 0): { readonly canary: number; readonly stable: number } {
  const { canary, stable } = desiredSizes(positionOf(buildSituation(options), observedWeight));
  return { canary, stable };
}

describe('sizes with a router', () => {
  interface Row {
    readonly name: string;
    readonly strategy?: CanaryStrategy;
    readonly index?: number | undefined;
    readonly replicas?: number;
    readonly status?: WorldOptions['status'];
    readonly observed?: number;
    readonly canary: number;
    readonly stable: number;
  }
  const scale = (...steps: CanaryStep[]): CanaryStrategy => ({ steps });
  test.each<Row>([
    { name: 'the first weight', strategy: { steps: WEIGHTS }, index: 0, canary: 1, stable: 5 },
    { name: 'the second weight', strategy: { steps: WEIGHTS }, index: 2, canary: 3, stable: 5 },
    { name: 'past the last step', strategy: { steps: WEIGHTS }, index: 4, canary: 5, stable: 5 },
    {
      name: 'a pause before any weight',
      strategy: scale({ pause: {} }, { setWeight: 20 }),
      index: 0,
      canary: 0,
      stable: 5,
    },
    { name: 'no steps', strategy: {}, index: undefined, canary: 5, stable: 5 },
    { name: 'rounded up', strategy: scale({ setWeight: 21 }), index: 0, canary: 2, stable: 5 },
    {
      name: 'a scale of its own',
      strategy: scale({ setWeight: 20 }, { setCanaryScale: { weight: 80 } }),
      index: 1,
      canary: 4,
      stable: 5,
    },
    {
      name: 'a scale above the whole',
      strategy: scale({ setCanaryScale: { weight: 140 } }),
      index: 0,
      canary: 7,
      stable: 5,
    },
    {
      name: 'a number of pods',
      strategy: scale({ setWeight: 20 }, { setCanaryScale: { replicas: 2 } }),
      index: 1,
      canary: 2,
      stable: 5,
    },
    {
      name: 'no pod at all',
      strategy: scale({ setWeight: 20 }, { setCanaryScale: { replicas: 0 } }),
      index: 1,
      canary: 0,
      stable: 5,
    },
    {
      name: 'the number wins over the share',
      strategy: scale({ setCanaryScale: { replicas: 2, weight: 80 } }),
      index: 0,
      canary: 2,
      stable: 5,
    },
    {
      name: 'back to the weight',
      strategy: scale(
        { setCanaryScale: { replicas: 4 } },
        { setWeight: 20 },
        { setCanaryScale: { matchTrafficWeight: true } },
      ),
      index: 2,
      canary: 1,
      stable: 5,
    },
    { name: 'at least so many', strategy: { steps: WEIGHTS, minPodsPerReplicaSet: 2 }, index: 0, canary: 2, stable: 5 },
    {
      name: 'a number of pods is not raised',
      strategy: { ...scale({ setCanaryScale: { replicas: 1 } }), minPodsPerReplicaSet: 2 },
      index: 0,
      canary: 1,
      stable: 5,
    },
    { name: 'aborted', strategy: { steps: WEIGHTS }, index: 0, status: { abort: true }, canary: 0, stable: 5 },
    {
      name: 'aborted, whatever the scale says',
      strategy: scale({ setCanaryScale: { replicas: 4 } }),
      index: 0,
      status: { abort: true },
      canary: 0,
      stable: 5,
    },
    {
      name: 'promoted in full',
      strategy: { steps: WEIGHTS },
      index: 0,
      status: { promoteFull: true },
      canary: 5,
      stable: 5,
    },
    {
      name: 'dynamic, before traffic',
      strategy: { steps: WEIGHTS, dynamicStableScale: true },
      index: 0,
      observed: 0,
      canary: 1,
      stable: 5,
    },
    {
      name: 'dynamic, after traffic',
      strategy: { steps: WEIGHTS, dynamicStableScale: true },
      index: 1,
      observed: 20,
      canary: 1,
      stable: 4,
    },
    {
      name: 'dynamic, at 60',
      strategy: { steps: WEIGHTS, dynamicStableScale: true },
      index: 3,
      observed: 60,
      canary: 3,
      stable: 2,
    },
    {
      name: 'dynamic, weight on its way up',
      strategy: { steps: WEIGHTS, dynamicStableScale: true },
      index: 2,
      observed: 20,
      canary: 3,
      stable: 4,
    },
    {
      name: 'dynamic, past the last step',
      strategy: { steps: WEIGHTS, dynamicStableScale: true },
      index: 4,
      observed: 60,
      canary: 5,
      stable: 2,
    },
    {
      name: 'dynamic with a number of pods keeps the whole stable side',
      strategy: {
        ...scale({ setCanaryScale: { replicas: 2 } }),
        dynamicStableScale: true,
      },
      index: 0,
      canary: 2,
      stable: 5,
    },
    {
      name: 'dynamic, at least so many on both sides',
      strategy: {
        steps: WEIGHTS,
        dynamicStableScale: true,
        minPodsPerReplicaSet: 3,
      },
      index: 3,
      observed: 60,
      canary: 3,
      stable: 3,
    },
    {
      name: 'a weight out of 1000',
      strategy: {
        steps: [{ setWeight: 200 }],
        trafficRouting: { nginx: { stableIngress: 'web' }, maxTrafficWeight: 1000 },
      },
      index: 0,
      canary: 1,
      stable: 5,
    },
    { name: 'no replicas at all', strategy: { steps: WEIGHTS }, index: 2, replicas: 0, canary: 0, stable: 0 },
  ])('$name: $canary and $stable', ({ strategy, index, replicas = 5, status, observed = 0, canary, stable }) => {
    const options = updating({
      replicas,
      strategy: routed(strategy),
      status: { ...(index === undefined ? {} : { currentStepIndex: index }), ...status },
    });
    expect(sizesOf(options, observed)).toEqual({ canary, stable });
  });

  test('a first deploy and a promoted revision have the full size', () => {
    const strategy = routed({ steps: WEIGHTS });
    expect(sizesOf({ strategy, stable: '', revisions: [{ version: 'v1' }] }).canary).toBe(5);
    expect(sizesOf({ strategy, revisions: [{ version: 'v1', size: 2 }] }).canary).toBe(5);
  });
});

describe('a canary that requests are led to beside the weight', () => {
  const TESTERS = [{ name: 'testers', matches: [{ headerName: 'X-Tester', headerValue: { exact: 'yes' } }] }];
  const lentBy = (nginx: object): CanaryStrategy => ({ trafficRouting: { nginx: { stableIngress: 'web', ...nginx } } });
  const header = lentBy({ additionalIngressAnnotations: { 'canary-by-header': 'X-Tester' } });
  const rules: readonly { readonly rule: string; readonly strategy: CanaryStrategy; readonly split?: object }[] = [
    { rule: 'a header of the Rollout', strategy: header },
    {
      rule: 'a cookie of the Rollout',
      strategy: lentBy({ additionalIngressAnnotations: { 'canary-by-cookie': 'x' } }),
    },
    {
      rule: 'a header under its full name',
      strategy: lentBy({ canaryIngressAnnotations: { 'nginx.ingress.kubernetes.io/canary-by-header': 'X-Tester' } }),
    },
    { rule: 'a header route of a step', strategy: {}, split: { headerRoutes: TESTERS } },
  ];
  const zeros: readonly { readonly position: string; readonly steps: CanaryStep[] }[] = [
    { position: 'the weight, which is 0', steps: [{ setCanaryScale: { matchTrafficWeight: true } }] },
    { position: 'a scale of weight 0', steps: [{ setCanaryScale: { weight: 0 } }] },
    { position: 'no pods', steps: [{ setCanaryScale: { replicas: 0 } }] },
    { position: 'no weight', steps: [{ setWeight: 0 }] },
  ];
  const rows = rules.flatMap((rule) => zeros.map((zero) => ({ ...rule, ...zero })));
  const at = ({ strategy, steps, split }: (typeof rows)[number], options: Parameters<typeof updating>[0] = {}) =>
    updating({
      canary: 3,
      strategy: routed({ ...strategy, steps: [...steps, { setWeight: 25 }] }),
      ...(split === undefined ? {} : { split }),
      ...options,
    });

  test.each(rows)('keeps a pod by $rule where the position asks for $position', (row) => {
    expect(sizesOf(at(row)).canary).toBe(1);
  });

  test.each(rows)('gets no first pod by $rule where the position asks for $position', (row) => {
    expect(sizesOf(at(row, { canary: 0 })).canary).toBe(0);
  });

  test.each(rows)('keeps none once it is aborted by $rule at $position', (row) => {
    expect(sizesOf(at(row, { status: { abort: true } })).canary).toBe(0);
  });

  test.each<{ name: string; options: WorldOptions }>([
    { name: 'no rule leads to it', options: {} },
    { name: 'the rule is not written yet', options: { strategy: header, split: null } },
    { name: 'the Rollout has no pods at all', options: { strategy: header, replicas: 0 } },
  ])('keeps none where $name', ({ options }) => {
    const strategy = routed({ ...options.strategy, steps: [{ setWeight: 0 }, { setWeight: 25 }] });
    expect(sizesOf(updating({ canary: 3, ...options, strategy })).canary).toBe(0);
  });
});

describe('sizes without a router', () => {
  test('the scale of a step is for routers only', () => {
    const steps: CanaryStep[] = [{ setWeight: 20 }, { setCanaryScale: { replicas: 4 } }];
    const options = updating({ strategy: { steps, maxSurge: 1, maxUnavailable: 0 }, status: { currentStepIndex: 1 } });
    expect(sizesOf(options)).toEqual({ canary: 1, stable: 5 });
  });

  // 5 pods for 2 replicas: the stable side has just been made smaller.
  test.each([
    { name: 'was not seen yet', observedGeneration: 0, stable: 2 },
    { name: 'was seen, and its pods do not work', observedGeneration: 1, stable: 1 },
  ])('a stable size that $name: $stable', ({ observedGeneration, stable }) => {
    const options = updating({
      replicas: 2,
      strategy: { steps: [] },
      revisions: [
        { version: 'v1', size: 2, available: observedGeneration === 0 ? 4 : 0, observedGeneration },
        { version: 'v2', size: 3, available: 0 },
      ],
    });
    expect(sizesOf(options).stable).toBe(stable);
  });
});

describe('stable pods that stay for the stable Service', () => {
  const basic: CanaryStrategy = { steps: WEIGHTS, stableService: 'web-stable', maxSurge: 1, maxUnavailable: 0 };
  const withRouter = routed({ steps: WEIGHTS });
  const onFormer: WorldOptions = { selects: { 'web-stable': 'v0' } };
  interface Row {
    readonly name: string;
    readonly strategy: CanaryStrategy;
    readonly options?: WorldOptions;
    readonly replicas?: number;
    readonly stablePods: number;
    readonly least: number;
  }
  test.each<Row>([
    { name: 'with a router', strategy: withRouter, stablePods: 5, least: 1 },
    { name: 'without a router', strategy: basic, stablePods: 5, least: 1 },
    { name: 'no stable Service', strategy: { steps: WEIGHTS }, stablePods: 5, least: 0 },
    { name: 'no replicas', strategy: basic, replicas: 0, stablePods: 0, least: 0 },
    {
      name: 'a single replica without surge has no room',
      strategy: { ...basic, maxSurge: 0, maxUnavailable: 1 },
      replicas: 1,
      stablePods: 1,
      least: 0,
    },
    { name: 'none works, and the Service is there', strategy: basic, stablePods: 0, least: 1 },
    {
      name: 'it never came up, and the Service is with a former one',
      strategy: basic,
      options: onFormer,
      stablePods: 0,
      least: 0,
    },
    { name: 'the same with a router', strategy: withRouter, options: onFormer, stablePods: 0, least: 0 },
    { name: 'it came up, and the Service will follow', strategy: basic, options: onFormer, stablePods: 1, least: 1 },
  ])('$name: $least', ({ strategy, options, replicas = 5, stablePods, least }) => {
    const situation = buildSituation({
      replicas,
      strategy,
      version: 'v2',
      stable: 'v1',
      revisions: [
        { version: 'v0', size: 1 },
        { version: 'v1', size: replicas, available: stablePods },
        { version: 'v2', size: 0 },
      ],
      ...options,
    });
    expect(leastStablePods(positionOf(situation, 0))).toBe(least);
  });

  test('a stable revision that never came up makes room for the canary', () => {
    const options: WorldOptions = {
      strategy: { ...basic, maxSurge: 0, maxUnavailable: 1 },
      replicas: 2,
      version: 'v2',
      stable: 'v1',
      revisions: [
        { version: 'v0', size: 0 },
        { version: 'v1', size: 1, available: 0 },
        { version: 'v2', size: 1 },
      ],
      status: { currentStepIndex: WEIGHTS.length },
    };
    expect(sizesOf(options).stable).toBe(1);
    expect(sizesOf({ ...options, ...onFormer }).stable).toBe(0);
  });
});

describe('the weight to step down to (spec 5.5)', () => {
  const steps: CanaryStep[] = [{ setWeight: 25 }, { setWeight: 50 }, { setWeight: 75 }];
  test.each([
    { stable: 1, canary: 3, explicit: undefined, weight: 50 },
    { stable: 2, canary: 3, explicit: undefined, weight: 50 },
    { stable: 3, canary: 2, explicit: undefined, weight: 25 },
    { stable: 3, canary: 1, explicit: undefined, weight: 0 },
    { stable: 4, canary: 0, explicit: undefined, weight: 0 },
    { stable: 0, canary: 4, explicit: undefined, weight: 75 },
    // A canary that keeps its size for an explicit delay must not hold the weight up.
    { stable: 3, canary: 3, explicit: 60, weight: 0 },
    { stable: 2, canary: 3, explicit: 60, weight: 25 },
    { stable: 3, canary: 3, explicit: 0, weight: 0 },
    { stable: 2, canary: 3, explicit: 0, weight: 25 },
    // Pods that a proxy may still send requests to stay, but the weight has gone on already.
    { stable: 4, canary: 4, explicit: undefined, present: 50, weight: 25 },
    { stable: 4, canary: 4, explicit: undefined, present: 25, weight: 0 },
    { stable: 2, canary: 4, explicit: undefined, present: 25, weight: 25 },
  ])(
    '$stable stable and $canary canary pods of 4, delay $explicit, weight $present → $weight',
    ({ stable, canary, explicit, present = 100, weight }) => {
      const situation = buildSituation(
        updating({
          replicas: 4,
          canary,
          stablePods: stable,
          strategy: routed({
            steps,
            dynamicStableScale: true,
            ...(explicit === undefined ? {} : { abortScaleDownDelaySeconds: explicit }),
          }),
          status: { abort: true },
        }),
      );
      expect(steppingDownWeight(positionOf(situation, present))).toBe(weight);
    },
  );
});

describe('whether enough pods are available', () => {
  type Threshold = NonNullable<CanaryStrategy['replicaProgressThreshold']>;
  const percent = (value: number): Threshold => ({ type: 'Percent', value });
  const pods = (value: number): Threshold => ({ type: 'Pods', value });
  test.each<{ threshold?: Threshold; size: number; available: number; desired: number; met: boolean }>([
    { size: 3, available: 3, desired: 3, met: true },
    { size: 3, available: 2, desired: 3, met: false },
    { size: 4, available: 4, desired: 3, met: false },
    { size: 3, available: 4, desired: 3, met: false },
    { threshold: percent(50), size: 4, available: 2, desired: 4, met: true },
    { threshold: percent(50), size: 4, available: 1, desired: 4, met: false },
    { threshold: percent(90), size: 10, available: 9, desired: 10, met: true },
    { threshold: percent(50), size: 0, available: 0, desired: 0, met: true },
    { threshold: pods(2), size: 4, available: 2, desired: 4, met: true },
    { threshold: pods(5), size: 4, available: 4, desired: 4, met: false },
    { threshold: { type: 'anything', value: 2 }, size: 4, available: 2, desired: 4, met: true },
    { threshold: percent(-1), size: 4, available: 2, desired: 4, met: false },
    { threshold: percent(-1), size: 4, available: 4, desired: 4, met: true },
  ])('$threshold: $available of $size for $desired → $met', ({ threshold, size, available, desired, met }) => {
    const strategy = routed(threshold === undefined ? {} : { replicaProgressThreshold: threshold });
    const situation = buildSituation({
      strategy,
      revisions: [
        { version: 'v1', size: 5 },
        { version: 'v2', size, available },
      ],
    });
    expect(meetsThreshold(canarySpecOf(situation), situation.canary, desired)).toBe(met);
  });

  test.each([
    { available: 5, threshold: undefined, may: true },
    { available: 6, threshold: undefined, may: true },
    { available: 4, threshold: undefined, may: false },
    { available: 4, threshold: percent(80), may: true },
    { available: 3, threshold: percent(80), may: false },
    { available: 1, threshold: pods(1), may: true },
  ])('$available of 5 with $threshold may be promoted: $may', ({ available, threshold, may }) => {
    const strategy = routed(threshold === undefined ? {} : { replicaProgressThreshold: threshold });
    const situation = buildSituation(
      updating({
        strategy,
        revisions: [
          { version: 'v1', size: 5 },
          { version: 'v2', size: 6, available },
        ],
      }),
    );
    expect(canBePromoted(canarySpecOf(situation), situation)).toBe(may);
  });
});

describe('whether the sizes are reached', () => {
  function reached(options: WorldOptions, desired: { canary: number; stable: number }): boolean {
    return podsNotReached(positionOf(buildSituation(options), 0), desired) === null;
  }
  const desired = { canary: 1, stable: 5 };

  test('with a router: the canary available and the stable pods created, available or not', () => {
    const strategy = routed({ steps: WEIGHTS });
    const stable = { version: 'v1', size: 5 };
    const canary = { version: 'v2', size: 1 };
    expect(reached({ strategy, revisions: [stable, canary] }, desired)).toBe(true);
    expect(reached({ strategy, revisions: [{ ...stable, available: 2 }, canary] }, desired)).toBe(true);
    expect(reached({ strategy, revisions: [{ ...stable, pods: 4 }, canary] }, desired)).toBe(false);
    expect(reached({ strategy, revisions: [{ ...stable, size: 4 }, canary] }, desired)).toBe(false);
    expect(reached({ strategy, revisions: [stable, { ...canary, available: 0 }] }, desired)).toBe(false);
  });

  test('a stable side that is scaled with the traffic is not asked', () => {
    const strategy = routed({ steps: WEIGHTS, dynamicStableScale: true });
    const revisions = [
      { version: 'v1', size: 3, pods: 2 },
      { version: 'v2', size: 1 },
    ];
    expect(reached({ strategy, revisions }, desired)).toBe(true);
  });

  test('without a router no pod of another revision may be available', () => {
    const strategy = { steps: WEIGHTS };
    const revisions = (available: number) => [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1, available },
      { version: 'v3', size: 1 },
    ];
    expect(reached({ strategy, revisions: revisions(1) }, desired)).toBe(false);
    expect(reached({ strategy, revisions: revisions(0) }, desired)).toBe(true);
    expect(reached({ strategy: routed(strategy), revisions: revisions(1) }, desired)).toBe(true);
  });
});
