/**
 * What every traffic router owes to the core, whatever objects it renders: what it was told to show it shows, once
 * its writes are made; it writes nothing that changes nothing; the same situation gives the same writes; and what it
 * writes is watched, found again, and taken back when the spec asks for it no more.
 */
import { describe, expect, test } from 'vitest';
import { lookupIn, type Lookup } from '../../src/core/observed/lookup.ts';
import { situationOf, type Situation } from '../../src/core/observed/situation.ts';
import type { TrafficRouter, TrafficSplit } from '../../src/core/traffic/router.ts';
import type { RoutedObject } from '../../src/core/traffic/watch.ts';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import type { EventNote, Write } from '../../src/kube/plan.ts';
import { ROLLOUTS, type Resource } from '../../src/kube/resources.ts';
import { deepFrozen } from '../kube/deep-frozen.ts';

export interface RouterHarness {
  readonly router: TrafficRouter;
  /** The largest weight that the Rollout of `untouched` may ask for. */
  readonly maxWeight: number;
  /** Whether it can lead requests by their headers; true when absent. A spec that asks for it otherwise is refused. */
  readonly matchesHeaders?: boolean;
  /** Whether objects of this kind carry weights; all do when absent. Others only say where a side leads. */
  readonly carriesWeight?: (resource: Resource | undefined) => boolean;
  /** The spec names another stable side, which is a Service where this is absent. */
  readonly misled?: (situation: Situation) => Situation;
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

    test.each(movesUpTo(harness))('shows $to after $from, and then has nothing to write', ({ from, to }) => {
      const situation = showing(harness, from, to);
      expect(router.render(situation, to)).toEqual([]);
    });

    test('the same situation gives the same writes, and stays as it is', () => {
      const situation = deepFrozen(showing(harness, splitOf(1)));
      const wanted = deepFrozen(testersAt(harness, maxWeight));
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

    test('what it refers to is there, and fits', () => {
      const { world } = untouched();
      expect([...router.missingReferences(world)]).toEqual([]);
      expect([...router.unfitReferences(world)]).toEqual([]);
    });

    test('it refers to whatever it writes', () => {
      const situation = untouched();
      const written = router.render(situation, splitOf(1)).map(nameOf);
      expect(router.references(situation.rollout).map(nameOf)).toEqual(expect.arrayContaining(written));
    });

    test('it finds what it refers to among what is watched', () => {
      const situation = showing(harness, splitOf(1));
      const { rollout } = situation;
      const found = router.watch.gather(lookupOf(situation), rollout).map(objectNameOf);
      expect(found).toEqual(expect.arrayContaining(router.references(rollout).map(nameOf)));
    });

    test('a change of what it refers to concerns the Rollout', () => {
      const situation = showing(harness, splitOf(1));
      const { rollout } = situation;
      for (const changed of routedOf(router, situation)) {
        const concerned = router.watch.concernedBy(lookupOf(situation), changed);
        expect(concerned).toContain(rollout);
      }
    });

    test('no proxy acts later on a write than the slowest of them', () => {
      expect(router.settledAt(untouched())).toBeNull();
      const situation = showing(harness, splitOf(1));
      const settledAt = router.settledAt(situation) ?? 0;
      expect(settledAt).toBeLessThanOrEqual(situation.now + router.propagationMs(situation));
    });

    test('no proxy has yet to report about what is in force', () => {
      expect(router.unconfirmed(untouched())).toBeNull();
      expect(router.unconfirmed(showing(harness, splitOf(1)))).toBeNull();
    });

    test('nothing is left over while the spec asks for it', () => {
      expect(router.leftovers(untouched())).toEqual([]);
      expect(router.leftovers(showing(harness, testersAt(harness, 1)))).toEqual([]);
    });
  });
}

/**
 * What a router owes in addition when a weight means something to it. `blocked`: an object of somebody else is in its way;
 * `null` where no object can be.
 */
