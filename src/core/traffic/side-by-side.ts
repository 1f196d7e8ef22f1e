/**
 * Several routers side by side, as one: a team that moves from one to the other leads through both for a while, with the
 * same split. What is still divided differently counts with its smallest and its largest share.
 */
import type { EventReason } from '../../api/words/reasons.ts';
import type { EventNote, Write } from '../../kube/plan.ts';
import type { BlockedOn } from '../acts/blocked.ts';
import type { Hazard } from '../acts/hazard.ts';
import type { Situation } from '../observed/situation.ts';
import type { ObservedSplit, TrafficRouter } from './router.ts';

export function sideBySide(routers: readonly TrafficRouter[]): TrafficRouter {
  const all =
    <Args extends readonly unknown[], T>(of: (router: TrafficRouter, ...args: Args) => Iterable<T>) =>
    (...args: Args): T[] =>
      routers.flatMap((router) => [...of(router, ...args)]);
  const first = (of: (router: TrafficRouter) => BlockedOn | null): BlockedOn | null => {
    for (const router of routers) {
      const found = of(router);
      if (found !== null) return found;
    }
    return null;
  };
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
    blockedOn: (situation) => first((router) => router.blockedOn(situation)),
    unconfirmed: (situation) => first((router) => router.unconfirmed(situation)),
    // What holds behind every router is found by each of them.
    hazards: (situation) => {
      const found = routers.flatMap((router) => router.hazards(situation));
      const each = found.filter(({ message }, at) => found.findIndex((same) => same.message === message) === at);
      return [...each, ...drift(routers, situation)];
    },
    holdsBack: (situation, split) => routers.some((router) => router.holdsBack?.(situation, split) === true),
    render: (situation, split) => toldOnce(routers.flatMap((router) => router.render(situation, split))),
    written: all((router, situation) => router.written(situation)),
    shown: all((router, situation) => router.shown(situation)),
    leftovers: all((router, situation) => router.leftovers(situation)),
  };
}

/**
 * Several have been written, and show different weights: one of the writes was refused or lost a race, or another program has
 * changed one of them. What a spec has just begun to lead through has no weight of ours yet, and what waits for its proxies
 * has its former one on purpose: that is no drift.
 */
function drift(routers: readonly TrafficRouter[], situation: Situation): readonly Hazard[] {
  const written = routers.filter((router) => router.written(situation).length > 0);
  const isHeldBack = written.some((router) => router.holdsBack !== undefined && router.unconfirmed(situation) !== null);
  const texts = written.map((router) => weightText(router.observe(situation)));
  if (isHeldBack || new Set(texts).size < 2) return [];
  const said = texts.map((text, index) => `${text} by ${written[index]?.place ?? ''}`);
  const list = `${said.slice(0, -1).join(', ')} and ${said.at(-1) ?? ''}`;
  return [
    {
      reason: 'RoutersDisagree',
      message: `the weight of the canary is ${list}, so it depends on the way of a request how likely it reaches the canary; all are written again in every look, and if this lasts, Blocked or another writer of one of them is the cause`,
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
