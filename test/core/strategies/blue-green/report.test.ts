/** What a blue-green Rollout says about itself: fields, counts, phase and waits (spec A.2, A.11). */
import { describe, expect, test } from 'vitest';
import type { RolloutStatus } from '../../../../src/api/schema/status.ts';
import { decideRollout } from '../../../../src/core/rollout/decide.ts';
import { decideBlueGreen } from '../../../../src/core/strategies/blue-green/blue-green.ts';
import { patched } from '../../../../src/kube/patched.ts';
import type { Condition } from '../../../../src/kube/objects.ts';
import type { JsonObject } from '../../../../src/kube/json.ts';
import { formatTime } from '../../../../src/kube/time.ts';
import {
  blueGreen,
  buildSituation,
  buildWorld,
  hashOf,
  NOW,
  type Revision,
  type WorldOptions,
} from '../../build-world.ts';

const V1: Revision = { version: 'v1', size: 3 };
const V2: Revision = { version: 'v2', size: 3 };
const HELD = blueGreen({ autoPromotionEnabled: false });
const UPDATE: WorldOptions = { replicas: 3, blueGreen: HELD, stable: 'v1', revisions: [V1, V2] };

const PROGRESSING: Condition = { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: '' };

/** The status when everything that is decided has been written. */
function reported(options: WorldOptions): RolloutStatus {
  const world = buildWorld({ ...UPDATE, ...options });
  const report = decideRollout(world).writes.find((write) => write.op === 'patch' && write.subresource === 'status');
  const patch = report?.op === 'patch' ? (report.patch['status'] as JsonObject) : {};
  return patched({ ...world.rollout.status } as JsonObject, patch);
}

describe('counts', () => {
  test('of pods that are ready are those of the active revision, which is what an autoscaler measures', () => {
    expect(reported({ revisions: [{ ...V1, available: 2 }, V2] })).toMatchObject({
      replicas: 6,
      updatedReplicas: 3,
      readyReplicas: 2,
      availableReplicas: 2,
      HPAReplicas: 3,
      selector: `app=web,rollouts-pod-template-hash=${hashOf('v1')}`,
    });
  });

  test('are of all pods as long as no revision is active', () => {
    const first: WorldOptions = {
      stable: 'v1',
      revisions: [{ ...V1, available: 2 }],
      selects: { web: null },
      status: { blueGreen: {} },
    };
    expect(reported(first)).toMatchObject({ replicas: 3, availableReplicas: 2, HPAReplicas: 3, selector: 'app=web' });
  });
});

test('the Services are told as this look leaves them', () => {
  const { blueGreen: told } = reported({ status: { controllerPause: true }, selects: { 'web-preview': 'v1' } });
  expect(told).toEqual({ activeSelector: hashOf('v2'), previewSelector: hashOf('v2') });
});

test('nothing of a canary is left', () => {
  const status = reported({ status: { canary: { pausedStepIndex: 1 }, currentStepIndex: 2 } });
  expect(status).not.toHaveProperty('canary');
  expect(status).not.toHaveProperty('currentStepIndex');
  expect(status).not.toHaveProperty('currentStepHash');
});

describe('phase and message', () => {
  interface Row extends WorldOptions {
    readonly name: string;
    readonly says: string;
  }
  const settled: WorldOptions = { stable: 'v2', blueGreen: HELD };
  test.each<Row>([
    {
      name: 'the pods are not there',
      revisions: [V1, { ...V2, pods: 1, available: 0 }],
      says: 'Progressing: more replicas need to be updated',
    },
    {
      name: 'some are not available',
      revisions: [
        { ...V1, available: 2 },
        { ...V2, available: 0 },
      ],
      says: 'Progressing: updated replicas are still becoming available',
    },
    {
      name: 'all are, but for the preview',
      revisions: [V1, { ...V2, available: 2 }],
      says: 'Progressing: active service cutover pending',
    },
    { name: 'paused', says: 'Paused: BlueGreenPause' },
    { name: 'promoted', status: { controllerPause: true }, says: 'Healthy: ' },
    { name: 'settled, with pods in their delay', ...settled, says: 'Healthy: ' },
    {
      name: 'promoted, and the Service is not there',
      ...settled,
      revisions: [V1, { ...V2, available: 2 }],
      selects: { web: 'v1' },
      status: { blueGreen: { activeSelector: hashOf('v1') } },
      says: 'Progressing: active service cutover pending',
    },
    {
      name: 'the Service is there, and nobody has written it down',
      selects: { web: 'v2' },
      revisions: [
        { ...V1, available: 0 },
        { version: 'v2', size: 4, pods: 3, available: 3 },
      ],
      says: 'Progressing: waiting for post-promotion verification to complete',
    },
    {
      name: 'without pods',
      replicas: 0,
      stable: 'v1',
      revisions: [{ version: 'v1' }],
      selects: { web: null },
      status: { blueGreen: {} },
      says: 'Healthy: ',
    },
    { name: 'the user pauses', spec: { paused: true }, says: 'Paused: manually paused' },
    {
      name: 'aborted',
      status: { abort: true, conditions: [PROGRESSING] },
      says: 'Degraded: RolloutAborted: Rollout aborted update to revision 2',
    },
  ])('$name', ({ name: _name, says, ...options }) => {
    const { phase, message } = reported(options);
    expect(`${phase}: ${message}`).toBe(says);
  });
});

