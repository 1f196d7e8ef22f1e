/**
 * Analyses where one look is not enough to see what goes wrong: writes that are lost between two looks, a spec that
 * cannot be followed, a rollback within the window.
 */
import { describe, expect, test } from 'vitest';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { PatchWrite, Write } from '../../../src/kube/plan.ts';
import { ANALYSIS_RUNS, INGRESSES, ROLLOUTS } from '../../../src/kube/resources.ts';
import { analysisOf, buildRun, recordOf, runNameOf, templateNamed, type DescribedRun } from '../build-runs.ts';
import { blueGreen, buildWorld, hashOf, routed, type WorldOptions } from '../build-world.ts';

const STEPS = [{ setWeight: 20 }, { setWeight: 60 }, { setWeight: 80 }];
const BACKGROUND: DescribedRun = { kind: 'Background' };

/** A canary with a background analysis, whole at its step. */
function canaryAt(index: number, options: WorldOptions = {}): WorldOptions {
  const weight = [20, 20, 60, 80][index] ?? 0;
  return {
    strategy: routed({ steps: STEPS, analysis: analysisOf() }),
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: index < 2 ? 1 : 5 },
    ],
    split: { weight },
    templates: [templateNamed()],
    ...options,
    status: { currentStepIndex: index, ...options.status },
  };
}

function writesOf(options: WorldOptions): readonly Write[] {
  return decideRollout(buildWorld(options)).writes;
}

function toRuns(options: WorldOptions): readonly string[] {
  return writesOf(options)
    .filter(({ resource }) => resource === ANALYSIS_RUNS)
    .map(({ op, name }) => `${op} ${name}`);
}

/** The write of the status; a patch of annotations may come before it. */
function statusWriteOf(options: WorldOptions): PatchWrite | undefined {
  return writesOf(options).find(
    (write): write is PatchWrite =>
      write.op === 'patch' && write.resource === ROLLOUTS && write.subresource === 'status',
  );
}

function statusOf(options: WorldOptions): RolloutStatus {
  return (statusWriteOf(options)?.patch['status'] ?? {}) as RolloutStatus;
}

/** Index, reasons of events, and what is waited for. */
function told(options: WorldOptions) {
  const { currentStepIndex, conditions = [], abort } = statusOf(options);
  return {
    index: currentStepIndex,
    abort,
    events: (statusWriteOf(options)?.events ?? []).map(({ reason }) => reason),
    waits: conditions.find(({ type }) => type === 'Blocked')?.reason,
  };
}

describe('without the background run that it asks for', () => {
  test.each([0, 3])('no step completes and nothing is promoted while its creation is refused: at %i', (index) => {
    const options = canaryAt(index, index === 3 ? { split: { weight: 100 } } : {});
    const creation = writesOf(options).find(({ op }) => op === 'create');
    expect(creation?.name).toBe(runNameOf(BACKGROUND));
    const refused = [{ write: creation as Write, message: 'analysisruns is forbidden' }];
    expect(told({ ...options, refused })).toMatchObject({ index: undefined, events: [], waits: 'WriteRefused' });
  });

  test('no step completes while its arguments cannot be made', () => {
    const args = [{ name: 'x', valueFrom: { fieldRef: { fieldPath: 'spec.nope' } } }];
    const options = canaryAt(0, { strategy: routed({ steps: STEPS, analysis: { ...analysisOf(), args } }) });
    expect(told(options)).toMatchObject({ index: undefined, events: ['RolloutBlocked'], waits: 'AnalysisNotStarted' });
  });

  test('a pause that a person has ended does not begin again', () => {
    const status: RolloutStatus = { controllerPause: true, canary: { pausedStepIndex: 1 } };
    const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }];
    const options = canaryAt(1, { strategy: routed({ steps, analysis: analysisOf() }), status });
    const creation = writesOf(options).find(({ op }) => op === 'create') as Write;
    const refused = [{ write: creation, message: 'analysisruns is forbidden' }];
    expect(told({ ...options, refused })).toMatchObject({ index: undefined, events: [], waits: 'WriteRefused' });
    expect(told(options)).toMatchObject({ index: 2 });
  });

  test('a step that comes before its starting step completes', () => {
    const analysis = { ...analysisOf(), startingStep: 2 };
    expect(told(canaryAt(0, { strategy: routed({ steps: STEPS, analysis }) })).index).toBe(1);
  });
});

