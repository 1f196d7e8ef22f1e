/** The analyses of a canary: which runs are made, what they ask for, and when they are forgotten (spec B.8, H.3). */
import { describe, expect, test } from 'vitest';
import type { AnalysisRun } from '../../../../src/api/schema/analysis-run.ts';
import type { AnalysisTemplate } from '../../../../src/api/schema/analysis-template.ts';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import type { RolloutStatus } from '../../../../src/api/schema/status.ts';
import type { CanaryStep } from '../../../../src/api/schema/steps.ts';
import { stepHash } from '../../../../src/api/schema/step-hash.ts';
import { LABELS } from '../../../../src/api/words/labels.ts';
import { templateKey } from '../../../../src/core/observed/world.ts';
import { decideCanary } from '../../../../src/core/strategies/canary/canary.ts';
import { decideRollout } from '../../../../src/core/rollout/decide.ts';
import { controllerReference } from '../../../../src/kube/owners.ts';
import { formatTime } from '../../../../src/kube/time.ts';
import type { Write } from '../../../../src/kube/plan.ts';
import { ANALYSIS_RUNS, ROLLOUTS } from '../../../../src/kube/resources.ts';
import {
  buildSituation,
  buildWorld,
  hashOf,
  NAME,
  NAMESPACE,
  NOW,
  routed,
  UID,
  type WorldOptions,
} from '../../build-world.ts';

const TEMPLATE: AnalysisTemplate = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name: 'rate', namespace: NAMESPACE, uid: 'uid-rate', resourceVersion: '1' },
  spec: {
    args: [{ name: 'hash' }],
    metrics: [{ name: 'rate', provider: { web: { url: 'http://127.0.0.1/{{args.hash}}' } } }],
  },
};
const ANALYSIS = {
  templates: [{ templateName: 'rate' }],
  args: [{ name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' } }],
} as const;
const STEPS: readonly CanaryStep[] = [{ setWeight: 20 }, { analysis: ANALYSIS }, { setWeight: 60 }, { pause: {} }];
const HASH = hashOf('v2');
const STEP_RUN = `${NAME}-${HASH}-2-1`;
const BACKGROUND_RUN = `${NAME}-${HASH}-2`;

interface Seen {
  readonly name: string;
  readonly phase?: string;
  readonly message?: string;
  /** Absent for a background run. */
  readonly step?: number;
  /** That of the canary by default. */
  readonly hash?: string;
}

function runOf({ name, phase, message, step, hash = HASH }: Seen): AnalysisRun {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      name,
      namespace: NAMESPACE,
      uid: `uid-${name}`,
      resourceVersion: '7',
      labels: { [LABELS.podTemplateHash]: hash, ...(step === undefined ? {} : { [LABELS.stepIndex]: String(step) }) },
      ownerReferences: [controllerReference(ROLLOUTS, NAME, UID)],
    },
    spec: { metrics: TEMPLATE.spec.metrics ?? [], args: [{ name: 'hash', value: HASH }] },
    ...(phase === undefined ? {} : { status: { phase, ...(message === undefined ? {} : { message }) } }),
  };
}

interface Scene {
  readonly index: number;
  readonly strategy?: CanaryStrategy;
  readonly status?: RolloutStatus;
  readonly runs?: readonly Seen[];
  readonly world?: WorldOptions;
}

/** A canary with all pods and all traffic that its step asks for. */
function worldOf({ index, strategy = {}, status = {}, runs = [], world = {} }: Scene): WorldOptions {
  const steps = strategy.steps ?? STEPS;
  return {
    replicas: 5,
    strategy: routed({ steps, ...strategy }),
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: index < 2 ? 1 : 5 },
    ],
    split: { weight: index < 2 ? 20 : 60 },
    status: { currentStepIndex: index, currentStepHash: stepHash(steps), ...status },
    runs: runs.map(runOf),
    templates: [[templateKey(TEMPLATE_NAME), { template: TEMPLATE }]],
    ...world,
  };
}
const TEMPLATE_NAME = { kind: 'AnalysisTemplate', name: 'rate' };

