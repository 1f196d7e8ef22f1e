/**
 * Pods outlive their traffic (ADR 8): a proxy may still send requests where the last split sent them. The router knows
 * when every proxy has heard of the present split.
 */
import { specReplicasOf } from '../observed/replica-sets.ts';
import type { SizeDecision } from './scale.ts';
import type { Situation } from '../observed/situation.ts';

/**
 * Until every proxy has heard of the present split no pod is removed: it might close its port before the proxy hears of
 * its end. `settledAt`: milliseconds since the epoch, `null` when nothing is on its way. `removableAt`: the same for a
 * revision that loses all of its pods, where it is known to be earlier.
 */
export function heldWhileSettling(
  situation: Situation,
  settledAt: number | null,
  sizes: readonly SizeDecision[],
  removableAt: number | null = settledAt,
): readonly SizeDecision[] {
  if (settledAt === null || settledAt <= situation.now) return sizes;
  const isRemovable = removableAt !== null && removableAt <= situation.now;
  return sizes.filter(
    ({ replicaSet, replicas }) => replicas >= specReplicasOf(replicaSet) || (replicas === 0 && isRemovable),
  );
}
