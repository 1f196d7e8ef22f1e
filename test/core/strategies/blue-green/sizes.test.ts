/** How many pods each revision has at every station of blue-green (spec A.6 to A.8, G-4, G-17, G-21 to G-23). */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../../../src/api/words/labels.ts';
import type { RolloutStatus } from '../../../../src/api/schema/status.ts';
import { decideBlueGreen } from '../../../../src/core/strategies/blue-green/blue-green.ts';
import { templateHashOf } from '../../../../src/core/observed/replica-sets.ts';
import { formatTime, parseTime } from '../../../../src/kube/time.ts';
import { blueGreen, buildSituation, hashOf, NOW, type Revision, type WorldOptions } from '../../build-world.ts';

const SECOND_MS = 1000;
const V1: Revision = { version: 'v1', size: 4 };
const V2: Revision = { version: 'v2', size: 4 };
const ABORTED: RolloutStatus = { abort: true, abortedAt: '2026-01-02T03:00:00Z' };
const SMALL = blueGreen({ autoPromotionEnabled: false, previewReplicaCount: 1 });
const HELD = blueGreen({ autoPromotionEnabled: false });

function deadline(seconds: number): Pick<Revision, 'annotations'> {
  return { annotations: { [ANNOTATIONS.scaleDownDeadline]: formatTime(NOW + seconds * SECOND_MS) } };
}

interface Row extends WorldOptions {
  readonly name: string;
  /** Versions with their sizes, and in how many seconds they are to go: `v1=4 v2=0` or `v1=4(30)`; `(-)`: no longer. */
  readonly sizes: string;
}

function check({ name: _name, sizes, ...options }: Row): void {
  const situation = buildSituation({ replicas: 4, blueGreen: HELD, stable: 'v1', ...options });
  const decided = decideBlueGreen(situation).desired.sizes.map(({ replicaSet, replicas, deadline: until }) => {
    const version = (options.revisions ?? []).find(
      (one) => hashOf(one.version) === templateHashOf(replicaSet),
    )?.version;
    const had = parseTime(replicaSet.metadata.annotations?.[ANNOTATIONS.scaleDownDeadline]) !== null;
    const note = typeof until === 'number' ? `(${(until - NOW) / SECOND_MS})` : until === null && had ? '(-)' : '';
    return `${version}=${replicas}${note}`;
  });
  expect(decided.toSorted().join(' ')).toBe(sizes);
}

describe('the stable and the new revision', () => {
  test.each<Row>([
    { name: 'both have all pods', revisions: [V1, { version: 'v2' }], sizes: 'v1=4 v2=4' },
    { name: 'both follow the size', replicas: 6, revisions: [V1, V2], sizes: 'v1=6 v2=6' },
    {
      name: 'a paused Rollout starts nothing',
      spec: { paused: true },
      revisions: [V1, { version: 'v2' }],
      sizes: 'v1=4',
    },
    { name: 'and follows its size', spec: { paused: true }, replicas: 6, revisions: [V1, V2], sizes: 'v1=6 v2=6' },
    {
      name: 'a promoted one that waited for its end stays',
      stable: 'v2',
      revisions: [{ ...V2, ...deadline(9) }],
      sizes: 'v2=4(-)',
    },
  ])('$name', check);
});

