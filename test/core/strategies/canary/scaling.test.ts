/** What keeps pods up a little longer than the position asks for: traffic that still depends on them (spec 5.3, 5.4). */
import { describe, expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import { ANNOTATIONS } from '../../../../src/api/words/labels.ts';
import { decideRollout } from '../../../../src/core/rollout/decide.ts';
import { decideCanary } from '../../../../src/core/strategies/canary/canary.ts';
import { liveSizes } from '../../../../src/core/strategies/canary/scaling.ts';
import { formatTime } from '../../../../src/kube/time.ts';
import { buildSituation, buildWorld, NOW, replicaSetNameOf, routed, type WorldOptions } from '../../build-world.ts';
import { positionOf } from './position-of.ts';

const STEPS = [{ setWeight: 60 }, { pause: {} }];
const SECOND_MS = 1000;

interface Scene {
  readonly strategy?: CanaryStrategy;
  readonly abort?: boolean;
  readonly index?: number;
  /** Available pods of the stable revision; it has 5 unless `stableSize` says otherwise. */
  readonly stable?: number;
  readonly stableSize?: number;
  readonly canary?: number;
  /** Seconds from now of the canary's delayed scale-down. */
  readonly deadline?: number | string;
  readonly observed?: number;
  readonly allowed?: number;
  readonly desired: { readonly canary: number; readonly stable: number };
  readonly selects?: WorldOptions['selects'];
  readonly endpoints?: WorldOptions['endpoints'];
}

function scaled(scene: Scene) {
  const { strategy = {}, abort = false, index = 0, stableSize = 5, canary = 3, deadline, observed = 0 } = scene;
  const situation = buildSituation({
    strategy: routed({ steps: STEPS, ...strategy }),
    status: { currentStepIndex: index, ...(abort ? { abort: true } : {}) },
    revisions: [
      { version: 'v1', size: stableSize, available: scene.stable ?? stableSize },
      {
        version: 'v2',
        size: canary,
        annotations:
          deadline === undefined
            ? {}
            : {
                [ANNOTATIONS.scaleDownDeadline]:
                  typeof deadline === 'string' ? deadline : formatTime(NOW + deadline * SECOND_MS),
              },
      },
    ],
    ...(scene.selects === undefined ? {} : { selects: scene.selects }),
    ...(scene.endpoints === undefined ? {} : { endpoints: scene.endpoints }),
  });
  const { decisions, wakeAt } = liveSizes(positionOf(situation, observed), scene.desired, scene.allowed ?? observed);
  const of = (replicaSet: unknown) => decisions.find((one) => one.replicaSet === replicaSet);
  return { stable: of(situation.stable), canary: of(situation.canary), wakeAt };
}

/** What most aborts look like once the canary Service has been given back. */
const GIVEN_BACK = { 'web-canary': 'v1' };

describe('during an update', () => {
  test('both sides get what the position asks for, and lose a delayed scale-down', () => {
    const { stable, canary } = scaled({ desired: { canary: 4, stable: 5 }, canary: 3, deadline: 20 });
    expect(stable).toMatchObject({ replicas: 5, deadline: null });
    expect(canary).toMatchObject({ replicas: 4, deadline: null });
  });

  test.each([
    { observed: 60, allowed: 20, canary: 3 },
    { observed: 20, allowed: 20, canary: 1 },
  ])('canary pods leave after their traffic: $observed now, $allowed to come', ({ canary, ...weights }) => {
    expect(scaled({ ...weights, desired: { canary: 1, stable: 5 } }).canary?.replicas).toBe(canary);
  });

  test.each<{ name: string; selects: string | null; desired: number; canary: number }>([
    { name: 'the stable Service is still with the canary', selects: 'v2', desired: 1, canary: 3 },
    { name: 'the stable Service was never taken over', selects: null, desired: 1, canary: 1 },
    { name: 'the stable Service was never taken over, and none is asked for', selects: null, desired: 0, canary: 1 },
  ])('$name: $canary of 3 stay for a step of $desired', ({ selects, desired, canary }) => {
    const scene = { desired: { canary: desired, stable: 5 }, selects: { 'web-stable': selects }, stable: 0 };
    expect(scaled(scene).canary?.replicas).toBe(canary);
  });

  test('the stable Service is never left without a pod', () => {
    const strategy = { dynamicStableScale: true };
    const scene = { strategy, desired: { canary: 5, stable: 0 }, stableSize: 2, observed: 100 };
    expect(scaled({ ...scene, index: 1 }).stable?.replicas).toBe(1);
    expect(scaled({ ...scene, index: 1, selects: { 'web-stable': 'v2' } }).stable?.replicas).toBe(1);
  });

  test('past the last step a stable side that shrinks is frozen until it is retired', () => {
    const scene = {
      strategy: { dynamicStableScale: true },
      desired: { canary: 5, stable: 0 },
      stableSize: 2,
      observed: 100,
    };
    expect(scaled({ ...scene, index: 2 }).stable?.replicas).toBe(2);
  });
});

test('a paused Rollout whose canary has not started follows its size, also where no step is left', () => {
  const situation = buildSituation({
    replicas: 3,
    strategy: routed({ dynamicStableScale: true }),
    spec: { paused: true },
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 0 },
    ],
  });
  const { sizes } = decideCanary(situation).desired;
  expect(sizes.find(({ replicaSet }) => replicaSet === situation.stable)?.replicas).toBe(3);
});