test('a run that shows nothing after the last step lets no further requests go to the canary', () => {
  const run: DescribedRun = { kind: 'Background', phase: 'Inconclusive' };
  const options = canaryAt(3, {
    runs: [buildRun(run)],
    status: { canary: { currentBackgroundAnalysisRunStatus: recordOf(run) } },
  });
  const raised = (world: WorldOptions) => writesOf(world).filter(({ resource }) => resource === INGRESSES).length > 0;
  expect(raised(options)).toBe(false);
  expect(raised({ ...options, runs: [buildRun({ ...run, phase: 'Running' })] })).toBe(true);
});

test('a block without templates is no mistake, and asks for nothing', () => {
  const options = canaryAt(0, { strategy: routed({ steps: STEPS, analysis: {} }), templates: [] });
  expect(told(options)).toMatchObject({ index: 1 });
  expect(toRuns(options)).toEqual([]);
});

describe('within the rollback window', () => {
  const back = (run: DescribedRun | null, options: WorldOptions = {}): WorldOptions => ({
    strategy: routed({ steps: STEPS, analysis: analysisOf() }),
    spec: { rollbackWindow: { revisions: 2 } },
    version: 'v1',
    stable: 'v2',
    revisions: [
      { version: 'v1', size: 5, available: 2 },
      { version: 'v2', size: 5 },
    ],
    split: { weight: 0 },
    templates: [templateNamed()],
    runs: run === null ? [] : [buildRun(run)],
    ...options,
    status: {
      currentStepIndex: 3,
      currentPodHash: hashOf('v1'),
      ...(run === null ? {} : { canary: { currentBackgroundAnalysisRunStatus: recordOf(run) } }),
    },
  });
  const RUN: DescribedRun = { kind: 'Background', version: 'v1', revision: 1 };

  test('nothing is measured', () => {
    expect(toRuns(back(null))).toEqual([]);
  });

  test.each(['Failed', 'Inconclusive'])('a run that is %s changes nothing', (phase) => {
    const seen = told(back({ ...RUN, phase }));
    expect(seen.abort ?? false).toBe(false);
    expect(seen.events.filter((reason) => /Aborted|Paused/.test(reason))).toEqual([]);
  });

  test('a run that is recorded is forgotten, and ended by the next look', () => {
    const options = back({ ...RUN, phase: 'Running' });
    expect(toRuns(options)).toEqual([]);
    expect(toRuns({ ...options, status: { ...options.status, canary: {} } })).toEqual([`patch ${runNameOf(RUN)}`]);
  });
});

