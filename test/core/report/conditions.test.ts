/** The conditions after a pass, row by row of spec 3.2, and when the progress deadline counts. */
import { describe, expect, test } from 'vitest';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { blocked, waitsFor } from '../../../src/core/acts/blocked.ts';
import { countsOf } from '../../../src/core/report/counts.ts';
import { recall, type Memory } from '../../../src/core/observed/memory.ts';
import { reportConditions, type ConditionFacts } from '../../../src/core/report/conditions.ts';
import { findCondition } from '../../../src/kube/conditions.ts';
import type { Condition } from '../../../src/kube/objects.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { buildSituation, NOW, replicaSetNameOf, routed, type WorldOptions } from '../build-world.ts';

const SECOND_MS = 1000;
const V1 = replicaSetNameOf('v1');
const V2 = replicaSetNameOf('v2');

/** A condition as it was reported some seconds ago. */
function condition(
  type: string,
  status: Condition['status'],
  reason: string,
  message = '',
  secondsAgo = 60,
): Condition {
  const time = formatTime(NOW - secondsAgo * SECOND_MS);
  return { type, status, reason, message, lastUpdateTime: time, lastTransitionTime: time };
}

const PROGRESSING = condition('Progressing', 'True', 'ReplicaSetUpdated', `ReplicaSet "${V2}" is progressing.`);
const HEALTHY = condition('Healthy', 'True', 'RolloutHealthy', 'Rollout is healthy');

interface Scene {
  readonly world?: WorldOptions;
  readonly before?: readonly Condition[];
  readonly memory?: Partial<Memory>;
  readonly facts?: Partial<ConditionFacts>;
}

/** In the middle of an update, standing still, unless a scene says otherwise. */
function reported({ world = {}, before = [PROGRESSING], memory = {}, facts = {} }: Scene) {
  const situation = buildSituation({
    strategy: routed({ steps: [{ setWeight: 20 }, { pause: {} }] }),
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1 },
    ],
    ...world,
    status: { conditions: before, ...world.status },
  });
  return reportConditions(situation, {
    counts: countsOf(situation, null),
    memory: { ...recall(situation.status), ...memory },
    deadlineAbort: null,
    hasMoved: false,
    abortReason: null,
    leftToDo: null,
    servicesFollow: false,
    oldPodsHoldBack: 'condition',
    suspendsDeadline: false,
    blockedOn: null,
    hazards: [],
    ...facts,
  });
}

function said(scene: Scene, type: string): Partial<Condition> | undefined {
  const found = findCondition(reported(scene).list, type);
  return found === undefined ? undefined : { status: found.status, reason: found.reason, message: found.message };
}

/** Promoted, complete and at rest. */
const SETTLED: WorldOptions = { revisions: [{ version: 'v1', size: 5 }] };
const DONE: Partial<ConditionFacts> = { servicesFollow: true };

describe('Available', () => {
  test.each([
    { available: 5, canary: 0, status: 'True', message: 'Rollout has minimum availability' },
    { available: 4, canary: 1, status: 'True', message: 'Rollout has minimum availability' },
    { available: 4, canary: 0, status: 'False', message: 'Rollout does not have minimum availability' },
  ])('$available stable and $canary canary pods of 5: $status', ({ available, canary, ...expected }) => {
    const revisions = [
      { version: 'v1', size: 5, available },
      { version: 'v2', size: 1, available: canary },
    ];
    expect(said({ world: { revisions } }, 'Available')).toEqual({ ...expected, reason: 'AvailableReason' });
  });
});

