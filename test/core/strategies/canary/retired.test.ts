/** What becomes of revisions that are neither stable nor canary (spec 5.12). */
import { describe, expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import { ANNOTATIONS } from '../../../../src/api/words/labels.ts';
import { ingressesIn } from '../../../../src/core/traffic/nginx/observed.ts';
import { retiredSizes } from '../../../../src/core/strategies/canary/retired.ts';
import type { ReplicaSet } from '../../../../src/kube/objects.ts';
import { formatTime } from '../../../../src/kube/time.ts';
import { buildSituation, hashOf, NOW, routed, type Revision, type WorldOptions } from '../../build-world.ts';
import { positionOf } from './position-of.ts';

const SECOND_MS = 1000;

interface Scene extends WorldOptions {
  readonly observed?: number;
}

/** Decisions by version: the size, and the deadline where one is set. */
function fates({ observed = 0, ...options }: Scene) {
  const situation = buildSituation(options);
  const { decisions, wakeAt } = retiredSizes(positionOf(situation, observed));
  const sizes = decisions.map(({ replicaSet, replicas, deadline }) => [
    versionOf(replicaSet, options.revisions ?? []),
    deadline === undefined || deadline === null ? replicas : { replicas, deadline: (deadline - NOW) / SECOND_MS },
  ]);
  return { sizes: Object.fromEntries(sizes) as object, wakeIn: wakeAt === null ? null : (wakeAt - NOW) / SECOND_MS };
}

function versionOf(replicaSet: ReplicaSet, revisions: readonly Revision[]): string {
  return revisions.find(({ version }) => replicaSet.metadata.name.endsWith(hashOf(version)))?.version ?? '?';
}

function waiting(seconds: number): Pick<Revision, 'annotations'> {
  return { annotations: { [ANNOTATIONS.scaleDownDeadline]: formatTime(NOW + seconds * SECOND_MS) } };
}

describe('with a router, after a promotion', () => {
  const promoted = (
    strategy: CanaryStrategy = {},
    retired: readonly Revision[] = [{ version: 'v1', size: 5 }],
  ): Scene => ({
    strategy: routed(strategy),
    stable: 'v9',
    revisions: [...retired, { version: 'v9', size: 5 }],
  });

  test('the former stable revision keeps its pods for the delay', () => {
    expect(fates(promoted())).toEqual({ sizes: { v1: { replicas: 5, deadline: 30 } }, wakeIn: 30 });
    expect(fates(promoted({ scaleDownDelaySeconds: 90 })).wakeIn).toBe(90);
  });

  test.each([
    { deadline: 12, sizes: { v1: 5 }, wakeIn: 12 },
    { deadline: 0, sizes: { v1: 0 }, wakeIn: null },
    { deadline: -40, sizes: { v1: 0 }, wakeIn: null },
  ])('$deadline s before its deadline', ({ deadline, ...expected }) => {
    expect(fates(promoted({}, [{ version: 'v1', size: 5, ...waiting(deadline) }]))).toEqual(expected);
  });

  test('a delay of 0 is no delay', () => {
    expect(fates(promoted({ scaleDownDelaySeconds: 0 }))).toEqual({ sizes: { v1: 0 }, wakeIn: null });
  });

  test('what shrank with the traffic goes at once', () => {
    const scene = promoted({ dynamicStableScale: true }, [{ version: 'v1', size: 2 }]);
    expect(fates(scene)).toEqual({ sizes: { v1: 0 }, wakeIn: null });
  });

  test('only so many may wait, the newest first', () => {
    const two = [
      { version: 'v1', size: 1, ...waiting(10) },
      { version: 'v2', size: 1 },
    ];
    expect(fates(promoted({ scaleDownDelayRevisionLimit: 1 }, two)).sizes).toEqual({
      v2: { replicas: 1, deadline: 30 },
      v1: 0,
    });
    expect(fates(promoted({ scaleDownDelayRevisionLimit: 2 }, two)).sizes).toEqual({
      v2: { replicas: 1, deadline: 30 },
      v1: 1,
    });
    expect(fates(promoted({ scaleDownDelayRevisionLimit: 0 }, two)).sizes).toEqual({ v2: 0, v1: 0 });
  });

  test.each<{ name: string; scene: Scene }>([
    { name: 'the stable Service still selects it', scene: { selects: { 'web-stable': 'v1' } } },
    { name: 'the canary Service still selects it', scene: { selects: { 'web-canary': 'v1' } } },
    { name: 'the weight is not back at 0', scene: { observed: 100 } },
  ])('nothing happens to it while $name', ({ scene }) => {
    expect(fates({ ...promoted(), ...scene })).toEqual({ sizes: {}, wakeIn: null });
  });

  test('nothing happens to it while it is needed for availability', () => {
    const revisions = [
      { version: 'v1', size: 4 },
      { version: 'v9', size: 5, available: 0 },
    ];
    expect(fates({ ...promoted(), revisions }).sizes).toEqual({});
  });
});

describe('with a router, in the middle of an update', () => {
  const superseded = (options: Scene = {}): Scene => ({
    strategy: routed({ steps: [{ setWeight: 20 }, { pause: {} }] }),
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1 },
      { version: 'v3', size: 1 },
    ],
    ...options,
  });

  test('a superseded canary goes at once when nothing points at it', () => {
    expect(fates(superseded())).toEqual({ sizes: { v2: 0 }, wakeIn: null });
  });

  test('it stays while the canary Service selects it', () => {
    expect(fates(superseded({ selects: { 'web-canary': 'v2' } })).sizes).toEqual({});
  });

  test('it stays while requests may still arrive by endpoints that are not gone', () => {
    const endpoints = {
      'web-canary': [{ podName: `web-${hashOf('v2')}-0`, ready: true, terminating: false }],
    };
    expect(fates(superseded({ endpoints })).sizes).toEqual({});
  });

  test('a former stable revision that waits goes on waiting', () => {
    const revisions = [
      { version: 'v0', size: 5, ...waiting(7) },
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1 },
    ];
    expect(fates({ ...superseded(), stable: 'v1', revisions })).toEqual({ sizes: { v0: 5 }, wakeIn: 7 });
  });
});

