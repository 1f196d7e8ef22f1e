/** The analysis before the switch: when it begins, and what its run does to the gate (spec A.6, A.7, G-5, G-9, G-44). */
import { describe, expect, test } from 'vitest';
import type { BlueGreenStrategy } from '../../../../src/api/schema/blue-green.ts';
import type { RolloutStatus } from '../../../../src/api/schema/status.ts';
import { decideBlueGreen } from '../../../../src/core/strategies/blue-green/blue-green.ts';
import { ANALYSIS_RUNS } from '../../../../src/kube/resources.ts';
import { formatTime } from '../../../../src/kube/time.ts';
import { analysisOf, buildRun, recordOf, runNameOf, templateNamed, type DescribedRun } from '../../build-runs.ts';
import {
  blueGreen,
  buildSituation,
  hashOf,
  NAMESPACE,
  NOW,
  type Revision,
  type WorldOptions,
} from '../../build-world.ts';
import { runsAskedBy, runsIn, type LookRow, type RunRow } from './analysed-rows.ts';

const V1: Revision = { version: 'v1', size: 3 };
const V2: Revision = { version: 'v2', size: 3 };
const LITTLE: Revision = { version: 'v2', size: 1 };
const PRE: DescribedRun = { kind: 'PrePromotion' };
const AGAIN: DescribedRun = { ...PRE, attempt: 1 };

function measured(strategy: Partial<BlueGreenStrategy> = {}): BlueGreenStrategy {
  return blueGreen({ prePromotionAnalysis: analysisOf(), ...strategy });
}

function decide(options: WorldOptions) {
  return decideBlueGreen(
    buildSituation({
      replicas: 3,
      blueGreen: measured(),
      stable: 'v1',
      revisions: [V1, V2],
      templates: [templateNamed()],
      ...options,
    }),
  );
}

/** A world in which the status names the run; `seen` is what the run says by now. */
function recorded(run: DescribedRun, seen: DescribedRun = run, status: RolloutStatus = {}): WorldOptions {
  const blueGreenStatus = { activeSelector: hashOf('v1'), previewSelector: hashOf('v2'), ...status.blueGreen };
  return {
    runs: [buildRun(seen)],
    status: { ...status, blueGreen: { ...blueGreenStatus, prePromotionAnalysisRunStatus: recordOf(run) } },
  };
}

const pausedBy = (reason: string): RolloutStatus => ({
  controllerPause: true,
  pauseConditions: [{ reason, startTime: formatTime(NOW - 1000) }],
});

describe('a run', () => {
  const MADE = { records: PRE, creates: true };
  const NONE = { records: null, creates: false };
  const GO_BACK: WorldOptions = { version: 'v1', stable: 'v2', selects: { web: 'v2', 'web-preview': 'v1' } };
  test.each<RunRow>([
    { name: 'begins when all pods are available', ...MADE },
    {
      name: 'begins when those of a small preview are',
      blueGreen: measured({ previewReplicaCount: 1 }),
      revisions: [V1, LITTLE],
      ...MADE,
    },
    {
      name: 'begins although a person has to approve later',
      blueGreen: measured({ autoPromotionEnabled: false }),
      ...MADE,
    },
    { name: 'waits for a pod', revisions: [V1, { ...V2, available: 2 }], ...NONE },
    {
      name: 'waits for the pod of a small preview',
      blueGreen: measured({ previewReplicaCount: 1 }),
      revisions: [V1, { ...LITTLE, available: 0 }],
      ...NONE,
    },
    { name: 'waits while a preview is too large', blueGreen: measured({ previewReplicaCount: 1 }), ...NONE },
    { name: 'waits while the user pauses', spec: { paused: true }, ...NONE },
    { name: 'waits while another controller pauses', status: pausedBy('InconclusiveExperiment'), ...NONE },
    { name: 'waits until a new start is written down', status: { currentPodHash: hashOf('v1') }, ...NONE },
    { name: 'is not made for an aborted update', status: { abort: true }, ...NONE },
    { name: 'is not made for a full promotion', status: { promoteFull: true }, ...NONE },
    {
      name: 'is not made for the first revision',
      stable: '',
      version: 'v1',
      revisions: [V1],
      selects: { web: null, 'web-preview': null },
      status: { currentPodHash: '', blueGreen: {} },
      ...NONE,
    },
    { name: 'is not made for a revision that is active already', selects: { web: 'v2' }, ...NONE },
    {
      name: 'is not made for a fast rollback',
      ...GO_BACK,
      status: { blueGreen: { activeSelector: hashOf('v2'), fastRollback: true } },
      ...NONE,
    },
    { name: 'is not made within the rollback window', ...GO_BACK, spec: { rollbackWindow: { revisions: 1 } }, ...NONE },
    { name: 'is not made of a block without templates', blueGreen: measured({ prePromotionAnalysis: {} }), ...NONE },
    { name: 'is not made twice', ...recorded({ ...PRE, phase: 'Running' }), records: PRE, creates: false },
    { name: 'is found again when the status write was lost', runs: [buildRun(PRE)], records: PRE, creates: false },
    {
      name: 'gets another name than one that has ended',
      runs: [buildRun({ ...PRE, phase: 'Failed' })],
      records: AGAIN,
      creates: true,
    },
    {
      name: 'is made again when a person has deleted it before its end',
      ...recorded({ ...PRE, phase: 'Running' }),
      runs: [],
      ...MADE,
    },
    {
      name: 'is made again with a retry, although the new one has the old verdict in sight',
      ...recorded({ ...PRE, phase: 'Failed' }, undefined, { abortedAt: '2026-01-02T03:00:00Z' }),
      records: AGAIN,
      creates: true,
    },
    {
      name: 'of a failed attempt is forgotten with the retry, although the new one has to wait',
      ...recorded({ ...PRE, phase: 'Failed' }, undefined, { abortedAt: '2026-01-02T03:00:00Z' }),
      revisions: [V1, { ...V2, available: 0 }],
      ...NONE,
    },
  ])('$name', ({ name: _name, records, creates, ...options }) => {
    expect(runsIn(decide(options))).toEqual(runsAskedBy({ records, creates }));
  });

  test('carries what it is for', () => {
    const [creation] = decide({}).desired.runs.creations;
    expect(creation?.body['metadata']).toMatchObject({
      labels: { 'rollout-type': 'PrePromotion', 'rollouts-pod-template-hash': hashOf('v2') },
      annotations: { 'rollout.argoproj.io/revision': '2' },
    });
  });

  test('that the API server refuses is not recorded', () => {
    const target = { resource: ANALYSIS_RUNS, namespace: NAMESPACE, name: runNameOf(PRE) };
    const write = { op: 'create' as const, ...target, body: {}, why: '' };
    const { memory, desired } = decide({ refused: [{ write, message: 'no' }] });
    expect(memory.prePromotionAnalysisRunStatus).toBeNull();
    expect(desired.runs.creations).toHaveLength(1);
  });

  test('that cannot be made from the templates needs attention', () => {
    expect(decide({ templates: [] }).wait).toMatchObject({ reason: 'AnalysisNotStarted', needsAttention: true });
  });
});