export function weightRouterContract(name: string, harness: RouterHarness, blocked: (() => Situation) | null): void {
  const { router } = harness;

  describe(`${name} as a router by weight`, () => {
    test('says so', () => {
      expect(router.routes).toBe(true);
      expect(router.name).not.toBe('');
      expect(router.place).toMatch(/^\w[\w ]*\w$/);
    });

    test('its proxies need some time', () => {
      expect(router.propagationMs(harness.untouched())).toBeGreaterThan(0);
    });

    test('a refused write is reported as one about traffic', () => {
      const writes = router.render(harness.untouched(), splitOf(1));
      expect(writes.map(({ refusedAs }) => refusedAs)).toEqual(writes.map(() => 'TrafficRoutingError'));
      expect(writes).not.toEqual([]);
    });

    test('an object that the spec names is missed', () => {
      const { world } = harness.untouched();
      expect([...router.missingReferences({ ...world, routed: new Map() })]).not.toEqual([]);
    });

    test('an object that does not lead to the stable side does not fit', () => {
      const { misled = leadingToAnother } = harness;
      const { world } = misled(harness.untouched());
      expect([...router.missingReferences(world)]).toEqual([]);
      expect([...router.unfitReferences(world)]).not.toEqual([]);
    });

    test('people are shown the objects that carry the weight', () => {
      const situation = showing(harness, splitOf(1));
      const names = router.references(situation.rollout).map(({ name }) => name);
      const shown = router.shown(situation);
      expect(shown).not.toEqual([]);
      expect(names).toEqual(expect.arrayContaining(shown.map(({ name }) => name)));
    });

    test.each(splitsFor(harness))('takes $weight and $headerRoutes back once the spec asks for no router', (split) => {
      const before = showing(harness, split);
      let situation = withoutRouter(before);
      const first = router.leftovers(situation);
      expect(first).not.toEqual([]);
      const leadsRequests = split.weight > 0 || router.leadsBesideWeight(before);
      const { carriesWeight = () => true } = harness;
      const carrying = first.filter(({ write }) => carriesWeight(write?.resource));
      expect(carrying).not.toEqual([]);
      expect(carrying.map((one) => one.leadsRequests)).toEqual(carrying.map(() => leadsRequests));
      expect(carrying.map((one) => one.returnsRequests)).toEqual(carrying.map(() => split.weight > 0));
      for (let moves = 0; moves < 3; moves++) {
        const writes = router.leftovers(situation).flatMap(({ write }) => write ?? []);
        situation = harness.after(situation, writes);
        expect(router.leftovers(situation).some(({ leadsRequests }) => leadsRequests)).toBe(false);
      }
      expect(router.leftovers(situation)).toEqual([]);
    });

    test.each(splitsFor(harness))('reports the weight of $weight that it shows', (split) => {
      expect(router.observe(showing(harness, split))).toEqual({
        lowestWeight: split.weight,
        highestWeight: split.weight,
      });
    });

    const changes = movesUpTo(harness).filter(({ from, to }) => from !== to);
    test.each(changes)('has something to write for $to while it shows $from', ({ from, to }) => {
      expect(router.render(showing(harness, from), to)).not.toEqual([]);
    });

    test('tells of a new weight, once', () => {
      expect(weightNews(router.render(showing(harness, splitOf(0)), splitOf(1)))).toHaveLength(1);
    });

    test('tells nothing of a weight that stays', () => {
      expect(weightNews(router.render(showing(harness, splitOf(1)), testersAt(harness, 1)))).toEqual([]);
    });

    test.each(blocked === null ? [] : [{ inItsWay: blocked }])(
      'says what is in its way, as one sentence without a full stop',
      ({ inItsWay }) => {
        expect(router.blockedOn(inItsWay())?.message).toMatch(/[^.]$/);
      },
    );
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

/** With a header route where the router can have one. */
function testersAt({ matchesHeaders = true }: RouterHarness, weight: number): TrafficSplit {
  return matchesHeaders ? splitOf(weight, 'alice') : splitOf(weight);
}

function splitsFor({ maxWeight, matchesHeaders = true }: RouterHarness): readonly TrafficSplit[] {
  const half = Math.floor(maxWeight / 2);
  const weights = [splitOf(0), splitOf(1), splitOf(maxWeight)];
  return matchesHeaders ? [...weights, splitOf(0, 'alice'), splitOf(half, 'alice')] : [...weights, splitOf(half)];
}

function movesUpTo(harness: RouterHarness): readonly { readonly from: TrafficSplit; readonly to: TrafficSplit }[] {
  const splits = splitsFor(harness);
  return splits.flatMap((from) => splits.map((to) => ({ from, to })));
}

/** The cluster after the router was told to show each of the splits, one after the other. */
function showing({ router, untouched, after }: RouterHarness, ...splits: readonly TrafficSplit[]): Situation {
  let situation = untouched();
  for (const split of splits) situation = after(situation, router.render(situation, split));
  return situation;
}

export function withCanary(situation: Situation, change: (canary: CanaryStrategy) => CanaryStrategy): Situation {
  const { rollout } = situation.world;
  const canary = change(rollout.spec.strategy?.canary ?? {});
  return situationOf({
    ...situation.world,
    rollout: { ...rollout, spec: { ...rollout.spec, strategy: { canary } } },
  });
}

function leadingToAnother(situation: Situation): Situation {
  return withCanary(situation, (canary) => ({ ...canary, stableService: 'another' }));
}

function withoutRouter(situation: Situation): Situation {
  return withCanary(situation, ({ trafficRouting: _router, ...canary }) => canary);
}

function nameOf({ resource, name }: { readonly resource: Resource; readonly name: string }): string {
  return `${resource.plural} ${name}`;
}

function objectNameOf({ resource, object }: RoutedObject): string {
  return nameOf({ resource, name: object.metadata.name });
}

/** The objects in the world of that router. */
function routedOf({ watch }: TrafficRouter, { world }: Situation): readonly RoutedObject[] {
  return watch.resources.flatMap((resource) =>
    [...(world.routed.get(resource.plural)?.values() ?? [])].map((object) => ({ resource, object })),
  );
}

/** The cluster of that world, as far as routers look at it. */
function lookupOf({ rollout, world }: Situation): Lookup {
  return lookupIn(({ plural }) =>
    plural === ROLLOUTS.plural ? [rollout] : [...(world.routed.get(plural)?.values() ?? [])],
  );
}
