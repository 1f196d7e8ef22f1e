/**
 * The view of a rollout at the moments of its life that a person looks at.
 */
import { describe, expect, test } from 'vitest';
import { conditions as word } from '../../../src/api/words/conditions.ts';
import { ANNOTATIONS, LABELS } from '../../../src/api/words/labels.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import type { CanaryStep } from '../../../src/api/schema/steps.ts';
import { viewRollout, type RolloutView } from '../../../src/core/view/view.ts';
import type { ViewedWorld } from '../../../src/core/view/viewed-world.ts';
import type { Condition, Ingress, OwnerReference, ReplicaSet, Service } from '../../../src/kube/objects.ts';
import { templateHash } from '../../../src/kube/template-hash.ts';
import type { WaitView } from '../../../src/core/view/wait.ts';
import { canary, nginxCanary, rollout } from '../../api/sample-rollout.ts';
import { routedIngresses } from '../routed-ingresses.ts';

const SINCE = '2026-01-02T03:04:05Z';
const SINCE_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const NOW = SINCE_MS + 10_000;

const STEPS: readonly CanaryStep[] = [
  { setWeight: 20 },
  { pause: {} },
  { setWeight: 50 },
  { pause: { duration: '30s' } },
];
const WEB = nginxCanary({ steps: STEPS });
const OWNER: OwnerReference = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  name: 'web',
  uid: 'uid-web',
  controller: true,
};
/** Hash of the present template, and of one that was rolled out before. */
const CANARY = templateHash(WEB.spec.template ?? {}, undefined);
const STABLE = 'stablehash';

function replicaSet(hash: string, image: string, change: Partial<ReplicaSet['metadata']> = {}, pods = 2): ReplicaSet {
  return {
    metadata: {
      name: `web-${hash}`,
      uid: `uid-${hash}`,
      resourceVersion: '1',
      labels: { [LABELS.podTemplateHash]: hash },
      ownerReferences: [OWNER],
      ...change,
    },
    spec: {
      replicas: pods,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
    },
    status: { replicas: pods, readyReplicas: pods, availableReplicas: pods },
  };
}

const STABLE_SET = replicaSet(STABLE, 'web:0', { annotations: { [ANNOTATIONS.revision]: '1' } });
const CANARY_SET = replicaSet(CANARY, 'web:1', { annotations: { [ANNOTATIONS.revision]: '2' } }, 1);

function service(name: string, selector: Readonly<Record<string, string>>): [string, Service] {
  return [name, { metadata: { name, uid: `uid-${name}`, resourceVersion: '1' }, spec: { selector } }];
}

function canaryIngress(weight: string, ownerReferences: readonly OwnerReference[] = [OWNER]): Ingress {
  const name = 'web-web-canary';
  const annotations = { 'nginx.ingress.kubernetes.io/canary-weight': weight };
  return { metadata: { name, uid: 'uid-ingress', resourceVersion: '1', annotations, ownerReferences } };
}

function condition(type: string, reason: string, message: string): Condition {
  return { type, status: 'True', reason, message, lastTransitionTime: SINCE, lastUpdateTime: SINCE };
}

const PAUSE = { reason: 'CanaryPauseStep', startTime: SINCE };

/** What the status says while the update stands at its first pause. */
const PAUSED: RolloutStatus = {
  phase: 'Paused',
  message: 'CanaryPauseStep',
  stableRS: STABLE,
  currentPodHash: CANARY,
  currentStepIndex: 1,
  pauseConditions: [PAUSE],
  controllerPause: true,
  conditions: [condition('Blocked', 'PausedAtStep', 'paused at step 2')],
};

const DONE: RolloutStatus = {
  phase: 'Healthy',
  message: '',
  stableRS: CANARY,
  currentPodHash: CANARY,
  currentStepIndex: 4,
};

function view(one: Rollout, status: RolloutStatus | undefined, world: Partial<ViewedWorld> = {}): RolloutView {
  return viewRollout({
    now: NOW,
    rollout: status === undefined ? one : { ...one, status },
    workload: null,
    replicaSets: [STABLE_SET, CANARY_SET],
    services: new Map([
      service('web', { [LABELS.podTemplateHash]: STABLE }),
      service('web-canary', { [LABELS.podTemplateHash]: CANARY }),
    ]),
    routed: routedIngresses([canaryIngress('20')]),
    ...world,
  });
}

