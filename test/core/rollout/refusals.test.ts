/** What a look decides when the API server has refused some of its writes. */
import { describe, expect, test } from 'vitest';
import type { CanaryStep } from '../../../src/api/schema/steps.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { findCondition } from '../../../src/kube/conditions.ts';
import type { Condition } from '../../../src/kube/objects.ts';
import type { PatchWrite, Plan, Write } from '../../../src/kube/plan.ts';
import { DEPLOYMENTS, INGRESSES, PODS, REPLICA_SETS, SERVICES, type Resource } from '../../../src/kube/resources.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { reportIn, statusAfter as statusOnceWritten } from '../plan-effects.ts';
import {
  blueGreen,
  buildWorld,
  deploymentOf,
  hashOf,
  NAME,
  NOW,
  replicaSetNameOf,
  routed,
  type WorldOptions,
} from '../build-world.ts';

const STEPS: readonly CanaryStep[] = [{ setWeight: 50 }, { pause: {} }];
const WORDS = 'Cannot apply ingresses shop/web-web-canary: every Ingress needs a label team';
const LONG_AGO = formatTime(NOW - 3_600_000);

/** The plan for what is left when those writes of the first plan were refused. */
function after(world: RolloutWorld, isRefused: (write: Write) => boolean, message = WORDS): Plan {
  const refused = decideRollout(world).writes.filter(isRefused);
  if (refused.length === 0) throw new Error('nothing to refuse was planned');
  return decideRollout({ ...world, refused: refused.map((write) => ({ write, message })) });
}

const of =
  (resource: Resource, op?: Write['op']) =>
  (write: Write): boolean =>
    write.resource === resource && (op === undefined || write.op === op);

function reportOf(plan: Plan): PatchWrite {
  const report = reportIn(plan);
  if (report === undefined) throw new Error('nothing is reported');
  return report;
}

function statusAfter(plan: Plan): RolloutStatus {
  return (reportOf(plan).patch['status'] ?? {}) as RolloutStatus;
}

function condition(plan: Plan, type: string) {
  return findCondition(statusAfter(plan).conditions, type);
}

/** One more ReplicaSet that the selector matches belongs to nobody. */
function orphaned(world: RolloutWorld): RolloutWorld {
  const [own] = buildWorld({ revisions: [{ version: 'v0' }] }).replicaSets;
  if (own === undefined) throw new Error('no ReplicaSet');
  const { ownerReferences: _owners, ...metadata } = own.metadata;
  return { ...world, replicaSets: [...world.replicaSets, { ...own, metadata }] };
}

/** Nothing has moved since the last report. */
const COUNTED: RolloutStatus = { replicas: 2, readyReplicas: 2, availableReplicas: 2, updatedReplicas: 0 };

/** Two pods of v1 serve, and v2 is to follow them. */
const RELEASE: WorldOptions = {
  replicas: 2,
  strategy: routed({ steps: STEPS }),
  version: 'v2',
  revisions: [{ version: 'v1', size: 2 }],
};

describe('what is written all the same', () => {
  test('nothing but the report is left, and it comes after all', () => {
    const plan = after(buildWorld(RELEASE), of(REPLICA_SETS, 'create'));
    expect(plan.writes).toEqual([reportOf(plan)]);
    expect(reportOf(plan).afterAll).toBe(true);
  });

  test('every write after a refused one is planned as well, the revision note of the Rollout excepted', () => {
    const { writes } = decideRollout(buildWorld({ ...RELEASE, replicas: 6 }));
    expect(writes.filter((one) => one.afterAll === true).map((one) => [one.resource.plural, one.why])).toEqual([
      ['rollouts', 'record the revision on the Rollout'],
      ['rollouts', 'update status'],
    ]);
    expect(writes.some((one) => one.resource === REPLICA_SETS && one.op === 'patch')).toBe(true);
  });

  test('the words of the API server are in the Blocked condition', () => {
    const plan = after(
      buildWorld({ ...RELEASE, version: 'v1', split: null, status: { stableRS: '', currentPodHash: '' } }),
      of(INGRESSES),
    );
    expect(condition(plan, 'Blocked')).toMatchObject({ status: 'True', reason: 'WriteRefused', message: WORDS });
    expect(statusAfter(plan)).toMatchObject({ stableRS: hashOf('v1'), phase: 'Progressing', message: WORDS });
  });

  test('words that differ each time are told every ten seconds, no more often', () => {
    const told = (at: number): Condition => ({
      type: 'Blocked',
      status: 'True',
      reason: 'WriteRefused',
      message: 'from port 1',
      lastUpdateTime: formatTime(at),
    });
    const world = (at: number) => buildWorld({ ...RELEASE, split: null, status: { conditions: [told(at)] } });
    const messageOf = (at: number) => condition(after(world(at), of(INGRESSES), 'from port 2'), 'Blocked')?.message;
    expect(messageOf(NOW - 9000)).toBe('from port 1');
    expect(messageOf(NOW - 11_000)).toBe('from port 2');
  });
});

