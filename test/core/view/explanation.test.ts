/**
 * Why a rollout is where it is: worlds that are decided as the controller decides them, and then explained from what was
 * reported.
 */
import { describe, expect, test } from 'vitest';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { BLOCKED_REASONS, type BlockedReason } from '../../../src/api/words/reasons.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import type { Remedy, State } from '../../../src/core/view/ends.ts';
import type { Explanation } from '../../../src/core/view/explanation.ts';
import type { ReportedEvent } from '../../../src/core/view/other-writers.ts';
import { viewRollout } from '../../../src/core/view/view.ts';
import type { Condition, KubeObject, Pod } from '../../../src/kube/objects.ts';
import { controllerReference } from '../../../src/kube/owners.ts';
import { REPLICA_SETS } from '../../../src/kube/resources.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { analysisOf, buildRun, runNameOf, templateNamed } from '../build-runs.ts';
import {
  blueGreen,
  buildWorld,
  hashOf,
  NOW,
  replicaSetNameOf,
  routed,
  UID,
  type WorldOptions,
} from '../build-world.ts';
import { reportedOn } from '../plan-effects.ts';

const AGO = NOW - 60_000;
const ON_TRIAL = {
  revisions: [
    { version: 'v1', size: 5 },
    { version: 'v2', size: 1 },
  ],
};
const STEPS = [{ setWeight: 20 }, { pause: {} }];
const AT_PAUSE: RolloutStatus = {
  currentStepIndex: 1,
  controllerPause: true,
  canary: { pausedStepIndex: 1 },
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: formatTime(AGO) }],
};

/** What is said about a world once the controller has reported on it. */
function explained(options: WorldOptions, pods: readonly Pod[] = []): Explanation {
  return explainedWorld(buildWorld(options), pods);
}

function explainedWorld(world: RolloutWorld, pods: readonly Pod[] = []): Explanation {
  const around = { pods, experiments: [], replicaSets: [], runs: [] };
  return viewRollout({ ...world, now: NOW + 12_000, rollout: reportedOn(world), around }).explanation;
}

interface Row {
  readonly name: string;
  readonly options: WorldOptions;
  readonly state: State;
  readonly reason: string;
  readonly cause: RegExp | string;
  readonly remedies: readonly Remedy[];
  readonly since?: number;
  readonly until?: number;
}

