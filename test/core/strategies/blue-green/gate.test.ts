/** The gate before the active Service: when a pause begins and ends, and what commands do to it (spec A.5, A.7, G-1 to G-9). */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../../../src/api/words/labels.ts';
import type { RolloutStatus } from '../../../../src/api/schema/status.ts';
import type { BlueGreenMemory } from '../../../../src/core/strategies/blue-green/memory.ts';
import { decideBlueGreen } from '../../../../src/core/strategies/blue-green/blue-green.ts';
import { stepHash } from '../../../../src/api/schema/step-hash.ts';
import { formatTime } from '../../../../src/kube/time.ts';
import { blueGreen, buildSituation, hashOf, NOW, type Revision, type WorldOptions } from '../../build-world.ts';

const SECOND_MS = 1000;
const V1: Revision = { version: 'v1', size: 3 };
const V2: Revision = { version: 'v2', size: 3 };
const HELD = blueGreen({ autoPromotionEnabled: false });
const TIMED = blueGreen({ autoPromotionSeconds: 60 });
const SMALL = blueGreen({ autoPromotionEnabled: false, previewReplicaCount: 1 });
const LITTLE: Revision = { version: 'v2', size: 1 };

function pausedFor(seconds: number): RolloutStatus {
  const startTime = formatTime(NOW - seconds * SECOND_MS);
  return { controllerPause: true, pauseConditions: [{ reason: 'BlueGreenPause', startTime }] };
}

function decide(options: WorldOptions) {
  return decideBlueGreen(
    buildSituation({ replicas: 3, blueGreen: HELD, stable: 'v1', revisions: [V1, V2], ...options }),
  );
}

interface Row extends WorldOptions {
  readonly name: string;
  readonly memory: Partial<BlueGreenMemory>;
  readonly told?: readonly string[];
}

function check({ name: _name, memory, told = [], ...options }: Row): void {
  const decision = decide(options);
  expect(decision.memory).toMatchObject(memory);
  expect(decision.events.map(({ message }) => message)).toEqual(told);
}

const PAUSE = [{ reason: 'BlueGreenPause', startTime: formatTime(NOW) }];
const BEGUN = { pauseConditions: PAUSE, controllerPause: true, stableRS: hashOf('v1') };
const NO_PAUSE_YET = { pauseConditions: [], controllerPause: false, stableRS: hashOf('v1') };
const PROMOTED = { pauseConditions: [], controllerPause: false, stableRS: hashOf('v2') };
const COMPLETED = `Rollout completed update to revision 2 (${hashOf('v2')}): Completed blue-green update`;
const IS_PAUSED = 'Rollout is paused (BlueGreenPause)';

