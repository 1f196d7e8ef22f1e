/** The traffic that a position asks for (spec 8.3), and how much of it the observed cluster allows (spec 8.2). */
import { describe, expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import type { RolloutStatus } from '../../../../src/api/schema/status.ts';
import type { CanaryStep } from '../../../../src/api/schema/steps.ts';
import type { Position as CanaryPosition } from '../../../../src/core/strategies/canary/position.ts';
import { desiredSizes } from '../../../../src/core/strategies/canary/sizes.ts';
import { allowedSplit, desiredSplit } from '../../../../src/core/strategies/canary/weight.ts';
import type { Endpoint } from '../../../../src/kube/objects.ts';
import { buildSituation, replicaSetNameOf, routed, type WorldOptions } from '../../build-world.ts';
import { positionOf } from './position-of.ts';

const STEPS: CanaryStep[] = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: {} }];
const TESTERS = [{ headerName: 'X-Tester', headerValue: { exact: 'yes' } }];

interface Position {
  readonly strategy?: CanaryStrategy;
  readonly index?: number;
  readonly status?: RolloutStatus;
  readonly spec?: WorldOptions['spec'];
  readonly replicas?: number;
  readonly stable?: number;
  readonly canary?: number;
  /** Available pods of the canary, all by default. */
  readonly canaryPods?: number;
  readonly observed?: number;
  /** False: the ReplicaSet controller has not seen the canary's present size. */
  readonly seen?: boolean;
  /** Whether the sizes of the position are reached. */
  readonly reached?: boolean;
}

function situationAt(position: Position) {
  const {
    strategy,
    index,
    status,
    spec,
    replicas = 5,
    stable = replicas,
    canary = 0,
    canaryPods = canary,
    seen = true,
  } = position;
  return buildSituation({
    replicas,
    strategy: routed({ steps: STEPS, ...strategy }),
    ...(spec === undefined ? {} : { spec }),
    status: { ...(index === undefined ? {} : { currentStepIndex: index }), ...status },
    revisions: [
      { version: 'v1', size: replicas, available: stable },
      { version: 'v2', size: canary, available: canaryPods, observedGeneration: seen ? 1 : 0 },
    ],
  });
}

function splitOf(position: CanaryPosition, reached = true) {
  return desiredSplit(position, desiredSizes(position), reached);
}

function splitAt(position: Position) {
  const situation = situationAt(position);
  const { observed = 0, reached = true } = position;
  return splitOf(positionOf(situation, observed), reached);
}

