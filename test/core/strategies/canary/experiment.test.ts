/** The experiment of a canary's step: what is made for it, what it asks for, and when it is forgotten (spec C.3). */
import { describe, expect, test } from 'vitest';
import type { Experiment } from '../../../../src/api/schema/experiment.ts';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import type { RolloutStatus } from '../../../../src/api/schema/status.ts';
import { stepHash } from '../../../../src/api/schema/step-hash.ts';
import type { CanaryStep, ExperimentStep } from '../../../../src/api/schema/steps.ts';
import { ANNOTATIONS, LABELS } from '../../../../src/api/words/labels.ts';
import { decideRollout } from '../../../../src/core/rollout/decide.ts';
import { decideCanary } from '../../../../src/core/strategies/canary/canary.ts';
import { findCondition } from '../../../../src/kube/conditions.ts';
import { controllerReference } from '../../../../src/kube/owners.ts';
import type { CreateWrite } from '../../../../src/kube/plan.ts';
import { EXPERIMENTS, ROLLOUTS } from '../../../../src/kube/resources.ts';
import { formatTime } from '../../../../src/kube/time.ts';
import {
  buildSituation,
  buildWorld,
  hashOf,
  NAME,
  NAMESPACE,
  NOW,
  routed,
  templateOf,
  UID,
  type WorldOptions,
} from '../../build-world.ts';
import { statusAfter } from '../../plan-effects.ts';