describe('a pause', () => {
  test.each<Row>([
    { name: 'begins when all pods are available', memory: BEGUN, told: [IS_PAUSED] },
    {
      name: 'begins when those of the preview are',
      blueGreen: SMALL,
      revisions: [V1, LITTLE],
      memory: BEGUN,
      told: [IS_PAUSED],
    },
    { name: 'does not begin before', revisions: [V1, { ...V2, available: 2 }], memory: NO_PAUSE_YET },
    { name: 'does not begin with a preview that is too large', blueGreen: SMALL, memory: NO_PAUSE_YET },
    { name: 'does not begin while the user pauses', spec: { paused: true }, memory: NO_PAUSE_YET },
    {
      name: 'does not begin in the look that starts over',
      status: { currentPodHash: hashOf('v1') },
      memory: NO_PAUSE_YET,
    },
    {
      name: 'does not begin when the active Service leads to the revision already',
      selects: { web: 'v2' },
      memory: PROMOTED,
      told: [COMPLETED],
    },
    { name: 'begins for a time, too', blueGreen: TIMED, memory: BEGUN, told: [IS_PAUSED] },
    {
      name: 'lasts',
      blueGreen: TIMED,
      status: pausedFor(60),
      memory: { controllerPause: true, stableRS: hashOf('v1') },
    },
    { name: 'ends after its time', blueGreen: TIMED, status: pausedFor(61), memory: PROMOTED, told: [COMPLETED] },
    {
      name: 'has ended although a pod fails at that moment',
      blueGreen: TIMED,
      status: pausedFor(61),
      revisions: [V1, { ...V2, available: 2 }],
      memory: { controllerPause: true, stableRS: hashOf('v1') },
    },
    {
      name: 'does not end after a time when a person is to decide',
      status: pausedFor(9999),
      memory: { controllerPause: true, stableRS: hashOf('v1') },
    },
    {
      name: 'ends when nobody is to be asked any more',
      blueGreen: blueGreen(),
      status: pausedFor(1),
      memory: PROMOTED,
      told: [COMPLETED],
    },
    {
      name: 'is not begun again after a person ended it',
      status: { controllerPause: true },
      revisions: [V1, { ...V2, available: 2 }],
      memory: { pauseConditions: [], controllerPause: true },
    },
    {
      name: 'with a time that a person does not wait for is over',
      blueGreen: TIMED,
      status: { controllerPause: true },
      memory: PROMOTED,
      told: [COMPLETED],
    },
  ])('$name', check);

  test('wakes the Rollout when its time is over', () => {
    expect(decide({ blueGreen: TIMED, status: pausedFor(10) }).wakeAt).toBe(NOW + 50 * SECOND_MS + 1);
    expect(decide({ status: pausedFor(10) }).wakeAt).toBeNull();
  });

  test('waits for a person only when it has no time', () => {
    expect(decide({ status: pausedFor(10) }).standing.waitsForPerson).toBe(true);
    expect(decide({ blueGreen: TIMED, status: pausedFor(10) }).standing.waitsForPerson).toBe(false);
  });

  test('of another controller waits for a person, whatever the time', () => {
    const pauseConditions = [{ reason: 'InconclusiveAnalysisRun', startTime: formatTime(NOW) }];
    const status = { controllerPause: true, pauseConditions };
    expect(decide({ blueGreen: TIMED, status }).standing.waitsForPerson).toBe(true);
  });
});

describe('the checkpoint of a small preview', () => {
  const revisions = [V1, LITTLE];
  const passed: RolloutStatus = { blueGreen: { activeSelector: hashOf('v1'), scaleUpPreviewCheckPoint: true } };
  const checkpoint = (scaleUpPreviewCheckPoint: boolean) => ({ scaleUpPreviewCheckPoint });
  test.each<Row>([
    {
      name: 'is passed when the pause is over',
      blueGreen: SMALL,
      revisions,
      status: { controllerPause: true },
      memory: { ...NO_PAUSE_YET, ...checkpoint(true) },
    },
    {
      name: 'is passed by itself',
      blueGreen: blueGreen({ previewReplicaCount: 1 }),
      revisions,
      memory: { ...NO_PAUSE_YET, ...checkpoint(true) },
    },
    {
      name: 'waits for the preview',
      blueGreen: SMALL,
      revisions: [V1, { ...LITTLE, available: 0 }],
      status: { controllerPause: true },
      memory: { controllerPause: true, ...checkpoint(false) },
    },
    {
      name: 'is not passed twice',
      blueGreen: SMALL,
      revisions,
      status: passed,
      memory: { ...NO_PAUSE_YET, ...checkpoint(true) },
    },
    {
      name: 'counts although the preview is not small any more',
      revisions: [V1, { ...V2, available: 2 }],
      status: passed,
      memory: { ...NO_PAUSE_YET, ...checkpoint(true) },
    },
    {
      name: 'lets the revision through that is complete without a small preview',
      status: passed,
      memory: { ...PROMOTED, ...checkpoint(false) },
      told: [COMPLETED],
    },
    {
      name: 'is forgotten after the promotion',
      blueGreen: SMALL,
      status: passed,
      memory: { ...PROMOTED, ...checkpoint(false) },
      told: [COMPLETED],
    },
    {
      name: 'is forgotten with a new template',
      blueGreen: SMALL,
      status: { ...passed, currentPodHash: hashOf('v1') },
      memory: checkpoint(false),
    },
    {
      name: 'is taken back by an abort',
      blueGreen: SMALL,
      revisions,
      status: { ...passed, abort: true, abortedAt: '2026-01-02T03:00:00Z' },
      memory: checkpoint(false),
    },
  ])('$name', check);
});