describe('words that differ each time', () => {
  /** Whether anything is written by looks that get other words each, a second after each other. */
  const reportsOf = (world: RolloutWorld, isRefused: (write: Write) => boolean): readonly boolean[] => {
    let seen = world;
    return [1, 2, 3, 4, 5].map((port) => {
      const plan = after(seen, isRefused, `from port ${port}`);
      seen = {
        ...seen,
        now: seen.now + 1000,
        rollout: { ...seen.rollout, status: statusOnceWritten(seen, plan.writes) },
      };
      return plan.writes.length > 0;
    });
  };

  test.each<{ name: string; world: RolloutWorld; isRefused: (write: Write) => boolean }>([
    {
      name: 'a canary Ingress that is all that is missing',
      world: buildWorld({ replicas: 2, strategy: routed({ steps: STEPS }), split: null }),
      isRefused: of(INGRESSES),
    },
    {
      name: 'a ReplicaSet that cannot be adopted',
      world: orphaned(buildWorld({ replicas: 2, strategy: {}, revisions: [{ version: 'v1', size: 2 }] })),
      isRefused: of(REPLICA_SETS),
    },
    {
      name: 'a Service that cannot be written while the spec is invalid',
      world: buildWorld({
        replicas: 2,
        blueGreen: blueGreen({ scaleDownDelayRevisionLimit: 99 }),
        revisions: [
          { version: 'v1', size: 2 },
          { version: 'v2', size: 2 },
        ],
        selects: { web: 'v2', 'web-preview': 'v2' },
        status: {
          abort: true,
          abortedAt: LONG_AGO,
          currentPodHash: hashOf('v2'),
          blueGreen: { activeSelector: hashOf('v2'), previewSelector: hashOf('v2') },
        },
      }),
      isRefused: of(SERVICES),
    },
  ])('are one report, and not one for each look: $name', ({ world, isRefused }) => {
    expect(reportsOf(world, isRefused)).toEqual([true, false, false, false, false]);
  });
});

test('what is refused after the report is reported once, and not taken back by each look that tries it again', () => {
  let seen = buildWorld({ replicas: 2, spec: { restartAt: formatTime(NOW - 60_000) } });
  const reports = [1, 2, 3, 4, 5, 6].map(() => {
    const told = decideRollout(seen).writes.filter((write) => write.op === 'patch');
    const between = { ...seen, rollout: { ...seen.rollout, status: statusOnceWritten(seen, told) } };
    const refused = decideRollout(seen).writes.filter((write) => write.op === 'evict');
    expect(refused).not.toEqual([]);
    const corrected = decideRollout({ ...between, refused: refused.map((write) => ({ write, message: WORDS })) });
    seen = {
      ...between,
      now: seen.now + 4000,
      rollout: { ...between.rollout, status: statusOnceWritten(between, corrected.writes) },
    };
    return told.length + corrected.writes.length;
  });
  // The first looks tell what was not told yet.
  expect(reports.slice(3)).toEqual([0, 0, 0]);
  expect(findCondition(seen.rollout.status?.conditions, 'Blocked')?.reason).toBe('WriteRefused');
});

