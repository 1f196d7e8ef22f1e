/**
 * States that a live Rollout of 10 pods may be in, for tables that do something to it in each of them. The strategy
 * is added by the table; its steps are {@link STEPS}, and its Services are `web-stable` and `web-canary`.
 */
import { ANNOTATIONS } from '../../src/api/words/labels.ts';
import { formatTime } from '../../src/kube/time.ts';
import { NOW, type WorldOptions } from './build-world.ts';

export const REPLICAS = 10;
export const STEPS = [{ setWeight: 50 }, { pause: {} }];

const V1 = { version: 'v1', size: REPLICAS };
const LONG_AGO = formatTime(NOW - 3_600_000);
const WAITING = { [ANNOTATIONS.scaleDownDeadline]: formatTime(NOW + 20_000) };

const AT_PAUSE = {
  currentStepIndex: 1,
  controllerPause: true,
  canary: { pausedStepIndex: 1 },
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: LONG_AGO }],
};
const HELD = { controllerPause: true, pauseConditions: [{ reason: 'BlueGreenPause', startTime: LONG_AGO }] };
const PROMOTED = {
  stable: 'v2',
  revisions: [
    { ...V1, annotations: WAITING },
    { version: 'v2', size: 10 },
  ],
};
const ON_TRIAL = { revisions: [V1, { version: 'v2', size: 5 }] };
const WHOLE = { revisions: [V1, { version: 'v2', size: 10 }] };
const ABORTED = { abort: true, abortedAt: LONG_AGO };

/** Of a canary with a pause in its steps, routed or not. */
export const CANARY_STATES: Readonly<Record<string, WorldOptions>> = {
  settled: { revisions: [V1] },
  'with a new template': { revisions: [V1, { version: 'v2' }] },
  'coming up': { revisions: [V1, { version: 'v2', size: 5, available: 2 }] },
  'at a pause': { ...ON_TRIAL, split: { weight: 50 }, status: AT_PAUSE },
  'at a pause, short of a stable pod': {
    revisions: [
      { ...V1, available: 9 },
      { version: 'v2', size: 5 },
    ],
    split: { weight: 50 },
    status: AT_PAUSE,
  },
  'paused by the user at a pause': { ...ON_TRIAL, split: { weight: 50 }, status: AT_PAUSE, spec: { paused: true } },
  aborted: { ...ON_TRIAL, status: { ...ABORTED, currentStepIndex: 0 } },
  'aborted a moment ago': { ...ON_TRIAL, split: { weight: 50 }, status: { abort: true, currentStepIndex: 1 } },
  'promoted, its former revision waits': PROMOTED,
  'superseded at a pause': {
    revisions: [V1, { version: 'v2', size: 5 }, { version: 'v3' }],
    selects: { 'web-canary': 'v2' },
    split: { weight: 50 },
  },
};

/** Of blue-green. */
export const BLUE_GREEN_STATES: Readonly<Record<string, WorldOptions>> = {
  settled: { revisions: [V1] },
  'with a new template': { revisions: [V1, { version: 'v2' }] },
  'coming up': { revisions: [V1, { version: 'v2', size: 10, available: 2 }] },
  'before the switch': { ...WHOLE, status: HELD },
  'paused by the user before the switch': { ...WHOLE, status: HELD, spec: { paused: true } },
  'switched, and not written down': { ...WHOLE, selects: { 'web-stable': 'v2' } },
  aborted: { ...WHOLE, status: ABORTED },
  'aborted after the switch': { ...WHOLE, selects: { 'web-stable': 'v2' }, status: ABORTED },
  'after the switch, its former revision waits': PROMOTED,
};