describe('without a router', () => {
  const between = (v2: Partial<Revision>, v3 = 0): Scene => ({
    strategy: { steps: [{ setWeight: 20 }], maxSurge: 1, maxUnavailable: 0 },
    revisions: [
      { version: 'v1', size: 4 },
      { version: 'v2', size: 2, ...v2 },
      { version: 'v3', size: v3 },
    ],
  });

  test('it is drained as far as availability allows', () => {
    expect(fates(between({})).sizes).toEqual({ v2: 1 });
    expect(fates(between({}, 1)).sizes).toEqual({ v2: 0 });
  });

  test('its own Service of the canary does not hold it', () => {
    const scene = between({}, 1);
    const strategy = { ...scene.strategy, canaryService: 'web-canary', stableService: 'web-stable' };
    expect(fates({ ...scene, strategy, selects: { 'web-canary': 'v2' } }).sizes).toEqual({ v2: 0 });
    expect(fates({ ...scene, strategy, selects: { 'web-stable': 'v2' } }).sizes).toEqual({ v2: 1 });
  });

  test('it keeps a pod while a former router sends requests to its Service', () => {
    const scene = between({}, 1);
    const services = { canaryService: 'web-canary', stableService: 'web-stable' };
    const strategy = { ...scene.strategy, ...services };
    const former = buildSituation({
      strategy: routed({ steps: [{ setWeight: 20 }] }),
      split: { weight: 20, headerRoutes: [] },
    });
    const ingresses = [...ingressesIn(former.world).values()].filter(
      ({ metadata }) => metadata.name === 'web-web-canary',
    );
    expect(fates({ ...scene, strategy, ingresses, selects: { 'web-canary': 'v2' } }).sizes).toEqual({ v2: 1 });
    expect(fates({ ...scene, strategy, ingresses, selects: { 'web-canary': 'v3' } }).sizes).toEqual({ v2: 0 });
  });
});

describe('without a router, while the stable Service still selects all pods', () => {
  /** v3 never came up, v4 is to come, and what ran before fills the room. */
  const crowd = (canary: number, retired: readonly Revision[]): Scene => ({
    replicas: 2,
    strategy: { stableService: 'web-stable', maxSurge: 1, maxUnavailable: 0 },
    stable: 'v3',
    revisions: [...retired, { version: 'v3', size: 0 }, { version: 'v4', size: canary }],
    selects: { 'web-stable': null },
  });
  const two: Revision[] = [
    { version: 'v1', size: 1 },
    { version: 'v2', size: 1 },
  ];

  test.each<{ name: string; scene: Scene; sizes: object }>([
    { name: 'none goes below what must be available', scene: crowd(0, two), sizes: {} },
    { name: 'one of two makes room', scene: crowd(1, two), sizes: { v2: 0 } },
    { name: 'the last one goes when the new revision serves', scene: crowd(2, two.slice(0, 1)), sizes: { v1: 0 } },
    {
      name: 'of all that may be unavailable one stays',
      scene: { ...crowd(0, two), strategy: { stableService: 'web-stable', maxSurge: 1, maxUnavailable: 2 } },
      sizes: { v1: 1, v2: 0 },
    },
  ])('$name', ({ scene, sizes }) => {
    expect(fates(scene).sizes).toEqual(sizes);
  });
});

describe('in both', () => {
  test.each([{ strategy: {} }, { strategy: routed() }])('pods that do not work go first', ({ strategy }) => {
    const revisions = [
      { version: 'v1', size: 5, available: 0 },
      { version: 'v2', size: 3, available: 1 },
      { version: 'v3', size: 2, available: 0 },
      { version: 'v4', size: 1 },
    ];
    expect(fates({ strategy, revisions })).toEqual({ sizes: { v2: 1, v3: 0 }, wakeIn: null });
  });

  test('the example of the delay limit: back within the delay, and each former revision waits for itself', () => {
    const strategy = routed({ scaleDownDelayRevisionLimit: 1 });
    const step = (stable: string, revisions: readonly Revision[]): object =>
      fates({ replicas: 1, strategy, stable, version: stable, revisions }).sizes;
    expect(
      step('v2', [
        { version: 'v1', size: 1 },
        { version: 'v2', size: 1 },
      ]),
    ).toEqual({
      v1: { replicas: 1, deadline: 30 },
    });
    expect(
      step('v3', [
        { version: 'v1', size: 1, ...waiting(20) },
        { version: 'v2', size: 1 },
        { version: 'v3', size: 1 },
      ]),
    ).toEqual({ v2: { replicas: 1, deadline: 30 }, v1: 0 });
    expect(
      step('v2', [
        { version: 'v1', size: 0 },
        { version: 'v2', size: 1, number: 4 },
        { version: 'v3', size: 1 },
      ]),
    ).toEqual({ v3: { replicas: 1, deadline: 30 } });
  });
});
