/** What a blue-green Rollout says while it is analysed, and what does not count as a standstill (spec A.11, G-25). */
import { describe, expect, test } from 'vitest';
import type { BlueGreenStrategy } from '../../../../src/api/schema/blue-green.ts';
import type { RolloutStatus } from '../../../../src/api/schema/status.ts';
import { decideRollout } from '../../../../src/core/rollout/decide.ts';
import { decideBlueGreen } from '../../../../src/core/strategies/blue-green/blue-green.ts';
import type { Condition } from '../../../../src/kube/objects.ts';
import { formatTime } from '../../../../src/kube/time.ts';
import { analysisOf, buildRun, recordOf, runNameOf, templateNamed, type DescribedRun } from '../../build-runs.ts';
import { blueGreen, buildSituation, buildWorld, hashOf, NOW, type WorldOptions } from '../../build-world.ts';
import { selectionsOf, statusAfter } from '../../plan-effects.ts';

const PRE: DescribedRun = { kind: 'PrePromotion' };
const POST: DescribedRun = { kind: 'PostPromotion' };
const BOTH = blueGreen({ prePromotionAnalysis: analysisOf(), postPromotionAnalysis: analysisOf() });

function record(...runs: readonly DescribedRun[]): NonNullable<RolloutStatus['blueGreen']> {
  const of = (kind: string) => runs.find((one) => one.kind === kind);
  const [pre, post] = [of('PrePromotion'), of('PostPromotion')];
  return {
    ...(pre === undefined ? {} : { prePromotionAnalysisRunStatus: recordOf(pre) }),
    ...(post === undefined ? {} : { postPromotionAnalysisRunStatus: recordOf(post) }),
  };
}

/** Those runs are there, and the status names them. The active Service selects `active`. */
function analysed(
  active: string,
  runs: readonly DescribedRun[],
  { status = {}, ...options }: WorldOptions = {},
): WorldOptions {
  const selectors = { activeSelector: hashOf(active), previewSelector: hashOf('v2') };
  return {
    replicas: 3,
    blueGreen: BOTH,
    stable: 'v1',
    revisions: [
      { version: 'v1', size: 3 },
      { version: 'v2', size: 3 },
    ],
    templates: [templateNamed()],
    selects: { web: active, 'web-preview': 'v2' },
    runs: runs.map(buildRun),
    status: { blueGreen: { ...selectors, ...record(...runs) }, ...status },
    ...options,
  };
}

const PASSED_PRE: DescribedRun = { ...PRE, phase: 'Successful' };
const RUNNING_PRE: DescribedRun = { ...PRE, phase: 'Running' };
const RUNNING_POST: DescribedRun = { ...POST, phase: 'Running' };

function pausedBy(reason: string): RolloutStatus {
  return { controllerPause: true, pauseConditions: [{ reason, startTime: '2026-01-02T03:00:00Z' }] };
}

function reported(options: WorldOptions): RolloutStatus {
  const world = buildWorld(options);
  return statusAfter(world, decideRollout(world).writes);
}