const rows: readonly Row[] = [
  {
    name: 'nothing is rolled out',
    options: {},
    state: 'healthy',
    reason: 'Healthy',
    cause: 'revision 1 is stable and has all 5 pods',
    remedies: [],
  },
  {
    name: 'a pause for a person',
    options: { ...ON_TRIAL, strategy: { steps: STEPS }, status: AT_PAUSE },
    state: 'waitsForPerson',
    reason: 'PausedAtStep',
    cause: `paused at step 2 since ${formatTime(AGO)}, promote to go on`,
    remedies: ['promote', 'abort'],
    since: AGO,
  },
  {
    name: 'a pause for a time',
    options: { ...ON_TRIAL, strategy: { steps: [{ setWeight: 20 }, { pause: { duration: '5m' } }] }, status: AT_PAUSE },
    state: 'progressing',
    reason: 'PausedAtStep',
    cause: `paused at step 2 until ${formatTime(AGO + 300_000)}`,
    remedies: ['promote', 'abort'],
    since: AGO,
    until: AGO + 300_000,
  },
  {
    name: 'a pause before a switch',
    options: {
      blueGreen: blueGreen({ autoPromotionEnabled: false }),
      revisions: [
        { version: 'v1', size: 5 },
        { version: 'v2', size: 5 },
      ],
      status: { controllerPause: true, pauseConditions: [{ reason: 'BlueGreenPause', startTime: formatTime(AGO) }] },
    },
    state: 'waitsForPerson',
    reason: 'PausedBeforePromotion',
    cause: /before the new revision becomes active, promote to go on$/,
    remedies: ['promote', 'abort'],
    since: AGO,
  },
  {
    name: 'spec.paused, also at a pause of its own',
    options: { ...ON_TRIAL, strategy: { steps: STEPS }, status: AT_PAUSE, spec: { paused: true } },
    state: 'waitsForPerson',
    reason: 'PausedByUser',
    cause: 'paused by spec.paused, set it to false to go on',
    remedies: ['promote'],
  },
  {
    name: 'spec.paused while nothing is rolled out',
    options: { spec: { paused: true } },
    state: 'waitsForPerson',
    reason: 'PausedByUser',
    cause: 'paused by spec.paused, set it to false to go on',
    remedies: ['promote'],
  },
  {
    name: 'an analysis without a conclusion',
    options: {
      ...ON_TRIAL,
      strategy: { steps: [{ setWeight: 20 }, { analysis: analysisOf() }] },
      templates: [templateNamed()],
      runs: [buildRun({ kind: 'Step', stepIndex: 1, phase: 'Inconclusive', message: 'too few requests' })],
      status: {
        currentStepIndex: 1,
        canary: {
          currentStepAnalysisRunStatus: { name: runNameOf({ kind: 'Step', stepIndex: 1 }), status: 'Running' },
        },
      },
    },
    state: 'waitsForPerson',
    reason: 'AnalysisInconclusive',
    cause: /was inconclusive \(too few requests\)/,
    remedies: ['promote', 'abort'],
  },
  {
    name: 'an analysis that failed',
    options: {
      ...ON_TRIAL,
      strategy: { steps: [{ setWeight: 20 }, { analysis: analysisOf() }] },
      templates: [templateNamed()],
      runs: [buildRun({ kind: 'Step', stepIndex: 1, phase: 'Failed', message: 'Metric "errors" assessed Failed' })],
      status: {
        currentStepIndex: 1,
        conditions: [conditionOf('Progressing', 'ReplicaSetUpdated', '')],
        canary: {
          currentStepAnalysisRunStatus: { name: runNameOf({ kind: 'Step', stepIndex: 1 }), status: 'Running' },
        },
      },
    },
    state: 'degraded',
    reason: 'RolloutAborted',
    cause: /^Rollout aborted update to revision 2: [^;]*Metric "errors" assessed Failed[^;]*$/,
    remedies: ['retry', 'undo'],
    since: NOW,
  },
  {
    name: 'an abort of a person',
    options: {
      ...ON_TRIAL,
      strategy: { steps: STEPS },
      status: { abort: true, abortedAt: formatTime(AGO), currentStepIndex: 0 },
    },
    state: 'degraded',
    reason: 'RolloutAborted',
    cause: /^Rollout aborted update to revision 2/,
    remedies: ['retry', 'undo'],
    since: AGO,
  },
  {
    name: 'a spec that cannot be rolled out',
    options: { ...ON_TRIAL, strategy: { steps: [{ setWeight: 101 }] }, status: { observedGeneration: '7' } },
    state: 'degraded',
    reason: 'InvalidSpec',
    cause: /^The Rollout "web" is invalid: spec.strategy.steps\[0\].setWeight: .*between 0 and 100$/,
    remedies: ['edit', 'abort'],
  },
  {
    name: 'pods that are not available',
    options: {
      revisions: [
        { version: 'v1', size: 5 },
        { version: 'v2', size: 1, available: 0 },
      ],
      strategy: { steps: STEPS },
    },
    state: 'progressing',
    reason: 'CanaryPodsNotAvailable',
    cause: /^0 of 1 /,
    remedies: ['abort'],
  },
  {
    name: 'a write that the API server refuses',
    options: {
      revisions: [{ version: 'v1', size: 5 }],
      version: 'v2',
      strategy: { steps: STEPS },
      status: {
        conditions: [
          conditionOf('Blocked', 'WriteRefused', 'exceeded quota'),
          conditionOf('Progressing', 'ReplicaSetUpdated', ''),
        ],
      },
      refused: [refusal('exceeded quota')],
    },
    state: 'blocked',
    reason: 'WriteRefused',
    cause: 'exceeded quota',
    remedies: ['edit', 'abort'],
  },
];

test.each(rows)('$name', ({ options, state, reason, cause, remedies, since, until }) => {
  const told = explained(options);
  const times = { until: until ?? null, ...(since === undefined ? {} : { since }) };
  expect(told).toMatchObject({ state, reason, remedies, writers: [], ...times });
  expect(told.cause).toMatch(cause);
  expect(told.end === '').toBe(state === 'healthy');
});

function conditionOf(
  type: Condition['type'],
  reason: string,
  message: string,
  status: Condition['status'] = 'True',
): Condition {
  return { type, status, reason, message, lastTransitionTime: formatTime(AGO), lastUpdateTime: formatTime(AGO) };
}

