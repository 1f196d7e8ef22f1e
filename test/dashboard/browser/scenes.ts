/**
 * Rollouts as the dashboard's server would tell them: real views of worlds that are decided and reported as the
 * controller does it. Only the texts of events and the measurements are made up.
 */
import type { RolloutSpec } from '../../../src/api/schema/rollout.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { choicesOf } from '../../../src/core/view/choices.ts';
import type { EventRow } from '../../../src/core/view/event-rows.ts';
import type { MetricView } from '../../../src/core/view/measurements.ts';
import type { ExperimentView } from '../../../src/core/view/experiment.ts';
import { viewRollout, type RolloutView } from '../../../src/core/view/view.ts';
import type { ReleasePlan } from '../../../src/planning/release.ts';
import type { CommandChoice, MeasuredRun, RolloutEvent, RolloutRow } from '../../../src/dashboard/wire.ts';
import type { Pod } from '../../../src/kube/objects.ts';
import { controllerReference } from '../../../src/kube/owners.ts';
import { REPLICA_SETS } from '../../../src/kube/resources.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { analysisOf, buildRun, runNameOf, templateNamed } from '../../core/build-runs.ts';
import { blueGreen, buildWorld, replicaSetNameOf, routed, type WorldOptions } from '../../core/build-world.ts';
import { reportedOn } from '../../core/plan-effects.ts';
import { example, planned, service, web } from '../../planning/planned.ts';

const MINUTE = 60_000;

interface Trouble {
  readonly version: string;
  /** As a container waits: `ImagePullBackOff`. */
  readonly reason: string;
  readonly message: string;
}

/** The Rollout `web` of the world under another name and with images that look like real ones. */
function viewOf(name: string, options: WorldOptions, now: number, trouble?: Trouble): RolloutView {
  const revisions = (options.revisions ?? [{ version: 'v1', size: options.replicas ?? 5 }]).map((one, index, all) => ({
    createdAt: now - (all.length - index) ** 3 * 9 * MINUTE,
    ...one,
  }));
  const world = buildWorld({ ...options, revisions, now });
  const pods = revisions.flatMap(({ version, size = 0, pods: count = size, available = size, createdAt }) =>
    Array.from({ length: count }, (_, index) => podOf(version, index, createdAt, index < available, trouble)),
  );
  const around = { pods, experiments: [], replicaSets: [], runs: options.runs ?? [] };
  const view = viewRollout({ ...world, now, rollout: reportedOn(world), around });
  const text = JSON.stringify({ ...view, name })
    .replaceAll('"web-web-canary"', `"${name}-${name}-canary"`)
    .replaceAll(/\bweb-(?=[a-z0-9]{6,10}\b)/g, `${name}-`)
    .replaceAll(/\bweb:v(\d)/g, `registry.example/shop/${name}:2.$1.0`);
  return JSON.parse(text) as RolloutView;
}

function podOf(version: string, index: number, createdAt: number, isReady: boolean, trouble?: Trouble): Pod {
  const isBad = trouble?.version === version && !isReady;
  const waiting = isBad ? { reason: trouble.reason, message: trouble.message } : { reason: 'ContainerCreating' };
  return {
    metadata: {
      name: `${replicaSetNameOf(version)}-${'bcdfghjklm'[index] ?? index}4x7${index}`,
      uid: `uid-pod-${version}-${index}`,
      resourceVersion: '1',
      creationTimestamp: formatTime(createdAt),
      ownerReferences: [controllerReference(REPLICA_SETS, replicaSetNameOf(version), `uid-${version}`)],
    },
    spec: { containers: [{ name: 'web' }] },
    status: {
      phase: isReady ? 'Running' : 'Pending',
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', reason: '' }],
      containerStatuses: [
        { name: 'web', ready: isReady, restartCount: 0, state: isReady ? { running: {} } : { waiting } },
      ],
    },
  };
}