describe('previewReplicaCount', () => {
  test.each<Row>([
    {
      name: 'is the size of the new revision',
      blueGreen: SMALL,
      revisions: [V1, { version: 'v2' }],
      sizes: 'v1=4 v2=1',
    },
    {
      name: 'may be 0',
      blueGreen: blueGreen({ previewReplicaCount: 0 }),
      revisions: [V1, { version: 'v2' }],
      sizes: 'v1=4 v2=0',
    },
    {
      name: 'ends when the checkpoint is written down',
      blueGreen: SMALL,
      status: { blueGreen: { activeSelector: hashOf('v1'), scaleUpPreviewCheckPoint: true } },
      revisions: [V1, { version: 'v2', size: 1 }],
      sizes: 'v1=4 v2=4',
    },
    {
      name: 'and not before',
      blueGreen: SMALL,
      status: { controllerPause: true },
      revisions: [V1, { version: 'v2', size: 1 }],
      sizes: 'v1=4 v2=1',
    },
    {
      name: 'a pause by the user leaves what grows where it is',
      blueGreen: SMALL,
      spec: { paused: true },
      status: { blueGreen: { activeSelector: hashOf('v1'), scaleUpPreviewCheckPoint: true } },
      revisions: [V1, { version: 'v2', size: 1 }],
      sizes: 'v1=4 v2=1',
    },
    {
      name: 'is over in a full promotion',
      blueGreen: SMALL,
      status: { promoteFull: true },
      revisions: [V1, { version: 'v2', size: 1 }],
      sizes: 'v1=4 v2=4',
    },
    {
      name: 'does not shrink a recent revision that comes back',
      blueGreen: SMALL,
      version: 'v1',
      stable: 'v2',
      spec: { rollbackWindow: { revisions: 1 } },
      revisions: [V1, V2],
      sizes: 'v1=4 v2=4',
    },
    {
      name: 'does not shrink one that ran a moment ago',
      blueGreen: SMALL,
      version: 'v1',
      stable: 'v2',
      status: { blueGreen: { activeSelector: hashOf('v2'), fastRollback: true } },
      revisions: [V1, V2],
      sizes: 'v1=4 v2=4',
    },
    {
      name: 'does not shrink one that another controller goes back to, whose deadline stays until that is noted',
      blueGreen: SMALL,
      version: 'v1',
      stable: 'v2',
      revisions: [{ ...V1, ...deadline(9) }, V2],
      sizes: 'v1=4 v2=4',
    },
    {
      name: 'does not shrink what is active',
      blueGreen: SMALL,
      selects: { web: 'v2' },
      revisions: [V1, V2],
      sizes: 'v1=4 v2=4',
    },
    {
      name: 'is not for the first revision',
      blueGreen: SMALL,
      stable: '',
      revisions: [V2],
      selects: { web: null },
      status: { blueGreen: {} },
      sizes: 'v2=4',
    },
  ])('$name', check);
});

describe('an aborted revision', () => {
  test.each<Row>([
    {
      name: 'gets its delay when stable can serve everybody',
      status: ABORTED,
      revisions: [V1, V2],
      sizes: 'v1=4 v2=4(30)',
    },
    { name: 'waits for stable first', status: ABORTED, revisions: [{ ...V1, available: 3 }, V2], sizes: 'v1=4 v2=4' },
    {
      name: 'keeps its pods until then',
      status: ABORTED,
      revisions: [V1, { ...V2, ...deadline(5) }],
      sizes: 'v1=4 v2=4',
    },
    { name: 'goes when it is over', status: ABORTED, revisions: [V1, { ...V2, ...deadline(-1) }], sizes: 'v1=4 v2=0' },
    { name: 'stays at 0', status: ABORTED, revisions: [V1, { version: 'v2' }], sizes: 'v1=4 v2=0' },
    {
      name: 'stays for good with a delay of 0',
      blueGreen: blueGreen({ abortScaleDownDelaySeconds: 0 }),
      status: ABORTED,
      revisions: [V1, V2],
      sizes: 'v1=4 v2=4',
    },
    {
      name: 'that has gone gets no pods for a Service that leaves it in this look',
      status: ABORTED,
      selects: { web: 'v2' },
      revisions: [V1, { version: 'v2' }],
      sizes: 'v1=4 v2=0',
    },
    {
      name: 'is never taken from the active Service',
      status: ABORTED,
      selects: { web: 'v2' },
      revisions: [
        { ...V1, available: 0 },
        { ...V2, ...deadline(-1) },
      ],
      sizes: 'v1=4 v2=4',
    },
    {
      name: 'follows the size as long as it serves everybody',
      replicas: 6,
      status: ABORTED,
      selects: { web: 'v2' },
      revisions: [{ ...V1, available: 0 }, V2],
      sizes: 'v1=6 v2=6',
    },
    {
      name: 'is not taken from endpoints that have not followed the selector',
      status: ABORTED,
      endpoints: { web: [{ podName: `web-${hashOf('v2')}-0`, ready: true, terminating: false }] },
      revisions: [V1, { ...V2, ...deadline(-1) }],
      sizes: 'v1=4 v2=4',
    },
    {
      name: 'comes back when it is tried again',
      revisions: [V1, { version: 'v2', size: 0, ...deadline(-9) }],
      sizes: 'v1=4 v2=4(-)',
    },
  ])('$name', check);
});