function refusal(message: string): NonNullable<WorldOptions['refused']>[number] {
  const body = { metadata: {}, spec: {} };
  const name = replicaSetNameOf('v2');
  return { write: { op: 'create', resource: REPLICA_SETS, namespace: 'shop', name, body, why: '' }, message };
}

/** A status as it may be read, without a look of the controller in between. */
function told(options: WorldOptions, status: RolloutStatus, pods: readonly Pod[] = []): Explanation {
  const world = buildWorld({ ...options, status: { phase: 'Progressing', message: 'more replicas', ...status } });
  const around = { pods, experiments: [], replicaSets: [], runs: [] };
  return viewRollout({ ...world, now: NOW, around }).explanation;
}

/** What each reason of `Blocked` comes to. */
const STATES: Readonly<Record<BlockedReason, State>> = {
  PausedAtStep: 'waitsForPerson',
  PausedBeforePromotion: 'waitsForPerson',
  PausedByUser: 'waitsForPerson',
  CanaryPodsNotAvailable: 'progressing',
  PreviewPodsNotAvailable: 'progressing',
  StablePodsNotAvailable: 'progressing',
  RetiredPodsRemain: 'progressing',
  CanaryServiceNotReady: 'progressing',
  StableServiceNotReady: 'progressing',
  TrafficNotInForce: 'progressing',
  CanaryIngressForeign: 'blocked',
  RouteNotAccepted: 'blocked',
  RouteNotConfirmed: 'progressing',
  PodsNotRestarted: 'progressing',
  AnalysisNotStarted: 'blocked',
  AnalysisNotFinished: 'progressing',
  AnalysisInconclusive: 'waitsForPerson',
  ExperimentNotStarted: 'blocked',
  ExperimentNotFinished: 'progressing',
  ExperimentInconclusive: 'waitsForPerson',
  ReferencesNotReady: 'progressing',
  WriteRefused: 'blocked',
};

describe('every reason to wait', () => {
  test.each(BLOCKED_REASONS.map((reason) => [reason]))('%s', (reason) => {
    const seen = told(ON_TRIAL, { conditions: [conditionOf('Blocked', reason, 'it waits')] });
    expect(seen).toMatchObject({ state: STATES[reason], reason, cause: 'it waits', since: AGO, until: null });
    expect(seen.end).toMatch(/^\S.*[^.]$/);
  });
});