const STEPS = [
  { setWeight: 20 },
  { pause: {} },
  { analysis: analysisOf() },
  { setWeight: 50 },
  { pause: { duration: '10m' } },
  { setWeight: 80 },
];

function atPause(index: number, since: number): RolloutStatus {
  return {
    currentStepIndex: index,
    controllerPause: true,
    canary: { pausedStepIndex: index },
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: formatTime(since) }],
  };
}

function times(at: number) {
  return { lastTransitionTime: formatTime(at), lastUpdateTime: formatTime(at) };
}

const OLD = { version: 'v1', size: 0, number: 1 };
const SPLIT = { split: { weight: 20 } };

/** Waits for a person at step 2, with history, a background analysis and five pods. */
export function pausedView(now: number, name = 'web'): RolloutView {
  const run = buildRun({
    kind: 'Background',
    version: 'v3',
    revision: 3,
    phase: 'Running',
    createdAt: now - 5 * MINUTE,
  });
  return viewOf(
    name,
    {
      revisions: [OLD, { version: 'v2', size: 5, number: 2 }, { version: 'v3', size: 1, number: 3 }],
      stable: 'v2',
      strategy: routed({ steps: STEPS, analysis: analysisOf() }),
      templates: [templateNamed()],
      runs: [run],
      status: {
        ...atPause(1, now - 4 * MINUTE),
        canary: {
          pausedStepIndex: 1,
          currentBackgroundAnalysisRunStatus: { name: run.metadata.name, status: 'Running' },
        },
      },
      ...SPLIT,
    },
    now,
  );
}

/** The same once it was promoted, at a pause that ends by itself. */
export function promotedView(now: number, name = 'web'): RolloutView {
  return viewOf(
    name,
    {
      revisions: [OLD, { version: 'v2', size: 5, number: 2 }, { version: 'v3', size: 3, number: 3 }],
      stable: 'v2',
      strategy: routed({ steps: STEPS }),
      templates: [templateNamed()],
      status: atPause(4, now - 20_000),
      split: { weight: 50 },
    },
    now,
  );
}

/** Went back by itself after a step's analysis failed. */
export function abortedView(now: number, name = 'checkout'): RolloutView {
  const message = 'Metric "error-rate" assessed Failed due to failed (3) > failureLimit (2)';
  const described = { kind: 'Step', stepIndex: 2, version: 'v3', revision: 3, phase: 'Failed', message } as const;
  return viewOf(
    name,
    {
      revisions: [OLD, { version: 'v2', size: 5, number: 2 }, { version: 'v3', size: 1, number: 3 }],
      stable: 'v2',
      strategy: routed({ steps: STEPS }),
      templates: [templateNamed()],
      runs: [buildRun({ ...described, createdAt: now - 3 * MINUTE })],
      status: {
        currentStepIndex: 2,
        conditions: [
          { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: '', ...times(now - 6 * MINUTE) },
        ],
        canary: { currentStepAnalysisRunStatus: { name: runNameOf(described), status: 'Running' } },
      },
      ...SPLIT,
    },
    now,
  );
}

/** Two stacks side by side, and a person has to say which. */
export function previewView(now: number, name = 'payments'): RolloutView {
  return viewOf(
    name,
    {
      replicas: 4,
      revisions: [
        { version: 'v4', size: 4, number: 4 },
        { version: 'v5', size: 4, number: 5 },
      ],
      blueGreen: blueGreen({
        activeService: name,
        previewService: `${name}-preview`,
        autoPromotionEnabled: false,
      }),
      status: {
        controllerPause: true,
        pauseConditions: [{ reason: 'BlueGreenPause', startTime: formatTime(now - 12 * MINUTE) }],
      },
    },
    now,
  );
}