describe('a ReplicaSet that may not be created', () => {
  const refusedAt = (options: WorldOptions, status: RolloutStatus = {}) =>
    after(buildWorld({ ...RELEASE, ...options, status }), of(REPLICA_SETS, 'create'), 'exceeded quota');

  test.each<{ name: string; options: WorldOptions }>([
    { name: 'with a router', options: {} },
    { name: 'without one', options: { strategy: { steps: STEPS } } },
    { name: 'of blue-green', options: { strategy: {}, blueGreen: blueGreen() } },
  ])('is no progress, and the clock runs: $name', ({ options }) => {
    const first = refusedAt(options, { currentPodHash: hashOf('v1'), phase: 'Healthy' });
    expect(condition(first, 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'ReplicaSetCreateError',
      lastUpdateTime: formatTime(NOW),
    });
    expect(statusAfter(first)).toMatchObject({ phase: 'Progressing', currentPodHash: hashOf('v2') });
    const waiting = { ...condition(first, 'Progressing'), lastUpdateTime: LONG_AGO, lastTransitionTime: LONG_AGO };
    const later = refusedAt(options, { ...statusAfter(first), conditions: [waiting as never] });
    expect(condition(later, 'Progressing')?.reason).toBe('ProgressDeadlineExceeded');
  });

  test('is given up at the deadline where the Rollout asks for that', () => {
    const conditions = [
      { type: 'Progressing', status: 'False', reason: 'ReplicaSetCreateError', lastUpdateTime: LONG_AGO } as never,
    ];
    const plan = refusedAt(
      { spec: { progressDeadlineAbort: true } },
      { currentPodHash: hashOf('v2'), conditions, currentStepIndex: 0, ...COUNTED },
    );
    expect(statusAfter(plan)).toMatchObject({ abort: true, abortedAt: formatTime(NOW), phase: 'Degraded' });
    expect(statusAfter(plan).message).toContain('exceeded quota');
  });

  test('keeps nothing from following spec.replicas', () => {
    for (const strategy of [routed({ steps: STEPS }), { steps: STEPS }]) {
      const { writes } = decideRollout(buildWorld({ ...RELEASE, strategy, replicas: 6 }));
      expect(writes).toContainEqual(
        expect.objectContaining({
          name: replicaSetNameOf('v1'),
          patch: expect.objectContaining({ spec: { replicas: 6 } }) as unknown,
        }),
      );
    }
  });

  test('lets a person abort', () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ReplicaSetCreateError' } as never];
    const plan = refusedAt({}, { currentPodHash: hashOf('v2'), abort: true, currentStepIndex: 0, conditions });
    expect(statusAfter(plan)).toMatchObject({ abortedAt: formatTime(NOW), phase: 'Degraded' });
    expect(reportOf(plan).events).toMatchObject([{ reason: 'RolloutAborted' }]);
  });

  test('of a first deploy is not stable', () => {
    const plan = refusedAt({ version: 'v1', revisions: [], stable: '' });
    expect(statusAfter(plan)).not.toHaveProperty('stableRS', hashOf('v1'));
    expect((reportOf(plan).events ?? []).map(({ reason }) => reason)).not.toContain('RolloutCompleted');
  });

  test('completes no step, and the stable side makes no room for it', () => {
    const plan = decideRollout(
      buildWorld({
        ...RELEASE,
        replicas: 6,
        revisions: [{ version: 'v1', size: 6 }],
        strategy: { steps: STEPS, maxSurge: 0, maxUnavailable: 3 },
      }),
    );
    expect(plan.writes.filter((one) => one.name === replicaSetNameOf('v1'))).toEqual([]);
    expect(statusAfter(plan).currentStepIndex ?? 0).toBe(0);
  });
});

describe('a Service that may not be written', () => {
  const world = buildWorld({
    replicas: 2,
    blueGreen: blueGreen({ autoPromotionEnabled: true }),
    version: 'v2',
    revisions: [
      { version: 'v1', size: 2 },
      { version: 'v2', size: 2 },
    ],
    selects: { web: 'v1', 'web-preview': 'v2' },
    status: {
      currentPodHash: hashOf('v2'),
      blueGreen: { activeSelector: hashOf('v1'), previewSelector: hashOf('v2') },
    },
  });

  test('is switched and the revision promoted in one look where it may', () => {
    expect(statusAfter(decideRollout(world)).stableRS).toBe(hashOf('v2'));
  });

  test('keeps the revision from being promoted', () => {
    const plan = after(world, of(SERVICES));
    expect(statusAfter(plan).stableRS).toBeUndefined();
    expect(statusAfter(plan).blueGreen).toBeUndefined();
    expect(condition(plan, 'Blocked')?.reason).toBe('WriteRefused');
  });
});

test('a refusal of what the Rollout does not need is told, and leaves it Healthy', () => {
  const world = buildWorld({
    stable: 'v2',
    revisions: [{ version: 'v1' }, { version: 'v2', size: 5 }],
    spec: { revisionHistoryLimit: 0 },
  });
  const plan = after(world, of(REPLICA_SETS, 'delete'));
  expect(condition(plan, 'Blocked')).toMatchObject({ reason: 'WriteRefused' });
  expect(statusAfter(plan).phase ?? 'Healthy').toBe('Healthy');
});