describe('more than the condition says', () => {
  const SHORT = {
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1, available: 0 },
    ],
  };
  const WAITS = conditionOf('Blocked', 'CanaryPodsNotAvailable', '0 of 1 pods of the canary are available');
  const pod = (status: Pod['status'], version = 'v2'): Pod => ({
    metadata: {
      name: 'web-pod',
      uid: 'uid-pod',
      resourceVersion: '1',
      ownerReferences: [controllerReference(REPLICA_SETS, replicaSetNameOf(version), `uid-${version}`)],
    },
    spec: { containers: [{ name: 'web' }] },
    ...(status === undefined ? {} : { status }),
  });
  const waiting = { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "web:2"' } };
  const PULLING = pod({
    phase: 'Pending',
    containerStatuses: [{ name: 'web', ready: false, restartCount: 0, state: waiting }],
  });
  const UNPLACED = pod({
    phase: 'Pending',
    conditions: [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' },
    ],
  });

  test('which pod is in trouble', () => {
    expect(told(SHORT, { conditions: [WAITS] }, [pod({ phase: 'Running' }), PULLING]).cause).toBe(
      '0 of 1 pods of the canary are available; pod web-pod is in ImagePullBackOff (Back-off pulling image "web:2")',
    );
    expect(told(SHORT, { conditions: [WAITS] }, [UNPLACED]).cause).toContain(
      'pod web-pod cannot be scheduled (0/3 nodes are available)',
    );
    expect(told(SHORT, { conditions: [WAITS] }, [pod({ phase: 'Pending' })]).cause).toBe(WAITS.message);
  });

  test('the progress deadline, and what it ran out for', () => {
    const late = conditionOf(
      'Progressing',
      'ProgressDeadlineExceeded',
      'ReplicaSet "web" has timed out progressing.',
      'False',
    );
    expect(told(SHORT, { phase: 'Degraded', conditions: [late, WAITS] }, [PULLING])).toMatchObject({
      state: 'degraded',
      reason: 'ProgressDeadlineExceeded',
      cause: expect.stringMatching(
        /^ReplicaSet "web" has timed out progressing; 0 of 1 pods .*; pod web-pod is in ImagePullBackOff/,
      ) as string,
      since: AGO,
      remedies: ['abort', 'undo'],
    });
  });

  test('pods that a quota refuses, before a wait for them but not before a pause', () => {
    const message = 'pods "web-1" is forbidden: exceeded quota: small';
    const refused = conditionOf('ReplicaFailure', 'FailedCreate', message);
    expect(told(SHORT, { conditions: [refused, WAITS] })).toMatchObject({
      state: 'blocked',
      reason: 'FailedCreate',
      cause: message,
      since: AGO,
      remedies: ['edit', 'abort'],
    });
    expect(told(SHORT, { ...AT_PAUSE, conditions: [refused] })).toMatchObject({
      state: 'waitsForPerson',
      reason: 'PausedAtStep',
    });
  });

  test('an autoscaler that asks for another size', () => {
    const world = buildWorld({
      ...SHORT,
      replicas: 8,
      status: { phase: 'Progressing', message: 'm', conditions: [WAITS] },
    });
    const scaled = {
      manager: 'kube-controller-manager',
      subresource: 'scale',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    };
    const rollout = withManagers(world.rollout, [scaled]);
    expect(viewRollout({ ...world, rollout }).explanation.cause).toBe(
      `${WAITS.message}; a HorizontalPodAutoscaler has set spec.replicas to 8`,
    );
  });

  test('an abort, and that the stable pods are not back', () => {
    const aborted = conditionOf(
      'Progressing',
      'RolloutAborted',
      'Rollout aborted update to revision 2: it failed',
      'False',
    );
    const waits = conditionOf('Blocked', 'StablePodsNotAvailable', '3 of 5 stable pods are available');
    const status = { phase: 'Degraded', abort: true, abortedAt: formatTime(AGO), conditions: [aborted, waits] };
    expect(told(ON_TRIAL, status).cause).toBe(
      'Rollout aborted update to revision 2: it failed; 3 of 5 stable pods are available',
    );
  });

  test('an abort of another controller, which does not say why: the run that the status names does', () => {
    const run = { name: 'web-2-1', status: 'Error', message: 'no answer' };
    const seen = told(ON_TRIAL, {
      phase: 'Degraded',
      abort: true,
      abortedAt: formatTime(AGO),
      canary: { currentStepAnalysisRunStatus: run },
    });
    expect(seen).toMatchObject({
      state: 'degraded',
      cause: 'more replicas; AnalysisRun web-2-1 ended as Error (no answer)',
      since: AGO,
    });
  });

  test('a command that the controller has not seen, and a pause of another controller', () => {
    expect(told(ON_TRIAL, { observedGeneration: '6' })).toMatchObject({
      state: 'progressing',
      cause: 'waiting for rollout spec update to be observed',
      remedies: [],
    });
    const pauseConditions = [{ reason: 'Freeze', startTime: formatTime(AGO) }];
    expect(told(ON_TRIAL, { phase: 'Paused', pauseConditions })).toMatchObject({
      state: 'waitsForPerson',
      cause: `paused since ${formatTime(AGO)} (Freeze)`,
      since: AGO,
    });
  });
});

function withManagers<T extends KubeObject>(object: T, managedFields: readonly object[]): T {
  return { ...object, metadata: { ...object.metadata, managedFields } };
}