describe('the gate', () => {
  const run = runNameOf(PRE);
  const changed = (phase: string, previous: string) =>
    `PrePromotion Analysis Run '${run}' Status New: '${phase}' Previous: '${previous}'`;
  const COMPLETED = `Rollout completed update to revision 2 (${hashOf('v2')}): Completed blue-green update`;
  const RUNNING = { ...PRE, phase: 'Running' };
  const HELD = measured({ autoPromotionEnabled: false });
  const WAITS = { pauseConditions: [], controllerPause: false, abort: false, stableRS: hashOf('v1') };
  const seenAs = (phase: string, message?: string): WorldOptions =>
    recorded(RUNNING, { ...PRE, phase, ...(message === undefined ? {} : { message }) });
  test.each<LookRow>([
    { name: 'is closed while the run measures', ...recorded(RUNNING), memory: WAITS, active: 'v1' },
    {
      name: 'is closed when the run begins',
      ...recorded(PRE, RUNNING),
      memory: WAITS,
      told: [changed('Running', 'NoPreviousStatus')],
      active: 'v1',
    },
    {
      name: 'opens when the run passes',
      ...seenAs('Successful'),
      memory: { stableRS: hashOf('v2'), prePromotionAnalysisRunStatus: recordOf({ ...PRE, phase: 'Successful' }) },
      told: [changed('Successful', 'Running'), COMPLETED],
      active: 'v2',
    },
    {
      name: 'stays open when a person deletes the run that has passed',
      ...recorded({ ...PRE, phase: 'Successful' }),
      runs: [],
      memory: { stableRS: hashOf('v2') },
      told: [COMPLETED],
      active: 'v2',
    },
    {
      name: 'is followed by the pause for a person',
      ...seenAs('Successful'),
      blueGreen: HELD,
      memory: { pauseConditions: [{ reason: 'BlueGreenPause', startTime: formatTime(NOW) }], controllerPause: true },
      told: [changed('Successful', 'Running'), 'Rollout is paused (BlueGreenPause)'],
      active: 'v1',
    },
    {
      name: 'is not approved while the run measures',
      ...recorded(RUNNING, undefined, { controllerPause: true }),
      blueGreen: HELD,
      memory: WAITS,
      active: 'v1',
    },
    {
      name: 'lets a small preview grow when the run passes',
      ...seenAs('Successful'),
      blueGreen: measured({ previewReplicaCount: 1 }),
      revisions: [V1, LITTLE],
      memory: { ...WAITS, scaleUpPreviewCheckPoint: true },
      told: [changed('Successful', 'Running')],
      active: 'v1',
    },
    {
      name: 'is closed for a small preview while the run measures',
      ...recorded(RUNNING),
      blueGreen: measured({ previewReplicaCount: 1 }),
      revisions: [V1, LITTLE],
      memory: { ...WAITS, scaleUpPreviewCheckPoint: false },
      active: 'v1',
    },
    {
      name: 'is closed by a failure',
      ...seenAs('Failed', 'too many errors'),
      memory: { abort: true, abortedAt: formatTime(NOW), stableRS: hashOf('v1') },
      told: [
        changed('Failed', 'Running'),
        'Rollout aborted update to revision 2: Blue/green pre-promotion analysis phase error/failed: too many errors',
      ],
      active: 'v1',
    },
    {
      name: 'is closed by an error',
      ...seenAs('Error'),
      memory: { abort: true, abortedAt: formatTime(NOW) },
      told: [
        changed('Error', 'Running'),
        'Rollout aborted update to revision 2: Blue/green pre-promotion analysis phase error/failed',
      ],
      active: 'v1',
    },
    {
      name: 'is closed by a failure although the user pauses',
      ...seenAs('Failed'),
      spec: { paused: true },
      memory: { abort: true },
      told: [
        changed('Failed', 'Running'),
        'Rollout aborted update to revision 2: Blue/green pre-promotion analysis phase error/failed',
      ],
      active: 'v1',
    },
    {
      name: 'pauses when the run shows nothing',
      ...seenAs('Inconclusive'),
      memory: {
        abort: false,
        controllerPause: true,
        pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: formatTime(NOW) }],
      },
      told: [changed('Inconclusive', 'Running'), 'Rollout is paused (InconclusiveAnalysisRun)'],
      active: 'v1',
    },
    {
      name: 'is measured again when a person resumes, which approves nothing',
      ...recorded({ ...PRE, phase: 'Inconclusive' }, undefined, { controllerPause: true }),
      blueGreen: HELD,
      memory: { ...WAITS, prePromotionAnalysisRunStatus: recordOf(AGAIN) },
      active: 'v1',
    },
    {
      name: 'is measured again although a person has deleted the run that showed nothing',
      ...recorded({ ...PRE, phase: 'Inconclusive' }, undefined, { controllerPause: true }),
      runs: [],
      blueGreen: HELD,
      memory: { ...WAITS, prePromotionAnalysisRunStatus: recordOf(PRE) },
      active: 'v1',
    },
    {
      name: 'is approved by no resume of a run that showed nothing, also when the spec no longer asks for it',
      ...recorded({ ...PRE, phase: 'Inconclusive' }, undefined, { controllerPause: true }),
      blueGreen: blueGreen({ autoPromotionEnabled: false }),
      memory: { pauseConditions: [{ reason: 'BlueGreenPause', startTime: formatTime(NOW) }] },
      told: ['Rollout is paused (BlueGreenPause)'],
      active: 'v1',
    },
    {
      name: 'does not close again for an analysis that the spec asks for after it was passed',
      blueGreen: measured({ previewReplicaCount: 1 }),
      status: { blueGreen: { activeSelector: hashOf('v1'), scaleUpPreviewCheckPoint: true } },
      memory: { stableRS: hashOf('v2') },
      told: [COMPLETED],
      active: 'v2',
    },
    {
      name: 'is open for a first revision, which the user paused until now',
      stable: '',
      version: 'v1',
      revisions: [V1],
      selects: { web: null, 'web-preview': 'v1' },
      memory: { stableRS: hashOf('v1'), prePromotionAnalysisRunStatus: null },
      told: [`Rollout completed update to revision 1 (${hashOf('v1')}): Initial deploy`],
      active: 'v1',
    },
    {
      name: 'does not open because another writer removed the selector of the active Service',
      ...recorded(RUNNING),
      selects: { web: null },
      memory: WAITS,
      active: 'v1',
    },
    {
      name: 'does not care about a run of another revision',
      runs: [buildRun({ ...PRE, version: 'v1', revision: 1, phase: 'Failed' })],
      memory: { ...WAITS, prePromotionAnalysisRunStatus: recordOf(PRE) },
      active: 'v1',
    },
    {
      name: 'does not care about a run of an analysis that the spec no longer asks for',
      ...seenAs('Failed'),
      blueGreen: blueGreen(),
      memory: { abort: false, stableRS: hashOf('v2') },
      told: [changed('Failed', 'Running'), COMPLETED],
      active: 'v2',
    },
  ])('$name', ({ name: _name, memory, active, told = [], ...options }) => {
    const decision = decide(options);
    expect(decision.memory).toMatchObject({ ...memory, activeSelector: hashOf(active) });
    expect(decision.events.map(({ message }) => message)).toEqual(told);
  });

  test('is behind a revision that another writer has made active, whose pods wear the labels of that role', () => {
    const roles = { activeMetadata: { labels: { role: 'active' } }, previewMetadata: { labels: { role: 'preview' } } };
    const surplus: Revision = { version: 'v2', size: 4, available: 4 };
    const { desired } = decide({ blueGreen: measured(roles), selects: { web: 'v2' }, revisions: [V1, surplus] });
    expect(desired.revisionRole.injected.labels).toEqual({ role: 'active' });
  });

  test('says why it was closed', () => {
    expect(decide(seenAs('Failed', 'too many errors')).standing.abortReason).toBe(
      'Blue/green pre-promotion analysis phase error/failed: too many errors',
    );
    expect(decide(recorded(RUNNING)).standing.abortReason).toBeNull();
  });
});
