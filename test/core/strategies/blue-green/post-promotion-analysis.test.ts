/** The analysis after the switch: when it begins, what serves meanwhile, and what its run does (spec A.7, A.8, G-4, G-5, G-9). */
import { describe, expect, test } from 'vitest';
import type { BlueGreenStrategy } from '../../../../src/api/schema/blue-green.ts';
import type { RolloutStatus } from '../../../../src/api/schema/status.ts';
import { decideBlueGreen } from '../../../../src/core/strategies/blue-green/blue-green.ts';
import { templateHashOf } from '../../../../src/core/observed/replica-sets.ts';
import type { Endpoint } from '../../../../src/kube/objects.ts';
import { formatTime } from '../../../../src/kube/time.ts';
import { analysisOf, buildRun, recordOf, runNameOf, templateNamed, type DescribedRun } from '../../build-runs.ts';
import {
  blueGreen,
  buildSituation,
  hashOf,
  NOW,
  replicaSetNameOf,
  type Revision,
  type WorldOptions,
} from '../../build-world.ts';
import { runsAskedBy, runsIn, type LookRow, type RunRow } from './analysed-rows.ts';

const V1: Revision = { version: 'v1', size: 3 };
const V2: Revision = { version: 'v2', size: 3 };
const POST: DescribedRun = { kind: 'PostPromotion' };
const AGAIN: DescribedRun = { ...POST, attempt: 1 };
const RUNNING: DescribedRun = { ...POST, phase: 'Running' };

function measured(strategy: Partial<BlueGreenStrategy> = {}): BlueGreenStrategy {
  return blueGreen({ postPromotionAnalysis: analysisOf(), ...strategy });
}

function selectors(active: string): RolloutStatus {
  return { blueGreen: { activeSelector: hashOf(active), previewSelector: hashOf('v2') } };
}

/** The active Service has moved to `v2`, and the status says so. */
const SWITCHED: WorldOptions = { selects: { web: 'v2' }, status: selectors('v2') };

function decide(options: WorldOptions) {
  return decideBlueGreen(
    buildSituation({
      replicas: 3,
      blueGreen: measured(),
      stable: 'v1',
      revisions: [V1, V2],
      templates: [templateNamed()],
      ...SWITCHED,
      ...options,
    }),
  );
}

/** The status names the run; `seen` is what the run says by now. */
function recorded(run: DescribedRun, seen: DescribedRun = run, status: RolloutStatus = {}): WorldOptions {
  const own = { ...selectors('v2').blueGreen, ...status.blueGreen, postPromotionAnalysisRunStatus: recordOf(run) };
  return { runs: [buildRun(seen)], status: { ...status, blueGreen: own } };
}

function endpointsOf(counts: Readonly<Record<string, number>>): readonly Endpoint[] {
  return Object.entries(counts).flatMap(([version, count]) =>
    Array.from({ length: count }, (_, index) => ({
      podName: `${replicaSetNameOf(version)}-${index}`,
      ready: true,
      terminating: false,
    })),
  );
}

describe('a run', () => {
  const MADE = { records: POST, creates: true };
  const NONE = { records: null, creates: false };
  test.each<RunRow>([
    { name: 'begins when the active Service reaches all pods of the revision, and no others', ...MADE },
    {
      name: 'begins although the status write that records the switch was lost',
      status: selectors('v1'),
      ...MADE,
    },
    { name: 'waits for the switch', selects: { web: 'v1' }, status: selectors('v1'), ...NONE },
    { name: 'waits for the last endpoint', endpoints: { web: endpointsOf({ v2: 2 }) }, ...NONE },
    {
      name: 'waits for the endpoints of the former revision to be gone',
      endpoints: { web: endpointsOf({ v1: 1, v2: 3 }) },
      ...NONE,
    },
    { name: 'waits for a pod', revisions: [V1, { ...V2, available: 2 }], ...NONE },
    { name: 'waits while the user pauses', spec: { paused: true }, ...NONE },
    { name: 'is not made for an aborted update', status: { ...selectors('v2'), abort: true }, ...NONE },
    { name: 'is not made for a full promotion', status: { ...selectors('v2'), promoteFull: true }, ...NONE },
    { name: 'is not made of a block without templates', blueGreen: measured({ postPromotionAnalysis: {} }), ...NONE },
    { name: 'is not made for what is stable', stable: 'v2', ...NONE },
    { name: 'is not made twice', ...recorded(RUNNING), records: POST, creates: false },
    { name: 'is found again when the status write was lost', runs: [buildRun(POST)], records: POST, creates: false },
    {
      name: 'goes on while a pod is replaced',
      ...recorded(RUNNING),
      revisions: [V1, { ...V2, available: 2 }],
      records: POST,
      creates: false,
    },
    {
      name: 'goes on while another writer has removed the selector',
      ...recorded(RUNNING),
      selects: { web: null },
      records: POST,
      creates: false,
    },
    {
      name: 'is made again with a retry, when the Service has not moved back',
      ...recorded({ ...POST, phase: 'Failed' }, undefined, { abortedAt: '2026-01-02T03:00:00Z' }),
      records: AGAIN,
      creates: true,
    },
    {
      name: 'of a failed attempt is forgotten with the retry',
      ...recorded({ ...POST, phase: 'Failed' }, undefined, { abortedAt: '2026-01-02T03:00:00Z', ...selectors('v1') }),
      selects: { web: 'v1' },
      ...NONE,
    },
    {
      name: 'is forgotten when the Service was moved away from what it measures',
      ...recorded({ ...POST, phase: 'Successful' }),
      selects: { web: 'v1' },
      ...NONE,
    },
    {
      name: 'is made again when a person resumes after it showed nothing',
      ...recorded({ ...POST, phase: 'Inconclusive' }, undefined, { controllerPause: true }),
      records: AGAIN,
      creates: true,
    },
  ])('$name', ({ name: _name, records, creates, ...options }) => {
    expect(runsIn(decide(options))).toEqual(runsAskedBy({ records, creates }));
  });
});

