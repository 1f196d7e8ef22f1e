/**
 * How much of a demand this look brings about: the traffic, sizes and selectors that are safe now. The look begins at the
 * position `from` and arrives at `to`; they are the same while no step completes.
 */
import type { CanaryStrategy } from '../../../api/schema/canary.ts';
import type { Write } from '../../../kube/plan.ts';
import type { BlockedOn } from '../../acts/blocked.ts';
import { firstAfter } from '../../acts/next-look.ts';
import type { SizeDecision } from '../../acts/scale.ts';
import type { SelectorTarget } from '../../acts/services.ts';
import { heldWhileSettling } from '../../acts/settling.ts';
import { hasRecord } from '../../observed/injected-metadata.ts';
import { specReplicasOf } from '../../observed/replica-sets.ts';
import type { Situation } from '../../observed/situation.ts';
import type { TrafficSplit } from '../../traffic/router.ts';
import { removableAt } from '../../traffic/routers.ts';
import { heldByPause } from '../held-by-pause.ts';
import type { Scaling } from '../scale-down-delay.ts';
import { writesTo, type Demand } from './demand.ts';
import type { Look } from './position.ts';
import { retiredSizes } from './retired.ts';
import { liveSizes } from './scaling.ts';
import { desiredSelectors } from './selectors.ts';
import { allowedSplit } from './weight.ts';

export interface Traffic {
  /** `null`: it stays as it is. */
  readonly split: TrafficSplit | null;
  readonly writes: readonly Write[];
  /** The least weight that the canary is about to get. */
  readonly weightToCome: number;
  /** What keeps the split from being the one that the position asks for. */
  readonly blockedOn: BlockedOn | null;
}

export function trafficNow(from: Demand, to: Demand): Traffic {
  const { router, standing } = to.position;
  // The traffic stays until the promotion is written down: a successor that missed it would send the requests back.
  const demand = replacesStable(from, to) ? from : to;
  const { split: allowed, aim, blockedOn } = allowedSplit(demand.position, demand.split);
  const weightToCome = Math.min(to.split.weight, aim);
  if (!router.routes || standing === 'first') return { split: null, writes: [], weightToCome, blockedOn: null };
  const split = allowed === null ? null : possibleSplit(to.position, allowed);
  return { split, writes: split === null ? [] : writesTo(demand, split), weightToCome, blockedOn };
}

export function sizesNow(from: Demand, to: Demand, traffic: Traffic): Scaling {
  const { situation, spec, router } = to.position;
  // Without a router sizes are the traffic, and a step is reported before what it brings about (spec 9.1).
  const { position, sizes } = spec.routed ? to : from;
  const live = liveSizes(position, sizes, traffic.weightToCome);
  const retired = retiredSizes(to.position);
  const settledAt = router.settledAt(situation);
  const emptyAt = removableAt(situation);
  const wakeAt = (waitsForProxies: boolean): number | null =>
    firstAfter(situation.now, [live.wakeAt, retired.wakeAt, ...(waitsForProxies ? [settledAt, emptyAt] : [])]);
  // Between the promotion and the next look no pod is removed to which a router may still send requests.
  if (spec.routed && replacesStable(from, to)) return { decisions: [], wakeAt: wakeAt(true) };
  // The look that moves traffic removes no pods: when they may be removed is known only after the move.
  const moves = traffic.writes.length > 0;
  const podsStayUntil = moves ? Number.POSITIVE_INFINITY : settledAt;
  const lastPodsStayUntil = moves ? Number.POSITIVE_INFINITY : emptyAt;
  const ordered = spec.routed ? [...live.decisions, ...retired.decisions] : inOrder(live, retired);
  const settled = heldWhileSettling(situation, podsStayUntil, ordered, lastPodsStayUntil);
  // A router that holds weights back goes on when its proxies have settled (istio/subsets.ts).
  const waitsForProxies =
    settled.length < ordered.length || mayLend(situation, spec.strategy) || router.holdsBack !== undefined;
  return { decisions: heldByPause(situation, settled), wakeAt: wakeAt(waitsForProxies) };
}

/** Pods keep what was lent to them for as long as requests may come by it (pod-role.ts). */
function mayLend({ all }: Situation, { stableMetadata, canaryMetadata }: CanaryStrategy): boolean {
  return stableMetadata !== undefined || canaryMetadata !== undefined || all.some(hasRecord);
}

export function selectorsNow(from: Demand, to: Demand): readonly SelectorTarget[] {
  // Without a router sizes are those of the position before, and no Service leads to a revision that loses pods.
  const isSizedBefore = !from.position.spec.routed && !becomesStable(from, to);
  return desiredSelectors(isSizedBefore ? from.position : to.position);
}

/** This look makes the canary stable. */
function becomesStable(from: Demand, to: Demand): boolean {
  return to.position.standing === 'promoted' && from.position.standing !== 'promoted';
}

/** This look promotes the canary in the place of another revision. */
function replacesStable(from: Demand, to: Demand): boolean {
  return becomesStable(from, to) && from.position.standing !== 'first';
}

/** Requests may leave the canary even when its split is blocked; `null` when none would. */
function possibleSplit({ observed, routerProblem }: Look, split: TrafficSplit): TrafficSplit | null {
  if (routerProblem === null) return split;
  return split.weight < observed.highestWeight ? { weight: split.weight, headerRoutes: [] } : null;
}

/** Without a router pods are the traffic: one revision changes in a look, stable first, then the canary, then retired ones (spec 4.2, 11.5). */
function inOrder(live: Scaling, retired: Scaling): readonly SizeDecision[] {
  const changes = (one: SizeDecision): boolean => specReplicasOf(one.replicaSet) !== one.replicas;
  const changing = live.decisions.find(changes);
  if (changing === undefined) return [...live.decisions, ...retired.decisions];
  return live.decisions.filter((one) => one === changing || !changes(one));
}
