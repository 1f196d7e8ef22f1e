/** The status that we write has the health in Argo CD that the Rollout is in, and its actions bring about what they say. */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../src/api/words/labels.ts';
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { RolloutStatus } from '../../src/api/schema/status.ts';
import { formatTime } from '../../src/kube/time.ts';
import { blueGreen, buildWorld, deploymentOf, hashOf, NOW, routed, type WorldOptions } from '../core/build-world.ts';
import { reportedOn } from '../core/plan-effects.ts';
import { afterAction, healthOf, offeredActions, type Action, type Health } from './argo-cd.ts';

const STEPS = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: {} }];
const V1 = { version: 'v1', size: 5 };
const LONG_AGO = formatTime(NOW - 3_600_000);

const PAUSED_AT_20: WorldOptions = {
  strategy: routed({ steps: STEPS }),
  revisions: [V1, { version: 'v2', size: 1 }],
  split: { weight: 20 },
  status: {
    currentStepIndex: 1,
    controllerPause: true,
    canary: { pausedStepIndex: 1 },
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: LONG_AGO }],
  },
};

const ABORTED: WorldOptions = {
  strategy: routed({ steps: STEPS }),
  revisions: [V1, { version: 'v2', size: 1 }],
  status: { abort: true, abortedAt: LONG_AGO, currentStepIndex: 0 },
};

const TIMED_OUT: WorldOptions = {
  strategy: routed({ steps: STEPS }),
  spec: { progressDeadlineSeconds: 60 },
  revisions: [V1, { version: 'v2', size: 1, available: 0, pods: 1 }],
  status: {
    currentStepIndex: 0,
    updatedReplicas: 1,
    conditions: [
      {
        type: 'Progressing',
        status: 'True',
        reason: 'ReplicaSetUpdated',
        message: '',
        lastUpdateTime: LONG_AGO,
        lastTransitionTime: LONG_AGO,
      },
    ],
  },
};

const HELD: WorldOptions = {
  blueGreen: blueGreen({ autoPromotionEnabled: false }),
  revisions: [V1, { version: 'v2', size: 5 }],
  status: { controllerPause: true, pauseConditions: [{ reason: 'BlueGreenPause', startTime: LONG_AGO }] },
};

const BLUE_GREEN_ABORTED: WorldOptions = { ...HELD, status: { abort: true, abortedAt: LONG_AGO } };