describe('who else writes what is ours', () => {
  const WORLD = buildWorld({
    ...ON_TRIAL,
    strategy: routed({ steps: STEPS }),
    status: AT_PAUSE,
    split: { weight: 20 },
  });
  const SELECTOR = { 'f:spec': { 'f:selector': {} } };
  const OURS = { manager: 'serin', operation: 'Update', time: formatTime(AGO), fieldsV1: { 'f:metadata': {} } };
  const theirs = (fieldsV1: object) => ({ manager: 'argocd', operation: 'Apply', time: formatTime(AGO), fieldsV1 });

  function serviceWith(...managers: readonly object[]): RolloutWorld {
    const service = WORLD.services.get('web-canary');
    if (service === undefined) throw new Error('the world has no canary Service');
    const annotations = { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'web' };
    const managed = withManagers({ ...service, metadata: { ...service.metadata, annotations } }, managers);
    return { ...WORLD, services: new Map([...WORLD.services, ['web-canary', managed]]) };
  }
  const writers = (world: RolloutWorld) => viewRollout(world).explanation.writers;

  test.each<[string, readonly object[], number]>([
    ['another has written last', [OURS, theirs(SELECTOR)], 1],
    [
      'another has written the key of ours',
      [OURS, theirs({ 'f:spec': { 'f:selector': { 'f:rollouts-pod-template-hash': {} } } })],
      1,
    ],
    ['another has written other keys', [OURS, theirs({ 'f:spec': { 'f:selector': { 'f:app': {} } } })], 0],
    ['both say the same', [{ ...OURS, fieldsV1: SELECTOR }, theirs(SELECTOR)], 0],
    ['we have not written it yet', [theirs(SELECTOR)], 0],
    ['we have written last', [{ ...OURS, fieldsV1: SELECTOR }, theirs({ 'f:spec': { 'f:ports': {} } })], 0],
  ])('a Service: %s', (_name, managers, count) => {
    const found = writers(serviceWith(...managers));
    expect(found).toEqual(
      count === 0
        ? []
        : [{ object: 'Service web-canary', field: 'spec.selector', manager: 'argocd', at: AGO, repeated: 0 }],
    );
  });

  test('a selector that Serin has put right every time', () => {
    const world = serviceWith({ ...OURS, fieldsV1: SELECTOR }, theirs({ 'f:metadata': {} }));
    const event = (message: string, count: number, uid = UID): ReportedEvent => ({
      metadata: { name: 'event', uid: 'uid-event', resourceVersion: '1' },
      involvedObject: { uid },
      reason: 'SwitchService',
      message,
      count,
    });
    const emptied = "Switched selector for service 'web-canary' from '' to ";
    const seen = (...events: readonly ReportedEvent[]) => {
      const around = { pods: [], experiments: [], replicaSets: [], runs: [], events };
      return viewRollout({ ...world, around }).explanation.writers;
    };
    const found = [{ object: 'Service web-canary', field: 'spec.selector', manager: 'argocd', at: AGO, repeated: 3 }];
    expect(seen(event(`${emptied}'a'`, 3), event(`${emptied}'b'`, 1))).toEqual(found);
    // The first time it was not there yet.
    expect(seen(event(`${emptied}'a'`, 1))).toEqual([]);
    expect(seen(event(`${emptied}'a'`, 3, 'uid-of-another'))).toEqual([]);
    expect(seen(event("Switched selector for service 'web' from '' to 'a'", 3))).toEqual([]);
    expect(seen(event("Switched selector for service 'web-canary' from 'b' to 'a'", 3))).toEqual([]);
  });

  test('the size of a ReplicaSet', () => {
    const scaled = { ...theirs({ 'f:spec': { 'f:replicas': {} } }), manager: 'kubectl', subresource: 'scale' };
    const replicaSets = WORLD.replicaSets.map((one) =>
      one.metadata.name === replicaSetNameOf('v2') ? withManagers(one, [OURS, scaled]) : one,
    );
    expect(writers({ ...WORLD, replicaSets })).toEqual([
      { object: `ReplicaSet web-${hashOf('v2')}`, field: 'spec.replicas', manager: 'kubectl', at: AGO, repeated: 0 },
    ]);
  });

  test('the weight on the canary Ingress', () => {
    const key = 'nginx.ingress.kubernetes.io/canary-weight';
    const annotations = { 'f:metadata': { 'f:annotations': { [`f:${key}`]: {} } } };
    const ingresses = new Map(WORLD.routed.get('ingresses'));
    const canary = ingresses.get('web-web-canary');
    if (canary === undefined) throw new Error('the world has no canary Ingress');
    ingresses.set('web-web-canary', withManagers(canary, [OURS, theirs(annotations)]));
    expect(writers({ ...WORLD, routed: new Map([...WORLD.routed, ['ingresses', ingresses]]) })).toEqual([
      {
        object: 'Ingress web-web-canary',
        field: `metadata.annotations[${key}]`,
        manager: 'argocd',
        at: AGO,
        repeated: 0,
      },
    ]);
  });
});
