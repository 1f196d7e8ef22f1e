/**
 * `spec.paused` and `spec.replicas` in every state of both strategies (spec 5.10, 6.8; deviations): a paused Rollout
 * starts nothing and takes nothing back, and whoever writes the replicas (a person, an HPA, a scaler that goes to
 * 0 and back) changes sizes and nothing else.
 */
import { describe, expect, test } from 'vitest';
import type { RolloutSpec } from '../../../src/api/schema/rollout.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { findCondition } from '../../../src/kube/conditions.ts';
import type { Write } from '../../../src/kube/plan.ts';
import { blueGreen, buildWorld, hashOf, routed, type WorldOptions } from '../build-world.ts';
import { BLUE_GREEN_STATES, CANARY_STATES, REPLICAS, STEPS } from '../live-states.ts';
import { reportedOn, selectedIn, selectionsOf, sizesAfter, statusAfter } from '../plan-effects.ts';

const BOTH = { activeService: 'web-stable', previewService: 'web-canary' };

const KINDS: Readonly<Record<string, { options: WorldOptions; states: Readonly<Record<string, WorldOptions>> }>> = {
  'a canary through nginx': { options: { strategy: routed({ steps: STEPS }) }, states: CANARY_STATES },
  'a canary without a router': {
    options: { strategy: { stableService: 'web-stable', canaryService: 'web-canary', steps: STEPS } },
    states: CANARY_STATES,
  },
  'blue-green': { options: { blueGreen: blueGreen(BOTH) }, states: BLUE_GREEN_STATES },
  'blue-green that asks': {
    options: { blueGreen: blueGreen({ ...BOTH, autoPromotionEnabled: false }) },
    states: BLUE_GREEN_STATES,
  },
};

const STATES = Object.entries(KINDS).flatMap(([kind, { options, states }]) =>
  Object.entries(states).map(([state, more]) => ({
    name: `${kind}, ${state}`,
    options: { replicas: REPLICAS, ...options, ...more },
  })),
);

/** The state, once the user has edited the spec. */
function edited(options: WorldOptions, spec: Partial<RolloutSpec>): RolloutWorld {
  const world = buildWorld(options);
  const { metadata, spec: before } = world.rollout;
  return {
    ...world,
    rollout: { ...world.rollout, metadata: { ...metadata, generation: 8 }, spec: { ...before, ...spec } },
  };
}

/** Blue-green whose active Service has moved, and whose status does not say so yet. */
function hasSwitched({ blueGreen: both, selects, status }: WorldOptions): boolean {
  return both !== undefined && selects?.['web-stable'] === 'v2' && status?.abort !== true;
}

function weightsWritten(writes: readonly Write[]): readonly number[] {
  return writes
    .flatMap((write) => (write.op === 'apply' ? [write.body] : []))
    .flatMap(({ metadata }) => Object.entries((metadata as { annotations?: Record<string, string> }).annotations ?? {}))
    .flatMap(([key, value]) => (key.endsWith('/canary-weight') ? [Number(value)] : []));
}

