/** What still happens to a Rollout whose spec cannot be followed: it is told, sizes follow, and an abort acts. */
import { describe, expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../src/api/schema/canary.ts';
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import type { RolloutSpec } from '../../../src/api/schema/rollout.ts';
import type { CanaryStep } from '../../../src/api/schema/steps.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import { findCondition } from '../../../src/kube/conditions.ts';
import type { Condition } from '../../../src/kube/objects.ts';
import type { Plan } from '../../../src/kube/plan.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { blueGreen, buildWorld, hashOf, NOW, replicaSetNameOf, routed, type WorldOptions } from '../build-world.ts';
import { statusOf } from '../plan-effects.ts';

/** A step of a kind that this version does not have. */
const BROKEN: readonly CanaryStep[] = [{ setWeight: 50 }, { pause: {} }, { plugin: { name: 'org/step' } }];

/** The sizes that a plan asks for, by version. */
function sizesOf({ writes }: Plan): Record<string, unknown> {
  const versions = ['v1', 'v2'].map((version) => [replicaSetNameOf(version), version] as const);
  return Object.fromEntries(
    writes.flatMap((one) => {
      const version = versions.find(([name]) => name === one.name)?.[1];
      const spec = one.op === 'patch' ? (one.patch['spec'] as { replicas?: number } | undefined) : undefined;
      return version === undefined || spec?.replicas === undefined ? [] : [[version, spec.replicas]];
    }),
  );
}

function weightOf({ writes }: Plan): unknown {
  const apply = writes.find((one) => one.op === 'apply');
  if (apply?.op !== 'apply') return undefined;
  const { annotations } = apply.body['metadata'] as { annotations: Record<string, string> };
  return annotations['nginx.ingress.kubernetes.io/canary-weight'];
}

/** Halfway: two stable pods, one canary pod at weight 50. */
const HALFWAY: WorldOptions = {
  replicas: 2,
  strategy: routed({ steps: BROKEN }),
  revisions: [
    { version: 'v1', size: 2 },
    { version: 'v2', size: 1 },
  ],
  split: { weight: 50 },
  status: { currentStepIndex: 1, currentPodHash: hashOf('v2') },
};

/** Blue-green before its promotion. */
const BOTH: WorldOptions = {
  strategy: {},
  blueGreen: blueGreen({ previewReplicaCount: 1, scaleDownDelayRevisionLimit: 99 }),
  selects: { web: 'v1', 'web-preview': 'v2' },
  status: {
    currentPodHash: hashOf('v2'),
    blueGreen: { activeSelector: hashOf('v1'), previewSelector: hashOf('v2') },
  },
};

/** Sized when the Rollout asked for four. */
const pods = (stable: number, canary: number) => [
  { version: 'v1', size: stable },
  { version: 'v2', size: canary, annotations: { [ANNOTATIONS.desiredReplicas]: '4' } },
];

describe('spec.replicas', () => {
  test.each<{ name: string; options: WorldOptions; sizes: Record<string, number> }>([
    { name: 'grows both sides of a canary, each for its share', options: { replicas: 6 }, sizes: { v1: 6, v2: 3 } },
    { name: 'takes nobody from a canary of no pods', options: { replicas: 2 }, sizes: {} },
    {
      name: 'keeps the proportion where pods are the traffic, stable first',
      options: { replicas: 8, strategy: { steps: BROKEN }, revisions: pods(3, 1) },
      sizes: { v1: 6 },
    },
    {
      name: 'keeps the proportion where pods are the traffic, then the canary',
      options: { replicas: 8, strategy: { steps: BROKEN }, revisions: pods(6, 1) },
      sizes: { v2: 2 },
    },
    {
      name: 'grows what runs while its workload is missing',
      options: {
        replicas: 4,
        strategy: {},
        revisions: [{ version: 'v1', size: 2 }],
        workload: { missing: 'the Deployment is gone' },
        status: { currentPodHash: hashOf('v1') },
      },
      sizes: { v1: 4 },
    },
    {
      name: 'grows both sides of blue-green',
      options: { ...BOTH, replicas: 6, revisions: pods(4, 4) },
      sizes: { v1: 6, v2: 6 },
    },
    {
      name: 'grows only the stable side while the preview has but a few pods',
      options: { ...BOTH, replicas: 6, revisions: pods(4, 1) },
      sizes: { v1: 6 },
    },
    {
      name: 'grows the new revision that the active Service leads to',
      options: { ...BOTH, replicas: 6, revisions: pods(6, 4), selects: { web: 'v2', 'web-preview': 'v2' } },
      sizes: { v2: 6 },
    },
  ])('$name', ({ options, sizes }) => {
    const plan = decideRollout(buildWorld({ ...HALFWAY, ...options }));
    expect(sizesOf(plan)).toEqual(sizes);
  });

  test('leaves the pods of former revisions alone, and grows as far as they leave room', () => {
    const plan = decideRollout(
      buildWorld({
        replicas: 8,
        stable: 'v2',
        strategy: { maxSurge: 1 },
        revisions: [
          { version: 'v1', size: 6 },
          { version: 'v2', size: 2 },
        ],
        workload: { missing: 'the Deployment is gone' },
        status: { currentPodHash: hashOf('v2') },
      }),
    );
    expect(sizesOf(plan)).toEqual({ v2: 3 });
  });

  test.each([
    { name: 'grows', replicas: 6, size: 3, available: 1 },
    { name: 'has lost one of its pods', replicas: 4, size: 2, available: 1 },
  ])('takes no requests from a canary that $name', ({ replicas, size, available }) => {
    const revisions = [
      { version: 'v1', size: replicas },
      { version: 'v2', size, available },
    ];
    const plan = decideRollout(buildWorld({ ...HALFWAY, replicas, revisions }));
    expect(weightOf(plan)).toBeUndefined();
    expect(sizesOf(plan)).toEqual({});
  });

  test('starts nothing that was never looked at', () => {
    const plan = decideRollout(buildWorld({ ...HALFWAY, replicas: 6, status: { currentPodHash: '' }, stable: '' }));
    expect(sizesOf(plan)).toEqual({});
  });
});

describe('requests that no router of this version divides', () => {
  const { trafficRouting: _routing, ...unrouted } = routed({ steps: BROKEN });
  const sharing = (strategy: NonNullable<RolloutSpec['strategy']>, options: WorldOptions = {}) => {
    const world = buildWorld({
      ...HALFWAY,
      replicas: 4,
      revisions: [
        { version: 'v1', size: 4, available: 3 },
        { version: 'v2', size: 4 },
      ],
      ...options,
    });
    return { ...world, rollout: { ...world.rollout, spec: { ...world.rollout.spec, strategy } } };
  };

  test.each<{ name: string; strategy: NonNullable<RolloutSpec['strategy']>; options?: WorldOptions }>([
    {
      name: 'of a mesh that another controller has set up',
      strategy: { canary: { ...unrouted, trafficRouting: { appMesh: {} } } },
      options: { split: null },
    },
    { name: 'of a router that was exchanged', strategy: { canary: { ...unrouted, trafficRouting: { istio: {} } } } },
    {
      name: 'of a VirtualService in another namespace',
      strategy: {
        canary: { ...unrouted, trafficRouting: { istio: { virtualService: { name: 'web.gateways' } } } },
      },
      options: { split: null },
    },
    { name: 'of a router that was removed', strategy: { canary: unrouted } },
    {
      name: 'of a canary that is to be blue-green',
      strategy: { blueGreen: blueGreen({ scaleDownDelayRevisionLimit: 99 }) },
    },
    { name: 'of a strategy that was removed', strategy: {} },
  ])('find their pods where they were: $name', ({ strategy, options }) => {
    expect(sizesOf(decideRollout(sharing(strategy, options)))).toEqual({});
    expect(sizesOf(decideRollout(sharing(strategy, { ...options, replicas: 6 })))).toEqual({ v1: 6 });
    const aborted = { ...options, status: { ...HALFWAY.status, abort: true } };
    expect(sizesOf(decideRollout(sharing(strategy, aborted)))).toEqual({});
  });
});

test('a canary that could not shrink grows no further than everybody needs', () => {
  const annotations = { [ANNOTATIONS.desiredReplicas]: '1' };
  const revisions = [
    { version: 'v1', size: 9 },
    { version: 'v2', size: 7, annotations },
  ];
  const strategy = { canary: { ...routed({ steps: BROKEN }), trafficRouting: { istio: {} } } };
  const plan = (replicas: number) => {
    const world = buildWorld({ ...HALFWAY, replicas, revisions });
    return decideRollout({ ...world, rollout: { ...world.rollout, spec: { ...world.rollout.spec, strategy } } });
  };
  expect(sizesOf(plan(7))).not.toHaveProperty('v2');
  expect(sizesOf(plan(9))).toEqual({ v2: 9 });
});

describe.each<{ name: string; canary: CanaryStrategy }>([
  { name: 'a canary Service that is missing', canary: { canaryService: 'nope' } },
  { name: 'a stable Service that is missing', canary: { stableService: 'nope' } },
  { name: 'a canary Service of somebody else', canary: { canaryService: 'other' } },
  {
    name: 'a stable Ingress that is missing',
    canary: { trafficRouting: { nginx: { stableIngress: 'nope' } } },
  },
  {
    name: 'one of several stable Ingresses that is missing',
    canary: { trafficRouting: { nginx: { stableIngresses: ['web', 'nope'] } } },
  },
  { name: 'a router that this version does not have', canary: { trafficRouting: { appMesh: {} } } },
  { name: 'a router that names nothing to lead through', canary: { trafficRouting: { istio: {} } } },
  {
    name: 'a VirtualService that is missing',
    canary: { trafficRouting: { istio: { virtualService: { name: 'nope' } } } },
  },
  {
    name: 'a TraefikService that is missing',
    canary: { trafficRouting: { traefik: { weightedTraefikServiceName: 'nope' } } },
  },
])('in the middle of a canary, $name', ({ canary }) => {
  const plan = (replicas: number, status: RolloutStatus = {}, canaryService = 'v2') => {
    // Sized when the Rollout asked for two.
    const annotations = { [ANNOTATIONS.desiredReplicas]: '2' };
    const revisions = [
      { version: 'v1', size: 2, annotations },
      { version: 'v2', size: 1, annotations },
    ];
    const selects = { 'web-stable': 'v1', 'web-canary': canaryService };
    const world = buildWorld({ ...HALFWAY, replicas, revisions, selects, status: { ...HALFWAY.status, ...status } });
    const { rollout } = world;
    const strategy = { canary: { ...rollout.spec.strategy?.canary, ...canary } };
    const other = structuredClone(world.services.get('web-canary'));
    if (other === undefined) throw new Error('no canary Service');
    const theirs = { ...other, metadata: { ...other.metadata, name: 'other', annotations: {} } };
    return decideRollout({
      ...world,
      services: new Map([...world.services, ['other', theirs]]),
      rollout: { ...rollout, spec: { ...rollout.spec, strategy } },
    });
  };

  test('leads requests nowhere else', () => {
    expect(weightOf(plan(2))).toBeUndefined();
    expect(weightOf(plan(6))).toBeUndefined();
  });

  test('leaves the canary the pods for its requests', () => {
    expect(sizesOf(plan(2))).toEqual({});
    expect(sizesOf(plan(6))).toEqual({ v1: 6, v2: 3 });
  });

  test('keeps no abort from taking the requests back, and then the pods', () => {
    expect(sizesOf(plan(2, { abort: true }))).toEqual({});
    // The canary Service leads to the stable revision first, where it is there and ours.
    const next = plan(2, { abort: true }, 'v1');
    expect(weightOf(next)).toBe('0');
    expect(sizesOf(next)).toEqual({});
  });
});

describe('an abort', () => {
  test('takes the weight back, and is told beside the invalid spec', () => {
    const plan = decideRollout(
      buildWorld({ ...HALFWAY, status: { ...HALFWAY.status, abort: true, pauseConditions: [] } }),
    );
    expect(weightOf(plan)).toBe('0');
    expect(statusOf(plan)).toMatchObject({ abortedAt: formatTime(NOW), currentStepIndex: 0, phase: 'Degraded' });
    expect(statusOf(plan).message).toContain('InvalidSpec');
    expect(plan.writes.flatMap(({ events = [] }) => events.map(({ reason }) => reason))).toContain('RolloutAborted');
  });

  test('takes the pods back where there is no router', () => {
    const options = {
      ...HALFWAY,
      strategy: { steps: BROKEN, maxSurge: 1, maxUnavailable: 0 },
      status: { ...HALFWAY.status, abort: true },
    };
    const plan = decideRollout(
      buildWorld({
        ...options,
        revisions: [
          { version: 'v1', size: 2 },
          { version: 'v2', size: 1 },
        ],
      }),
    );
    expect(sizesOf(plan)).toEqual({ v2: 0 });
  });

  test('brings the active Service of blue-green back', () => {
    const plan = decideRollout(
      buildWorld({
        replicas: 2,
        blueGreen: blueGreen({ scaleDownDelayRevisionLimit: 99 }),
        revisions: [
          { version: 'v1', size: 2 },
          { version: 'v2', size: 2 },
        ],
        selects: { web: 'v2', 'web-preview': 'v2' },
        status: {
          abort: true,
          currentPodHash: hashOf('v2'),
          blueGreen: { activeSelector: hashOf('v2'), previewSelector: hashOf('v2') },
        },
      }),
    );
    expect(plan.writes.find(({ name }) => name === 'web')).toMatchObject({
      patch: { spec: { selector: { 'rollouts-pod-template-hash': hashOf('v1') } } },
    });
  });

  test('that is taken back leaves the traffic where it is', () => {
    const plan = decideRollout(
      buildWorld({
        ...HALFWAY,
        split: { weight: 0 },
        status: { ...HALFWAY.status, abortedAt: formatTime(NOW - 9000) },
      }),
    );
    expect(weightOf(plan)).toBeUndefined();
    expect(statusOf(plan).abortedAt).toBeNull();
  });
});

test.each<{ name: string; status: RolloutStatus }>([
  { name: 'a pause that was taken away', status: { controllerPause: true } },
  { name: 'a promotion in full', status: { promoteFull: true } },
])('nothing goes on: $name', ({ status }) => {
  const plan = decideRollout(buildWorld({ ...HALFWAY, status: { ...HALFWAY.status, ...status } }));
  expect(plan.writes.filter(({ resource }) => resource.plural !== 'rollouts')).toEqual([]);
  expect(statusOf(plan)).not.toHaveProperty('stableRS');
  expect(statusOf(plan)).not.toHaveProperty('currentStepIndex');
  expect(statusOf(plan)).not.toHaveProperty('promoteFull');
});

describe('an object that is missing', () => {
  const world = (status: RolloutStatus, generation = 2) => {
    const built = buildWorld({ ...HALFWAY, strategy: routed({ steps: [{ setWeight: 50 }, { pause: {} }] }), status });
    const services = new Map([...built.services].filter(([name]) => name !== 'web-canary'));
    const { metadata } = built.rollout;
    return { ...built, services, rollout: { ...built.rollout, metadata: { ...metadata, generation } } };
  };
  const MESSAGE =
    'The Rollout "web" is invalid: spec.strategy.canary.canaryService: Invalid value: "web-canary": service "web-canary" not found';
  const waits = (sinceMs: number): Condition => ({
    type: 'Blocked',
    status: 'True',
    reason: 'ReferencesNotReady',
    message: MESSAGE,
    lastUpdateTime: formatTime(NOW - sinceMs),
  });

  test('may follow a Rollout that was made or changed a moment ago', () => {
    const plan = decideRollout(world({ observedGeneration: '1' }));
    expect(statusOf(plan)).toMatchObject({ phase: 'Progressing', message: MESSAGE, observedGeneration: '2' });
    const { conditions } = statusOf(plan);
    expect(findCondition(conditions, 'Blocked')).toMatchObject({ reason: 'ReferencesNotReady', message: MESSAGE });
    expect(findCondition(conditions, 'InvalidSpec')).toBeUndefined();
    expect(plan.requeueAfterMs).toBe(10_000);
  });

  test.each<{ name: string; status: RolloutStatus; phase: string }>([
    { name: 'for ten seconds', status: { observedGeneration: '2', conditions: [waits(9000)] }, phase: 'Progressing' },
    { name: 'and no longer', status: { observedGeneration: '2', conditions: [waits(10_000)] }, phase: 'Degraded' },
    {
      name: 'not anew for each change',
      status: { observedGeneration: '1', conditions: [waits(10_000)] },
      phase: 'Degraded',
    },
    { name: 'not by a clock of the future', status: { conditions: [waits(-5000)] }, phase: 'Degraded' },
    { name: 'not in the middle of its life', status: { observedGeneration: '2' }, phase: 'Degraded' },
    {
      name: 'not where the same was told before',
      status: {
        observedGeneration: '1',
        conditions: [{ type: 'InvalidSpec', status: 'True', reason: 'InvalidSpec', message: MESSAGE }],
      },
      phase: 'Degraded',
    },
  ])('$name', ({ status, phase }) => {
    const before = world({ phase: phase === 'Degraded' ? 'Healthy' : 'Degraded', ...status });
    expect(statusOf(decideRollout(before)).phase).toBe(phase);
  });

  test('is nothing that a spec which is wrong by itself waits for', () => {
    const plan = decideRollout(buildWorld({ ...HALFWAY, status: { observedGeneration: '0' } }));
    expect(statusOf(plan).phase).toBe('Degraded');
  });
});