function decided(scene: Scene) {
  const { memory, events, desired, standing, wait } = decideCanary(buildSituation(worldOf(scene)));
  return {
    index: memory.currentStepIndex,
    abort: memory.abort,
    pauses: memory.pauseConditions.map(({ reason }) => reason),
    controllerPause: memory.controllerPause,
    step: memory.currentStepAnalysisRunStatus?.name ?? null,
    background: memory.currentBackgroundAnalysisRunStatus?.name ?? null,
    creates: desired.runs.creations.map(({ name }) => name),
    tells: events.map(({ reason, message }) => `${reason}: ${message}`),
    why: standing.abortReason,
    waits: wait === null ? null : `${wait.reason}: ${wait.message}`,
  };
}

const named = (name: string, status = 'Running') => ({ name, status });

describe('an analysis step', () => {
  test('gets its run when the rollout arrives there', () => {
    const { index, step, creates } = decided({ index: 0 });
    expect({ index, step, creates }).toEqual({ index: 1, step: STEP_RUN, creates: [STEP_RUN] });
  });

  test('names its run, its revision and its arguments as clients expect', () => {
    const [creation] = decideCanary(buildSituation(worldOf({ index: 1 }))).desired.runs.creations;
    expect(creation?.body).toMatchObject({
      metadata: {
        labels: { 'rollout-type': 'Step', 'step-index': '1', [LABELS.podTemplateHash]: HASH },
        annotations: { 'rollout.argoproj.io/revision': '2' },
        ownerReferences: [{ kind: 'Rollout', name: NAME, uid: UID, controller: true }],
      },
      spec: { args: [{ name: 'hash', value: HASH }], metrics: [{ name: 'rate' }] },
    });
  });

  const recorded: RolloutStatus = { canary: { currentStepAnalysisRunStatus: named(STEP_RUN) } };

  test.each<{ readonly name: string; readonly scene: Omit<Scene, 'index'>; readonly is: object }>([
    {
      name: 'waits for a run that is running',
      scene: { status: recorded, runs: [{ name: STEP_RUN, phase: 'Running', step: 1 }] },
      is: {
        index: 1,
        step: STEP_RUN,
        creates: [],
        waits: `AnalysisNotFinished: waiting for AnalysisRun ${STEP_RUN} to finish`,
      },
    },
    {
      name: 'is complete when its run is successful',
      scene: { status: recorded, runs: [{ name: STEP_RUN, phase: 'Successful', step: 1 }] },
      is: {
        index: 2,
        step: null,
        creates: [],
        tells: [
          `AnalysisRunSuccessful: Step Analysis Run '${STEP_RUN}' Status New: 'Successful' Previous: 'Running'`,
          expect.stringMatching(/^RolloutStepCompleted: /),
        ],
      },
    },
    {
      name: 'gives the canary up when its run fails, and says why',
      scene: { status: recorded, runs: [{ name: STEP_RUN, phase: 'Failed', message: 'too many errors', step: 1 }] },
      is: {
        index: 0,
        abort: true,
        step: null,
        why: 'Step-based analysis phase error/failed: too many errors',
        tells: [
          expect.stringMatching(/^AnalysisRunFailed: /),
          'RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: too many errors',
        ],
      },
    },
    {
      name: 'pauses when its run shows nothing',
      scene: { status: recorded, runs: [{ name: STEP_RUN, phase: 'Inconclusive', message: 'no requests', step: 1 }] },
      is: {
        index: 1,
        pauses: ['InconclusiveAnalysisRun'],
        controllerPause: true,
        step: STEP_RUN,
        waits: `AnalysisInconclusive: paused since ${formatTime(NOW)}, because AnalysisRun ${STEP_RUN} was inconclusive (no requests), resume to measure again`,
      },
    },
    {
      name: 'measures again when a person resumes after that',
      scene: {
        status: {
          canary: { currentStepAnalysisRunStatus: named(STEP_RUN, 'Inconclusive'), pausedStepIndex: 1 },
          controllerPause: true,
        },
        runs: [{ name: STEP_RUN, phase: 'Inconclusive', step: 1 }],
      },
      is: { index: 1, pauses: [], controllerPause: false, step: `${STEP_RUN}.1`, creates: [`${STEP_RUN}.1`] },
    },
    {
      name: 'uses a run that was made for it and not written down',
      scene: { runs: [{ name: STEP_RUN, phase: 'Running', step: 1 }] },
      is: { index: 1, step: STEP_RUN, creates: [] },
    },
    {
      name: 'uses one that was made for it while a lower number was taken that is free by now',
      scene: {
        runs: [
          { name: STEP_RUN, phase: 'Failed', step: 1 },
          { name: `${STEP_RUN}.2`, phase: 'Running', step: 1 },
        ],
      },
      is: { index: 1, step: `${STEP_RUN}.2`, creates: [] },
    },
    {
      name: 'measures anew when a person has deleted its run',
      scene: { status: recorded },
      is: { index: 1, step: STEP_RUN, creates: [STEP_RUN] },
    },
    {
      name: 'starts nothing while the user pauses',
      scene: { world: { spec: { paused: true } } },
      is: { index: 1, step: null, creates: [] },
    },
    {
      name: 'does not take the run of another step for its own',
      scene: {
        status: { canary: { currentStepAnalysisRunStatus: named('other', 'Failed') } },
        runs: [{ name: 'other', phase: 'Failed', step: 0 }],
      },
      is: { index: 1, abort: false, step: STEP_RUN, creates: [STEP_RUN] },
    },
    {
      name: 'does not take the run of another revision for its own, when the status has lost which one it was about',
      scene: {
        status: { currentPodHash: '', canary: { currentStepAnalysisRunStatus: named('other', 'Successful') } },
        runs: [{ name: 'other', phase: 'Successful', step: 1, hash: hashOf('v3') }],
      },
      is: { index: 1, step: STEP_RUN, creates: [STEP_RUN] },
    },
    {
      name: 'ends with a full promotion',
      scene: { status: { ...recorded, promoteFull: true }, runs: [{ name: STEP_RUN, phase: 'Running', step: 1 }] },
      is: { index: 4, step: null, creates: [] },
    },
    {
      name: 'without templates asks for nothing',
      scene: { strategy: { steps: [{ setWeight: 20 }, { analysis: {} }, { setWeight: 60 }] } },
      is: { index: 2, step: null, creates: [] },
    },
  ])('$name', ({ scene, is }) => {
    expect(decided({ index: 1, ...scene })).toMatchObject(is);
  });

  test('says when its run was refused, and does not take it for running', () => {
    const first = decideRollout(buildWorld(worldOf({ index: 1 })));
    const creation = first.writes.find(({ op }) => op === 'create') as Write;
    const refused = [{ write: creation, message: 'create AnalysisRun shop/web: quota' }];
    const scene: Scene = { index: 1, world: { refused } };
    expect(decided(scene)).toMatchObject({ index: 1, step: null });
    const { writes } = decideRollout(buildWorld(worldOf(scene)));
    const status = writes.find(({ resource }) => resource === ROLLOUTS);
    expect(JSON.stringify(status)).toContain('quota');
  });
});

