/** Which pods a restart takes, and when it is over. */
import { describe, expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../src/api/schema/canary.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import { recall } from '../../../src/core/observed/memory.ts';
import { decideRestart, type Restart } from '../../../src/core/rollout/restart.ts';
import type { EvictWrite, PatchWrite } from '../../../src/kube/plan.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { buildSituation, buildWorld, hashOf, NOW, replicaSetNameOf, type WorldOptions } from '../build-world.ts';

const MINUTE_MS = 60_000;
const RESTART_AT = formatTime(NOW - MINUTE_MS);
const LONG_AGO = NOW - 30 * MINUTE_MS;
const SINCE_THEN = NOW - 30_000;
const A_MOMENT_AGO = NOW - 5_000;

interface Facts {
  readonly unavailable?: number;
  readonly busy?: boolean;
}

function restart(options: WorldOptions, { unavailable = 1, busy = false }: Facts = {}): Restart {
  const situation = buildSituation({ ...options, spec: { restartAt: RESTART_AT, ...options.spec } });
  return decideRestart(situation, { memory: recall(situation.status), unavailable, busy });
}

/** The pods in the order in which they are tried, by version and place: `v1-0`. */
function tried({ evictions }: Pick<Restart, 'evictions'>): string[] {
  const versions = ['v1', 'v2', 'v3'];
  const shortened = (name: string) =>
    versions.reduce((text, version) => text.replace(replicaSetNameOf(version), version), name);
  return evictions.map((one) => shortened(one.name));
}

/** Those that go when no disruption budget protects any, as the applier counts. */
function gone(decision: Restart, isHeld: (pod: EvictWrite) => boolean = () => false): string[] {
  const counts = new Map<string, number>();
  const evictions = decision.evictions.filter((one) => {
    const isFull = one.limits.some(({ group, atMost }) => (counts.get(group) ?? 0) >= atMost);
    if (isFull || isHeld(one)) return false;
    for (const { group } of one.limits) counts.set(group, (counts.get(group) ?? 0) + 1);
    return true;
  });
  return tried({ evictions });
}

const pods = (...ages: readonly number[]) => ({ size: ages.length, podsCreatedAt: ages });

describe('what starts a restart', () => {
  const OLD: WorldOptions = { replicas: 2, revisions: [{ version: 'v1', ...pods(LONG_AGO, LONG_AGO) }] };

  test.each<{ name: string; spec: WorldOptions['spec']; status?: WorldOptions['status']; evicts: boolean }>([
    { name: 'a time that is over', spec: {}, evicts: true },
    { name: 'not one that was carried out', spec: {}, status: { restartedAt: RESTART_AT }, evicts: false },
    {
      name: 'nor one that was written down in another time zone',
      spec: {},
      status: { restartedAt: RESTART_AT.replace('Z', '+00:00') },
      evicts: false,
    },
    {
      name: 'another than was carried out',
      spec: {},
      status: { restartedAt: formatTime(NOW - 90_000) },
      evicts: true,
    },
    { name: 'not this very moment', spec: { restartAt: formatTime(NOW) }, evicts: false },
    { name: 'not a time to come', spec: { restartAt: formatTime(NOW + 1000) }, evicts: false },
  ])('$name', ({ spec, status = {}, evicts }) => {
    const decision = restart({ ...OLD, ...(spec === undefined ? {} : { spec }), status });
    expect(decision.evictions.length > 0).toBe(evicts);
  });

  test('a time to come is waited for, and told', () => {
    const later = NOW + MINUTE_MS;
    const restartAt = formatTime(later);
    expect(restart({ ...OLD, spec: { restartAt } })).toMatchObject({
      wakeAt: later + 1,
      blockedOn: { reason: 'PodsNotRestarted', message: `the restart starts at ${restartAt}` },
    });
  });

  test('a pass that changes something else evicts nothing', () => {
    expect(restart(OLD, { busy: true })).toMatchObject({
      evictions: [],
      restartedAt: null,
      blockedOn: { reason: 'PodsNotRestarted' },
    });
  });
});

describe('which pods', () => {
  test('those from before that second; one of that second counts as new', () => {
    const at = NOW - MINUTE_MS;
    const decision = restart({ replicas: 3, revisions: [{ version: 'v1', ...pods(at, at - 1000, at + 1000) }] });
    expect(tried(decision)).toEqual(['v1-1']);
  });

  test('stable, canary, retired; within a revision the oldest first', () => {
    const decision = restart(
      {
        replicas: 8,
        stable: 'v2',
        revisions: [
          { version: 'v1', ...pods(LONG_AGO, LONG_AGO) },
          { version: 'v2', ...pods(LONG_AGO + 2000, LONG_AGO) },
          { version: 'v3', ...pods(LONG_AGO, LONG_AGO - 1000, LONG_AGO) },
        ],
      },
      { unavailable: 7 },
    );
    expect(tried(decision)).toEqual(['v2-1', 'v2-0', 'v3-1', 'v3-0', 'v3-2', 'v1-0', 'v1-1']);
  });

  test('none that is leaving already', () => {
    const revision = {
      version: 'v1',
      ...pods(LONG_AGO, LONG_AGO, LONG_AGO),
      size: 2,
      terminating: 1,
      leftAt: LONG_AGO,
    };
    expect(tried(restart({ replicas: 2, revisions: [revision] }))).toEqual(['v1-0', 'v1-1']);
  });
});

describe('how many at once', () => {
  const four = pods(LONG_AGO, LONG_AGO, LONG_AGO, LONG_AGO);
  const revisions = (...sizes: readonly number[]) =>
    sizes.map((size, index) => ({
      version: `v${index + 1}`,
      ...pods(...Array.from({ length: size }, () => LONG_AGO)),
    }));

  test.each<{ name: string; world: WorldOptions; unavailable: number; goes: readonly string[] }>([
    { name: 'maxUnavailable', world: { replicas: 4, revisions: revisions(4) }, unavailable: 2, goes: ['v1-0', 'v1-1'] },
    {
      name: 'one where none may be missing',
      world: { replicas: 4, revisions: revisions(4) },
      unavailable: 0,
      goes: ['v1-0'],
    },
    { name: 'the only one', world: { replicas: 1, revisions: revisions(1) }, unavailable: 0, goes: ['v1-0'] },
    {
      name: 'never all of a revision that has several',
      world: { replicas: 4, revisions: revisions(4) },
      unavailable: 4,
      goes: ['v1-0', 'v1-1', 'v1-2'],
    },
    {
      name: 'three of four, of both revisions (spec, A9)',
      world: { replicas: 4, revisions: revisions(3, 1) },
      unavailable: 3,
      goes: ['v1-0', 'v1-1', 'v2-0'],
    },
    {
      name: 'by what both revisions together ask for, where that is more than the replicas',
      world: { replicas: 4, revisions: revisions(4, 2) },
      unavailable: 2,
      goes: ['v1-0', 'v1-1'],
    },
    {
      name: 'none while as many are missing as may be',
      world: { replicas: 4, revisions: [{ version: 'v1', ...four, available: 3 }] },
      unavailable: 1,
      goes: [],
    },
    {
      name: 'fewer while some are missing',
      world: { replicas: 4, revisions: [{ version: 'v1', ...four, available: 3 }] },
      unavailable: 2,
      goes: ['v1-0'],
    },
    {
      name: 'all but one of a revision that has none available, where others are enough: it has nothing to lose',
      world: {
        replicas: 4,
        revisions: [
          { version: 'v1', ...pods(SINCE_THEN, SINCE_THEN) },
          { version: 'v2', ...pods(LONG_AGO, LONG_AGO), available: 0 },
        ],
      },
      unavailable: 3,
      goes: ['v2-0'],
    },
    {
      name: 'none while the ReplicaSet controller has not seen the present size',
      world: { replicas: 4, revisions: [{ version: 'v1', ...four, observedGeneration: 0 }] },
      unavailable: 2,
      goes: [],
    },
    {
      name: 'none for a pod that was made a moment ago, whatever the ReplicaSet reports',
      world: { replicas: 4, revisions: [{ version: 'v1', ...pods(LONG_AGO, LONG_AGO, LONG_AGO, A_MOMENT_AGO) }] },
      unavailable: 1,
      goes: [],
    },
    {
      name: 'again when that pod is older',
      world: { replicas: 4, revisions: [{ version: 'v1', ...pods(LONG_AGO, LONG_AGO, LONG_AGO, SINCE_THEN) }] },
      unavailable: 1,
      goes: ['v1-0'],
    },
    {
      name: 'none in place of one that is leaving, whatever the ReplicaSet reports',
      world: {
        replicas: 4,
        revisions: [{ version: 'v1', size: 4, ready: 3, available: 4, terminating: 1 }],
      },
      unavailable: 1,
      goes: [],
    },
    {
      name: 'none while another that is not ready hides one that was told to go a moment ago',
      world: {
        replicas: 4,
        revisions: [
          {
            version: 'v1',
            ...pods(LONG_AGO, LONG_AGO, LONG_AGO, LONG_AGO, LONG_AGO),
            size: 4,
            available: 3,
            terminating: 1,
          },
        ],
      },
      unavailable: 2,
      goes: [],
    },
    {
      name: 'again when everybody has heard that it went',
      world: {
        replicas: 4,
        revisions: [
          {
            version: 'v1',
            ...pods(LONG_AGO, LONG_AGO, LONG_AGO, LONG_AGO, LONG_AGO),
            size: 4,
            available: 3,
            terminating: 1,
            leftAt: SINCE_THEN,
          },
        ],
      },
      unavailable: 2,
      goes: ['v1-0'],
    },
  ])('$name', ({ world, unavailable, goes }) => {
    expect(gone(restart(world, { unavailable }))).toEqual(goes);
  });

  test('a pod that a disruption budget protects leaves its turn to the next, of whatever revision', () => {
    const decision = restart({ replicas: 4, revisions: revisions(3, 1) }, { unavailable: 2 });
    const isStable = (pod: EvictWrite) => pod.name.startsWith(replicaSetNameOf('v1'));
    expect(gone(decision, isStable)).toEqual(['v2-0']);
    expect(gone(decision, (pod) => pod.name.endsWith('v1-0'))).toEqual(['v1-0', 'v1-1']);
  });
});

describe('when to look again', () => {
  test('half a minute after an eviction was tried: a disruption budget tells nobody when it has room', () => {
    const revisions = [{ version: 'v1', ...pods(LONG_AGO, LONG_AGO) }];
    expect(restart({ replicas: 2, revisions }).wakeAt).toBe(NOW + 30_000);
  });

  test('when the youngest pods count', () => {
    const revisions = [{ version: 'v1', ...pods(LONG_AGO, A_MOMENT_AGO) }];
    expect(restart({ replicas: 2, revisions }).wakeAt).toBe(A_MOMENT_AGO + 10_000);
  });

  test('only an event where too few pods are available', () => {
    const revisions = [{ version: 'v1', ...pods(LONG_AGO, LONG_AGO), available: 1 }];
    expect(restart({ replicas: 2, revisions })).toMatchObject({ evictions: [], wakeAt: null });
  });
});

describe('the end', () => {
  test('is when no pod from before is left, and it is told', () => {
    const revisions = [{ version: 'v1', ...pods(SINCE_THEN, SINCE_THEN) }];
    expect(restart({ replicas: 2, revisions })).toMatchObject({
      evictions: [],
      restartedAt: RESTART_AT,
      events: [{ reason: 'RolloutRestarted' }],
      blockedOn: null,
      wakeAt: null,
    });
  });

  test('does not wait for a pod that failed long ago and that a retired revision of no pods has kept', () => {
    const revisions = [
      { version: 'v1', size: 0, podsCreatedAt: [LONG_AGO] },
      { version: 'v2', ...pods(SINCE_THEN, SINCE_THEN) },
    ];
    expect(restart({ replicas: 2, stable: 'v2', revisions })).toMatchObject({ restartedAt: RESTART_AT });
  });

  test.each<{ name: string; revision: NonNullable<WorldOptions['revisions']>[number] }>([
    {
      name: 'a pod from before that is still leaving',
      revision: { version: 'v1', size: 2, podsCreatedAt: [SINCE_THEN, SINCE_THEN, LONG_AGO], terminating: 1 },
    },
    {
      name: 'a pod that the ReplicaSet reports and no list shows',
      revision: { version: 'v1', ...pods(SINCE_THEN), size: 2, available: 1, pods: 2 },
    },
  ])('not before $name', ({ revision }) => {
    expect(restart({ replicas: 2, revisions: [revision] })).toMatchObject({
      restartedAt: null,
      blockedOn: { reason: 'PodsNotRestarted' },
    });
  });
});

describe('in a plan', () => {
  const STRATEGY: CanaryStrategy = { steps: [{ setWeight: 25 }, { pause: {} }], maxUnavailable: 1 };
  const statusOf = (writes: readonly { readonly op: string }[]) =>
    (writes.find((one): one is PatchWrite => one.op === 'patch' && (one as PatchWrite).subresource === 'status')?.patch[
      'status'
    ] ?? {}) as Record<string, unknown>;

  const paused: WorldOptions = {
    replicas: 4,
    strategy: STRATEGY,
    spec: { restartAt: RESTART_AT },
    revisions: [
      { version: 'v1', ...pods(LONG_AGO, LONG_AGO, LONG_AGO) },
      { version: 'v2', ...pods(LONG_AGO) },
    ],
    status: {
      currentStepIndex: 1,
      controllerPause: true,
      canary: { pausedStepIndex: 1 },
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: formatTime(LONG_AGO) }],
    },
  };

  test('evictions come last, after the report, and work at a pause', () => {
    const { writes } = decideRollout(buildWorld(paused));
    expect(writes.map(({ op }) => op)).toEqual(['patch', 'evict', 'evict', 'evict', 'evict']);
  });

  test('a Rollout that is not paused is restarting', () => {
    const settled = { replicas: 4, spec: { restartAt: RESTART_AT }, revisions: [{ version: 'v1', size: 4 }] };
    const { writes } = decideRollout(buildWorld(settled));
    expect(statusOf(writes)).toMatchObject({ phase: 'Progressing', message: 'rollout is restarting' });
  });

  test('a new template takes the restart back', () => {
    const { writes } = decideRollout(
      buildWorld({ ...paused, version: 'v3', status: { ...paused.status, currentPodHash: hashOf('v2') } }),
    );
    expect(writes.filter(({ op }) => op === 'evict')).toEqual([]);
    expect(statusOf(writes)['restartedAt']).toBe(RESTART_AT);
  });

  test('an end is written down in one status write, and the Rollout is healthy again', () => {
    const revisions = [{ version: 'v1', size: 4, createdAt: SINCE_THEN }];
    const { writes } = decideRollout(buildWorld({ replicas: 4, spec: { restartAt: RESTART_AT }, revisions }));
    expect(statusOf(writes)).toMatchObject({ restartedAt: RESTART_AT, phase: 'Healthy' });
  });
});