describe('a run that the stored status still names', () => {
  test('of blue-green is not ended in the look that begins with another template', () => {
    const run: DescribedRun = { kind: 'PrePromotion', phase: 'Running' };
    const options: WorldOptions = {
      blueGreen: blueGreen({ prePromotionAnalysis: analysisOf() }),
      templates: [templateNamed()],
      runs: [buildRun(run)],
      revisions: [
        { version: 'v1', size: 5 },
        { version: 'v2', size: 5 },
        { version: 'v3', size: 0 },
      ],
      version: 'v3',
      status: {
        currentPodHash: hashOf('v2'),
        blueGreen: {
          activeSelector: hashOf('v1'),
          previewSelector: hashOf('v2'),
          prePromotionAnalysisRunStatus: recordOf(run),
        },
      },
    };
    expect(toRuns(options)).toEqual([]);
    const written = { ...options.status, currentPodHash: hashOf('v3') };
    const next = { activeSelector: hashOf('v1'), previewSelector: hashOf('v3') };
    expect(toRuns({ ...options, status: { ...written, blueGreen: next } })).toEqual([`patch ${runNameOf(run)}`]);
  });

  test('is not deleted in the look that it aborts, but in the next', () => {
    const run: DescribedRun = { kind: 'Background', phase: 'Failed', message: 'bad' };
    const options = canaryAt(1, {
      runs: [buildRun(run)],
      spec: { analysis: { unsuccessfulRunHistoryLimit: 0 } },
      status: { canary: { currentBackgroundAnalysisRunStatus: recordOf(run) } },
    });
    expect(told(options)).toMatchObject({ abort: true });
    expect(toRuns(options)).toEqual([]);
    const aborted: RolloutStatus = { currentStepIndex: 0, abort: true, abortedAt: '2026-01-02T03:04:05Z', canary: {} };
    expect(toRuns({ ...options, status: aborted })).toEqual([`delete ${runNameOf(run)}`]);
  });

  test('after the promotion ends, although blue-green goes on naming it', () => {
    const run: DescribedRun = { kind: 'PrePromotion', phase: 'Running' };
    const options: WorldOptions = {
      blueGreen: blueGreen({ prePromotionAnalysis: analysisOf() }),
      templates: [templateNamed()],
      runs: [buildRun(run)],
      stable: 'v2',
      revisions: [
        { version: 'v1', size: 5 },
        { version: 'v2', size: 5 },
      ],
      status: {
        blueGreen: {
          activeSelector: hashOf('v2'),
          previewSelector: hashOf('v2'),
          prePromotionAnalysisRunStatus: recordOf(run),
        },
      },
    };
    expect(toRuns(options)).toEqual([`patch ${runNameOf(run)}`]);
  });
});

describe('a canary whose spec cannot be followed', () => {
  const held = (run: DescribedRun, index: number, status: RolloutStatus = {}): WorldOptions => ({
    ...canaryAt(index, {
      strategy: routed({ steps: STEPS.map((step, at) => (at === index ? { analysis: analysisOf() } : step)) }),
    }),
    templates: [],
    runs: [buildRun(run)],
    status: {
      currentStepIndex: index,
      canary: {
        [run.kind === 'Step' ? 'currentStepAnalysisRunStatus' : 'currentBackgroundAnalysisRunStatus']: recordOf(run),
      },
      ...status,
    },
  });

  test.each<DescribedRun & { readonly index: number }>([
    { kind: 'Step', stepIndex: 0, index: 0 },
    { kind: 'Step', stepIndex: 1, index: 1 },
    { kind: 'Step', stepIndex: 2, index: 2 },
    { kind: 'Background', index: 2 },
  ])('is given up by a failed run: $kind at step $index', ({ index, ...run }) => {
    expect(told(held({ ...run, phase: 'Failed', message: 'bad' }, index))).toMatchObject({ abort: true });
  });

  test('does not take the run of another step for that of its own', () => {
    expect(told(held({ kind: 'Step', stepIndex: 0, phase: 'Failed' }, 2)).abort).toBeUndefined();
  });

  test('forgets the run by which it is given up, and ends what still measures', () => {
    const run: DescribedRun = { kind: 'Background', phase: 'Running' };
    const aborted: RolloutStatus = { currentStepIndex: 0, abort: true, abortedAt: '2026-01-02T03:04:05Z', canary: {} };
    const options = held(run, 0, aborted);
    expect(toRuns(options)).toEqual([`patch ${runNameOf(run)}`]);
  });

  test('forgets the failed run with a retry', () => {
    const run: DescribedRun = { kind: 'Background', phase: 'Failed', message: 'bad' };
    const { canary } = statusOf(held(run, 0, { ...held(run, 0).status, abortedAt: '2026-01-02T03:04:05Z' }));
    expect(canary?.currentBackgroundAnalysisRunStatus).toBeNull();
  });
});
