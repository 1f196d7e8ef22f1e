/** What the progress deadline is about: the new revision, whatever former ones wait for (spec 3.2, 6.6). */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import { countsOf } from '../../../src/core/report/counts.ts';
import { deadlineAbort } from '../../../src/core/report/deadline-abort.ts';
import { situationOf } from '../../../src/core/observed/situation.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { strategyOf } from '../../../src/core/strategies/strategies.ts';
import { findCondition } from '../../../src/kube/conditions.ts';
import type { Condition } from '../../../src/kube/objects.ts';
import { stepHash } from '../../../src/api/schema/step-hash.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { blueGreen, buildWorld, hashOf, NOW, type Revision, routed, type WorldOptions } from '../build-world.ts';
import { reportedOn, statusAfter } from '../plan-effects.ts';

const MINUTE_AGO = formatTime(NOW - 60_000);
const PROGRESSING: Condition = {
  type: 'Progressing',
  status: 'True',
  reason: 'ReplicaSetUpdated',
  message: '',
  lastUpdateTime: MINUTE_AGO,
  lastTransitionTime: MINUTE_AGO,
};
const IN_TEN_MINUTES = { [ANNOTATIONS.scaleDownDeadline]: formatTime(NOW + 600_000) };

const STRATEGIES: readonly { readonly strategy: string; readonly world: WorldOptions }[] = [
  {
    strategy: 'canary with a router',
    world: { strategy: routed({ scaleDownDelaySeconds: 600, steps: [{ setWeight: 50 }] }) },
  },
  { strategy: 'canary without a router', world: { strategy: { maxSurge: 1, steps: [{ setWeight: 50 }] } } },
  {
    strategy: 'blue-green',
    world: {
      blueGreen: blueGreen({ scaleDownDelaySeconds: 600 }),
      status: { blueGreen: { activeSelector: hashOf('v2'), previewSelector: hashOf('v3') } },
    },
  },
];

/** A canary without a router has no delays. */
const WITH_DELAYS = STRATEGIES.filter(
  ({ world }) => world.strategy === undefined || 'trafficRouting' in world.strategy,
);

/** Ways in which the revision before the last may be on its way out. */
const LEAVING: readonly { readonly state: string; readonly former: Revision }[] = [
  { state: 'waits out its delay', former: { version: 'v1', size: 2, annotations: IN_TEN_MINUTES } },
  { state: 'was scaled down, and a pod is stuck', former: { version: 'v1', size: 0, pods: 1, terminating: 1 } },
  {
    state: 'was scaled down and kept its deadline',
    former: { version: 'v1', size: 0, annotations: IN_TEN_MINUTES },
  },
];

/** The third revision never becomes ready; the status has told of all that there is, a minute ago. */
function standstill({ status, ...world }: WorldOptions, former: Revision, conditions = [PROGRESSING]) {
  const available = (former.size ?? 0) + (world.blueGreen === undefined ? 2 : 0);
  return buildWorld({
    replicas: 2,
    stable: 'v2',
    revisions: [former, { version: 'v2', size: 2 }, { version: 'v3', size: 2, available: 0 }],
    spec: { progressDeadlineSeconds: 10, progressDeadlineAbort: true },
    ...world,
    status: {
      conditions,
      replicas: (former.pods ?? former.size ?? 0) + 4,
      updatedReplicas: 2,
      readyReplicas: world.blueGreen === undefined ? available : 2,
      availableReplicas: world.blueGreen === undefined ? available : 2,
      ...status,
    },
  });
}

/** The phase and the condition once a look at the world is over. */
function told(world: RolloutWorld) {
  const { phase, conditions } = statusAfter(world, decideRollout(world).writes);
  return { phase, progressing: findCondition(conditions, 'Progressing')?.reason };
}

