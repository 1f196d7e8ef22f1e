/**
 * What a position asks for, and what of it the cluster does not show yet. How much of it is safe now is decided in
 * `scaling.ts` and `weight.ts`.
 */
import type { Write } from '../../../kube/plan.ts';
import { waitsFor, type BlockedOn } from '../../acts/blocked.ts';
import type { TrafficSplit } from '../../traffic/router.ts';
import { podsNotReached } from './enough-pods.ts';
import type { Position } from './position.ts';
import { desiredSizes, type Sizes } from './sizes.ts';
import { desiredSplit } from './weight.ts';

/** What the cluster does not show yet; `null` when it shows all. */
export interface Missing {
  /** Of the sizes. */
  readonly pods: BlockedOn | null;
  /** Of the split. */
  readonly split: BlockedOn | null;
}

export interface Demand {
  readonly position: Position;
  readonly sizes: Sizes;
  readonly split: TrafficSplit;
  /** From what the router shows to the split. */
  readonly writes: readonly Write[];
  readonly missing: Missing;
}

export function demandAt(position: Position): Demand {
  const { situation, router } = position;
  const sizes = desiredSizes(position);
  const pods = podsNotReached(position, sizes);
  const split = desiredSplit(position, sizes, pods === null);
  const writes = router.render(situation, split);
  return { position, sizes, split, writes, missing: { pods, split: splitNotInForce(position, split, writes) } };
}

/** A split that cannot be brought about is never in force, and nothing may depend on it (spec 11, 4). */
function splitNotInForce(
  { router, routerProblem, situation }: Position,
  { weight }: TrafficSplit,
  writes: readonly Write[],
): BlockedOn | null {
  if (routerProblem !== null) return routerProblem;
  if (writes.length === 0) return router.unconfirmed(situation);
  return waitsFor('TrafficNotInForce', `waiting for weight ${weight} to be on the ${router.place}`);
}

/** The writes that take the cluster to a split; already known when the position asks for it. */
export function writesTo(demand: Demand, split: TrafficSplit): readonly Write[] {
  const { situation, router } = demand.position;
  return split === demand.split ? demand.writes : router.render(situation, split);
}