describe('a background analysis', () => {
  const strategy: CanaryStrategy = { analysis: ANALYSIS, steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }] };
  const paused: RolloutStatus = {
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2025-12-31T23:59:00Z' }],
    controllerPause: true,
    canary: { pausedStepIndex: 1, currentBackgroundAnalysisRunStatus: named(BACKGROUND_RUN) },
  };
  const atPause = (run: Partial<Seen>, status: RolloutStatus = {}): Scene => ({
    index: 1,
    strategy,
    status: { ...paused, ...status },
    runs: [{ name: BACKGROUND_RUN, phase: 'Running', ...run }],
  });

  test.each<{ readonly name: string; readonly scene: Scene; readonly is: object }>([
    {
      name: 'begins with the first step',
      scene: { index: 0, strategy, world: { split: { weight: 0 } } },
      is: { background: BACKGROUND_RUN, creates: [BACKGROUND_RUN] },
    },
    {
      name: 'begins with its starting step, and not before',
      scene: {
        index: 0,
        strategy: { ...strategy, analysis: { ...ANALYSIS, startingStep: 1 } },
        world: { split: { weight: 0 } },
      },
      is: { background: null, creates: [] },
    },
    {
      name: 'measures while a step pauses',
      scene: atPause({}),
      is: { index: 1, background: BACKGROUND_RUN, creates: [], pauses: ['CanaryPauseStep'] },
    },
    {
      name: 'stays the same after it was successful',
      scene: atPause({ phase: 'Successful' }),
      is: { index: 1, background: BACKGROUND_RUN, creates: [] },
    },
    {
      name: 'gives the canary up at a pause too',
      scene: atPause({ phase: 'Error', message: 'no server' }),
      is: {
        abort: true,
        index: 0,
        pauses: [],
        background: null,
        why: 'Background analysis phase error/failed: no server',
      },
    },
    {
      name: 'pauses beside the pause of a step',
      scene: atPause({ phase: 'Inconclusive' }),
      is: { index: 1, pauses: ['CanaryPauseStep', 'InconclusiveAnalysisRun'], background: BACKGROUND_RUN },
    },
    {
      name: 'measures again when a person promotes from both pauses',
      scene: atPause({ phase: 'Inconclusive' }, { pauseConditions: [] }),
      is: { index: 2, pauses: [], background: `${BACKGROUND_RUN}.1`, creates: [`${BACKGROUND_RUN}.1`] },
    },
    {
      name: 'holds the promotion when it shows nothing after the last step',
      scene: {
        index: 3,
        strategy,
        status: { canary: { currentBackgroundAnalysisRunStatus: named(BACKGROUND_RUN) } },
        runs: [{ name: BACKGROUND_RUN, phase: 'Inconclusive' }],
        world: { split: { weight: 100 } },
      },
      is: { index: 3, pauses: ['InconclusiveAnalysisRun'] },
    },
    {
      name: 'ends when the canary is promoted',
      scene: {
        index: 3,
        strategy,
        status: { stableRS: HASH, canary: { currentBackgroundAnalysisRunStatus: named(BACKGROUND_RUN) } },
        runs: [{ name: BACKGROUND_RUN, phase: 'Running' }],
      },
      is: { background: null, creates: [] },
    },
    {
      name: 'does not abort a canary that is promoted',
      scene: {
        index: 3,
        strategy,
        status: { stableRS: HASH, canary: { currentBackgroundAnalysisRunStatus: named(BACKGROUND_RUN) } },
        runs: [{ name: BACKGROUND_RUN, phase: 'Failed' }],
      },
      is: { abort: false, background: null },
    },
    {
      name: 'is forgotten with a retry',
      scene: {
        index: 0,
        strategy,
        status: {
          abortedAt: '2025-12-31T23:59:00Z',
          canary: { currentBackgroundAnalysisRunStatus: named(BACKGROUND_RUN, 'Failed') },
        },
        runs: [{ name: BACKGROUND_RUN, phase: 'Failed' }],
        world: { split: { weight: 0 } },
      },
      is: { abort: false, background: `${BACKGROUND_RUN}.1` },
    },
    {
      name: 'does not begin on a first deploy',
      scene: { index: 0, strategy, world: { revisions: [{ version: 'v2', size: 5 }], stable: '' } },
      is: { background: null, creates: [] },
    },
  ])('$name', ({ scene, is }) => {
    expect(decided(scene)).toMatchObject(is);
  });
});

