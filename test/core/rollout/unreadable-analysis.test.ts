/** What still happens to a Rollout while its AnalysisRuns or templates may not be read: all but what depends on them. */
import { describe, expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../src/api/schema/canary.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { stepHash } from '../../../src/api/schema/step-hash.ts';
import type { CanaryStep } from '../../../src/api/schema/steps.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import { findCondition } from '../../../src/kube/conditions.ts';
import { ANALYSIS_RUNS } from '../../../src/kube/resources.ts';
import { analysisOf, buildRun, recordOf, templateNamed, type DescribedRun } from '../build-runs.ts';
import { blueGreen, buildWorld, hashOf, routed, type WorldOptions } from '../build-world.ts';
import { reportedOn } from '../plan-effects.ts';

const WHY = 'Cannot list analysisruns of all namespaces: User "serin" cannot list resource "analysisruns"';
const STEPS: readonly CanaryStep[] = [{ setWeight: 20 }, { analysis: analysisOf() }, { setWeight: 60 }];
const STEP: DescribedRun = { kind: 'Step', stepIndex: 1, phase: 'Running' };
const BACKGROUND: DescribedRun = { kind: 'Background', phase: 'Running' };

/** A canary with all pods and all traffic of its step. */
function canaryAt(currentStepIndex: number, strategy: CanaryStrategy, status: RolloutStatus = {}): WorldOptions {
  const { steps = [] } = strategy;
  return {
    strategy: routed(strategy),
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1 },
    ],
    split: { weight: 20 },
    status: { currentStepIndex, currentStepHash: stepHash(steps), currentPodHash: hashOf('v2'), ...status },
    unreadable: WHY,
  };
}

/** Two whole stacks; the active Service selects the version. */
function blueGreenAt(active: string, status: RolloutStatus['blueGreen'] = {}): WorldOptions {
  return {
    strategy: {},
    blueGreen: blueGreen({ prePromotionAnalysis: analysisOf(), postPromotionAnalysis: analysisOf() }),
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 5 },
    ],
    selects: { web: active, 'web-preview': 'v2' },
    status: {
      currentPodHash: hashOf('v2'),
      blueGreen: { activeSelector: hashOf(active), previewSelector: hashOf('v2'), ...status },
    },
    unreadable: WHY,
  };
}

function told(options: WorldOptions) {
  const world = buildWorld(options);
  const { status = {} } = reportedOn(world);
  const { canary = {}, blueGreen: ofBlueGreen = {} } = status;
  return {
    blocked: findCondition(status.conditions, 'Blocked')?.message,
    phase: status.phase,
    index: status.currentStepIndex,
    abort: status.abort ?? false,
    active: ofBlueGreen.activeSelector,
    runs: [
      canary.currentStepAnalysisRunStatus,
      canary.currentBackgroundAnalysisRunStatus,
      ofBlueGreen.prePromotionAnalysisRunStatus,
      ofBlueGreen.postPromotionAnalysisRunStatus,
    ].flatMap((mirror) => mirror?.name ?? []),
    made: decideRollout(world).writes.filter(({ op, resource }) => op === 'create' && resource === ANALYSIS_RUNS),
  };
}

const recordedStep = { canary: { currentStepAnalysisRunStatus: recordOf(STEP) } };
const recordedBackground = { canary: { currentBackgroundAnalysisRunStatus: recordOf(BACKGROUND) } };
const [step, background, pre, post] = [
  recordOf(STEP).name,
  recordOf(BACKGROUND).name,
  recordOf({ kind: 'PrePromotion' }).name,
  recordOf({ kind: 'PostPromotion' }).name,
];

interface Row extends WorldOptions {
  readonly name: string;
  readonly says: Partial<ReturnType<typeof told>>;
}

describe('while runs or templates may not be read', () => {
  const rows: readonly Row[] = [
    {
      name: 'an analysis step waits with the words about the right, and its template is not called missing',
      ...canaryAt(1, { steps: STEPS }),
      says: { blocked: WHY, phase: 'Progressing', index: 1, runs: [], made: [] },
    },
    {
      name: 'the run that the status names for the step is not forgotten, and no other is made',
      ...canaryAt(1, { steps: STEPS }, recordedStep),
      templates: [templateNamed()],
      says: { blocked: WHY, phase: 'Progressing', index: 1, runs: [step], made: [] },
    },
    {
      name: 'no step completes that the background analysis has to measure',
      ...canaryAt(0, { steps: STEPS, analysis: analysisOf() }, recordedBackground),
      says: { blocked: WHY, phase: 'Progressing', index: 0, runs: [background], made: [] },
    },
    {
      name: 'a step before the background analysis begins completes',
      ...canaryAt(0, { steps: [{ setWeight: 20 }, { pause: {} }], analysis: { ...analysisOf(), startingStep: 2 } }),
      says: { phase: 'Paused', index: 1, runs: [], made: [] },
    },
    {
      name: 'a background run that is seen goes on, and so do the steps',
      ...canaryAt(0, { steps: [{ setWeight: 20 }, { pause: {} }], analysis: analysisOf() }, recordedBackground),
      runs: [buildRun(BACKGROUND)],
      says: { phase: 'Paused', index: 1, runs: [background], made: [] },
    },
    {
      name: 'a run of an update that a person retries is forgotten all the same',
      ...canaryAt(1, { steps: STEPS }, { ...recordedStep, abortedAt: '2026-01-02T03:00:00Z' }),
      says: { blocked: WHY, runs: [], made: [] },
    },
    {
      name: 'an aborted canary goes back, and waits for nothing',
      ...canaryAt(1, { steps: STEPS }, { ...recordedStep, abort: true, abortedAt: '2026-01-02T03:00:00Z' }),
      says: { blocked: undefined, phase: 'Degraded', abort: true, made: [] },
    },
    {
      name: 'a preview waits with the words about the right',
      ...blueGreenAt('v1'),
      says: { blocked: WHY, phase: 'Progressing', active: hashOf('v1'), runs: [], made: [] },
    },
    {
      name: 'the run that the status names for a preview is not forgotten',
      ...blueGreenAt('v1', { prePromotionAnalysisRunStatus: recordOf({ kind: 'PrePromotion', phase: 'Running' }) }),
      says: { blocked: WHY, active: hashOf('v1'), runs: [pre], made: [] },
    },
    {
      name: 'a verdict that the status holds counts, and the active Service moves',
      ...blueGreenAt('v1', { prePromotionAnalysisRunStatus: recordOf({ kind: 'PrePromotion', phase: 'Successful' }) }),
      says: { active: hashOf('v2'), runs: [pre], made: [] },
    },
    {
      name: 'the run that the status names after the switch is not forgotten',
      ...blueGreenAt('v2', { postPromotionAnalysisRunStatus: recordOf({ kind: 'PostPromotion', phase: 'Running' }) }),
      says: { blocked: WHY, active: hashOf('v2'), runs: [post], made: [] },
    },
  ];
  test.each(rows)('$name', ({ name: _name, says, ...options }) => {
    expect(told(options)).toMatchObject(says);
  });
});

test('a template that is missing is a mistake where everything may be read', () => {
  const { unreadable: _, ...readable } = canaryAt(1, { steps: STEPS });
  const { status = {} } = reportedOn(buildWorld(readable));
  expect(status.message).toContain("AnalysisTemplate 'smoke' not found");
});