describe('Progressing', () => {
  const deadline = (seconds: number): WorldOptions => ({ spec: { progressDeadlineSeconds: seconds } });
  const paused = { pauseConditions: [{ reason: 'CanaryPauseStep', startTime: formatTime(NOW) }] };
  const progressing = (reason: string, status: Condition['status'] = 'Unknown') =>
    condition('Progressing', status, reason);

  test.each<Scene & { readonly name: string; readonly says: readonly [string, string, string] | null }>([
    {
      name: 'the ReplicaSet is being created',
      world: { version: 'v3' },
      says: ['True', 'NewReplicaSetCreated', `Created new replica set "${replicaSetNameOf('v3')}"`],
    },
    {
      name: 'the ReplicaSet was there before the condition',
      before: [],
      says: ['True', 'FoundNewReplicaSet', `Found new replica set "${V2}"`],
    },
    {
      name: 'aborted by a person',
      memory: { abort: true },
      says: ['False', 'RolloutAborted', 'Rollout aborted update to revision 2'],
    },
    {
      name: 'aborted for a reason',
      memory: { abort: true },
      facts: { deadlineAbort: { message: 'it took too long', memory: recall({}), events: [] } },
      says: ['False', 'RolloutAborted', 'Rollout aborted update to revision 2: it took too long'],
    },
    { name: 'paused at a step', memory: paused, says: ['Unknown', 'RolloutPaused', 'Rollout is paused'] },
    {
      name: 'paused by the user',
      world: { spec: { paused: true } },
      says: ['Unknown', 'RolloutPaused', 'Rollout is paused'],
    },
    {
      name: 'paused while nothing is rolled out says nothing of it',
      world: { ...SETTLED, spec: { paused: true } },
      before: [progressing('NewReplicaSetAvailable', 'True')],
      facts: DONE,
      says: ['True', 'NewReplicaSetAvailable', ''],
    },
    {
      name: 'complete',
      world: SETTLED,
      facts: DONE,
      says: ['True', 'NewReplicaSetAvailable', `ReplicaSet "${V1}" has successfully progressed.`],
    },
    {
      name: 'one more pod is available',
      world: { status: { availableReplicas: 5 } },
      says: ['True', 'ReplicaSetUpdated', `ReplicaSet "${V2}" is progressing.`],
    },
    {
      name: 'a complete Rollout lost a pod',
      world: { revisions: [{ version: 'v1', size: 5, available: 4 }] },
      before: [progressing('NewReplicaSetAvailable', 'True'), HEALTHY],
      facts: DONE,
      says: ['True', 'ReplicaSetNotAvailable', 'Rollout does not have minimum availability'],
    },
    {
      name: 'retried',
      before: [progressing('RolloutAborted', 'False')],
      says: ['Unknown', 'RolloutRetry', 'Retrying Rollout after abort'],
    },
    {
      name: 'resumed',
      before: [progressing('RolloutPaused')],
      says: ['Unknown', 'RolloutResumed', 'Rollout is resumed'],
    },
    {
      name: 'too long without progress',
      world: deadline(60),
      says: ['False', 'ProgressDeadlineExceeded', `ReplicaSet "${V2}" has timed out progressing.`],
    },
    { name: 'not yet too long', world: deadline(61), says: null },
    {
      name: 'too long, but the step takes its time',
      world: deadline(60),
      facts: { suspendsDeadline: true },
      says: null,
    },
  ])('$name', ({ says, ...scene }) => {
    const [status, reason, message] = says ?? [PROGRESSING.status, PROGRESSING.reason, PROGRESSING.message];
    expect(said(scene, 'Progressing')).toEqual({ status, reason, message });
  });

  test.each<{ name: string; status: RolloutStatus; facts?: Partial<ConditionFacts> }>([
    { name: 'fewer updated pods', status: { updatedReplicas: 2 } },
    { name: 'fewer pods of other revisions', status: { replicas: 7 } },
    { name: 'more ready pods', status: { readyReplicas: 5 } },
    { name: 'more available pods', status: { availableReplicas: 5 } },
    { name: 'another revision became stable', status: { stableRS: 'former' } },
    { name: 'another step, or another Service', status: {}, facts: { hasMoved: true } },
  ])('progress starts the clock again: $name', ({ status, facts = {} }) => {
    const memory: Partial<Memory> = status.stableRS === undefined ? {} : { stableRS: 'present' };
    const progressing = findCondition(reported({ world: { status }, memory, facts }).list, 'Progressing');
    expect(progressing?.lastUpdateTime).toBe(formatTime(NOW));
    expect(progressing?.lastTransitionTime).toBe(PROGRESSING.lastTransitionTime);
  });

  test.each<{ name: string; status: RolloutStatus }>([
    { name: 'the same counts', status: {} },
    { name: 'fewer available pods', status: { availableReplicas: 7 } },
    { name: 'fewer ready pods', status: { readyReplicas: 7 } },
    { name: 'more pods of other revisions', status: { replicas: 5 } },
  ])('no progress leaves it as it is: $name', ({ status }) => {
    expect(reported({ world: { status } }).list).toContain(PROGRESSING);
  });
});

describe('Healthy', () => {
  test('says yes when everything is where it belongs', () => {
    expect(said({ world: SETTLED, facts: DONE }, 'Healthy')).toEqual({
      status: 'True',
      reason: 'RolloutHealthy',
      message: 'Rollout is healthy',
    });
  });

  test.each<Scene & { readonly name: string }>([
    { name: 'an update is under way' },
    { name: 'something is left to do', world: SETTLED, facts: { ...DONE, leftToDo: 'waiting for traffic' } },
    { name: 'a Service does not follow', world: SETTLED, facts: { servicesFollow: false } },
    { name: 'a pod is missing', world: { revisions: [{ version: 'v1', size: 5, available: 4 }] }, facts: DONE },
    {
      name: 'retired pods are left',
      world: {
        stable: 'v2',
        revisions: [
          { version: 'v1', size: 5 },
          { version: 'v2', size: 5 },
        ],
      },
      facts: DONE,
    },
    { name: 'paused by the user', world: { ...SETTLED, spec: { paused: true } }, facts: DONE },
  ])('says no only where it has said yes before: $name', (scene) => {
    expect(said(scene, 'Healthy')).toBeUndefined();
    expect(said({ ...scene, before: [PROGRESSING, HEALTHY] }, 'Healthy')).toEqual({
      status: 'False',
      reason: 'RolloutHealthy',
      message: 'Rollout is not healthy',
    });
  });
});