describe('desired weight', () => {
  test.each<Position & { readonly name: string; readonly weight: number }>([
    { name: 'row 3: aborted', index: 0, status: { abort: true }, canary: 3, observed: 60, weight: 0 },
    { name: 'row 4: no canary pod is available', index: 0, canary: 0, observed: 20, weight: 0 },
    {
      name: 'row 4: the pods that are available still are surplus and on their way out',
      strategy: { steps: [{ setWeight: 20 }, { setCanaryScale: { replicas: 0 } }] },
      index: 2,
      canary: 0,
      canaryPods: 1,
      observed: 0,
      weight: 0,
    },
    {
      name: 'row 5: promoted in full keeps what is there',
      index: 4,
      status: { promoteFull: true },
      canary: 3,
      observed: 20,
      weight: 20,
    },
    {
      name: 'row 5: promoted in full with a stable side that shrinks',
      strategy: { dynamicStableScale: true },
      index: 4,
      status: { promoteFull: true },
      canary: 3,
      observed: 20,
      weight: 60,
    },
    { name: 'row 6: the new sizes are not reached', index: 2, canary: 1, observed: 20, reached: false, weight: 20 },
    { name: 'row 6: not reached at the first step', index: 0, canary: 1, reached: false, weight: 0 },
    {
      name: 'row 6: the new size is not seen yet, and the weight rose on this step before',
      index: 2,
      canary: 3,
      seen: false,
      observed: 60,
      reached: false,
      weight: 60,
    },
    {
      name: 'row 6: a size that is not seen yet raises no weight',
      index: 2,
      canary: 3,
      seen: false,
      observed: 20,
      reached: false,
      weight: 20,
    },
    {
      name: 'row 6: a size that is not seen yet holds no weight above its step',
      index: 0,
      canary: 3,
      seen: false,
      observed: 60,
      reached: false,
      weight: 20,
    },
    {
      name: 'row 6: a size that is not seen yet does not bring back the weight of a step before',
      strategy: {
        steps: [{ setWeight: 30 }, { setCanaryScale: { replicas: 0 } }, { setCanaryScale: { replicas: 3 } }],
      },
      index: 2,
      canary: 3,
      seen: false,
      observed: 0,
      reached: false,
      weight: 0,
    },
    {
      name: 'row 8: past the last step, what has risen stays while the size is not seen yet',
      index: 4,
      canary: 5,
      seen: false,
      observed: 100,
      weight: 100,
    },
    {
      name: 'row 8: past the last step, nothing rises while the size is not seen yet',
      index: 4,
      canary: 5,
      seen: false,
      observed: 0,
      weight: 0,
    },
    {
      name: 'row 5: promoted in full, nothing rises while the size is not seen yet',
      strategy: { dynamicStableScale: true },
      index: 4,
      status: { promoteFull: true },
      canary: 3,
      seen: false,
      observed: 20,
      weight: 20,
    },
    { name: 'row 7: reached', index: 2, canary: 3, observed: 20, weight: 60 },
    { name: 'row 7: a pause keeps the weight before it', index: 3, canary: 3, observed: 60, weight: 60 },
    {
      name: 'row 7: before any weight',
      strategy: { steps: [{ pause: {} }, { setWeight: 20 }] },
      index: 0,
      canary: 1,
      weight: 0,
    },
    { name: 'row 8: past the last step', index: 4, canary: 5, observed: 60, weight: 100 },
    { name: 'row 8: past the last step, and not complete', index: 4, canary: 4, observed: 60, weight: 60 },
    { name: 'row 9: no steps', strategy: { steps: [] }, canary: 5, weight: 0 },
    {
      name: 'a smaller weight does not wait for the smaller size',
      strategy: { steps: [{ setWeight: 60 }, { setWeight: 20 }] },
      index: 1,
      canary: 3,
      observed: 60,
      reached: false,
      weight: 20,
    },
    {
      name: 'the whole of a larger total',
      strategy: {
        trafficRouting: {
          nginx: { stableIngress: 'web' },
          maxTrafficWeight: 1e3,
        },
      },
      index: 4,
      canary: 5,
      observed: 60,
      weight: 1e3,
    },
    { name: 'paused by the user: not more', index: 2, spec: { paused: true }, canary: 3, observed: 20, weight: 20 },
    {
      name: 'paused by the user: an abort gets through',
      index: 0,
      spec: { paused: true },
      status: { abort: true },
      canary: 3,
      observed: 20,
      weight: 0,
    },
  ])('$name: $weight', ({ weight, ...position }) => {
    expect(splitAt(position).weight).toBe(weight);
  });

  test.each<{ name: string; position: Position; weight: number }>([
    { name: 'holds what the pods of the step carry', position: { canary: 3, observed: 20 }, weight: 20 },
    { name: 'holds it while the others leave', position: { canary: 1, canaryPods: 2, observed: 20 }, weight: 20 },
    { name: 'holds no more than the step asks for', position: { canary: 3, observed: 60 }, weight: 20 },
    { name: 'raises nothing', position: { canary: 3, observed: 5 }, weight: 5 },
    {
      name: 'holds nothing without the pods',
      position: { index: 2, canary: 5, canaryPods: 2, observed: 60 },
      weight: 20,
    },
  ])('a canary that is larger than its step $name', ({ position, weight }) => {
    expect(splitAt({ index: 0, reached: false, ...position }).weight).toBe(weight);
  });

  test('row 2: promoted', () => {
    const situation = buildSituation({ strategy: routed({ steps: STEPS }), revisions: [{ version: 'v1', size: 5 }] });
    const split = splitOf(positionOf(situation, 100));
    expect(split).toEqual({ weight: 0, headerRoutes: [] });
  });
});

