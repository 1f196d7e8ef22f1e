/** Where the active and the preview Service lead, and when the active one has to wait (spec A.3, A.4, G-4, G-5). */
import { describe, expect, test } from 'vitest';
import type { RolloutStatus } from '../../../../src/api/schema/status.ts';
import { decideBlueGreen } from '../../../../src/core/strategies/blue-green/blue-green.ts';
import { blueGreen, buildSituation, hashOf, type Revision, type WorldOptions } from '../../build-world.ts';

const V1: Revision = { version: 'v1', size: 3 };
const V2: Revision = { version: 'v2', size: 3 };
const ABORTED: RolloutStatus = { abort: true };
const HELD = { autoPromotionEnabled: false } as const;
const APPROVED: RolloutStatus = { controllerPause: true };

interface Row extends WorldOptions {
  readonly name: string;
  /** The version that the active Service selects after this pass; `null` for none. */
  readonly active: string | null;
  /** That of the preview; the present version by default. */
  readonly preview?: string | null;
  /** By default the first revision. */
  readonly promoted?: string;
}

function check({ name: _name, active, preview = 'v2', promoted = 'v1', ...options }: Row): void {
  const situation = buildSituation({
    replicas: 3,
    blueGreen: blueGreen(),
    stable: 'v1',
    revisions: [V1, V2],
    ...options,
  });
  const { desired, memory } = decideBlueGreen(situation);
  const selectedAfter = (service: string) =>
    desired.selectors.find((one) => one.service === service)?.templateHash ??
    situation.world.services.get(service)?.spec.selector?.['rollouts-pod-template-hash'] ??
    null;
  expect({ active: selectedAfter('web'), preview: selectedAfter('web-preview'), stable: memory.stableRS }).toEqual({
    active: active === null ? null : hashOf(active),
    preview: preview === null ? null : hashOf(preview),
    stable: hashOf(promoted),
  });
}

describe('the switch', () => {
  test.each<Row>([
    { name: 'happens when all pods are available', active: 'v2', promoted: 'v2' },
    { name: 'waits for the last pod', revisions: [V1, { ...V2, available: 2 }], active: 'v1' },
    { name: 'waits for the size', revisions: [V1, { ...V2, size: 2 }], active: 'v1' },
    {
      name: 'waits for a status that speaks of the present size',
      revisions: [V1, { ...V2, observedGeneration: 0 }],
      active: 'v1',
    },
    {
      name: 'waits for another pod in place of one that was told to go, and that its ReplicaSet still counts',
      revisions: [V1, { ...V2, ready: 2, terminating: 1 }],
      active: 'v1',
    },
    { name: 'waits for a person', blueGreen: blueGreen(HELD), active: 'v1' },
    {
      name: 'follows what a person approved',
      blueGreen: blueGreen(HELD),
      status: APPROVED,
      active: 'v2',
      promoted: 'v2',
    },
    {
      name: 'follows it when a pod that failed is back',
      blueGreen: blueGreen(HELD),
      status: APPROVED,
      revisions: [V1, { ...V2, available: 2 }],
      active: 'v1',
    },
    { name: 'is held by spec.paused', spec: { paused: true }, active: 'v1', preview: 'v2' },
    {
      name: 'is held by a pause of another controller',
      status: {
        controllerPause: true,
        pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: '2026-01-02T03:00:00Z' }],
      },
      active: 'v1',
    },
    {
      name: 'is not asked for in full promotion',
      blueGreen: blueGreen(HELD),
      status: { promoteFull: true },
      active: 'v2',
      promoted: 'v2',
    },
    { name: 'comes after the start is written down', status: { currentPodHash: hashOf('v1') }, active: 'v1' },
    {
      name: 'to a recent revision skips the pause',
      blueGreen: blueGreen(HELD),
      version: 'v1',
      stable: 'v2',
      spec: { rollbackWindow: { revisions: 1 } },
      active: 'v1',
      preview: 'v1',
      promoted: 'v1',
    },
    {
      name: 'of a Rollout without pods takes over no Service, and still happens',
      replicas: 0,
      revisions: [{ version: 'v1' }, { version: 'v2' }],
      selects: { web: null },
      status: { blueGreen: {} },
      active: null,
      promoted: 'v2',
    },
  ])('$name', check);
});

describe('what was switched and not written down', () => {
  const moved = { web: 'v2' };
  test.each<Row>([
    { name: 'is written down', blueGreen: blueGreen(HELD), selects: moved, active: 'v2', promoted: 'v2' },
    {
      name: 'is written down while the user pauses',
      spec: { paused: true },
      selects: moved,
      active: 'v2',
      promoted: 'v2',
    },
    {
      name: 'is taken back while the new revision serves less than the stable one',
      blueGreen: blueGreen(HELD),
      selects: moved,
      revisions: [V1, { ...V2, available: 1 }],
      active: 'v1',
    },
    { name: 'is taken back by an abort', selects: moved, status: ABORTED, active: 'v1' },
    {
      name: 'is not what led to a canary until now, under another strategy',
      blueGreen: blueGreen(HELD),
      selects: moved,
      status: { currentStepHash: 'steps', currentStepIndex: 0, blueGreen: {} },
      active: 'v1',
    },
  ])('$name', check);
});