describe('health', () => {
  test.each<{ name: string; world: WorldOptions; health: Health['status']; message?: RegExp }>([
    { name: 'settled, without a router', world: { revisions: [V1] }, health: 'Healthy' },
    { name: 'settled, with a router', world: { strategy: routed({ steps: STEPS }) }, health: 'Healthy' },
    { name: 'of no pods', world: { replicas: 0, revisions: [{ version: 'v1' }] }, health: 'Healthy' },
    {
      name: 'the first deploy, on its way',
      world: { stable: '', revisions: [{ ...V1, available: 2 }] },
      health: 'Progressing',
    },
    {
      name: 'a canary that comes up',
      world: { strategy: routed({ steps: STEPS }), revisions: [V1, { version: 'v2', size: 1, available: 0 }] },
      health: 'Progressing',
    },
    { name: 'a pause step', world: PAUSED_AT_20, health: 'Suspended', message: /^CanaryPauseStep$/ },
    {
      name: 'paused by a person',
      world: { spec: { paused: true } },
      health: 'Suspended',
      message: /^manually paused$/,
    },
    { name: 'aborted', world: ABORTED, health: 'Degraded', message: /^RolloutAborted: / },
    {
      name: 'aborted, and paused by a person',
      world: { ...ABORTED, spec: { paused: true } },
      health: 'Degraded',
      message: /^RolloutAborted: /,
    },
    {
      name: 'aborted, and a new template after it',
      world: {
        ...ABORTED,
        version: 'v3',
        status: { ...ABORTED.status, currentPodHash: hashOf('v2') },
      },
      health: 'Progressing',
    },
    {
      name: 'paused by a person in the middle of a pause',
      world: { ...PAUSED_AT_20, spec: { paused: true } },
      health: 'Suspended',
      message: /^manually paused$/,
    },
    { name: 'past its deadline', world: TIMED_OUT, health: 'Degraded', message: /^ProgressDeadlineExceeded: / },
    {
      name: 'invalid',
      world: { spec: { replicas: -1 } },
      health: 'Degraded',
      message: /^InvalidSpec: The Rollout "web" is invalid: spec\.replicas: /,
    },
    {
      name: 'promoted, and the traffic has not arrived yet',
      world: {
        stable: 'v2',
        strategy: routed({ steps: STEPS }),
        revisions: [V1, { version: 'v2', size: 5 }],
        selects: { 'web-stable': 'v1' },
        split: { weight: 100 },
      },
      health: 'Progressing',
    },
    {
      name: 'promoted, and the former revision waits for its delay',
      world: {
        stable: 'v2',
        strategy: routed({ steps: STEPS }),
        revisions: [V1, { version: 'v2', size: 5 }],
      },
      health: 'Healthy',
    },
    {
      name: 'restarting',
      world: { spec: { restartAt: formatTime(NOW - 1000) } },
      health: 'Progressing',
      message: /^rollout is restarting$/,
    },
    {
      name: 'to be restarted later',
      world: { spec: { restartAt: formatTime(NOW + 3_600_000) } },
      health: 'Progressing',
      message: /^rollout is restarting$/,
    },
    { name: 'blue-green, settled', world: { blueGreen: blueGreen(), revisions: [V1] }, health: 'Healthy' },
    {
      name: 'blue-green of no pods',
      world: { blueGreen: blueGreen(), replicas: 0, revisions: [{ version: 'v1' }] },
      health: 'Healthy',
    },
    {
      name: 'blue-green, the first deploy, on its way',
      world: { blueGreen: blueGreen(), stable: '', revisions: [{ ...V1, available: 2 }] },
      health: 'Progressing',
    },
    {
      name: 'blue-green, a preview that comes up',
      world: { ...HELD, revisions: [V1, { version: 'v2', size: 5, available: 2 }], status: {} },
      health: 'Progressing',
      message: /^active service cutover pending$/,
    },
    {
      name: 'blue-green, a preview that is smaller than all',
      world: {
        ...HELD,
        blueGreen: blueGreen({ autoPromotionEnabled: false, previewReplicaCount: 1 }),
        revisions: [V1, { version: 'v2', size: 1, available: 0 }],
        status: {},
      },
      health: 'Progressing',
      message: /^more replicas need to be updated$/,
    },
    { name: 'blue-green before the switch', world: HELD, health: 'Suspended', message: /^BlueGreenPause$/ },
    {
      name: 'blue-green, paused by a person',
      world: { ...HELD, spec: { paused: true } },
      health: 'Suspended',
      message: /^manually paused$/,
    },
    {
      name: 'blue-green after the switch, and the former revision waits for its delay',
      world: { blueGreen: blueGreen(), stable: 'v2', revisions: [V1, { version: 'v2', size: 5 }] },
      health: 'Healthy',
    },
    { name: 'blue-green, aborted', world: BLUE_GREEN_ABORTED, health: 'Degraded', message: /^RolloutAborted: / },
    { name: 'with the template of a Deployment', world: { workload: deploymentOf('v1') }, health: 'Healthy' },
    {
      name: 'with a Deployment that is missing',
      world: {
        workload: { missing: 'deployments.apps "web" not found' },
        annotations: { [ANNOTATIONS.workloadGeneration]: '4' },
        status: { workloadObservedGeneration: '3' },
      },
      health: 'Degraded',
      message: /not found$/,
    },
  ])('$name: $health', ({ world, health, message = /^/ }) => {
    const found = healthOf(reportedOn(buildWorld(world)));
    expect(found.status).toBe(health);
    expect(found.message).toMatch(message);
  });

  test('the legacy rules, which read conditions and numbers, come to the same where there is no phase', () => {
    const worlds: readonly WorldOptions[] = [
      { revisions: [V1] },
      PAUSED_AT_20,
      ABORTED,
      TIMED_OUT,
      { blueGreen: blueGreen(), revisions: [V1] },
      { blueGreen: blueGreen(), stable: 'v2', revisions: [V1, { version: 'v2', size: 5 }] },
      { ...HELD, revisions: [V1, { version: 'v2', size: 5, available: 2 }], status: {} },
      HELD,
      BLUE_GREEN_ABORTED,
    ];
    const both = worlds.map((world) => {
      const rollout = reportedOn(buildWorld(world));
      const { phase: _phase, ...status } = rollout.status ?? {};
      return [healthOf(rollout).status, healthOf({ ...rollout, status }).status];
    });
    expect(both.map(([health]) => health)).toEqual(both.map(([, legacy]) => legacy));
  });

  test.each<{ name: string; rollout: (rollout: Rollout) => Rollout }>([
    { name: 'a status that is not there', rollout: ({ status: _status, ...rest }) => rest },
    {
      name: 'a new generation',
      rollout: ({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, generation: 8 } }),
    },
    {
      name: 'a new generation of the workload',
      rollout: ({ metadata, ...rest }) => ({
        ...rest,
        metadata: { ...metadata, annotations: { ...metadata.annotations, [ANNOTATIONS.workloadGeneration]: '4' } },
      }),
    },
  ])('$name is waited for', ({ rollout }) => {
    const before = reportedOn(buildWorld({ workload: deploymentOf('v1') }));
    expect(healthOf(before).status).toBe('Healthy');
    expect(healthOf(rollout(before)).status).toBe('Progressing');
  });

  test('the generation is decimal text, and never ahead of the spec', () => {
    for (const world of [{ revisions: [V1] }, PAUSED_AT_20, ABORTED, HELD, BLUE_GREEN_ABORTED]) {
      const { status, metadata } = reportedOn(buildWorld(world));
      expect(status?.observedGeneration).toBe(String(metadata.generation));
    }
  });
});