const STEP: ExperimentStep = {
  templates: [
    { name: 'old', specRef: 'stable' },
    { name: 'new', specRef: 'canary', replicas: 2, metadata: { labels: { side: 'new' } }, service: {} },
  ],
  duration: '5m',
  analyses: [
    {
      name: 'check',
      templateName: 'rate',
      requiredForCompletion: true,
      args: [
        { name: 'hash', value: '{{templates.new.podTemplateHash}}' },
        { name: 'stable', valueFrom: { podTemplateHashValue: 'Stable' } },
        { name: 'team', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
    },
  ],
};
const STEPS: readonly CanaryStep[] = [{ setWeight: 20 }, { experiment: STEP }, { setWeight: 60 }, { pause: {} }];
const HASH = hashOf('v2');
const FIRST = `${NAME}-${HASH}-2-1`;

interface Seen {
  readonly name?: string;
  readonly phase?: string;
  readonly message?: string;
  readonly spec?: Partial<Experiment['spec']>;
  readonly hash?: string;
}

function experimentOf({ name = FIRST, phase, message, spec, hash = HASH }: Seen): Experiment {
  return {
    metadata: {
      name,
      namespace: NAMESPACE,
      uid: `uid-${name}`,
      resourceVersion: '7',
      labels: { [LABELS.podTemplateHash]: hash },
      ownerReferences: [controllerReference(ROLLOUTS, NAME, UID)],
    },
    spec: { templates: [], ...spec },
    ...(phase === undefined ? {} : { status: { phase, ...(message === undefined ? {} : { message }) } }),
  };
}

interface Scene {
  readonly index: number;
  readonly strategy?: CanaryStrategy;
  readonly status?: RolloutStatus;
  readonly experiments?: readonly Seen[];
  readonly world?: WorldOptions;
}

/** A canary with all pods and all traffic that its step asks for. */
function worldOf({ index, strategy = {}, status = {}, experiments = [], world = {} }: Scene): WorldOptions {
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
    experiments: experiments.map(experimentOf),
    ...world,
  };
}

function decided(scene: Scene) {
  const { memory, events, desired, standing, wait } = decideCanary(buildSituation(worldOf(scene)));
  return {
    index: memory.currentStepIndex,
    abort: memory.abort,
    pauses: memory.pauseConditions.map(({ reason }) => reason),
    controllerPause: memory.controllerPause,
    experiment: memory.currentExperiment,
    creates: desired.experiments?.creations.map(({ name }) => name),
    tells: events.map(({ reason }) => reason),
    why: standing.abortReason,
    waits: wait === null ? null : `${wait.reason}: ${wait.message}`,
  };
}

/** What happens to the Experiments that exist, once the status says what was decided: until then none is given up. */
function endsOf(scene: Scene): readonly string[] {
  const world = buildWorld(worldOf(scene));
  const status = statusAfter(world, decideRollout(world).writes);
  return decideRollout({ ...world, rollout: { ...world.rollout, status } })
    .writes.filter(({ resource }) => resource === EXPERIMENTS)
    .map(({ op, name }) => `${op} ${name}`);
}

function creationIn(scene: Scene): CreateWrite {
  const [creation] = decideCanary(buildSituation(worldOf(scene))).desired.experiments?.creations ?? [];
  if (creation === undefined) throw new Error('no Experiment is created');
  return creation;
}

describe('the Experiment of a step', () => {
  test('is made when the rollout arrives there, and the status names it', () => {
    const { index, experiment, creates } = decided({ index: 0 });
    expect({ index, experiment, creates }).toEqual({ index: 1, experiment: FIRST, creates: [FIRST] });
  });

  test('has the labels, the revision and the owner that clients expect', () => {
    const { body, events } = creationIn({ index: 1 });
    expect(body['metadata']).toMatchObject({
      labels: { [LABELS.podTemplateHash]: HASH },
      annotations: { 'rollout.argoproj.io/revision': '2' },
      ownerReferences: [{ kind: 'Rollout', name: NAME, uid: UID, controller: true }],
    });
    expect(events).toEqual([expect.objectContaining({ reason: 'ExperimentCreated' })]);
  });

  test('runs the pods of both revisions without what tells them apart in the Rollout', () => {
    const lent = { labels: { role: 'canary' } };
    const template = templateOf('v2');
    const worn = { ...template, metadata: { labels: { ...template.metadata?.labels, ...lent.labels } } };
    const annotations = { [ANNOTATIONS.ephemeralMetadata]: JSON.stringify(lent) };
    const revisions = [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1, annotations, template: worn },
    ];
    const scene: Scene = { index: 1, strategy: { steps: STEPS, canaryMetadata: lent }, world: { revisions } };
    const { templates, ...rest } = creationIn(scene).body['spec'] as unknown as Experiment['spec'];
    expect(rest).toMatchObject({ duration: '5m' });
    expect(templates.map(({ name, replicas, service, selector }) => ({ name, replicas, service, selector }))).toEqual([
      { name: 'old', replicas: undefined, service: undefined, selector: { matchLabels: { app: 'web' } } },
      { name: 'new', replicas: 2, service: {}, selector: { matchLabels: { app: 'web', side: 'new' } } },
    ]);
    expect(templates.map(({ template }) => template.metadata?.labels)).toEqual([
      { app: 'web' },
      { app: 'web', side: 'new' },
    ]);
  });

  test('gets the values that the Rollout knows, and leaves the others to the Experiment', () => {
    const { analyses } = creationIn({ index: 1 }).body['spec'] as unknown as Experiment['spec'];
    expect(analyses).toEqual([
      {
        name: 'check',
        templateName: 'rate',
        requiredForCompletion: true,
        args: [
          { name: 'hash', value: '{{templates.new.podTemplateHash}}' },
          { name: 'stable', value: hashOf('v1') },
          { name: 'team', value: NAME },
        ],
      },
    ]);
  });

  const recorded: RolloutStatus = { canary: { currentExperiment: FIRST } };
  const paused: RolloutStatus = {
    controllerPause: true,
    pauseConditions: [{ reason: 'InconclusiveExperiment', startTime: formatTime(NOW) }],
    canary: { currentExperiment: FIRST, pausedStepIndex: 1 },
  };

  test.each<{ readonly name: string; readonly scene: Omit<Scene, 'index'>; readonly is: object }>([
    {
      name: 'is waited for while it runs',
      scene: { status: recorded, experiments: [{ phase: 'Running' }] },
      is: {
        index: 1,
        experiment: FIRST,
        creates: [],
        waits: `ExperimentNotFinished: waiting for Experiment ${FIRST} to finish`,
      },
    },
    {
      name: 'is waited for with what it says',
      scene: { status: recorded, experiments: [{ phase: 'Pending', message: 'no right' }] },
      is: { waits: `ExperimentNotFinished: waiting for Experiment ${FIRST} to finish (no right)` },
    },
    {
      name: 'lets the rollout go on when it is successful, and is not named any more',
      scene: { status: recorded, experiments: [{ phase: 'Successful' }] },
      is: { index: 2, experiment: null, creates: [], tells: ['RolloutStepCompleted'] },
    },
    {
      name: 'gives the rollout up when it has failed',
      scene: { status: recorded, experiments: [{ phase: 'Failed', message: 'too many errors' }] },
      is: {
        index: 0,
        abort: true,
        experiment: null,
        why: 'Experiment analysis phase is error/failed: too many errors',
      },
    },
    {
      name: 'gives the rollout up when it had an error',
      scene: { status: recorded, experiments: [{ phase: 'Error' }] },
      is: { abort: true, why: 'Experiment analysis phase is error/failed' },
    },
    {
      name: 'pauses the rollout when it shows nothing',
      scene: { status: recorded, experiments: [{ phase: 'Inconclusive' }] },
      is: {
        index: 1,
        pauses: ['InconclusiveExperiment'],
        controllerPause: true,
        experiment: FIRST,
        tells: ['RolloutPaused'],
      },
    },
    {
      name: 'pauses it once',
      scene: { status: paused, experiments: [{ phase: 'Inconclusive', message: 'no data' }] },
      is: {
        pauses: ['InconclusiveExperiment'],
        tells: [],
        creates: [],
        waits: `ExperimentInconclusive: paused since ${formatTime(NOW)}, because Experiment ${FIRST} was inconclusive (no data), resume to repeat it`,
      },
    },
    {
      name: 'is repeated when a person resumes',
      scene: { status: { ...paused, pauseConditions: [] }, experiments: [{ phase: 'Inconclusive' }] },
      is: { index: 1, pauses: [], controllerPause: false, experiment: `${FIRST}-1`, creates: [`${FIRST}-1`] },
    },
    {
      name: 'is repeated after a retry',
      scene: { status: { ...recorded, abortedAt: formatTime(NOW) }, experiments: [{ phase: 'Failed' }] },
      is: { abort: false, experiment: `${FIRST}-1` },
    },
    {
      name: 'is made again when a person has deleted it',
      scene: { status: recorded },
      is: { experiment: FIRST, creates: [FIRST] },
    },
    {
      name: 'is not made while a person pauses the rollout',
      scene: { world: { spec: { paused: true } } },
      is: { experiment: null, creates: [] },
    },
    {
      name: 'is not that of another step',
      scene: {
        status: { canary: { currentExperiment: `${NAME}-${HASH}-2-0` } },
        experiments: [{ name: `${NAME}-${HASH}-2-0`, phase: 'Failed' }],
      },
      is: { abort: false, experiment: FIRST },
    },
    {
      name: 'is not that of a step whose number begins alike',
      scene: {
        status: { canary: { currentExperiment: `${FIRST}0` } },
        experiments: [{ name: `${FIRST}0`, phase: 'Failed' }],
      },
      is: { abort: false, experiment: FIRST },
    },
  ])('$name', ({ scene, is }) => {
    expect(decided({ index: 1, ...scene })).toMatchObject(is);
  });

  test('is known by its label, which another controller does not set', () => {
    const labelled = { ...experimentOf({ phase: 'Failed' }) };
    const of = (step: string) => ({
      ...labelled,
      metadata: { ...labelled.metadata, labels: { ...labelled.metadata.labels, [LABELS.stepIndex]: step } },
    });
    const abortWith = (step: string) =>
      decided({ index: 1, status: recorded, world: { experiments: [of(step)] } }).abort;
    expect([abortWith('1'), abortWith('0')]).toEqual([true, false]);
    expect(creationIn({ index: 1 }).body['metadata']).toMatchObject({ labels: { [LABELS.stepIndex]: '1' } });
  });

  test('is heeded while the spec cannot be followed, and the status goes on naming it', () => {
    const broken = { spec: { progressDeadlineSeconds: 1, minReadySeconds: 5 } };
    const phaseWith = (phase: string) => {
      const world = buildWorld(worldOf({ index: 1, status: recorded, experiments: [{ phase }], world: broken }));
      const { abort, canary } = statusAfter(world, decideRollout(world).writes);
      return { abort, experiment: canary?.currentExperiment };
    };
    expect(phaseWith('Running')).toEqual({ abort: undefined, experiment: FIRST });
    expect(phaseWith('Failed')).toEqual({ abort: true, experiment: undefined });
  });

  test('that was made before the status was written is the one', () => {
    const spec = creationIn({ index: 1 }).body['spec'] as unknown as Experiment['spec'];
    expect(decided({ index: 1, experiments: [{ spec }] })).toMatchObject({ experiment: FIRST, creates: [] });
    expect(decided({ index: 1, experiments: [{ spec: { ...spec, terminate: true } }] })).toMatchObject({
      experiment: `${FIRST}-1`,
    });
  });

  test('that cannot be read is neither lost nor made twice', () => {
    const world = buildWorld(worldOf({ index: 1, status: recorded }));
    const experiments = { ...world.experiments, unreadable: 'no right' };
    const { writes } = decideRollout({ ...world, experiments });
    expect(writes.filter(({ resource }) => resource === EXPERIMENTS)).toEqual([]);
    const { canary, conditions } = statusAfter(world, writes);
    expect(canary?.currentExperiment).toBe(FIRST);
    expect(findCondition(conditions, 'Blocked')).toMatchObject({ reason: 'ExperimentNotStarted', message: 'no right' });
  });

  test('of an unknown revision is a mistake that a person has to correct', () => {
    const experiment = { templates: [{ name: 'a', specRef: 'former' }] };
    const { creates, waits } = decided({ index: 0, strategy: { steps: [{ experiment }] } });
    expect(creates).toEqual([]);
    expect(waits).toBe("ExperimentNotStarted: template 'a' of the experiment: specRef must be stable or canary");
  });
});

