/** How the position moves in one pass: steps, pauses, commands and promotion (spec 4.11, 5.8, 5.9, 6). */
import { describe, expect, test } from 'vitest';
import type { RolloutStatus } from '../../../../src/api/schema/status.ts';
import type { CanaryStep } from '../../../../src/api/schema/steps.ts';
import { waitsFor } from '../../../../src/core/acts/blocked.ts';
import { recallCanary, type CanaryMemory } from '../../../../src/core/strategies/canary/memory.ts';
import { advance, takeCommands } from '../../../../src/core/strategies/canary/advance.ts';
import type { Missing } from '../../../../src/core/strategies/canary/demand.ts';
import { lookAt, positionIn } from '../../../../src/core/strategies/canary/position.ts';
import { formatTime } from '../../../../src/kube/time.ts';
import { buildSituation, hashOf, NOW, routed, type WorldOptions } from '../../build-world.ts';

const STEPS: CanaryStep[] = [{ setWeight: 20 }, { pause: {} }, { pause: { duration: 30 } }, { setWeight: 60 }];
const NOTHING_MISSING: Missing = { pods: null, split: null };
const NO_PODS: Partial<Missing> = { pods: waitsFor('CanaryPodsNotAvailable', '0 of 1 canary pods are available') };
const NO_SPLIT: Partial<Missing> = { split: waitsFor('TrafficNotInForce', 'waiting for weight 20') };

function pausedSince(secondsAgo: number, index: number): RolloutStatus {
  return {
    controllerPause: true,
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: formatTime(NOW - secondsAgo * 1000) }],
    canary: { pausedStepIndex: index },
  };
}

interface Pass {
  readonly status?: RolloutStatus;
  readonly missing?: Partial<Missing>;
  readonly world?: WorldOptions;
  readonly steps?: readonly CanaryStep[];
}

/** Takes in the commands and moves on, as one pass does; `told` are the reasons of the events. */
function pass({ status = {}, missing = {}, world = {}, steps = STEPS }: Pass): {
  memory: CanaryMemory;
  told: string[];
} {
  const situation = buildSituation({
    strategy: routed({ steps: [...steps] }),
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1 },
    ],
    ...world,
    status: { ...status, ...world.status },
  });
  const look = lookAt(situation);
  const position = positionIn(look, takeCommands(look, recallCanary(situation.status)));
  const { memory, events } = advance(position, { ...NOTHING_MISSING, ...missing }, null);
  return { memory, told: events.map(({ reason }) => reason) };
}

const WHOLE: WorldOptions = {
  revisions: [
    { version: 'v1', size: 5 },
    { version: 'v2', size: 5 },
  ],
};

describe('a step', () => {
  test.each<{ name: string; step: CanaryStep; missing: Partial<Missing>; index: number }>([
    { name: 'a weight that shows', step: { setWeight: 20 }, missing: {}, index: 1 },
    { name: 'a weight whose pods are missing', step: { setWeight: 20 }, missing: NO_PODS, index: 0 },
    { name: 'a weight that does not show yet', step: { setWeight: 20 }, missing: NO_SPLIT, index: 0 },
    {
      name: 'a scale that is there',
      step: { setCanaryScale: { replicas: 1 } },
      missing: NO_SPLIT,
      index: 1,
    },
    {
      name: 'a scale that is not there',
      step: { setCanaryScale: { replicas: 1 } },
      missing: NO_PODS,
      index: 0,
    },
    { name: 'a header route that shows', step: { setHeaderRoute: { name: 'testers' } }, missing: {}, index: 1 },
    {
      name: 'a header route that does not',
      step: { setHeaderRoute: { name: 'testers' } },
      missing: NO_SPLIT,
      index: 0,
    },
    {
      name: 'a scale and a header route in one',
      step: { setCanaryScale: { replicas: 1 }, setHeaderRoute: { name: 'testers' } },
      missing: NO_SPLIT,
      index: 0,
    },
  ])('$name → $index', ({ step, missing, index }) => {
    const { memory, told } = pass({ steps: [step, { setWeight: 60 }], missing });
    expect(memory.currentStepIndex).toBe(index);
    expect(told).toEqual(index === 0 ? [] : ['RolloutStepCompleted']);
  });

  test('one of them completes in a pass, and a pause that follows begins with it', () => {
    const { memory, told } = pass({});
    expect(memory).toMatchObject({
      currentStepIndex: 1,
      controllerPause: true,
      pausedStepIndex: 1,
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: formatTime(NOW) }],
    });
    expect(told).toEqual(['RolloutStepCompleted', 'RolloutPaused']);
  });
});