describe('the switch and the promotion', () => {
  const run = runNameOf(POST);
  const changed = (phase: string) => `PostPromotion Analysis Run '${run}' Status New: '${phase}' Previous: 'Running'`;
  const completed = (why: string) => `Rollout completed update to revision 2 (${hashOf('v2')}): ${why}`;
  const WAITS = { stableRS: hashOf('v1'), abort: false, pauseConditions: [], controllerPause: false };
  const seenAs = (phase: string): WorldOptions => recorded(RUNNING, { ...POST, phase });
  const ABORTED = 'Rollout aborted update to revision 2: Blue/green post-promotion analysis phase error/failed';
  const FEW: readonly Revision[] = [V1, { ...V2, available: 1 }];
  test.each<LookRow>([
    {
      name: 'are two things',
      selects: { web: 'v1' },
      status: selectors('v1'),
      memory: WAITS,
      active: 'v2',
    },
    {
      name: 'are two things after an approval, which the switch uses up',
      blueGreen: measured({ autoPromotionEnabled: false }),
      selects: { web: 'v1' },
      status: { ...selectors('v1'), controllerPause: true },
      memory: WAITS,
      active: 'v2',
    },
    {
      name: 'keep an approval when the status write after the switch was lost and the new pods crash',
      blueGreen: measured({ autoPromotionEnabled: false }),
      status: { ...selectors('v1'), controllerPause: true },
      revisions: [V1, { ...V2, available: 0 }],
      memory: { ...WAITS, controllerPause: true },
      active: 'v1',
    },
    { name: 'wait for the run', ...recorded(RUNNING), memory: WAITS, active: 'v2' },
    {
      name: 'are complete when the run passes',
      ...seenAs('Successful'),
      memory: { stableRS: hashOf('v2'), postPromotionAnalysisRunStatus: recordOf({ ...POST, phase: 'Successful' }) },
      active: 'v2',
      told: [changed('Successful'), completed('Completed blue-green update')],
    },
    {
      name: 'wait for the pods when the run passes',
      ...seenAs('Successful'),
      revisions: FEW,
      memory: WAITS,
      active: 'v2',
      told: [changed('Successful')],
    },
    {
      name: 'are complete when a person promotes in full',
      ...recorded(RUNNING, undefined, { promoteFull: true }),
      memory: { stableRS: hashOf('v2'), postPromotionAnalysisRunStatus: recordOf(RUNNING) },
      active: 'v2',
      told: [completed('Full promotion requested')],
    },
    {
      name: 'wait for the pods of a full promotion, and the Service stays meanwhile',
      ...recorded(RUNNING, undefined, { promoteFull: true }),
      revisions: FEW,
      memory: { ...WAITS, promoteFull: true, postPromotionAnalysisRunStatus: null },
      active: 'v2',
    },
    {
      name: 'do not wait for an analysis that the spec no longer asks for',
      ...recorded(RUNNING),
      blueGreen: blueGreen(),
      memory: { stableRS: hashOf('v2') },
      active: 'v2',
      told: [completed('Completed blue-green update')],
    },
    {
      name: 'are given up when the run fails, and the Service returns at once',
      ...seenAs('Failed'),
      memory: { stableRS: hashOf('v1'), abort: true, abortedAt: formatTime(NOW) },
      active: 'v1',
      told: [changed('Failed'), ABORTED],
    },
    {
      name: 'are given up when the run fails, although the status write that follows the Service was lost',
      ...seenAs('Failed'),
      selects: { web: 'v1' },
      memory: { stableRS: hashOf('v1'), abort: true, abortedAt: formatTime(NOW) },
      active: 'v1',
      told: [changed('Failed'), ABORTED],
    },
    {
      name: 'are given up when the run fails while the new pods crash',
      ...seenAs('Error'),
      revisions: [V1, { ...V2, available: 0 }],
      memory: { abort: true },
      active: 'v1',
      told: [changed('Error'), ABORTED],
    },
    {
      name: 'are given up when the run fails, and the Service waits for the stable pods',
      ...seenAs('Failed'),
      revisions: [{ ...V1, available: 1 }, V2],
      memory: { abort: true, activeSelector: hashOf('v2') },
      active: 'v2',
      told: [changed('Failed'), ABORTED],
    },
    {
      name: 'wait for a person when the run shows nothing',
      ...seenAs('Inconclusive'),
      memory: {
        stableRS: hashOf('v1'),
        controllerPause: true,
        pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: formatTime(NOW) }],
      },
      active: 'v2',
      told: [changed('Inconclusive'), 'Rollout is paused (InconclusiveAnalysisRun)'],
    },
    {
      name: 'are not undone while pods are replaced',
      ...recorded(RUNNING),
      revisions: FEW,
      memory: WAITS,
      active: 'v2',
    },
    {
      name: 'are not undone while it is unknown how many pods stay, because the role of the pods was written a moment ago',
      ...recorded(RUNNING),
      revisions: [V1, { ...V2, observedGeneration: 0 }],
      memory: WAITS,
      active: 'v2',
    },
    {
      name: 'are not undone while another writer has removed the selector',
      ...recorded(RUNNING),
      selects: { web: null },
      memory: WAITS,
      active: 'v2',
    },
    {
      name: 'are undone when another writer has moved the Service to a revision that lacks pods',
      status: selectors('v1'),
      revisions: FEW,
      memory: WAITS,
      active: 'v1',
    },
    {
      name: 'are undone without any pod that could serve',
      ...recorded(RUNNING),
      revisions: [V1, { ...V2, available: 0 }],
      memory: WAITS,
      active: 'v1',
    },
  ])('$name', ({ name: _name, memory, active, told = [], ...options }) => {
    const decision = decide(options);
    expect(decision.memory).toMatchObject({ ...memory, activeSelector: hashOf(active) });
    expect(decision.events.map(({ message }) => message)).toEqual(told);
  });
});

