/** Phase and message: the rows of spec 3.3 in their order. */
import { describe, expect, test } from 'vitest';
import { countsOf } from '../../../src/core/report/counts.ts';
import { recall, type Memory } from '../../../src/core/observed/memory.ts';
import { phaseOf, type PhaseFacts } from '../../../src/core/report/phase.ts';
import type { Condition } from '../../../src/kube/objects.ts';
import { buildSituation, type WorldOptions } from '../build-world.ts';

const at = '2026-01-02T03:04:00Z';
const moving: Condition = { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: '' };
const aborted: Condition = { type: 'Progressing', status: 'False', reason: 'RolloutAborted', message: 'aborted' };
const timedOut: Condition = {
  type: 'Progressing',
  status: 'False',
  reason: 'ProgressDeadlineExceeded',
  message: 'too late',
};
const pausedAtStep: Partial<Memory> = { pauseConditions: [{ reason: 'CanaryPauseStep', startTime: at }] };

const SETTLED: WorldOptions = { revisions: [{ version: 'v1', size: 5 }] };
const UPDATED: WorldOptions = {
  revisions: [
    { version: 'v1', size: 5 },
    { version: 'v2', size: 5 },
  ],
};

interface Row {
  readonly name: string;
  readonly world?: WorldOptions;
  readonly memory?: Partial<Memory>;
  readonly facts?: Partial<PhaseFacts>;
  readonly phase: string;
  readonly message: string;
}

describe('phaseOf', () => {
  test.each<Row>([
    { name: '1: aborted', facts: { progressing: aborted }, phase: 'Degraded', message: 'RolloutAborted: aborted' },
    {
      name: '1: timed out',
      facts: { progressing: timedOut },
      phase: 'Degraded',
      message: 'ProgressDeadlineExceeded: too late',
    },
    {
      name: '1 before 2: aborted and paused',
      world: { ...SETTLED, spec: { paused: true } },
      facts: { progressing: aborted },
      phase: 'Degraded',
      message: 'RolloutAborted: aborted',
    },
    {
      name: '2: paused by the user',
      world: { ...SETTLED, spec: { paused: true } },
      phase: 'Paused',
      message: 'manually paused',
    },
    { name: '3: paused at a step', memory: pausedAtStep, phase: 'Paused', message: 'CanaryPauseStep' },
    {
      name: '5: pods of the revision are missing',
      world: { revisions: [{ version: 'v1', size: 5, pods: 4, available: 4 }] },
      phase: 'Progressing',
      message: 'more replicas need to be updated',
    },
    {
      name: '6: pods are not available',
      world: { revisions: [{ version: 'v1', size: 5, available: 3 }] },
      phase: 'Progressing',
      message: 'updated replicas are still becoming available',
    },
    {
      name: '7: old pods, without a router',
      world: UPDATED,
      facts: { oldPodsHoldBack: 'phase' },
      phase: 'Progressing',
      message: 'old replicas are pending termination',
    },
    {
      name: '8: the strategy has something left to do',
      facts: { leftToDo: 'waiting for traffic' },
      phase: 'Progressing',
      message: 'waiting for traffic',
    },
    { name: '9: healthy', phase: 'Healthy', message: '' },
    {
      name: '9: healthy while a router keeps old pods for their delay',
      world: { ...UPDATED, stable: 'v2' },
      phase: 'Healthy',
      message: '',
    },
    {
      name: '9: healthy with nothing to run',
      world: { replicas: 0, revisions: [{ version: 'v1' }] },
      phase: 'Healthy',
      message: '',
    },
  ])('$name', ({ world = SETTLED, memory = {}, facts = {}, phase, message }) => {
    const situation = buildSituation(world);
    const reported = phaseOf(situation, {
      progressing: moving,
      counts: countsOf(situation, null),
      memory: { ...recall(situation.status), ...memory },
      oldPodsHoldBack: 'condition',
      leftToDo: null,
      ...facts,
    });
    expect(reported).toEqual({ phase, message });
  });
});