describe('a pause step', () => {
  test.each<{ name: string; status: RolloutStatus; index: number }>([
    { name: 'without an end goes on', status: { currentStepIndex: 1, ...pausedSince(9999, 1) }, index: 1 },
    { name: 'in its time goes on', status: { currentStepIndex: 2, ...pausedSince(29, 2) }, index: 2 },
    { name: 'at its last moment goes on', status: { currentStepIndex: 2, ...pausedSince(30, 2) }, index: 2 },
    { name: 'after its time is over', status: { currentStepIndex: 2, ...pausedSince(31, 2) }, index: 3 },
    {
      name: 'whose pause a person took away is over',
      status: { currentStepIndex: 1, controllerPause: true, canary: { pausedStepIndex: 1 } },
      index: 2,
    },
    { name: 'that has just been reached begins', status: { currentStepIndex: 1 }, index: 1 },
  ])('$name', ({ status, index }) => {
    expect(pass({ status }).memory.currentStepIndex).toBe(index);
  });

  test('is consumed once: the pause that follows holds', () => {
    const status = { currentStepIndex: 1, controllerPause: true, canary: { pausedStepIndex: 1 } };
    const { memory } = pass({ status });
    expect(memory).toMatchObject({
      currentStepIndex: 2,
      pausedStepIndex: 2,
      pauseConditions: [{ reason: 'CanaryPauseStep' }],
    });
  });

  test('a resume counts for the step that was paused, not for one that somebody moved to', () => {
    const { memory } = pass({ status: { currentStepIndex: 2, controllerPause: true, canary: { pausedStepIndex: 1 } } });
    expect(memory).toMatchObject({ currentStepIndex: 2, pausedStepIndex: 2 });
  });

  test('an inconclusive analysis holds every step', () => {
    const pauseConditions = [{ reason: 'InconclusiveAnalysisRun', startTime: formatTime(NOW) }];
    expect(pass({ status: { controllerPause: true, pauseConditions } }).memory.currentStepIndex).toBe(0);
    const atPause = { currentStepIndex: 1, controllerPause: true, pauseConditions, canary: { pausedStepIndex: 1 } };
    expect(pass({ status: atPause }).memory.currentStepIndex).toBe(1);
  });

  test('a user who pauses the Rollout holds every step, and no pause begins', () => {
    const world: WorldOptions = { spec: { paused: true } };
    expect(pass({ world }).memory.currentStepIndex).toBe(0);
    expect(pass({ world, status: { currentStepIndex: 1 } }).memory.pauseConditions).toEqual([]);
    expect(pass({ world, status: { currentStepIndex: 2, ...pausedSince(31, 2) } }).memory.currentStepIndex).toBe(2);
  });
});

describe('a command', () => {
  test('abort: back to the first step, without pauses, and told once', () => {
    const status = { currentStepIndex: 1, ...pausedSince(5, 1), abort: true };
    const first = pass({ status });
    expect(first.memory).toMatchObject({
      abort: true,
      abortedAt: formatTime(NOW),
      currentStepIndex: 0,
      pauseConditions: [],
      controllerPause: false,
    });
    expect(first.told).toEqual(['RolloutAborted']);
    const later = pass({ status: { ...status, abortedAt: '2026-01-01T00:00:00Z' } });
    expect(later.memory.abortedAt).toBe('2026-01-01T00:00:00Z');
    expect(later.told).toEqual([]);
  });

  test('retry: from the first step', () => {
    const { memory } = pass({
      status: { currentStepIndex: 0, abortedAt: '2026-01-01T00:00:00Z' },
      missing: NO_PODS,
    });
    expect(memory).toMatchObject({ abort: false, abortedAt: null, currentStepIndex: 0 });
  });

  test('promote in full: to the end, also out of an abort and a pause', () => {
    const status = { currentStepIndex: 1, ...pausedSince(5, 1), abort: true, promoteFull: true };
    expect(pass({ status }).memory).toMatchObject({
      abort: false,
      currentStepIndex: 4,
      pauseConditions: [],
      promoteFull: true,
    });
  });

  test.each([
    { index: 99, to: 4 },
    { index: -3, to: 0 },
  ])('an index of $index is one of $to', ({ index, to }) => {
    expect(pass({ status: { currentStepIndex: index }, missing: NO_PODS }).memory.currentStepIndex).toBe(to);
  });
});

describe('a promotion', () => {
  const promotedBy = (one: Pass): boolean => pass(one).memory.stableRS === hashOf('v2');
  const done: RolloutStatus = { currentStepIndex: 4 };

  test.each<Pass & { readonly name: string; readonly promoted: boolean }>([
    { name: 'all steps are done and all pods are there', world: WHOLE, status: done, promoted: true },
    { name: 'a step is left', world: WHOLE, status: { currentStepIndex: 1, ...pausedSince(1, 1) }, promoted: false },
    { name: 'a pod is missing', status: done, promoted: false },
    {
      name: 'the traffic is not there yet',
      world: WHOLE,
      status: done,
      missing: NO_SPLIT,
      promoted: false,
    },
    { name: 'the user paused', world: { ...WHOLE, spec: { paused: true } }, status: done, promoted: false },
    { name: 'aborted', world: WHOLE, status: { ...done, abort: true }, promoted: false },
    { name: 'promoted in full', world: WHOLE, status: { currentStepIndex: 0, promoteFull: true }, promoted: true },
    { name: 'promoted in full with a pod missing', status: { promoteFull: true }, promoted: false },
    { name: 'no steps', world: WHOLE, steps: [], promoted: true },
    {
      name: 'nothing was ever stable',
      world: { stable: '', revisions: [{ version: 'v2', size: 5, available: 0 }] },
      promoted: true,
    },
    {
      name: 'somebody deleted the stable ReplicaSet',
      world: { stable: 'v1', revisions: [{ version: 'v2', size: 1 }] },
      promoted: true,
    },
  ])('$name: $promoted', ({ promoted, ...one }) => {
    expect(promotedBy(one)).toBe(promoted);
  });

  test('ends with everything that was temporary', () => {
    const { memory, told } = pass({ world: WHOLE, status: { promoteFull: true, ...pausedSince(1, 0) } });
    expect(memory).toMatchObject({
      stableRS: hashOf('v2'),
      promoteFull: false,
      abort: false,
      pauseConditions: [],
      controllerPause: false,
      currentStepIndex: 4,
    });
    expect(told).toEqual(['RolloutCompleted']);
  });

  test('going back within the window skips steps and pauses', () => {
    const world: WorldOptions = {
      ...WHOLE,
      stable: 'v2',
      version: 'v1',
      spec: { rollbackWindow: { revisions: 1 } },
      status: { currentStepIndex: 1, ...pausedSince(1, 1) },
    };
    expect(pass({ world }).memory).toMatchObject({ stableRS: hashOf('v1'), currentStepIndex: 4, pauseConditions: [] });
  });
});
