/** What the run that a status names means for its Rollout (spec B.8, A.7, G-9). */
import { describe, expect, test } from 'vitest';
import { ANALYSIS_KINDS } from '../../../src/api/words/reasons.ts';
import {
  effectOf,
  mirrorOf,
  needsNewRun,
  phaseChangeEvent,
  type Steering,
} from '../../../src/core/analysis/current-run.ts';
import { run } from './build-run.ts';

const CALM: Steering = { controllerPause: false, pauseReasons: [], abort: false, abortedAt: null };
const RESUMED: Steering = { ...CALM, controllerPause: true };
const ABORTED: Steering = { ...CALM, abort: true, abortedAt: '2026-01-02T03:04:05Z' };
const RETRIED: Steering = { ...ABORTED, abort: false };

describe('a new run is needed', () => {
  test.each<{
    readonly name: string;
    readonly phase: string | null;
    readonly steering: Steering;
    readonly is: boolean;
  }>([
    { name: 'when there is none', phase: null, steering: CALM, is: true },
    { name: 'not while one is new', phase: '', steering: CALM, is: false },
    { name: 'not while one is running', phase: 'Running', steering: CALM, is: false },
    { name: 'not when one was successful', phase: 'Successful', steering: CALM, is: false },
    { name: 'not when one failed', phase: 'Failed', steering: CALM, is: false },
    { name: 'not when one was inconclusive, until a person resumes', phase: 'Inconclusive', steering: CALM, is: false },
    {
      name: 'not while the Rollout is paused for that',
      phase: 'Inconclusive',
      steering: { ...RESUMED, pauseReasons: ['InconclusiveAnalysisRun'] },
      is: false,
    },
    { name: 'when a person resumed after one was inconclusive', phase: 'Inconclusive', steering: RESUMED, is: true },
    { name: 'not when a person resumed for another reason', phase: 'Running', steering: RESUMED, is: false },
    {
      name: 'not while a step pauses',
      phase: 'Inconclusive',
      steering: { ...RESUMED, pauseReasons: ['CanaryPauseStep'] },
      is: false,
    },
    {
      name: 'not while the switch is paused',
      phase: 'Inconclusive',
      steering: { ...RESUMED, pauseReasons: ['BlueGreenPause'] },
      is: false,
    },
    { name: 'not while the update is aborted', phase: 'Failed', steering: ABORTED, is: false },
    {
      name: 'when a person retried, for the run belongs to the attempt before',
      phase: 'Failed',
      steering: RETRIED,
      is: true,
    },
    { name: 'when a person retried, also while that run still ends', phase: 'Running', steering: RETRIED, is: true },
  ])('$name', ({ phase, steering, is }) => {
    expect(needsNewRun(phase === null ? null : run({ status: { phase } }), steering)).toBe(is);
  });
});

describe('the effect', () => {
  test.each(ANALYSIS_KINDS)('of a %s run that is not over is to wait', (kind) => {
    expect(effectOf(kind, run())).toEqual({ effect: 'wait' });
    expect(effectOf(kind, run({ status: { phase: 'Running' } }))).toEqual({ effect: 'wait' });
  });

  test.each([
    ['Step', 'Failed', 'Step-based analysis phase error/failed'],
    ['Background', 'Error', 'Background analysis phase error/failed'],
    ['PrePromotion', 'Failed', 'Blue/green pre-promotion analysis phase error/failed'],
    ['PostPromotion', 'Error', 'Blue/green post-promotion analysis phase error/failed'],
  ] as const)('of a %s run of phase %s is an abort', (kind, phase, message) => {
    expect(effectOf(kind, run({ status: { phase } }))).toEqual({ effect: 'abort', message });
    expect(effectOf(kind, run({ status: { phase, message: 'why' } }))).toEqual({
      effect: 'abort',
      message: `${message}: why`,
    });
  });

  test('of the other outcomes is to pass and to pause', () => {
    expect(effectOf('Step', run({ status: { phase: 'Successful' } }))).toEqual({ effect: 'pass' });
    expect(effectOf('Step', run({ status: { phase: 'Inconclusive' } }))).toEqual({
      effect: 'pause',
      reason: 'InconclusiveAnalysisRun',
    });
  });
});

test('the status of the Rollout shows name, phase and message', () => {
  expect(mirrorOf(run())).toEqual({ name: 'web-abc-2', status: '' });
  expect(mirrorOf(run({ status: { phase: 'Failed', message: 'why' } }))).toEqual({
    name: 'web-abc-2',
    status: 'Failed',
    message: 'why',
  });
});

describe('an event of the Rollout', () => {
  const mirror = (status: string, name = 'r') => ({ name, status });

  test.each([
    { name: 'reports the first phase', before: undefined, now: mirror('Running'), previous: 'NoPreviousStatus' },
    {
      name: 'reports the first phase of a new run',
      before: mirror(''),
      now: mirror('Running'),
      previous: 'NoPreviousStatus',
    },
    { name: 'reports the outcome', before: mirror('Running'), now: mirror('Failed'), previous: 'Running' },
    {
      name: 'reports another run from its start',
      before: mirror('Failed', 'old'),
      now: mirror('Running'),
      previous: 'NoPreviousStatus',
    },
  ])('$name', ({ before, now, previous }) => {
    expect(phaseChangeEvent('Step', before, now)?.message).toBe(
      `Step Analysis Run 'r' Status New: '${now.status}' Previous: '${previous}'`,
    );
  });

  test.each([
    { name: 'is not written again', before: mirror('Running'), now: mirror('Running') },
    { name: 'is not written for a run without a phase', before: undefined, now: mirror('') },
    { name: 'is not written for a phase that the API does not have', before: undefined, now: mirror('Strange') },
  ])('$name', ({ before, now }) => {
    expect(phaseChangeEvent('Step', before, now)).toBeNull();
  });
});