const NO_ANALYSIS = { experiments: [], analysisRuns: [] };

test('an update that stands at a pause, whole', () => {
  expect(view(WEB, PAUSED)).toEqual({
    namespace: 'shop',
    name: 'web',
    phase: 'Paused',
    message: 'CanaryPauseStep',
    createdAt: null,
    strategy: 'canary',
    progress: 'underWay',
    replicas: 2,
    counts: { current: 0, updated: 0, ready: 0, available: 0 },
    stepsDone: 1,
    share: { asked: 20, observed: { lowest: 20, highest: 20, total: 100 } },
    images: [
      { image: 'web:0', roles: ['stable'] },
      { image: 'web:1', roles: ['canary'] },
    ],
    revisions: [
      { revision: 2, replicaSets: [expect.objectContaining({ hash: CANARY, roles: ['canary'] })], ...NO_ANALYSIS },
      { revision: 1, replicaSets: [expect.objectContaining({ hash: STABLE, roles: ['stable'] })], ...NO_ANALYSIS },
    ],
    steps: [
      { text: 'setWeight: 20', state: 'done', endsAt: null },
      { text: 'pause', state: 'current', endsAt: null },
      { text: 'setWeight: 50', state: 'next', endsAt: null },
      { text: 'pause: 30s', state: 'next', endsAt: null },
    ],
    weight: { lowest: 20, highest: 20, total: 100 },
    stable: {
      replicaSet: 'web-stablehash',
      hash: STABLE,
      revision: 1,
      images: ['web:0'],
      desired: 2,
      ready: 2,
      available: 2,
      scaleDownAt: null,
    },
    canary: {
      replicaSet: `web-${CANARY}`,
      hash: CANARY,
      revision: 2,
      images: ['web:1'],
      desired: 1,
      ready: 1,
      available: 1,
      scaleDownAt: null,
    },
    retired: [],
    services: [
      { name: 'web', role: 'stable', hash: STABLE, selects: 'stable' },
      { name: 'web-canary', role: 'canary', hash: CANARY, selects: 'canary' },
    ],
    routes: [{ name: 'web-web-canary', says: { 'nginx.ingress.kubernetes.io/canary-weight': '20' } }],
    waitsFor: { reason: 'PausedAtStep', message: 'paused at step 2', since: SINCE_MS, until: null, needsPerson: true },
    commands: ['promote', 'promoteFull', 'abort'],
    explanation: {
      state: 'waitsForPerson',
      reason: 'PausedAtStep',
      cause: 'paused at step 2',
      since: SINCE_MS,
      until: null,
      end: 'a person promotes or aborts the update',
      remedies: ['promote', 'abort'],
      writers: [],
    },
  });
});