describe('a retired revision', () => {
  const V3: Revision = { version: 'v3', size: 4 };
  const settled: WorldOptions = { stable: 'v3', version: 'v3' };
  test.each<Row>([
    { name: 'waits for its delay', ...settled, revisions: [V2, V3], sizes: 'v2=4(30) v3=4' },
    { name: 'goes when it is over', ...settled, revisions: [{ ...V2, ...deadline(0) }, V3], sizes: 'v2=0 v3=4' },
    { name: 'keeps its end', ...settled, revisions: [{ ...V2, ...deadline(7) }, V3], sizes: 'v2=4 v3=4' },
    {
      name: 'goes at once without a delay',
      ...settled,
      blueGreen: blueGreen({ scaleDownDelaySeconds: 0 }),
      revisions: [V2, V3],
      sizes: 'v2=0 v3=4',
    },
    {
      name: 'goes at once beyond the limit, the newest stays',
      ...settled,
      blueGreen: blueGreen({ scaleDownDelayRevisionLimit: 1 }),
      revisions: [{ ...V1, ...deadline(7) }, { ...V2, ...deadline(9) }, V3],
      sizes: 'v1=0 v2=4 v3=4',
    },
    {
      name: 'stays before an older one when nobody numbered them',
      ...settled,
      blueGreen: blueGreen({ scaleDownDelayRevisionLimit: 1 }),
      revisions: [{ ...V1, number: 0 }, { ...V2, number: 0 }, V3],
      sizes: 'v1=0 v2=4(30) v3=4',
    },
    {
      name: 'follows the size, to be able to serve again',
      ...settled,
      replicas: 6,
      revisions: [
        { ...V2, annotations: { ...deadline(7).annotations, [ANNOTATIONS.desiredReplicas]: '4' } },
        { ...V3, size: 6 },
      ],
      sizes: 'v2=6 v3=6',
    },
    {
      name: 'that was a small preview is not made whole',
      ...settled,
      revisions: [{ version: 'v2', size: 1, ...deadline(7) }, V3],
      sizes: 'v2=1 v3=4',
    },
    {
      name: 'stays while the active Service selects it',
      ...settled,
      selects: { web: 'v2' },
      revisions: [
        { ...V2, ...deadline(-1) },
        { ...V3, available: 3 },
      ],
      sizes: 'v3=4',
    },
    {
      name: 'stays while endpoints have not followed the selector',
      ...settled,
      endpoints: { web: [{ podName: `web-${hashOf('v2')}-0`, ready: true, terminating: false }] },
      revisions: [{ ...V2, ...deadline(-1) }, V3],
      sizes: 'v3=4',
    },
    {
      name: 'stays while it is reached by a Service whose selector was taken away',
      ...settled,
      selects: { web: null },
      revisions: [{ ...V2, ...deadline(-1) }, V3],
      sizes: 'v3=4',
    },
    {
      name: 'goes although a Service reaches it that was never taken over, and reaches others',
      ...settled,
      selects: { web: null },
      status: { blueGreen: {} },
      revisions: [{ ...V2, ...deadline(-1) }, V3],
      sizes: 'v2=0 v3=4',
    },
    {
      name: 'stays while nobody else is behind the active Service',
      ...settled,
      endpoints: { web: [] },
      revisions: [{ ...V2, ...deadline(-1) }, V3],
      sizes: 'v3=4',
    },
    {
      name: 'stays until a new start is written down',
      stable: 'v1',
      revisions: [V1, V2, V3],
      status: { currentPodHash: hashOf('v2') },
      sizes: 'v1=4 v3=4',
    },
    {
      name: 'is a preview that was superseded, too',
      stable: 'v1',
      revisions: [V1, V2, V3],
      sizes: 'v1=4 v2=4(30) v3=4',
    },
    {
      name: 'stays while another controller holds the rollout',
      stable: 'v1',
      revisions: [V1, V2, V3],
      status: {
        controllerPause: true,
        pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: '2026-01-02T03:00:00Z' }],
      },
      sizes: 'v1=4 v3=4',
    },
    {
      name: 'has no pods when the Rollout has none',
      ...settled,
      replicas: 0,
      revisions: [{ ...V2, ...deadline(-1) }, { version: 'v3' }],
      sizes: 'v2=0 v3=0',
    },
  ])('$name', check);

  test('wakes the Rollout when its delay is over', () => {
    const situation = buildSituation({ blueGreen: HELD, stable: 'v2', replicas: 4, revisions: [V1, V2] });
    expect(decideBlueGreen(situation).wakeAt).toBe(NOW + 30 * SECOND_MS);
  });
});

test.each([
  { maxUnavailable: undefined, unavailable: 2 },
  { maxUnavailable: 1, unavailable: 1 },
  { maxUnavailable: '50%', unavailable: 4 },
])('a restart may keep $unavailable of 8 pods missing with maxUnavailable $maxUnavailable', (row) => {
  const { maxUnavailable, unavailable } = row;
  const strategy = blueGreen(maxUnavailable === undefined ? {} : { maxUnavailable });
  const revisions = [{ version: 'v1', size: 8 }];
  expect(decideBlueGreen(buildSituation({ replicas: 8, blueGreen: strategy, revisions })).desired.restartBudget).toBe(
    unavailable,
  );
});