describe('waits', () => {
  interface Row {
    readonly name: string;
    readonly world: WorldOptions;
    readonly says: string | null;
  }
  const shortOfPods = {
    revisions: [
      { version: 'v1', size: 3 },
      { version: 'v2', size: 3, available: 2 },
    ],
  };
  test.each<Row>([
    {
      name: 'for the run before the switch',
      world: analysed('v1', [RUNNING_PRE]),
      says: `AnalysisNotFinished: waiting for AnalysisRun ${runNameOf(PRE)} to finish`,
    },
    {
      name: 'for the pods of the preview',
      world: analysed('v1', [], shortOfPods),
      says: 'PreviewPodsNotAvailable: 2 of 3 pods of the new revision are available',
    },
    {
      name: 'for the endpoints of the active Service',
      world: analysed('v2', [PASSED_PRE], { endpoints: { web: [] } }),
      says: 'AnalysisNotFinished: waiting for active Service shop/web to reach all pods of the new revision and no others, to analyse it',
    },
    {
      name: 'for the run after the switch',
      world: analysed('v2', [PASSED_PRE, RUNNING_POST]),
      says: `AnalysisNotFinished: waiting for AnalysisRun ${runNameOf(POST)} to finish`,
    },
    {
      name: 'for a person, after the run before the switch showed nothing',
      world: analysed('v1', [{ ...PRE, phase: 'Inconclusive', message: 'two of three' }], {
        status: {
          ...pausedBy('InconclusiveAnalysisRun'),
          blueGreen: record({ ...PRE, phase: 'Inconclusive', message: 'two of three' }),
        },
      }),
      says: `AnalysisInconclusive: paused since 2026-01-02T03:00:00Z, because AnalysisRun ${runNameOf(PRE)} was inconclusive (two of three), resume to measure again`,
    },
    {
      name: 'for a person, before the switch',
      world: analysed('v1', [PASSED_PRE], {
        blueGreen: { ...BOTH, autoPromotionEnabled: false },
        status: { ...pausedBy('BlueGreenPause'), blueGreen: record(PASSED_PRE) },
      }),
      says: 'PausedBeforePromotion: paused since 2026-01-02T03:00:00Z before the new revision becomes active, promote to go on',
    },
    {
      name: 'for the user',
      world: analysed('v1', [RUNNING_PRE], { spec: { paused: true } }),
      says: 'PausedByUser: paused by spec.paused, set it to false to go on',
    },
    {
      name: 'for nothing after an abort',
      world: analysed('v1', [RUNNING_PRE], { status: { abort: true, blueGreen: record(RUNNING_PRE) } }),
      says: null,
    },
    {
      name: 'for nothing when it is promoted',
      world: analysed('v2', [PASSED_PRE, { ...POST, phase: 'Successful' }]),
      says: null,
    },
  ])('$name', ({ world, says }) => {
    const { wait } = decideBlueGreen(buildSituation(world));
    expect(wait === null ? null : `${wait.reason}: ${wait.message}`).toBe(says);
  });

  test('for a person are told apart from others', () => {
    const judged = { ...PRE, phase: 'Inconclusive' };
    const status = { ...pausedBy('InconclusiveAnalysisRun'), blueGreen: record(judged) };
    const waitsForPerson = (world: WorldOptions) => decideBlueGreen(buildSituation(world)).standing.waitsForPerson;
    expect(waitsForPerson(analysed('v1', [judged], { status }))).toBe(true);
    expect(waitsForPerson(analysed('v1', [RUNNING_PRE]))).toBe(false);
  });
});

describe('phase and message', () => {
  test.each([
    {
      name: 'before the switch',
      world: analysed('v1', [RUNNING_PRE]),
      says: 'Progressing: active service cutover pending',
    },
    {
      name: 'in the look of the switch',
      world: analysed('v1', [PASSED_PRE]),
      says: 'Progressing: waiting for analysis to complete',
    },
    {
      name: 'after the switch',
      world: analysed('v2', [PASSED_PRE, RUNNING_POST]),
      says: 'Progressing: waiting for analysis to complete',
    },
    {
      name: 'when the run has passed',
      world: analysed('v2', [PASSED_PRE, { ...POST, phase: 'Successful' }]),
      says: 'Healthy: ',
    },
    {
      name: 'when a run shows nothing',
      world: analysed('v2', [PASSED_PRE, { ...POST, phase: 'Inconclusive' }]),
      says: 'Paused: InconclusiveAnalysisRun',
    },
  ])('$name', ({ world, says }) => {
    const { phase, message } = reported(world);
    expect(`${phase}: ${message}`).toBe(says);
  });
});