describe('an Experiment that the rollout does not need any more', () => {
  test('goes on until the status says so: if that write is lost, it is needed again', () => {
    const scene = { index: 1, status: { canary: { currentExperiment: FIRST }, abort: true } };
    const { writes } = decideRollout(buildWorld(worldOf({ ...scene, experiments: [{ phase: 'Running' }] })));
    expect(writes.filter(({ resource }) => resource === EXPERIMENTS)).toEqual([]);
  });

  const running = [{ phase: 'Running' }];
  const recorded: RolloutStatus = { canary: { currentExperiment: FIRST } };

  test.each<{ readonly name: string; readonly scene: Scene; readonly ends: readonly string[] }>([
    { name: 'goes on at its step', scene: { index: 1, status: recorded, experiments: running }, ends: [] },
    {
      name: 'ends at the next step',
      scene: { index: 2, status: recorded, experiments: running },
      ends: [`patch ${FIRST}`],
    },
    {
      name: 'ends with an abort',
      scene: { index: 1, status: { ...recorded, abort: true }, experiments: running },
      ends: [`patch ${FIRST}`],
    },
    {
      name: 'ends with a full promotion',
      scene: { index: 1, status: { ...recorded, promoteFull: true }, experiments: running },
      ends: [`patch ${FIRST}`],
    },
    { name: 'is kept when it is over', scene: { index: 2, experiments: [{ phase: 'Failed' }] }, ends: [] },
    {
      name: 'is deleted with its revision',
      scene: { index: 2, experiments: [{ phase: 'Failed', hash: 'gone' }] },
      ends: [`delete ${FIRST}`],
    },
    {
      name: 'is deleted beyond the limit of the history',
      scene: {
        index: 2,
        experiments: [{ phase: 'Failed' }, { name: `${FIRST}-1`, phase: 'Successful' }],
        world: { spec: { analysis: { unsuccessfulRunHistoryLimit: 0 } } },
      },
      ends: [`delete ${FIRST}`],
    },
  ])('$name', ({ scene, ends }) => {
    expect(endsOf(scene)).toEqual(ends);
  });
});