describe('the condition Healthy', () => {
  const healthy = (options: WorldOptions) =>
    reported(options).conditions?.find(({ type }) => type === 'Healthy')?.status ?? 'absent';
  test('needs both Services on the revision, and does not mind pods in their delay', () => {
    expect(healthy({ stable: 'v2' })).toBe('True');
    expect(healthy({ stable: 'v2', spec: { paused: true }, selects: { 'web-preview': 'v1' } })).toBe('absent');
    expect(healthy({})).toBe('absent');
  });
});

describe('waits', () => {
  const paused = (seconds: number): RolloutStatus => ({
    controllerPause: true,
    pauseConditions: [{ reason: 'BlueGreenPause', startTime: formatTime(NOW - seconds * 1000) }],
  });
  const wait = (options: WorldOptions) => {
    const blockedOn = decideBlueGreen(buildSituation({ ...UPDATE, ...options })).wait;
    return blockedOn === null ? null : `${blockedOn.reason}: ${blockedOn.message}`;
  };
  test.each<WorldOptions & { readonly name: string; readonly says: string | null }>([
    {
      name: 'for a person',
      status: paused(5),
      says: 'PausedBeforePromotion: paused since 2026-01-02T03:04:00Z before the new revision becomes active, promote to go on',
    },
    {
      name: 'for a time',
      blueGreen: blueGreen({ autoPromotionSeconds: 60 }),
      status: paused(5),
      says: 'PausedBeforePromotion: paused until 2026-01-02T03:05:00Z, when the new revision becomes active',
    },
    {
      name: 'for the user',
      spec: { paused: true },
      says: 'PausedByUser: paused by spec.paused, set it to false to go on',
    },
    {
      name: 'for whoever looks at what another controller left',
      status: {
        controllerPause: true,
        pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: '2026-01-02T03:00:00Z' }],
      },
      says: 'PausedBeforePromotion: paused since 2026-01-02T03:00:00Z (InconclusiveAnalysisRun), promote to go on',
    },
    {
      name: 'for pods',
      revisions: [V1, { ...V2, available: 1 }],
      says: 'PreviewPodsNotAvailable: 1 of 3 pods of the new revision are available',
    },
    {
      name: 'for those of a small preview',
      blueGreen: blueGreen({ previewReplicaCount: 1 }),
      revisions: [V1, { version: 'v2', size: 1, available: 0 }],
      says: 'PreviewPodsNotAvailable: 0 of 1 pods of the new revision are available',
    },
    {
      name: 'for pods of what is promoted',
      stable: 'v2',
      revisions: [V1, { ...V2, available: 2 }],
      says: 'StablePodsNotAvailable: 2 of 3 pods are available, waiting for 3',
    },
    {
      name: 'for stable pods, to return to them',
      status: { abort: true },
      selects: { web: 'v2' },
      revisions: [{ ...V1, available: 2 }, V2],
      says: 'StablePodsNotAvailable: 2 of 3 stable pods are available, waiting for 3',
    },
    { name: 'for nothing after an abort', status: { abort: true }, says: null },
    { name: 'for nothing when it is settled', stable: 'v2', says: null },
  ])('$name', ({ name: _name, says, ...options }) => {
    expect(wait(options)).toBe(says);
  });
});