describe('commands', () => {
  const aborted = { abort: true, abortedAt: formatTime(NOW), pauseConditions: [], controllerPause: false };
  test.each<Row>([
    {
      name: 'abort',
      status: { ...pausedFor(9), abort: true },
      memory: aborted,
      told: ['Rollout aborted update to revision 2'],
    },
    {
      name: 'abort keeps its time',
      status: { abort: true, abortedAt: '2026-01-02T03:00:00Z' },
      memory: { abort: true, abortedAt: '2026-01-02T03:00:00Z' },
    },
    {
      name: 'retry asks again',
      status: { abortedAt: '2026-01-02T03:00:00Z' },
      memory: { ...BEGUN, abortedAt: null },
      told: [IS_PAUSED],
    },
    {
      name: 'promote in full',
      status: { ...pausedFor(9), promoteFull: true },
      memory: { ...PROMOTED, promoteFull: false },
      told: [COMPLETED.replace('Completed blue-green update', 'Full promotion requested')],
    },
    {
      name: 'promote in full waits for the pods',
      status: { promoteFull: true },
      revisions: [V1, { ...V2, available: 2 }],
      memory: { ...NO_PAUSE_YET, promoteFull: true },
    },
    {
      name: 'promote in full takes back an abort',
      status: { abort: true, promoteFull: true },
      memory: { ...PROMOTED, abort: false },
      told: [COMPLETED.replace('Completed blue-green update', 'Full promotion requested')],
    },
    {
      name: 'abort of what is stable is dropped',
      version: 'v1',
      revisions: [V1],
      status: { abort: true, promoteFull: true },
      memory: { abort: false, promoteFull: false },
    },
    {
      name: 'abort within the rollback window is taken back',
      version: 'v1',
      stable: 'v2',
      spec: { rollbackWindow: { revisions: 1 } },
      status: { abort: true },
      revisions: [{ ...V1, available: 2 }, V2],
      memory: { abort: false, stableRS: hashOf('v2') },
    },
  ])('$name', check);
});