describe('actions', () => {
  test.each<{ name: string; world: WorldOptions; offered: readonly Action[] }>([
    { name: 'settled', world: { strategy: routed({ steps: STEPS }) }, offered: ['restart'] },
    {
      name: 'at a pause',
      world: PAUSED_AT_20,
      offered: ['restart', 'resume', 'abort', 'pause', 'promote-full', 'skip-current-step'],
    },
    { name: 'aborted', world: ABORTED, offered: ['restart', 'retry', 'promote-full', 'skip-current-step'] },
    { name: 'paused by a person', world: { spec: { paused: true } }, offered: ['restart', 'resume'] },
    {
      name: 'paused by a person on its way',
      world: { ...PAUSED_AT_20, spec: { paused: true } },
      offered: ['restart', 'resume', 'abort', 'promote-full', 'skip-current-step'],
    },
    { name: 'blue-green, settled', world: { blueGreen: blueGreen(), revisions: [V1] }, offered: ['restart'] },
    {
      name: 'blue-green before the switch',
      world: HELD,
      offered: ['restart', 'resume', 'abort', 'pause', 'promote-full'],
    },
    { name: 'blue-green, aborted', world: BLUE_GREEN_ABORTED, offered: ['restart', 'retry', 'promote-full'] },
  ])('$name offers $offered', ({ world, offered }) => {
    expect(offeredActions(reportedOn(buildWorld(world)))).toEqual(offered);
  });

  /** What an action leaves behind once we have looked at it. */
  function acted(options: WorldOptions, action: Action): Rollout {
    const world = buildWorld(options);
    const rollout = reportedOn(world);
    expect(offeredActions(rollout)).toContain(action);
    return afterAction(rollout, action, formatTime(NOW - 1000)).reduce<Rollout>(
      (seen, { metadata, spec, status = {} }, patch) =>
        // The second patch is about the spec alone, and finds the status that we have written in between.
        reportedOn({
          ...world,
          rollout: { ...seen, metadata, spec, status: patch === 0 ? status : (seen.status ?? {}) },
        }),
      rollout,
    );
  }

  test.each<{ action: Action; world: WorldOptions; status: RolloutStatus; health: Health['status'] }>([
    { action: 'resume', world: PAUSED_AT_20, status: { currentStepIndex: 2 }, health: 'Progressing' },
    { action: 'skip-current-step', world: PAUSED_AT_20, status: { currentStepIndex: 2 }, health: 'Progressing' },
    { action: 'abort', world: PAUSED_AT_20, status: { abort: true, currentStepIndex: 0 }, health: 'Degraded' },
    { action: 'retry', world: ABORTED, status: { currentStepIndex: 0 }, health: 'Progressing' },
    { action: 'promote-full', world: PAUSED_AT_20, status: { currentStepIndex: 4 }, health: 'Progressing' },
    { action: 'pause', world: PAUSED_AT_20, status: { currentStepIndex: 1 }, health: 'Suspended' },
    { action: 'restart', world: { strategy: routed({ steps: STEPS }) }, status: {}, health: 'Progressing' },
    { action: 'restart', world: PAUSED_AT_20, status: { currentStepIndex: 1 }, health: 'Suspended' },
    {
      action: 'promote-full',
      world: { ...PAUSED_AT_20, spec: { paused: true } },
      status: { promoteFull: true, stableRS: hashOf('v1') },
      health: 'Suspended',
    },
    { action: 'promote-full', world: ABORTED, status: { currentStepIndex: 4 }, health: 'Progressing' },
    {
      action: 'resume',
      world: HELD,
      status: { stableRS: hashOf('v2'), blueGreen: { activeSelector: hashOf('v2') } },
      health: 'Healthy',
    },
    { action: 'promote-full', world: HELD, status: { stableRS: hashOf('v2') }, health: 'Healthy' },
    { action: 'abort', world: HELD, status: { abort: true, stableRS: hashOf('v1') }, health: 'Degraded' },
    { action: 'retry', world: BLUE_GREEN_ABORTED, status: { controllerPause: true }, health: 'Suspended' },
    { action: 'pause', world: HELD, status: { controllerPause: true }, health: 'Suspended' },
  ])('$action', ({ action, world, status, health }) => {
    const rollout = acted(world, action);
    expect(rollout.status).toMatchObject(status);
    expect(healthOf(rollout).status).toBe(health);
  });

  test('a resume of a Rollout that a person paused goes on', () => {
    const rollout = acted({ spec: { paused: true } }, 'resume');
    expect(rollout.spec.paused).toBe(false);
    expect(healthOf(rollout).status).toBe('Healthy');
  });

  test('a resume of both pauses, in two patches, goes on by one step', () => {
    const rollout = acted({ ...PAUSED_AT_20, spec: { paused: true } }, 'resume');
    expect(rollout.spec.paused).toBe(false);
    expect(rollout.status).toMatchObject({ currentStepIndex: 2, observedGeneration: '8' });
    expect(rollout.status?.pauseConditions).toBeUndefined();
  });

  test('a retry forgets the abort', () => {
    expect(acted(ABORTED, 'retry').status).not.toHaveProperty('abortedAt');
  });

  test('skipping the step before another pause does not skip that pause too', () => {
    const steps = [{ pause: {} }, { pause: {} }, { setWeight: 50 }];
    const status: RolloutStatus = {
      currentStepIndex: 0,
      controllerPause: true,
      canary: { pausedStepIndex: 0 },
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: LONG_AGO }],
    };
    const world = { strategy: routed({ steps }), revisions: [V1, { version: 'v2' }], split: { weight: 0 }, status };
    const rollout = acted(world, 'skip-current-step');
    expect(rollout.status?.currentStepIndex).toBe(1);
    expect(healthOf(rollout)).toEqual({ status: 'Suspended', message: 'CanaryPauseStep' });
  });

  test('a Rollout that is aborted by hand and applied again as it was stays as it is', () => {
    const aborted = acted(PAUSED_AT_20, 'abort');
    expect(aborted.status?.currentPodHash).toBe(hashOf('v2'));
    expect(healthOf(aborted).status).toBe('Degraded');
  });
});