describe('Completed', () => {
  test.each([
    { stable: 'v1', version: 'v2', status: 'False' },
    { stable: 'v2', version: 'v2', status: 'True' },
    { stable: '', version: 'v2', status: 'False' },
  ])('stable $stable, present $version: $status', ({ stable, version, status }) => {
    expect(said({ world: { stable, version } }, 'Completed')).toEqual({
      status,
      reason: 'RolloutCompleted',
      message: 'RolloutCompleted',
    });
  });
});

describe('Paused', () => {
  const paused = { pauseConditions: [{ reason: 'CanaryPauseStep', startTime: formatTime(NOW) }] };
  const before = [PROGRESSING, condition('Paused', 'True', 'RolloutPaused', 'Rollout is paused')];
  test.each<Scene & { readonly name: string; readonly status: string | undefined }>([
    { name: 'never paused', status: undefined },
    { name: 'at a pause step', memory: paused, status: 'True' },
    { name: 'by the user', world: { spec: { paused: true } }, status: 'True' },
    { name: 'no longer', before, status: 'False' },
    { name: 'aborted: left as it was', before, memory: { abort: true }, status: 'True' },
  ])('$name: $status', ({ status, ...scene }) => {
    expect(said(scene, 'Paused')?.status).toBe(status);
  });
});

describe('Blocked', () => {
  const young = [condition('Progressing', 'True', 'ReplicaSetUpdated', '', 1)];
  const told = condition('Blocked', 'True', 'CanaryPodsNotAvailable', '0 of 5');

  test('what a person has to know is told at once', () => {
    const facts = { blockedOn: blocked('PausedByUser', 'paused by spec.paused') };
    expect(said({ before: young, facts }, 'Blocked')).toEqual({
      status: 'True',
      reason: 'PausedByUser',
      message: 'paused by spec.paused',
    });
  });

  test('a young wait is not told, and looked at again when it is old enough', () => {
    const facts = { blockedOn: waitsFor('CanaryPodsNotAvailable', '0 of 5') };
    const { list, wakeAt } = reported({ before: young, facts });
    expect(findCondition(list, 'Blocked')).toBeUndefined();
    expect(wakeAt).toBe(NOW - SECOND_MS + 3 * SECOND_MS);
    expect(said({ facts }, 'Blocked')?.message).toBe('0 of 5');
  });

  test('its message follows, unlike that of other conditions', () => {
    const facts = { blockedOn: waitsFor('CanaryPodsNotAvailable', '1 of 5') };
    expect(said({ before: [...young, told], facts }, 'Blocked')?.message).toBe('1 of 5');
  });

  test('it goes with its cause', () => {
    expect(said({ before: [PROGRESSING, told] }, 'Blocked')).toBeUndefined();
  });
});

describe('the list', () => {
  test('loses InvalidSpec once the spec is valid', () => {
    const before = [condition('InvalidSpec', 'True', 'InvalidSpec', 'wrong'), PROGRESSING];
    expect(said({ before }, 'InvalidSpec')).toBeUndefined();
  });

  test('is the very same when nothing has changed', () => {
    const first = reported({}).list;
    expect(reported({ before: first }).list).toBe(first);
  });

  test('carries the failure of a ReplicaSet, and drops it with it', () => {
    const failure = condition('ReplicaFailure', 'True', 'FailedCreate', 'quota exceeded');
    const revisions = [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1, conditions: [failure] },
    ];
    expect(said({ world: { revisions } }, 'ReplicaFailure')?.message).toBe('quota exceeded');
    expect(said({ before: [PROGRESSING, failure] }, 'ReplicaFailure')).toBeUndefined();
  });
});

describe('TrafficHazard', () => {
  const shared = { reason: 'SharedBackend', message: 'one' } as const;
  const bound = { reason: 'SessionAffinity', message: 'two' } as const;
  const hazardIn = ({ list }: { list: readonly Condition[] }) => list.find(({ type }) => type === 'TrafficHazard');

  test('is not there without one, and goes with the last', () => {
    expect(hazardIn(reported({}))).toBeUndefined();
    const before = [PROGRESSING, condition('TrafficHazard', 'True', 'SharedBackend', 'one')];
    expect(hazardIn(reported({ before }))).toBeUndefined();
  });

  test('names the first and tells of all', () => {
    expect(hazardIn(reported({ facts: { hazards: [shared, bound] } }))).toMatchObject({
      status: 'True',
      reason: 'SharedBackend',
      message: 'one; two',
    });
  });

  test('keeps its time while nothing changes, and says what is new', () => {
    const present = condition('TrafficHazard', 'True', 'SharedBackend', 'one');
    const before = [PROGRESSING, present];
    expect(hazardIn(reported({ before, facts: { hazards: [shared] } }))).toEqual(present);
    expect(hazardIn(reported({ before, facts: { hazards: [shared, bound] } }))?.message).toBe('one; two');
  });
});