describe('runs that nothing waits for', () => {
  const writesTo = (scene: Scene): readonly string[] =>
    decideRollout(buildWorld(worldOf(scene)))
      .writes.filter(({ resource }) => resource === ANALYSIS_RUNS)
      .map(({ op, name }) => `${op} ${name}`);

  test('are asked to end', () => {
    const scene: Scene = {
      index: 2,
      runs: [
        { name: STEP_RUN, phase: 'Running', step: 1 },
        { name: 'done', phase: 'Successful', step: 1 },
      ],
    };
    expect(writesTo(scene)).toEqual([`patch ${STEP_RUN}`]);
  });

  const failed: Scene = {
    index: 1,
    status: { canary: { currentStepAnalysisRunStatus: named(STEP_RUN) } },
    runs: [{ name: STEP_RUN, phase: 'Failed', step: 1 }],
    world: { spec: { analysis: { unsuccessfulRunHistoryLimit: 0 } } },
  };

  test('are removed only when the status does not name them any more, because the abort may not be written', () => {
    expect(writesTo(failed)).toEqual([]);
    expect(writesTo({ ...failed, index: 0, status: { abort: true } })).toEqual([`delete ${STEP_RUN}`]);
  });

  test('are asked to end only then, because a person may take the abort back before it is written', () => {
    const measuring: Scene = { ...failed, runs: [{ name: STEP_RUN, phase: 'Running', step: 1 }] };
    expect(writesTo({ ...measuring, status: { ...measuring.status, abort: true } })).toEqual([]);
    expect(writesTo({ ...measuring, status: { abort: true } })).toEqual([`patch ${STEP_RUN}`]);
  });

  test('are removed beyond the history', () => {
    const runs = Array.from({ length: 7 }, (_, index) => ({ name: `old-${index}`, phase: 'Failed', step: 1 }));
    expect(writesTo({ index: 2, runs })).toEqual(['delete old-1', 'delete old-0']);
  });
});

