/**
 * Two routers side by side, as one: a team that moves from one to the other leads through both for a while, with the
 * same split. What is still divided differently counts with its smallest and its largest share.
 */
import type { EventReason } from '../../api/words/reasons.ts';
import type { EventNote, Write } from '../../kube/plan.ts';
import type { Hazard } from '../acts/hazard.ts';
import type { Situation } from '../observed/situation.ts';
import type { ObservedSplit, TrafficRouter } from './router.ts';

export function bothRouters(one: TrafficRouter, other: TrafficRouter): TrafficRouter {
  const routers = [one, other];
  const all =
    <Args extends readonly unknown[], T>(of: (router: TrafficRouter, ...args: Args) => Iterable<T>) =>
    (...args: Args): T[] =>
      routers.flatMap((router) => [...of(router, ...args)]);
  return {
    name: routers.map(({ name }) => name).join(', '),
    place: routers.map(({ place }) => place).join(' and '),
    routes: true,
    watch: {
      resources: routers.flatMap(({ watch }) => watch.resources),
      indexes: routers.flatMap(({ watch }) => watch.indexes),
      gather: all((router, ...args) => router.watch.gather(...args)),
      concernedBy: all((router, ...args) => router.watch.concernedBy(...args)),
    },
    references: all((router, rollout) => router.references(rollout)),
    missingReferences: all((router, world) => router.missingReferences(world)),
    unfitReferences: all((router, world) => router.unfitReferences(world)),
    unsupported: all((router, world) => router.unsupported(world)),
    observe: (situation) => {
      const observed = routers.map((router) => router.observe(situation));
      return {
        lowestWeight: Math.min(...observed.map(({ lowestWeight }) => lowestWeight)),
        highestWeight: Math.max(...observed.map(({ highestWeight }) => highestWeight)),
      };
    },
    leadsBesideWeight: (situation) => routers.some((router) => router.leadsBesideWeight(situation)),
    propagationMs: (situation) => Math.max(...routers.map((router) => router.propagationMs(situation))),
    settledAt: (situation) => {
      const settled = routers.flatMap((router) => router.settledAt(situation) ?? []);
      return settled.length === 0 ? null : Math.max(...settled);
    },
    blockedOn: (situation) => one.blockedOn(situation) ?? other.blockedOn(situation),
    unconfirmed: (situation) => one.unconfirmed(situation) ?? other.unconfirmed(situation),
    // What holds behind every router is found by both of them.
    hazards: (situation) => {
      const found = routers.flatMap((router) => router.hazards(situation));
      const each = found.filter(({ message }, at) => found.findIndex((same) => same.message === message) === at);
      return [...each, ...drift(one, other, situation)];
    },
    render: (situation, split) => toldOnce(routers.flatMap((router) => router.render(situation, split))),
    written: all((router, situation) => router.written(situation)),
    shown: all((router, situation) => router.shown(situation)),
    leftovers: all((router, situation) => router.leftovers(situation)),
  };
}

/**
 * Both have been written, and show different weights: one of the writes was refused or lost a race, or another program has
 * changed one of them. What a spec has just begun to lead through has no weight of ours yet, and that is no drift.
 */
function drift(one: TrafficRouter, other: TrafficRouter, situation: Situation): readonly Hazard[] {
  const isWritten = (router: TrafficRouter) => router.written(situation).length > 0;
  if (!isWritten(one) || !isWritten(other)) return [];
  const [first, second] = [one.observe(situation), other.observe(situation)];
  if (first.lowestWeight === second.lowestWeight && first.highestWeight === second.highestWeight) return [];
  return [
    {
      reason: 'RoutersDisagree',
      message: `the weight of the canary is ${weightText(first)} by ${one.place} and ${weightText(second)} by ${other.place}, so it depends on the way of a request how likely it reaches the canary; both are written again in every look, and if this lasts, Blocked or another writer of one of them is the cause`,
    },
  ];
}

function weightText({ lowestWeight, highestWeight }: ObservedSplit): string {
  return lowestWeight === highestWeight ? String(lowestWeight) : `${lowestWeight} to ${highestWeight}`;
}

/** A new weight is reported with the last of the writes that bring it about. */
function toldOnce(writes: readonly Write[]): Write[] {
  const tells = ({ reason }: EventNote) => reason === ('TrafficWeightUpdated' satisfies EventReason);
  const last = writes.findLastIndex(({ events = [] }) => events.some(tells));
  return writes.map((write, index) =>
    index === last ? write : { ...write, events: (write.events ?? []).filter((note) => !tells(note)) },
  );
}