describe('progress, steps and commands', () => {
  interface Row {
    readonly name: string;
    readonly status: RolloutStatus | undefined;
    readonly progress: RolloutView['progress'];
    readonly states: string;
    readonly commands: readonly string[];
    /** By default stable and canary are there. */
    readonly world?: Partial<ViewedWorld>;
  }
  const FIRST = { replicaSets: [CANARY_SET] };
  const rows: readonly Row[] = [
    {
      name: 'nothing reported yet',
      status: undefined,
      progress: 'underWay',
      states: 'next next next next',
      commands: [],
      world: FIRST,
    },
    {
      name: 'the first deployment',
      status: { ...DONE, stableRS: '', currentStepIndex: 0 },
      progress: 'underWay',
      states: 'current next next next',
      commands: [],
      world: FIRST,
    },
    { name: 'promoted', status: DONE, progress: 'settled', states: 'done done done done', commands: [] },
    {
      name: 'a new template that the status does not speak of',
      status: { ...DONE, stableRS: STABLE, currentPodHash: STABLE },
      progress: 'underWay',
      states: 'next next next next',
      commands: ['promote', 'promoteFull', 'abort'],
    },
    {
      name: 'at the last step',
      status: { ...PAUSED, currentStepIndex: 3 },
      progress: 'underWay',
      states: 'done done done current',
      commands: ['promote', 'promoteFull', 'abort'],
    },
    {
      name: 'behind the last step',
      status: { ...PAUSED, currentStepIndex: 4 },
      progress: 'underWay',
      states: 'done done done done',
      commands: ['promote', 'promoteFull', 'abort'],
    },
    {
      name: 'aborted',
      status: { ...PAUSED, abort: true, currentStepIndex: 0 },
      progress: 'aborted',
      states: 'next next next next',
      commands: ['retry', 'promoteFull'],
    },
    {
      name: 'aborted, and another template since',
      status: { ...PAUSED, abort: true, currentPodHash: 'other' },
      progress: 'underWay',
      states: 'next next next next',
      commands: ['promote', 'promoteFull', 'abort'],
    },
  ];
  test.each(rows)('$name', ({ status, progress, states, commands, world }) => {
    const seen = view(WEB, status, world);
    expect(seen.progress).toBe(progress);
    expect(seen.steps.map(({ state }) => state).join(' ')).toBe(states);
    expect(seen.commands).toEqual(commands);
  });

  test('a promoted Rollout that a person paused can be resumed', () => {
    const paused = { ...WEB, spec: { ...WEB.spec, paused: true } };
    expect(view(paused, DONE).commands).toEqual(['promote']);
  });

  test('a timed pause says when it ends, and only while it lasts', () => {
    const timed: RolloutStatus = { ...PAUSED, currentStepIndex: 3 };
    expect(view(WEB, timed).steps[3]?.endsAt).toBe(SINCE_MS + 30_000);
    expect(view(WEB, timed).waitsFor).toMatchObject({ until: SINCE_MS + 30_000, needsPerson: false });
    expect(view(WEB, { ...timed, pauseConditions: [] }).steps[3]?.endsAt).toBeNull();
  });
});

describe('phase and what is waited for', () => {
  interface Row {
    readonly name: string;
    readonly one?: Rollout;
    readonly status: RolloutStatus | undefined;
    readonly phase: string;
    readonly waitsFor: Partial<WaitView>;
  }
  const generation = (of: number): Rollout => ({ ...WEB, metadata: { ...WEB.metadata, generation: of } });
  const rows: readonly Row[] = [
    {
      name: 'no status',
      status: undefined,
      phase: 'Progressing',
      waitsFor: { message: 'waiting for the controller to report', needsPerson: false },
    },
    {
      name: 'the spec is newer than the status',
      one: generation(3),
      status: { ...PAUSED, observedGeneration: '2' },
      phase: 'Progressing',
      waitsFor: { message: 'waiting for rollout spec update to be observed', needsPerson: false },
    },
    {
      name: 'the status speaks of this spec',
      one: generation(3),
      status: { ...PAUSED, observedGeneration: '3' },
      phase: 'Paused',
      waitsFor: { reason: 'PausedAtStep' },
    },
    {
      name: 'somebody took the pause away a moment ago',
      status: { ...PAUSED, pauseConditions: [] },
      phase: 'Progressing',
      waitsFor: { message: 'waiting for rollout to unpause', needsPerson: false },
    },
    {
      name: 'somebody aborted a moment ago',
      status: { ...PAUSED, abort: true },
      phase: 'Progressing',
      waitsFor: { message: 'waiting for rollout to abort', needsPerson: false },
    },
    {
      name: 'somebody retried a moment ago',
      status: { ...PAUSED, abort: false, abortedAt: SINCE },
      phase: 'Progressing',
      waitsFor: { message: 'waiting for rollout to retry', needsPerson: false },
    },
    {
      name: 'paused by spec.paused, in a timed pause',
      one: { ...WEB, spec: { ...WEB.spec, paused: true } },
      status: { ...PAUSED, currentStepIndex: 3, conditions: [condition('Blocked', 'PausedByUser', 'by hand')] },
      phase: 'Paused',
      waitsFor: { reason: 'PausedByUser', message: 'by hand', until: null, needsPerson: true },
    },
    {
      name: 'waiting for pods',
      status: {
        ...PAUSED,
        phase: 'Progressing',
        message: 'updated replicas are still becoming available',
        currentStepIndex: 0,
        pauseConditions: [],
        controllerPause: false,
        conditions: [condition('Blocked', 'CanaryPodsNotAvailable', '0 of 2')],
      },
      phase: 'Progressing',
      waitsFor: {
        reason: 'CanaryPodsNotAvailable',
        message: '0 of 2',
        since: SINCE_MS,
        until: null,
        needsPerson: false,
      },
    },
    {
      name: 'a wait too young for a condition',
      status: { ...DONE, phase: 'Progressing', message: 'more replicas need to be updated' },
      phase: 'Progressing',
      waitsFor: { reason: 'Progressing', message: 'more replicas need to be updated', since: null },
    },
    {
      name: 'a wrong spec comes before everything else',
      status: {
        ...PAUSED,
        phase: 'Degraded',
        message: 'InvalidSpec: steps are wrong',
        conditions: [
          ...(PAUSED.conditions ?? []),
          { ...word.invalidSpec('steps are wrong'), lastTransitionTime: SINCE },
        ],
      },
      phase: 'Degraded',
      waitsFor: { reason: 'InvalidSpec', message: 'steps are wrong', since: SINCE_MS, needsPerson: true },
    },
    {
      name: 'aborted',
      status: {
        ...PAUSED,
        phase: 'Degraded',
        message: 'RolloutAborted: given up',
        pauseConditions: [],
        controllerPause: false,
        abort: true,
        abortedAt: SINCE,
        conditions: [],
      },
      phase: 'Degraded',
      waitsFor: { reason: 'RolloutAborted', message: 'RolloutAborted: given up', since: SINCE_MS, needsPerson: true },
    },
  ];
  test.each(rows)('$name', ({ one = WEB, status, phase, waitsFor }) => {
    const seen = view(one, status);
    expect(seen.phase).toBe(phase);
    expect(seen.waitsFor).toMatchObject(waitsFor);
  });
});