describe.each(STRATEGIES)('$strategy: a new revision that never becomes ready', ({ world }) => {
  test.each(LEAVING)('is told although a former one $state', ({ former }) => {
    const spec = { progressDeadlineSeconds: 10 };
    expect(told(standstill({ ...world, spec }, former))).toEqual({
      phase: 'Degraded',
      progressing: 'ProgressDeadlineExceeded',
    });
  });

  test.each(LEAVING)('is aborted although a former one $state', ({ former }) => {
    const situation = situationOf(standstill(world, former));
    const decision = strategyOf(situation.rollout).decide(situation);
    const abort = deadlineAbort(situation, decision, countsOf(situation, decision.standing.servesAlone), {
      changesCluster: false,
      missing: null,
    });
    expect(abort?.memory.abort).toBe(true);
  });
});

/** The second revision is promoted and has two pods; the first one waits out its delay. */
function inItsDelay({ status, ...world }: WorldOptions, available: number, reported: Condition): RolloutWorld {
  return buildWorld({
    replicas: 2,
    stable: 'v2',
    revisions: [
      { version: 'v1', size: 2, annotations: IN_TEN_MINUTES },
      { version: 'v2', size: 2, available },
    ],
    spec: { progressDeadlineSeconds: 10, progressDeadlineAbort: true },
    ...world,
    status: {
      conditions: [reported],
      replicas: 4,
      updatedReplicas: 2,
      readyReplicas: available + (world.blueGreen === undefined ? 2 : 0),
      availableReplicas: available + (world.blueGreen === undefined ? 2 : 0),
      blueGreen: { activeSelector: hashOf('v2'), previewSelector: hashOf('v2') },
      ...status,
    },
  });
}

describe.each(WITH_DELAYS)('$strategy: while a former revision waits out its delay', ({ world }) => {
  const COMPLETE = { ...PROGRESSING, reason: 'NewReplicaSetAvailable' };

  test('nothing is due from a complete new one', () => {
    expect(told(inItsDelay(world, 2, PROGRESSING))).toEqual({
      phase: 'Healthy',
      progressing: 'NewReplicaSetAvailable',
    });
  });

  test('a new one that loses a pod has the whole time to get it back', () => {
    const first = inItsDelay(world, 1, COMPLETE);
    expect(told(first).progressing).toBe('ReplicaSetNotAvailable');
    const { status } = reportedOn(first);
    const spec = { ...first.rollout, ...(status === undefined ? {} : { status }) };
    expect(told({ ...first, rollout: spec, now: NOW + 9_000 }).progressing).toBe('ReplicaSetNotAvailable');
    expect(told({ ...first, rollout: spec, now: NOW + 10_000 })).toEqual({
      phase: 'Degraded',
      progressing: 'ProgressDeadlineExceeded',
    });
  });

  test('a size that it does not have yet starts the clock', () => {
    const first = inItsDelay({ ...world, replicas: 3 }, 2, COMPLETE);
    expect(told(first).progressing).toBe('ReplicaSetNotAvailable');
  });
});

test('without a router pods of a former revision that never go are told', () => {
  const former = { version: 'v1', size: 0, pods: 1, terminating: 1, available: 0 };
  const revisions = [former, { version: 'v2', size: 2 }];
  const counts = { replicas: 3, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
  const world = buildWorld({
    replicas: 2,
    stable: 'v2',
    revisions,
    strategy: {},
    spec: { progressDeadlineSeconds: 10 },
    status: { conditions: [PROGRESSING], ...counts },
  });
  expect(told(world)).toEqual({ phase: 'Degraded', progressing: 'ProgressDeadlineExceeded' });
});

test('another template has the whole time, although its pods are those of one that timed out', () => {
  const late = { ...PROGRESSING, status: 'False' as const, reason: 'ProgressDeadlineExceeded' };
  const world = standstill(
    { strategy: routed(), status: { currentPodHash: hashOf('v1'), currentStepHash: stepHash(undefined) } },
    { version: 'v1', size: 2, available: 0 },
    [late],
  );
  expect(told(world).progressing).toBe('ReplicaSetUpdated');
});
