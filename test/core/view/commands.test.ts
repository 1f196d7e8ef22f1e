/**
 * The patches of the commands (spec 6.1), for Rollouts in the states that make a difference.
 */
import { expect, test } from 'vitest';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { commandPatches, skipPatches, type Command } from '../../../src/core/view/commands.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { canary } from '../../api/sample-rollout.ts';

const PAUSE = { reason: 'CanaryPauseStep', startTime: '2026-01-02T03:04:05Z' };
const WEB = canary({ steps: [{ setWeight: 20 }, { pause: {} }] });
const UNDER_WAY: RolloutStatus = { stableRS: 'a', currentPodHash: 'b' };
const UNPAUSE = { patch: { spec: { paused: false } } };

interface Row {
  readonly name: string;
  readonly command: Command;
  readonly one?: Rollout;
  readonly status?: RolloutStatus;
  readonly statusPatch: JsonObject;
  readonly unpauses?: boolean;
}

const paused = (one: Rollout): Rollout => ({ ...one, spec: { ...one.spec, paused: true } });

const rows: readonly Row[] = [
  {
    name: 'promote at a pause takes the pause away and leaves the index alone',
    command: 'promote',
    status: { pauseConditions: [PAUSE], currentStepIndex: 1 },
    statusPatch: { pauseConditions: null },
  },
  {
    name: 'promote between pauses skips the step',
    command: 'promote',
    status: { currentStepIndex: 0 },
    statusPatch: { pauseConditions: null, currentStepIndex: 1 },
  },
  {
    name: 'promote behind the last step stays there',
    command: 'promote',
    status: { currentStepIndex: 2 },
    statusPatch: { pauseConditions: null, currentStepIndex: 2 },
  },
  { name: 'promote without steps', command: 'promote', one: canary({}), statusPatch: { pauseConditions: null } },
  {
    name: 'promote of a Rollout with spec.paused also unpauses it',
    command: 'promote',
    one: paused(WEB),
    status: { pauseConditions: [PAUSE] },
    statusPatch: { pauseConditions: null },
    unpauses: true,
  },
  {
    name: 'promote where an analysis has no conclusion takes the pause away and skips the step',
    command: 'promote',
    status: {
      pauseConditions: [{ ...PAUSE, reason: 'InconclusiveAnalysisRun' }],
      controllerPause: true,
      currentStepIndex: 0,
      canary: { currentStepAnalysisRunStatus: { name: 'web-1', status: 'Inconclusive' } },
    },
    statusPatch: { pauseConditions: null, controllerPause: false, currentStepIndex: 1 },
  },
  { name: 'promote in full', command: 'promoteFull', status: UNDER_WAY, statusPatch: { promoteFull: true } },
  {
    name: 'promote in full of a Rollout with spec.paused',
    command: 'promoteFull',
    one: paused(WEB),
    status: UNDER_WAY,
    statusPatch: { promoteFull: true },
    unpauses: true,
  },
  { name: 'abort', command: 'abort', statusPatch: { abort: true } },
  { name: 'retry', command: 'retry', statusPatch: { abort: false } },
];

test.each(rows)('$name', ({ command, one = WEB, status, statusPatch, unpauses = false }) => {
  const patches = commandPatches(status === undefined ? one : { ...one, status }, command);
  expect(patches).toEqual([{ subresource: 'status', patch: { status: statusPatch } }, ...(unpauses ? [UNPAUSE] : [])]);
});

test('promote in full of a revision that is stable already leaves no flag behind', () => {
  const status = { stableRS: 'a', currentPodHash: 'a' };
  expect(commandPatches({ ...WEB, status }, 'promoteFull')).toEqual([]);
  expect(commandPatches({ ...paused(WEB), status }, 'promoteFull')).toEqual([UNPAUSE]);
});

test.each([
  { skipped: 'step', currentStepIndex: 1 },
  { skipped: 'all', currentStepIndex: 2 },
] as const)('skip $skipped', ({ skipped, currentStepIndex }) => {
  const patch = { subresource: 'status', patch: { status: { currentStepIndex } } };
  expect(skipPatches({ ...WEB, status: { currentStepIndex: 0 } }, skipped)).toEqual([patch]);
  expect(skipPatches(canary({}), skipped)).toBeNull();
});