test.each([
  { name: 'healthy', one: WEB, status: DONE },
  {
    name: 'a hash in the place of the observed generation is no reason to wait',
    one: { ...WEB, metadata: { ...WEB.metadata, generation: 3 } },
    status: { ...DONE, observedGeneration: '7c9d' },
  },
])('nothing to wait for: $name', ({ one, status }) => {
  expect(view(one, status)).toMatchObject({ phase: 'Healthy', waitsFor: null });
});

describe('revisions', () => {
  test('a promoted revision is stable, and the one before it goes at a known time', () => {
    const leaving = replicaSet(STABLE, 'web:0', { annotations: { [ANNOTATIONS.scaleDownDeadline]: SINCE } });
    const gone = replicaSet('older', 'web:-1', {}, 0);
    const seen = view(WEB, DONE, { replicaSets: [gone, leaving, CANARY_SET] });
    expect(seen.stable?.hash).toBe(CANARY);
    expect(seen.canary).toBeNull();
    expect(seen.retired.map(({ hash, scaleDownAt }) => ({ hash, scaleDownAt }))).toEqual([
      { hash: STABLE, scaleDownAt: SINCE_MS },
    ]);
  });

  test('ReplicaSets of somebody else do not count, and a template without containers has no image', () => {
    const foreign = replicaSet(STABLE, 'web:0', { ownerReferences: [] });
    const template = { metadata: { labels: { app: 'web' } }, spec: {} };
    const bare: ReplicaSet = { ...CANARY_SET, spec: { ...CANARY_SET.spec, template } };
    const seen = view(WEB, PAUSED, { replicaSets: [foreign, bare] });
    expect(seen.stable).toBeNull();
    expect(seen.canary?.images).toEqual([]);
  });
});