describe.each(STATES)('$name', ({ options }) => {
  const weightBefore = options.split?.weight ?? 0;

  describe('paused by the user', () => {
    const world = edited(options, { paused: true });
    const { writes } = decideRollout(world);
    const before = world.rollout.status ?? {};
    const status = statusAfter(world, writes);

    test('says so, and how it goes on', () => {
      const isAborted = before.abort === true && before.stableRS !== before.currentPodHash;
      const aborted = { phase: 'Degraded', message: 'RolloutAborted: Rollout aborted update to revision 2' };
      const told = reportedOn(world).status ?? {};
      expect(told).toMatchObject(isAborted ? aborted : { phase: 'Paused', message: 'manually paused' });
      expect(findCondition(told.conditions, 'Blocked')).toMatchObject({
        reason: 'PausedByUser',
        message: 'paused by spec.paused, set it to false to go on',
      });
    });

    test('goes no step, promotes nothing and begins no pause', () => {
      // What has become active is stable, and only has to be written down.
      const active = selectedIn(world, 'web-stable');
      expect(hasSwitched(options) ? [before.stableRS, active] : [before.stableRS]).toContain(status.stableRS);
      const index = status.abort === true && before.currentStepIndex !== undefined ? 0 : before.currentStepIndex;
      expect(status.currentStepIndex).toBe(index);
      const isOver = status.abort === true || status.stableRS !== before.stableRS;
      expect(status.pauseConditions ?? []).toEqual(isOver ? [] : (before.pauseConditions ?? []));
    });

    test('gives the canary no request that it had not', () => {
      expect(weightsWritten(writes).filter((weight) => weight > weightBefore)).toEqual([]);
      const isBack = (hash: string | null) => hash === before.stableRS;
      expect(selectionsOf(writes, 'web-stable').filter((hash) => !isBack(hash))).toEqual([]);
    });

    test('starts no revision that has no pods', () => {
      expect(sizesAfter(world, writes).filter(({ from, to }) => from === 0 && to > 0)).toEqual([]);
    });

    test.each([4, 20])('follows the replicas to %i', (replicas) => {
      const resized = edited(options, { paused: true, replicas });
      const { writes: resizing } = decideRollout(resized);
      const sizes = sizesAfter(resized, resizing);
      const hasFollowed = sizes.some(({ from, to }) => from !== to);
      // Pods go after the requests that an abort takes from them, and the next look follows.
      expect(hasFollowed || weightsWritten(resizing).length > 0).toBe(true);
    });

    test('keeps all pods of the stable revision while nothing has started beside it', () => {
      const sizes = sizesAfter(world, writes);
      const isAlone = sizes.every(({ hash, from }) => hash === before.stableRS || from === 0);
      expect(sizes.filter(({ from, to }) => isAlone && to < from)).toEqual([]);
    });
  });

  describe.each([0, 4, 20])('scaled to %i', (replicas) => {
    const world = edited(options, { replicas });
    const { writes } = decideRollout(world);
    const before = world.rollout.status ?? {};
    const status = statusAfter(world, writes);

    test('keeps its position and its pauses', () => {
      const unscaled = edited(options, {});
      const otherwise = statusAfter(unscaled, decideRollout(unscaled).writes);
      const position = ({ abort, pauseConditions, currentPodHash }: typeof status) => ({
        abort,
        pauseConditions,
        currentPodHash,
      });
      const isHeld =
        otherwise.stableRS === before.stableRS && ((before.pauseConditions ?? []).length > 0 || before.abort === true);
      expect(isHeld ? position(status) : null).toEqual(isHeld ? position(otherwise) : null);
      expect(isHeld ? status.stableRS : before.stableRS).toBe(before.stableRS);
    });

    test('moves sizes towards it, and never past it', () => {
      const sizes = sizesAfter(world, writes);
      const production = sizes.find(({ hash }) => hash === selectedIn(world, 'web-stable'));
      expect(production?.to ?? replicas).toBeGreaterThanOrEqual(Math.min(replicas, 1));
      expect(sizes.filter(({ from, to }) => to > Math.max(from, replicas))).toEqual([]);
    });
  });

  test('back from 0 begins with the revision that production leads to, and moves it nowhere', () => {
    const revisions = (options.revisions ?? []).map((one) => ({ ...one, size: 0, available: 0 }));
    const world = edited({ ...options, revisions, replicas: 0, split: { weight: 0 } }, { replicas: REPLICAS });
    const { writes } = decideRollout(world);
    const selected = selectedIn(world, 'web-stable');
    const grown = sizesAfter(world, writes).filter(({ from, to }) => to > from);
    const stable = world.rollout.status?.stableRS ?? '';
    const isPaused = world.rollout.spec.paused === true && selected !== stable;
    expect(grown.map(({ hash }) => hash)).toContain(isPaused ? stable : selected);
    expect(selectionsOf(writes, 'web-stable')).toEqual([]);
    expect([hashOf('v1'), hashOf('v2')]).toContain(statusAfter(world, writes).stableRS);
  });
});