/** An Experiment compares two versions at a step, for half an hour. */
export function experimentView(now: number, name = 'ranking'): RolloutView {
  const view = pausedView(now, name);
  const [newest, ...others] = view.revisions;
  const [set] = newest?.replicaSets ?? [];
  if (newest === undefined || set === undefined) throw new Error('There is no revision');
  const sets = ['baseline', 'canary'].map((role) => ({ ...set, name: `${name}-exp-${role}`, roles: [`Σ:${role}`] }));
  const experiment: ExperimentView = {
    namespace: view.namespace,
    name: `${name}-exp`,
    revision: newest.revision,
    phase: 'Running',
    message: '',
    createdAt: now - 10 * MINUTE,
    durationSeconds: 1800,
    endsAt: now + 20 * MINUTE,
    images: [],
    replicaSets: sets,
    analysisRuns: newest.analysisRuns,
  };
  return { ...view, revisions: [{ ...newest, experiments: [experiment] }, ...others] };
}

/** Its new pods cannot pull their image. */
export function stuckView(now: number, name = 'search'): RolloutView {
  const message = 'Back-off pulling image';
  return viewOf(
    name,
    {
      replicas: 6,
      revisions: [
        { version: 'v6', size: 6, number: 6 },
        { version: 'v7', size: 2, available: 0, number: 7 },
      ],
      strategy: { steps: [{ setWeight: 25 }, { pause: { duration: '10m' } }] },
    },
    now,
    { version: 'v7', reason: 'ImagePullBackOff', message },
  );
}

export function healthyView(now: number, name = 'catalogue'): RolloutView {
  return viewOf(name, { revisions: [{ version: 'v8', size: 5, number: 8 }] }, now);
}

const MAY_NOT_PATCH = 'you may not patch rollouts in this namespace';

/** `rights`: of a person who may do everything, or only look. `spec`: what of it the choice depends on. */
export function choicesFor(
  view: RolloutView,
  rights: 'all' | 'view',
  spec: Pick<RolloutSpec, 'paused'> = {},
): readonly CommandChoice[] {
  const metadata = { name: view.name, namespace: view.namespace, uid: '', resourceVersion: '' };
  return choicesOf({ metadata, spec }, view).map(({ command, why: state, kubectl }) => {
    const why = rights === 'view' ? MAY_NOT_PATCH : state;
    return { command, possible: why === '', why, kubectl };
  });
}

const METRIC = {
  message: '',
  dryRun: false,
  failureCondition: '',
  query: 'sum(rate(requests{code=~"5..",service="canary"}[1m])) / sum(rate(requests{service="canary"}[1m]))',
} as const;

/** A share of errors that is good, and at last not if `fails`. */
function errorRate(now: number, fails: boolean): MetricView {
  const values = fails ? [0.004, 0.007, 0.012, 0.061, 0.083, 0.094] : [0.004, 0.009, 0.006, 0.011, 0.005, 0.008];
  const failed = values.filter((value) => value >= 0.05).length;
  return {
    ...METRIC,
    name: 'error-rate',
    phase: fails ? 'Failed' : 'Running',
    message: fails ? 'failed (3) > failureLimit (2)' : '',
    successCondition: 'result[0] < 0.05',
    thresholds: [{ value: 0.05, good: 'below', text: 'result[0] < 0.05' }],
    limits: [
      { outcome: 'failed', count: failed, allowed: 2 },
      { outcome: 'successful', count: values.length - failed, allowed: null },
    ],
    measurements: values.map((value, index) => ({
      at: now - (values.length - index) * 30_000,
      phase: value < 0.05 ? 'Successful' : 'Failed',
      value,
      text: `[${value}]`,
      message: '',
    })),
  };
}