describe('the progress deadline', () => {
  const LONG_AGO = formatTime(NOW - 3_600_000);
  const conditions: readonly Condition[] = [
    {
      type: 'Progressing',
      status: 'True',
      reason: 'ReplicaSetUpdated',
      message: '',
      lastUpdateTime: LONG_AGO,
      lastTransitionTime: LONG_AGO,
    },
  ];
  /** An hour has passed since the last progress, and an update that stands still for ten minutes is to be aborted. */
  function late(active: string, told: readonly DescribedRun[], seen: readonly DescribedRun[], more: WorldOptions = {}) {
    const world = analysed(active, told, { spec: { progressDeadlineAbort: true }, ...more });
    const counted = { updatedReplicas: 3, replicas: 6, readyReplicas: 3, availableReplicas: 3 };
    return { ...world, runs: seen.map(buildRun), status: { ...counted, ...world.status, conditions } };
  }
  const ended = ({ phase, abort }: RolloutStatus) => (abort === true ? `${phase} and aborted` : phase);
  test.each<{ readonly name: string; readonly world: WorldOptions; readonly phase: string }>([
    {
      name: 'does not run while the run before the switch measures',
      world: late('v1', [RUNNING_PRE], [RUNNING_PRE]),
      phase: 'Progressing',
    },
    {
      name: 'does not run while the run after the switch measures',
      world: late('v2', [PASSED_PRE, RUNNING_POST], [PASSED_PRE, RUNNING_POST]),
      phase: 'Progressing',
    },
    {
      name: 'begins again when a run passes, and the preview grows',
      world: late('v1', [RUNNING_PRE], [PASSED_PRE], {
        blueGreen: { ...BOTH, previewReplicaCount: 1 },
        revisions: [
          { version: 'v1', size: 3 },
          { version: 'v2', size: 1 },
        ],
      }),
      phase: 'Progressing',
    },
    {
      name: 'begins again when a run passes, and a pod is missing',
      world: late('v2', [PASSED_PRE, RUNNING_POST], [PASSED_PRE, { ...POST, phase: 'Successful' }], {
        revisions: [
          { version: 'v1', size: 3 },
          { version: 'v2', size: 3, available: 2 },
        ],
      }),
      phase: 'Progressing',
    },
    {
      name: 'runs while a run cannot begin, because pods are missing',
      world: late('v1', [], [], {
        revisions: [
          { version: 'v1', size: 3 },
          { version: 'v2', size: 3, available: 2 },
        ],
      }),
      phase: 'Degraded and aborted',
    },
    {
      name: 'runs while a run cannot begin, because the active Service does not reach the new pods',
      world: late('v2', [PASSED_PRE], [PASSED_PRE], { endpoints: { web: [] } }),
      phase: 'Degraded and aborted',
    },
  ])('$name', ({ world, phase }) => {
    expect(ended(reported(world))).toBe(phase);
  });
});

describe('a Rollout whose spec cannot be followed', () => {
  const invalid: WorldOptions = { spec: { minReadySeconds: -1 } };
  const held = (active: string, runs: readonly DescribedRun[], more: WorldOptions = {}) => {
    const world = buildWorld(analysed(active, runs, { ...invalid, ...more }));
    const { writes } = decideRollout(world);
    return { status: statusAfter(world, writes), writes };
  };

  test.each<{ readonly name: string; readonly strategy: BlueGreenStrategy }>([
    { name: 'keeps what is recorded of runs', strategy: BOTH },
    { name: 'keeps it, although the spec does not ask for them any more', strategy: blueGreen() },
  ])('$name', ({ strategy }) => {
    const { status, writes } = held('v2', [PASSED_PRE, RUNNING_POST], { blueGreen: strategy });
    expect(status.phase).toBe('Degraded');
    expect(status.blueGreen).toMatchObject(record(PASSED_PRE, RUNNING_POST));
    expect(status).toMatchObject({ stableRS: hashOf('v1') });
    expect(writes.filter(({ resource }) => resource.plural === 'analysisruns')).toEqual([]);
    expect(selectionsOf(writes, 'web')).toEqual([]);
  });

  test('is promoted by no run that passes, and given up by one that fails', () => {
    const passed = held('v2', [PASSED_PRE, { ...POST, phase: 'Successful' }]);
    expect(passed.status.stableRS).toBe(hashOf('v1'));
    const failed = held('v2', [PASSED_PRE, { ...POST, phase: 'Failed' }]);
    expect(failed.status).toMatchObject({ abort: true, abortedAt: formatTime(NOW) });
    expect(selectionsOf(failed.writes, 'web')).toEqual([hashOf('v1')]);
  });

  test('forgets a failed run with the retry, so that it aborts nothing once the spec is corrected', () => {
    const failed = { ...POST, phase: 'Failed' };
    const status: RolloutStatus = { abortedAt: '2026-01-02T03:00:00Z', blueGreen: record(PASSED_PRE, failed) };
    const { blueGreen: kept } = held('v1', [PASSED_PRE, failed], { status }).status;
    expect(kept).not.toHaveProperty('prePromotionAnalysisRunStatus');
    expect(kept).not.toHaveProperty('postPromotionAnalysisRunStatus');
  });

  test('measures again after it is corrected, when a person has resumed meanwhile', () => {
    const judged = { ...PRE, phase: 'Inconclusive' };
    const status: RolloutStatus = { controllerPause: true, blueGreen: record(judged) };
    const { status: kept } = held('v1', [judged], { status });
    expect(kept).toMatchObject({ controllerPause: true, blueGreen: record(judged) });
    const corrected = decideBlueGreen(buildSituation({ ...analysed('v1', [judged]), status: kept }));
    expect(corrected.desired.runs.creations.map(({ name }) => name)).toEqual([runNameOf({ ...PRE, attempt: 1 })]);
  });
});