describe('an abort', () => {
  const moved = { web: 'v2' };
  test.each<Row>([
    {
      name: 'returns to stable whatever the state of the new revision',
      selects: moved,
      status: ABORTED,
      revisions: [V1, { ...V2, available: 0 }],
      active: 'v1',
    },
    {
      name: 'returns while the user pauses, too',
      selects: moved,
      status: ABORTED,
      spec: { paused: true },
      active: 'v1',
    },
    {
      name: 'waits while stable could serve less than what serves now',
      selects: moved,
      status: ABORTED,
      revisions: [{ ...V1, available: 2 }, V2],
      active: 'v2',
    },
    {
      name: 'does not wait for a whole stable side when nothing else serves',
      selects: moved,
      status: ABORTED,
      revisions: [
        { ...V1, available: 1 },
        { ...V2, available: 0 },
      ],
      active: 'v1',
    },
    {
      name: 'never leads to a revision whose last pod was told to go',
      selects: moved,
      status: ABORTED,
      revisions: [
        { ...V1, available: 1, ready: 0, terminating: 1 },
        { ...V2, available: 0 },
      ],
      active: 'v2',
    },
    {
      name: 'never leads to a revision without pods',
      selects: moved,
      status: ABORTED,
      revisions: [
        { ...V1, available: 0 },
        { ...V2, available: 0 },
      ],
      active: 'v2',
    },
  ])('$name', check);
});

describe('a selector that another writer changed', () => {
  test.each<Row>([
    { name: 'is put back when it was taken away', blueGreen: blueGreen(HELD), selects: { web: null }, active: 'v1' },
    {
      name: 'is put back although nobody is asked, when the new revision is not ready',
      selects: { web: null },
      revisions: [V1, { ...V2, available: 2 }],
      active: 'v1',
    },
    {
      name: 'is put back while the user pauses',
      spec: { paused: true },
      selects: { web: null, 'web-preview': null },
      active: 'v1',
    },
    {
      name: 'stays away while what it led to has no pod',
      blueGreen: blueGreen(HELD),
      selects: { web: null },
      revisions: [{ ...V1, available: 0 }, V2],
      active: null,
    },
    {
      name: 'is put back to stable although it was noted elsewhere',
      blueGreen: blueGreen(HELD),
      revisions: [V1, { version: 'v0', size: 3 }, V2],
      selects: { web: 'v0' },
      status: { blueGreen: { activeSelector: hashOf('v0') } },
      active: 'v1',
    },
    {
      name: 'is put back to the new revision when it had moved already',
      blueGreen: blueGreen(HELD),
      selects: { web: null },
      status: { blueGreen: { activeSelector: hashOf('v2') } },
      active: 'v2',
      promoted: 'v2',
    },
    {
      name: 'is put back when it leads to a revision that is neither',
      blueGreen: blueGreen(HELD),
      revisions: [V1, { version: 'v0', size: 3 }, V2],
      selects: { web: 'v0' },
      active: 'v1',
    },
  ])('$name', check);
});

describe('a Service that somebody replaced, so that nothing on it says whose it is', () => {
  const replaced: WorldOptions = { blueGreen: blueGreen(HELD), selects: { web: null } };
  const wounded: Revision = { ...V1, available: 2 };
  test.each<Row>([
    {
      name: 'is put back to what it led to, although a pod of that is missing',
      ...replaced,
      revisions: [wounded, V2],
      active: 'v1',
    },
    {
      name: 'is put back after the promotion, too',
      ...replaced,
      stable: 'v2',
      revisions: [V1, { ...V2, available: 1 }],
      active: 'v2',
      promoted: 'v2',
    },
    {
      name: 'waits for all pods while it reaches those of others, in whose place the Rollout may come',
      ...replaced,
      revisions: [wounded, V2],
      endpoints: { web: [{ podName: 'web-deployment-0', ready: true, terminating: false }] },
      active: null,
    },
    {
      name: 'waits for all pods of a revision that it did not lead to',
      ...replaced,
      revisions: [wounded, { version: 'v0', size: 3 }, V2],
      status: { blueGreen: { activeSelector: hashOf('v0') } },
      active: null,
    },
    {
      name: 'waits for a pod',
      ...replaced,
      revisions: [{ ...V1, available: 0 }, V2],
      active: null,
    },
  ])('$name', check);
});

describe('a Service that was never taken over', () => {
  const first: WorldOptions = { stable: '', version: 'v1', selects: { web: null, 'web-preview': null } };
  test.each<Row>([
    {
      name: 'is not touched with the first revision',
      ...first,
      revisions: [{ ...V1, available: 2 }],
      status: { currentPodHash: '', blueGreen: {} },
      active: null,
      preview: 'v1',
    },
    {
      name: 'is taken over when the first revision is complete',
      ...first,
      stable: 'v1',
      revisions: [V1],
      status: { blueGreen: {} },
      active: 'v1',
      preview: 'v1',
    },
    {
      name: 'waits for the last pod',
      ...first,
      stable: 'v1',
      revisions: [{ ...V1, available: 2 }],
      status: { blueGreen: {} },
      active: null,
      preview: 'v1',
    },
  ])('$name', check);
});

describe('the preview', () => {
  test.each<Row>([
    {
      name: 'leads to the new revision before it has a pod',
      revisions: [V1, { version: 'v2' }],
      selects: { 'web-preview': 'v1' },
      active: 'v1',
    },
    { name: 'stays with an aborted revision', status: ABORTED, active: 'v1' },
    {
      name: 'stays where it is while the user pauses',
      spec: { paused: true },
      selects: { 'web-preview': 'v1' },
      active: 'v1',
      preview: 'v1',
    },
  ])('$name', check);

  test('is not there when the Rollout names none', () => {
    const situation = buildSituation({ blueGreen: { activeService: 'web' }, revisions: [{ version: 'v1', size: 5 }] });
    expect(decideBlueGreen(situation).desired.selectors.map(({ service }) => service)).toEqual(['web']);
  });
});