describe('desired weight of an abort under dynamicStableScale (spec 8.3, D)', () => {
  const steps: CanaryStep[] = [{ setWeight: 25 }, { setWeight: 75 }];
  test.each([
    { name: 'stable pods are still to come: hold', stable: 1, canary: 3, observed: 75, weight: 75 },
    { name: 'not yet enough for the step below: hold', stable: 2, canary: 3, observed: 75, weight: 75 },
    { name: 'enough for the step below: step down', stable: 3, canary: 3, observed: 75, weight: 25 },
    { name: 'down at the step: hold it until all are back', stable: 3, canary: 1, observed: 25, weight: 25 },
    { name: 'all are back', stable: 4, canary: 1, observed: 25, weight: 0 },
    { name: 'the stable side flaps: never back up', stable: 2, canary: 1, observed: 0, weight: 0 },
    {
      name: 'the canary is gone: what is there of the stable side carries all',
      stable: 3,
      canary: 0,
      observed: 25,
      weight: 0,
    },
  ])('$name', ({ weight, ...position }) => {
    const strategy: CanaryStrategy = { steps, dynamicStableScale: true };
    expect(splitAt({ ...position, strategy, replicas: 4, index: 0, status: { abort: true } }).weight).toBe(weight);
  });
});

describe('header routes', () => {
  const steps: CanaryStep[] = [
    { setCanaryScale: { replicas: 1 } },
    { setHeaderRoute: { name: 'testers', match: TESTERS } },
    { pause: {} },
    { setHeaderRoute: { name: 'testers' } },
    { setWeight: 50 },
  ];
  const on = [{ name: 'testers', matches: TESTERS }];
  test.each<Position & { readonly name: string; readonly routes: readonly object[] }>([
    { name: 'before its step', index: 0, canary: 1, routes: [] },
    { name: 'at its step', index: 1, canary: 1, routes: on },
    { name: 'after its step', index: 2, canary: 1, routes: on },
    { name: 'switched off', index: 3, canary: 1, routes: [] },
    { name: 'no canary pod is available', index: 2, canary: 0, routes: [] },
    { name: 'the only available pod is on its way out', index: 2, canary: 0, canaryPods: 1, routes: [] },
    { name: 'aborted', index: 0, status: { abort: true }, canary: 1, routes: [] },
    { name: 'promoted in full', index: 2, status: { promoteFull: true }, canary: 1, routes: [] },
  ])('$name', ({ routes, ...position }) => {
    expect(splitAt({ ...position, strategy: { steps } }).headerRoutes).toEqual(routes);
  });
});

test('a position without pods of its own gets no weight, and a header route that leads to a pod keeps it', () => {
  const route = { name: 'testers', match: TESTERS };
  const steps: CanaryStep[] = [{ setHeaderRoute: route }, { setWeight: 20, setCanaryScale: { replicas: 0 } }];
  const headerRoutes = [{ name: 'testers', matches: TESTERS }];
  const situation = buildSituation({
    strategy: routed({ steps }),
    status: { currentStepIndex: 1 },
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1 },
    ],
    split: { headerRoutes },
  });
  const split = splitOf(positionOf(situation, 0));
  expect(split).toEqual({ weight: 0, headerRoutes });
});