test('a refused act counts neither as movement nor as something to wait for', () => {
  const stuck = buildWorld({
    ...RELEASE,
    revisions: [
      { version: 'v1', size: 2 },
      { version: 'v2', size: 1 },
    ],
    split: { weight: 0 },
    spec: { progressDeadlineAbort: true },
    status: {
      conditions: [
        { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', lastUpdateTime: LONG_AGO } as never,
      ],
      updatedReplicas: 1,
      replicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    },
  });
  expect(statusAfter(after(stuck, of(INGRESSES)))).toMatchObject({ abort: true, phase: 'Degraded' });
});

describe('a pod that may not be evicted', () => {
  const restarting = (status: RolloutStatus = {}) =>
    buildWorld({
      revisions: [{ version: 'v1', size: 5 }],
      spec: { restartAt: formatTime(NOW - 60_000) },
      status: { controllerPause: true, ...status },
    });
  const isEviction = ({ op }: Write): boolean => op === 'evict';

  test('is told, and what the report before it has told is not told again', () => {
    const first = reportOf(decideRollout(restarting()));
    expect((first.events ?? []).length).toBeGreaterThan(0);
    const plan = after(restarting(), isEviction, 'no right to evict');
    expect(condition(plan, 'Blocked')).toMatchObject({ reason: 'WriteRefused', message: 'no right to evict' });
    expect(reportOf(plan).events).toEqual([]);
  });

  test('keeps what is told while it is tried again', () => {
    const told: Condition = { type: 'Blocked', status: 'True', reason: 'WriteRefused', message: 'no right to evict' };
    const world = restarting({ conditions: [told] });
    expect(findCondition(statusAfter(decideRollout(world)).conditions ?? [told], 'Blocked')).toEqual(told);
  });
});

test('an adoption that is refused lets sizes and aborts act, and the report does not wait for them', () => {
  const { ownerReferences: _none, ...orphan } = buildWorld({ revisions: [{ version: 'v0' }] }).replicaSets[0]
    ?.metadata ?? {
    ownerReferences: [],
  };
  const world = buildWorld({
    ...RELEASE,
    replicas: 6,
    version: 'v2',
    revisions: [
      { version: 'v1', size: 2 },
      { version: 'v2', size: 1 },
    ],
    split: { weight: 50 },
    status: { currentPodHash: hashOf('v2'), currentStepIndex: 1, abort: true },
  });
  const [first] = world.replicaSets;
  if (first === undefined) throw new Error('the world has no ReplicaSet');
  const stray = { ...first, metadata: { ...first.metadata, ...orphan, ownerReferences: [] } };
  const plan = after(
    { ...world, replicaSets: [...world.replicaSets, stray] },
    ({ op }) => op === 'require',
    'no right',
  );
  const sizes = plan.writes.filter((one) => one.resource === REPLICA_SETS);
  expect(sizes).toMatchObject([{ name: replicaSetNameOf('v1'), patch: { spec: { replicas: 6 } } }]);
  expect(reportOf(plan).afterAll).toBeUndefined();
  expect(statusAfter(plan)).toMatchObject({ phase: 'Progressing', message: 'no right', abortedAt: formatTime(NOW) });
});

test.each<{ name: string; resource: Resource; options: WorldOptions }>([
  {
    name: 'an eviction, while old pods are waited for',
    resource: PODS,
    options: {
      replicas: 2,
      revisions: [{ version: 'v1', size: 2, podsCreatedAt: [NOW - 3_600_000, NOW - 3_600_000] }],
      spec: { restartAt: formatTime(NOW - 60_000) },
    },
  },
  {
    name: 'the size of a Deployment, while the Rollout is paused',
    resource: DEPLOYMENTS,
    options: {
      scaleDown: 'onsuccess',
      workload: deploymentOf('v1'),
      revisions: [{ version: 'v1', size: 5 }],
      spec: { paused: true },
      status: {
        phase: 'Healthy',
        workloadScaleDown: { name: NAME, from: 5, servesAloneSince: formatTime(NOW - 60_000) },
      },
    },
  },
])('what is refused after the report is told in one way, look after look: $name', ({ resource, options }) => {
  const told: Condition = {
    type: 'Blocked',
    status: 'True',
    reason: 'WriteRefused',
    message: WORDS,
    lastUpdateTime: LONG_AGO,
    lastTransitionTime: LONG_AGO,
  };
  const world = buildWorld({ ...options, status: { ...options.status, conditions: [told] } });
  const first = decideRollout(world);
  expect(first.writes.some(of(resource))).toBe(true);
  for (const plan of [first, after(world, of(resource))]) {
    expect(condition(plan, 'Blocked')).toEqual(told);
    expect(reportOf(plan).events?.map(({ reason }) => reason) ?? []).not.toContain('RolloutBlocked');
  }
});