test('a template that is missing is said to be, and nothing is released', () => {
  const { writes } = decideRollout(buildWorld(worldOf({ index: 0, world: { templates: [] } })));
  expect(writes.map(({ op, resource }) => `${op} ${resource.plural}`)).toEqual(['patch rollouts']);
  expect(JSON.stringify(writes)).toContain("AnalysisTemplate 'rate' not found");
});

describe('while a template is missing, a run that fails', () => {
  const steps: readonly CanaryStep[] = [{ setWeight: 20 }, { setCanaryScale: { replicas: 1 } }, { analysis: ANALYSIS }];
  const strategy: CanaryStrategy = { steps, analysis: ANALYSIS };
  const stepRun = `${NAME}-${HASH}-2-2`;
  const told = (canary: RolloutStatus['canary'], run: Seen) => {
    const scene: Scene = {
      index: 2,
      strategy,
      runs: [{ ...run, phase: 'Failed', message: 'too many errors' }],
      world: {
        templates: [],
        split: { weight: 20 },
        revisions: [
          { version: 'v1', size: 5 },
          { version: 'v2', size: 1 },
        ],
      },
    };
    const { writes } = decideRollout(buildWorld(worldOf({ ...scene, status: { ...(canary && { canary }) } })));
    const report = writes.find(({ resource }) => resource === ROLLOUTS);
    const status = report?.op === 'patch' ? (report.patch['status'] as RolloutStatus) : {};
    return { status, events: report?.events?.map(({ reason, message }) => `${reason}: ${message}`) };
  };

  test.each([
    ['of the step', 'currentStepAnalysisRunStatus', { name: stepRun, step: 2 }],
    ['in the background', 'currentBackgroundAnalysisRunStatus', { name: BACKGROUND_RUN }],
  ] as const)('%s gives the canary up, and is not named any more', (_where, field, run) => {
    const { status, events } = told({ [field]: named(run.name) }, run);
    expect(status).toMatchObject({ abort: true, currentStepIndex: 0, canary: { [field]: null } });
    expect(events).toEqual([
      expect.stringMatching(/^AnalysisRunFailed: /),
      expect.stringMatching(/^RolloutAborted: .*too many errors$/),
    ]);
  });
});