describe('allowed split', () => {
  function allowed(options: WorldOptions, observed: number, weight: number, headerRoutes: readonly never[] = []) {
    const situation = buildSituation(options);
    const { split, blockedOn } = allowedSplit(positionOf(situation, observed), { weight, headerRoutes });
    return { weight: split?.weight, reason: blockedOn?.reason ?? null };
  }
  const updating = (canary: number, options: WorldOptions = {}): WorldOptions => ({
    strategy: routed({ steps: STEPS }),
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: canary },
    ],
    ...options,
  });

  test('more weight goes to a canary Service that reaches a ready canary pod', () => {
    expect(allowed(updating(1), 0, 20)).toEqual({ weight: 20, reason: null });
  });

  test('more weight waits while the canary Service selects another revision', () => {
    const options = updating(1, { selects: { 'web-canary': 'v1' } });
    expect(allowed(options, 0, 20)).toEqual({ weight: 0, reason: 'CanaryServiceNotReady' });
  });

  test('more weight waits while the endpoints have not followed the selector', () => {
    const options = updating(1, { endpoints: { 'web-canary': [] } });
    expect(allowed(options, 0, 20)).toEqual({ weight: 0, reason: 'CanaryServiceNotReady' });
  });

  test('several Ingresses that disagree are brought to one weight', () => {
    const situation = buildSituation(updating(1));
    const decision = allowedSplit(positionOf(situation, 0, 20), { weight: 20, headerRoutes: [] });
    expect(decision).toMatchObject({ split: { weight: 20, headerRoutes: [] }, blockedOn: null });
  });

  test('less weight goes to stable pods that are there', () => {
    expect(allowed(updating(3), 60, 20)).toEqual({ weight: 20, reason: null });
  });

  test.each([
    { from: 60, to: 20, stable: 4, weight: 20 },
    { from: 60, to: 20, stable: 3, weight: 60 },
    { from: 60, to: 0, stable: 4, weight: 60 },
  ])('from $from to $to with $stable of 5 stable pods: $weight', ({ from, to, stable, weight }) => {
    const options = updating(3, {
      revisions: [
        { version: 'v1', size: 5, available: stable },
        { version: 'v2', size: 3 },
      ],
    });
    expect(allowed(options, from, to).weight).toBe(weight);
  });

  describe('after a promotion', () => {
    const promoted = (options: WorldOptions = {}): WorldOptions => ({
      strategy: routed({ steps: STEPS }),
      stable: 'v2',
      version: 'v2',
      revisions: [
        { version: 'v1', size: 5 },
        { version: 'v2', size: 5 },
      ],
      ...options,
    });
    const endpoint = (version: string, index: number, state: Partial<Endpoint> = {}): Endpoint => ({
      podName: `${replicaSetNameOf(version)}-${index}`,
      ready: true,
      terminating: false,
      ...state,
    });
    const five = (version: string): Endpoint[] => [0, 1, 2, 3, 4].map((index) => endpoint(version, index));

    test.each<{ name: string; options: WorldOptions; weight: number; reason: string | null }>([
      { name: 'the stable Service serves the new revision', options: {}, weight: 0, reason: null },
      {
        name: 'its selector has not moved',
        options: { selects: { 'web-stable': 'v1' } },
        weight: 100,
        reason: 'StableServiceNotReady',
      },
      {
        name: 'its endpoints are those of the former revision',
        options: { endpoints: { 'web-stable': five('v1') } },
        weight: 100,
        reason: 'StableServiceNotReady',
      },
      {
        name: 'one endpoint of the former revision is left',
        options: { endpoints: { 'web-stable': [...five('v2'), endpoint('v1', 0)] } },
        weight: 100,
        reason: 'StableServiceNotReady',
      },
      {
        name: 'what is left is terminating',
        options: { endpoints: { 'web-stable': [...five('v2'), endpoint('v1', 0, { terminating: true })] } },
        weight: 0,
        reason: null,
      },
      {
        name: 'one new pod is not ready',
        options: { endpoints: { 'web-stable': [...five('v2').slice(1), endpoint('v2', 0, { ready: false })] } },
        weight: 100,
        reason: 'StableServiceNotReady',
      },
    ])('$name: $weight', ({ options, weight, reason }) => {
      expect(allowed(promoted(options), 100, 0)).toEqual({ weight, reason });
    });
  });

  describe('on an abort', () => {
    const aborted = (stable: number, canary: number, strategy: CanaryStrategy = {}): WorldOptions =>
      updating(canary, {
        strategy: routed({ steps: STEPS, ...strategy }),
        status: { abort: true, currentStepIndex: 0 },
        revisions: [
          { version: 'v1', size: 5, available: stable },
          { version: 'v2', size: 3, available: canary },
        ],
      });
    test.each([
      { name: 'all stable pods are there', options: aborted(5, 3), weight: 0 },
      // 25 % of 5 pods, rounded down, may be missing.
      { name: 'one is missing, which maxUnavailable allows', options: aborted(4, 3), weight: 0 },
      { name: 'two are missing', options: aborted(3, 3), weight: 60 },
      { name: 'the canary serves nobody: one stable pod is better', options: aborted(1, 0), weight: 0 },
      { name: 'nobody serves anything', options: aborted(0, 0), weight: 60 },
    ])('$name: $weight', ({ options, weight }) => {
      expect(allowed(options, 60, 0).weight).toBe(weight);
    });
  });
});