describe('traffic', () => {
  test('none is asked for a template that the status does not speak of', () => {
    const seen = view(WEB, { ...DONE, stableRS: STABLE, currentPodHash: STABLE });
    expect([seen.stepsDone, seen.share?.asked]).toEqual([0, 0]);
  });

  test.each([
    { name: 'no router', one: canary({ steps: STEPS }), ingress: canaryIngress('20'), weight: null },
    { name: 'a router', one: WEB, ingress: canaryIngress('50'), weight: { lowest: 50, highest: 50, total: 100 } },
    {
      name: 'two canary Ingresses, one of which is not there yet',
      one: nginxCanary({ trafficRouting: { nginx: { stableIngresses: ['web', 'shop'] } } }),
      ingress: canaryIngress('20'),
      weight: { lowest: 0, highest: 20, total: 100 },
    },
    {
      name: 'another total',
      one: nginxCanary({ trafficRouting: { nginx: { stableIngress: 'web' }, maxTrafficWeight: 1000 } }),
      ingress: canaryIngress('200'),
      weight: { lowest: 200, highest: 200, total: 1000 },
    },
    {
      name: 'a router without any Ingress, which is a mistake',
      one: nginxCanary({ trafficRouting: { nginx: { stableIngresses: [] } } }),
      ingress: canaryIngress('20'),
      weight: null,
    },
  ])('$name', ({ one, ingress, weight }) => {
    expect(view(one, PAUSED, { routed: routedIngresses([ingress]) }).weight).toEqual(weight);
  });

  test('an Ingress that the Rollout does not own is not its canary Ingress', () => {
    expect(view(WEB, PAUSED, { routed: routedIngresses([canaryIngress('20', [])]) }).routes).toEqual([]);
  });

  test.each([
    { selector: { [LABELS.podTemplateHash]: STABLE }, selects: 'stable' },
    { selector: { [LABELS.podTemplateHash]: CANARY }, selects: 'canary' },
    { selector: { [LABELS.podTemplateHash]: 'older' }, selects: 'another revision' },
    { selector: { app: 'web' }, selects: 'every pod' },
  ])('a Service that selects $selects', ({ selector, selects }) => {
    const seen = view(WEB, PAUSED, { services: new Map([service('web', selector)]) });
    expect(seen.services.map((one) => [one.name, one.selects])).toEqual([
      ['web', selects],
      ['web-canary', 'missing'],
    ]);
  });

  test('a Rollout without Services', () => {
    expect(view(rollout(), PAUSED).services).toEqual([]);
  });
});

describe('blue-green', () => {
  const strategy = { activeService: 'web', previewService: 'web-preview', autoPromotionSeconds: 60 };
  const BOTH = rollout({ template: WEB.spec.template ?? {}, strategy: { blueGreen: strategy } });
  const services = new Map([
    service('web', { [LABELS.podTemplateHash]: STABLE }),
    service('web-preview', { [LABELS.podTemplateHash]: CANARY }),
  ]);
  const status: RolloutStatus = {
    phase: 'Paused',
    message: 'BlueGreenPause',
    stableRS: STABLE,
    currentPodHash: CANARY,
    pauseConditions: [{ reason: 'BlueGreenPause', startTime: SINCE }],
    controllerPause: true,
    conditions: [condition('Blocked', 'PausedBeforePromotion', 'paused until then')],
  };

  test('shows where the two Services lead, and when the pause is over', () => {
    const seen = view(BOTH, status, { services, routed: new Map() });
    expect(seen).toMatchObject({ phase: 'Paused', progress: 'underWay', steps: [], weight: null });
    expect(seen.services).toEqual([
      { name: 'web', role: 'active', hash: STABLE, selects: 'stable' },
      { name: 'web-preview', role: 'preview', hash: CANARY, selects: 'canary' },
    ]);
    expect(seen.waitsFor).toMatchObject({ until: SINCE_MS + 60_000, needsPerson: false });
    expect(seen.commands).toEqual(['promote', 'promoteFull', 'abort']);
  });

  test('needs a person when nobody else ends the pause', () => {
    const held = {
      ...BOTH,
      spec: { ...BOTH.spec, strategy: { blueGreen: { ...strategy, autoPromotionEnabled: false } } },
    };
    const seen = view(held, status, { services });
    expect(seen.waitsFor).toMatchObject({ until: null, needsPerson: true });
  });

  test('has nothing to promote before the pause', () => {
    const { pauseConditions: _pauses, controllerPause: _flag, ...before } = status;
    expect(view(BOTH, { ...before, phase: 'Progressing' }, { services }).commands).toEqual(['promoteFull', 'abort']);
  });
});