describe('the aborted canary', () => {
  const desired = { canary: 0, stable: 5 };
  const aborted: Scene = { abort: true, desired, selects: GIVEN_BACK };

  test('gets its delay once the traffic has left it and the stable side is back', () => {
    const { canary, wakeAt } = scaled(aborted);
    expect(canary).toMatchObject({ replicas: 3, deadline: NOW + 30 * SECOND_MS });
    expect(wakeAt).toBe(NOW + 30 * SECOND_MS);
  });

  test.each<{ name: string; scene: Partial<Scene> }>([
    { name: 'while it has traffic', scene: { observed: 60 } },
    { name: 'while its Service selects it', scene: { selects: {} } },
    { name: 'while stable pods are missing', scene: { stable: 4 } },
  ])('keeps its pods without a deadline $name', ({ scene }) => {
    const { canary, wakeAt } = scaled({ ...aborted, ...scene });
    expect(canary).toMatchObject({ replicas: 3 });
    expect(canary?.deadline).toBeUndefined();
    expect(wakeAt).toBeNull();
  });

  test('has the delay that the Rollout asks for', () => {
    const { canary } = scaled({ ...aborted, strategy: { abortScaleDownDelaySeconds: 90 } });
    expect(canary?.deadline).toBe(NOW + 90 * SECOND_MS);
  });

  test.each([
    { name: 'in the delay', deadline: 20, replicas: 3, wakeAt: NOW + 20 * SECOND_MS },
    { name: 'in a delay beyond any resync', deadline: 3600, replicas: 3, wakeAt: NOW + 3600 * SECOND_MS },
    { name: 'at the end of the delay', deadline: 0, replicas: 0, wakeAt: null },
    { name: 'long after the delay', deadline: -500, replicas: 0, wakeAt: null },
  ])('$name', ({ deadline, replicas, wakeAt }) => {
    const result = scaled({ ...aborted, deadline });
    expect(result.canary?.replicas).toBe(replicas);
    expect(result.wakeAt).toBe(wakeAt);
  });

  test('gets a fresh delay when the noted one cannot be read', () => {
    expect(scaled({ ...aborted, deadline: 'tomorrow' }).canary?.deadline).toBe(NOW + 30 * SECOND_MS);
  });

  test('stays up for good when the delay is 0', () => {
    const { canary, wakeAt } = scaled({ ...aborted, strategy: { abortScaleDownDelaySeconds: 0 } });
    expect(canary).toMatchObject({ replicas: 3 });
    expect(canary?.deadline).toBeUndefined();
    expect(wakeAt).toBeNull();
  });

  test('shrinks with its traffic when the stable side grew with it', () => {
    const strategy = { dynamicStableScale: true };
    expect(scaled({ ...aborted, strategy, observed: 20, desired: { canary: 1, stable: 4 } }).canary?.replicas).toBe(1);
    expect(scaled({ ...aborted, strategy, observed: 20 }).canary?.replicas).toBe(1);
    expect(scaled({ ...aborted, strategy }).canary?.replicas).toBe(0);
  });

  test('keeps a pod as long as its Service leads to it, whatever the weight is', () => {
    const strategy = { dynamicStableScale: true };
    const leads = (version: string) => {
      const podName = `${replicaSetNameOf(version)}-0`;
      return { 'web-canary': [{ podName, ready: true, terminating: false }] };
    };
    expect(scaled({ ...aborted, strategy, endpoints: leads('v2') }).canary?.replicas).toBe(1);
    expect(scaled({ ...aborted, endpoints: leads('v2') }).canary?.deadline).toBeUndefined();
    expect(scaled({ ...aborted, strategy, endpoints: leads('v1') }).canary?.replicas).toBe(0);
  });

  test('keeps its size under dynamicStableScale with a delay of its own', () => {
    const strategy = { dynamicStableScale: true, abortScaleDownDelaySeconds: 60 };
    expect(scaled({ ...aborted, strategy, observed: 20 }).canary).toMatchObject({ replicas: 3 });
    expect(scaled({ ...aborted, strategy }).canary?.deadline).toBe(NOW + 60 * SECOND_MS);
  });
});

describe('an abort after the router was removed', () => {
  /** The canary Ingress is left over with weight 50, and cannot be emptied before the stable side is whole. */
  const canaryAfter = (options: WorldOptions) => {
    const world = buildWorld({
      strategy: routed({ steps: STEPS }),
      revisions: [
        { version: 'v1', size: 5, available: 4 },
        { version: 'v2', size: 3 },
      ],
      split: { weight: 50 },
      status: { currentStepIndex: 0, abort: true },
      ...options,
    });
    const { trafficRouting: _removed, ...canary } = routed({ steps: STEPS });
    const rollout = { ...world.rollout, spec: { ...world.rollout.spec, strategy: { canary } } };
    const { writes } = decideRollout({ ...world, rollout });
    return writes.flatMap((write) =>
      write.op === 'patch' && write.name === replicaSetNameOf('v2') ? [write.patch['spec']] : [],
    );
  };

  test('keeps the canary as long as its Service leads requests to it', () => {
    expect(canaryAfter({})).toEqual([]);
  });

  test('takes it away when the Service leads elsewhere, because the stable side may need the room', () => {
    expect(canaryAfter({ selects: GIVEN_BACK })).toEqual([{ replicas: 0 }]);
  });

  test('takes it away when nothing is left over', () => {
    expect(canaryAfter({ split: null })).toEqual([{ replicas: 0 }]);
  });
});