describe('meanwhile', () => {
  const sizesIn = (options: WorldOptions) =>
    Object.fromEntries(
      decide(options).desired.sizes.map(({ replicaSet, replicas }) => [templateHashOf(replicaSet), replicas]),
    );
  const annotations = { 'scale-down-deadline': formatTime(NOW - 3600_000) };

  test('the former revision keeps all pods, although a delay would be over', () => {
    const options = { ...recorded(RUNNING), blueGreen: measured({ scaleDownDelaySeconds: 1 }) };
    expect(sizesIn({ ...options, revisions: [{ ...V1, annotations }, V2] })).toEqual({
      [hashOf('v1')]: 3,
      [hashOf('v2')]: 3,
    });
  });

  test('it follows the size of the Rollout, as the new one does', () => {
    expect(sizesIn({ ...recorded(RUNNING), replicas: 5 })).toEqual({ [hashOf('v1')]: 5, [hashOf('v2')]: 5 });
  });

  test('a failure keeps the pods of the new revision until the Service has moved', () => {
    const failed = recorded(RUNNING, { ...POST, phase: 'Failed' });
    const options = { ...failed, blueGreen: measured({ abortScaleDownDelaySeconds: 1 }) };
    expect(sizesIn({ ...options, revisions: [V1, { ...V2, available: 1, annotations }] })).toEqual({
      [hashOf('v1')]: 3,
      [hashOf('v2')]: 3,
    });
  });

  test.each<WorldOptions & { readonly name: string }>([
    { name: 'while the run measures', ...recorded(RUNNING) },
    { name: 'while pods are replaced', ...recorded(RUNNING), revisions: [V1, { ...V2, available: 1 }] },
    { name: 'while the user pauses', ...recorded(RUNNING), spec: { paused: true } },
    { name: 'when the run shows nothing', ...recorded(RUNNING, { ...POST, phase: 'Inconclusive' }) },
  ])('the new pods wear the labels of the active role $name', ({ name: _name, ...options }) => {
    const roles = { activeMetadata: { labels: { role: 'active' } }, previewMetadata: { labels: { role: 'preview' } } };
    const { desired } = decide({ ...options, blueGreen: measured(roles) });
    expect(desired.revisionRole.injected.labels).toEqual({ role: 'active' });
  });
});