describe('going back', () => {
  const waiting = (seconds: number): Revision => ({
    ...V1,
    annotations: { [ANNOTATIONS.scaleDownDeadline]: formatTime(NOW + seconds * SECOND_MS) },
  });
  const back: WorldOptions = { version: 'v1', stable: 'v2' };
  const started: RolloutStatus = { currentPodHash: hashOf('v2') };
  test.each<Row>([
    {
      name: 'to pods that are still there is remembered',
      ...back,
      revisions: [waiting(9), V2],
      status: started,
      memory: { fastRollback: true },
    },
    {
      name: 'to pods whose delay has not begun, because endpoints have yet to follow the switch, is remembered',
      ...back,
      revisions: [V1, V2],
      status: started,
      memory: { fastRollback: true },
    },
    {
      name: 'to pods that nobody lets wait is an update',
      ...back,
      blueGreen: blueGreen({ ...HELD, scaleDownDelaySeconds: 0 }),
      revisions: [V1, V2],
      status: started,
      memory: { fastRollback: false },
    },
    {
      name: 'to pods that were a canary until now is an update',
      ...back,
      revisions: [V1, V2],
      status: { currentStepHash: stepHash([{ setWeight: 20 }]), currentStepIndex: 0 },
      memory: { fastRollback: false },
    },
    {
      name: 'to pods whose time is over is an update',
      ...back,
      revisions: [waiting(0), V2],
      status: started,
      memory: { fastRollback: false },
    },
    {
      name: 'to a revision without pods is an update',
      ...back,
      revisions: [{ version: 'v1', ...deadlineOnly(waiting(9)) }, V2],
      status: started,
      memory: { fastRollback: false },
    },
    {
      name: 'to a preview that never was stable is an update',
      version: 'v2',
      stable: 'v1',
      revisions: [V1, { ...waiting(9), version: 'v2' }, { version: 'v3', size: 3 }],
      status: { currentPodHash: hashOf('v3') },
      memory: { fastRollback: false },
    },
    {
      name: 'is done when all pods are available',
      ...back,
      revisions: [V1, V2],
      status: { blueGreen: { activeSelector: hashOf('v2'), fastRollback: true } },
      memory: { stableRS: hashOf('v1'), pauseConditions: [], fastRollback: false },
      told: [`Rollout completed update to revision 3 (${hashOf('v1')}): Fast rollback`],
    },
    {
      name: 'waits for a pod that is not, and asks nobody all the same',
      ...back,
      revisions: [{ ...V1, available: 2 }, V2],
      status: { blueGreen: { activeSelector: hashOf('v2'), fastRollback: true } },
      memory: { stableRS: hashOf('v2'), pauseConditions: [], fastRollback: true },
    },
    {
      name: 'that another controller began is gone on with, told by the deadline that is still there',
      ...back,
      revisions: [waiting(9), V2],
      memory: { stableRS: hashOf('v1'), pauseConditions: [], fastRollback: false },
      told: [`Rollout completed update to revision 3 (${hashOf('v1')}): Fast rollback`],
    },
    {
      name: 'that another controller began is remembered until all pods are available',
      ...back,
      revisions: [{ ...waiting(9), available: 2 }, V2],
      memory: { stableRS: hashOf('v2'), pauseConditions: [], fastRollback: true },
    },
    {
      name: 'that a person is being asked about asks on',
      ...back,
      revisions: [waiting(9), V2],
      status: pausedFor(9),
      memory: { stableRS: hashOf('v2'), controllerPause: true, fastRollback: false },
    },
    {
      name: 'that was aborted and is tried again asks, although its pods still wait',
      ...back,
      revisions: [waiting(9), V2],
      status: { abortedAt: formatTime(NOW - SECOND_MS) },
      memory: { stableRS: hashOf('v2'), pauseConditions: PAUSE, fastRollback: false },
      told: [IS_PAUSED],
    },
    {
      name: 'to the stable template ends the update',
      version: 'v1',
      stable: 'v1',
      status: { ...pausedFor(9), currentPodHash: hashOf('v2') },
      memory: { stableRS: hashOf('v1'), pauseConditions: [], controllerPause: false },
    },
  ])('$name', check);

  function deadlineOnly({ annotations = {} }: Revision): Pick<Revision, 'annotations'> {
    return { annotations };
  }
});

describe('a Rollout that was a canary until now', () => {
  const status: RolloutStatus = {
    currentStepHash: stepHash([{ setWeight: 20 }]),
    currentStepIndex: 1,
    controllerPause: true,
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: formatTime(NOW) }],
    canary: { pausedStepIndex: 1 },
    blueGreen: {},
  };

  test('starts over, and forgets its steps', () => {
    const decision = decide({ status });
    expect(decision.standing.begins).toBe(true);
    expect(decision.memory).toMatchObject(NO_PAUSE_YET);
    expect(Object.keys(decision.ownStatus)).toEqual(['blueGreen']);
  });

  test('and asks before the new revision becomes active', () => {
    const { memory } = decide({ status: { blueGreen: {} } });
    expect(memory.pauseConditions).toEqual(PAUSE);
  });
});

test('the first revision is stable before it has pods', () => {
  const { memory, events } = decide({
    stable: '',
    revisions: [{ ...V1, available: 0 }],
    status: { currentPodHash: '', blueGreen: {} },
    selects: { web: null, 'web-preview': null },
  });
  expect(memory.stableRS).toBe(hashOf('v1'));
  expect(events.map(({ message }) => message)).toEqual([
    `Rollout completed update to revision 1 (${hashOf('v1')}): Initial deploy`,
  ]);
});