function eventsOf(now: number, isBad: boolean, isCanary: boolean): readonly EventRow[] {
  const normal = (minutes: number, reason: string, message: string, count = 1): EventRow => ({
    type: 'Normal',
    reason,
    message,
    at: now - minutes * MINUTE,
    count,
  });
  const warning = { ...normal(1, 'RolloutAborted', 'Rollout aborted update to revision 3'), type: 'Warning' };
  const ofSteps = [
    normal(4, 'RolloutPaused', 'Rollout is paused (CanaryPauseStep)'),
    normal(5, 'RolloutStepCompleted', 'Rollout step 1/6 completed (setWeight: 20)'),
    normal(5, 'TrafficWeightUpdated', 'Traffic weight updated from 0 to 20'),
    normal(5, 'AnalysisRunRunning', "Background Analysis Run 'web-6d4c-3' Status New: 'Running'", 3),
  ];
  return [
    ...(isBad ? [warning] : []),
    ...(isCanary ? ofSteps : [normal(4, 'RolloutPaused', 'Rollout is paused (BlueGreenPause)')]),
    normal(6, 'ScalingReplicaSet', 'Scaled up ReplicaSet to 1'),
    normal(6, 'NewReplicaSetCreated', 'Created ReplicaSet with revision 3'),
  ];
}

/** As the server sends it for a view. */
export function eventOf(view: RolloutView, now: number, rights: 'all' | 'view'): RolloutEvent {
  const isBad = view.phase === 'Degraded';
  const runs = view.revisions
    .flatMap(({ analysisRuns }) => analysisRuns)
    .map((run): MeasuredRun => ({ run, metrics: [errorRate(now, isBad)] }));
  const [image = ''] = (view.canary ?? view.stable)?.images ?? [];
  return {
    view,
    commands: choicesFor(view, rights),
    containers: [
      { container: 'web', image, init: false },
      { container: 'migrations', image: 'registry.example/shop/migrations:14', init: true },
    ],
    stepTimes: view.steps.map(({ state }, index) =>
      state === 'done' ? now - (view.steps.length - index) * MINUTE : null,
    ),
    events: eventsOf(now, isBad, view.steps.length > 2),
    runs,
  };
}

export function rowOf(view: RolloutView, labels: Readonly<Record<string, string>> = {}): RolloutRow {
  const { explanation, share, counts, steps } = view;
  return {
    namespace: view.namespace,
    name: view.name,
    labels,
    strategy: view.strategy,
    phase: view.phase,
    cause: explanation.cause,
    state: explanation.state,
    needsAttention: ['waitsForPerson', 'blocked', 'degraded'].includes(explanation.state),
    stepsDone: view.stepsDone,
    stepCount: steps.length,
    weight: view.progress === 'settled' ? null : (share?.asked ?? null),
    ready: counts.ready,
    desired: view.replicas,
    updated: counts.updated,
    available: counts.available,
    images: (view.canary ?? view.stable)?.images ?? [],
    createdAt: Date.now() - 40 * 24 * 60 * MINUTE,
  };
}

/** So many rows, of all kinds, in ten namespaces. */
export function manyRows(count: number, now: number): readonly RolloutRow[] {
  const samples = [
    healthyView(now),
    pausedView(now),
    healthyView(now),
    stuckView(now),
    abortedView(now),
    previewView(now),
  ];
  const rows = samples.map((view) => rowOf(view));
  return Array.from({ length: count }, (_, index) => {
    const row = rows[index % rows.length] ?? rows[0]!;
    const labels = { team: index % 2 === 0 ? 'checkout' : 'search', tier: `t${index % 5}` };
    return { ...row, namespace: `team-${index % 10}`, name: `${row.name}-${index}`, labels };
  });
}

/** Of a canary with a router, a pause for a person and one for a time. */
export function samplePlan(image: string): ReleasePlan {
  const canary = {
    stableService: 'canary-demo',
    canaryService: 'canary-demo-canary',
    trafficRouting: { nginx: { stableIngress: 'canary-demo' } },
    steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '10m' } }, { setWeight: 80 }],
  };
  const base = [
    web({ replicas: 5, strategy: { canary } }),
    service('canary-demo'),
    service('canary-demo-canary'),
    ...example('canary-demo-ingress.yaml'),
  ];
  return planned({ name: 'web', base, images: [{ container: 'web', image }] });
}
