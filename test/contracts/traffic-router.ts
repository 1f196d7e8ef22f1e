/**
 * What every traffic router owes to the core, whatever objects it renders: what it was told to show it shows, once
 * its writes are made; it writes nothing that changes nothing; and the same situation gives the same writes.
 */
import { describe, expect, test } from 'vitest';
import type { Situation } from '../../src/core/rollout/situation.ts';
import type { TrafficRouter, TrafficSplit } from '../../src/core/traffic/router.ts';
import type { EventNote, Write } from '../../src/kube/plan.ts';
import { deepFrozen } from '../kube/deep-frozen.ts';

export interface RouterHarness {
  readonly router: TrafficRouter;
  /** The largest weight that the Rollout of `untouched` may ask for. */
  readonly maxWeight: number;
  /** A cluster in which the router has written nothing so far. */
  readonly untouched: () => Situation;
  /** The cluster after the writes were made. */
  readonly after: (situation: Situation, writes: readonly Write[]) => Situation;
}

/** Holds for every router, also for the one that routes nothing. */
export function trafficRouterContract(name: string, harness: RouterHarness): void {
  const { router, maxWeight, untouched } = harness;

  describe(`${name} as a traffic router`, () => {
    test('nothing is routed before it has written', () => {
      expect(router.observe(untouched())).toEqual({ lowestWeight: 0, highestWeight: 0 });
    });

    test.each(movesUpTo(maxWeight))('shows $to after $from, and then has nothing to write', ({ from, to }) => {
      const situation = showing(harness, from, to);
      expect(router.shows(situation, to)).toBe(true);
      expect(router.render(situation, to)).toEqual([]);
    });

    test('the same situation gives the same writes, and stays as it is', () => {
      const situation = deepFrozen(showing(harness, splitOf(1)));
      const wanted = deepFrozen(splitOf(maxWeight, 'alice'));
      expect(router.render(situation, wanted)).toEqual(router.render(situation, wanted));
    });

    test('every write stays in the namespace and says why', () => {
      const situation = untouched();
      for (const write of router.render(situation, splitOf(1))) {
        expect(write.namespace).toBe(situation.namespace);
        expect(write.why).toMatch(/\w/);
      }
    });

    test('nothing is in its way in a cluster of our own', () => {
      expect(router.blockedOn(untouched())).toBeNull();
      expect(router.blockedOn(showing(harness, splitOf(1)))).toBeNull();
    });
  });
}

/** What a router owes in addition when a weight means something to it. `blocked`: an object of somebody else is in its way. */
export function weightRouterContract(name: string, harness: RouterHarness, blocked: () => Situation): void {
  const { router, maxWeight } = harness;

  describe(`${name} as a router by weight`, () => {
    test('says so', () => {
      expect(router.routes).toBe(true);
      expect(router.name).not.toBe('');
    });

    test.each(splitsUpTo(maxWeight))('reports the weight of $weight that it shows', (split) => {
      expect(router.observe(showing(harness, split))).toEqual({
        lowestWeight: split.weight,
        highestWeight: split.weight,
      });
    });

    const changes = movesUpTo(maxWeight).filter(({ from, to }) => from !== to);
    test.each(changes)('does not show $to while it shows $from', ({ from, to }) => {
      expect(router.shows(showing(harness, from), to)).toBe(false);
    });

    test('tells of a new weight, once', () => {
      expect(weightNews(router.render(showing(harness, splitOf(0)), splitOf(1)))).toHaveLength(1);
    });

    test('tells nothing of a weight that stays', () => {
      expect(weightNews(router.render(showing(harness, splitOf(1)), splitOf(1, 'alice')))).toEqual([]);
    });

    test('says what is in its way, as one sentence without a full stop', () => {
      expect(router.blockedOn(blocked())?.message).toMatch(/[^.]$/);
    });
  });
}

function weightNews(writes: readonly Write[]): EventNote[] {
  return writes.flatMap(({ events = [] }) => events).filter(({ reason }) => reason === 'TrafficWeightUpdated');
}

function splitOf(weight: number, ...values: string[]): TrafficSplit {
  return {
    weight,
    headerRoutes: values.map((exact) => ({
      name: 'testers',
      matches: [{ headerName: 'X-Tester', headerValue: { exact } }],
    })),
  };
}

function splitsUpTo(maxWeight: number): readonly TrafficSplit[] {
  const half = Math.floor(maxWeight / 2);
  return [splitOf(0), splitOf(1), splitOf(maxWeight), splitOf(0, 'alice'), splitOf(half, 'alice')];
}

function movesUpTo(maxWeight: number): readonly { readonly from: TrafficSplit; readonly to: TrafficSplit }[] {
  const splits = splitsUpTo(maxWeight);
  return splits.flatMap((from) => splits.map((to) => ({ from, to })));
}

/** The cluster after the router was told to show each of the splits, one after the other. */
function showing({ router, untouched, after }: RouterHarness, ...splits: readonly TrafficSplit[]): Situation {
  let situation = untouched();
  for (const split of splits) situation = after(situation, router.render(situation, split));
  return situation;
}
