/**
 * Pods outlive their traffic (ADR 8): a proxy may still send requests where the last split sent them. When every
 * proxy has heard of the present one is known by the router.
 */
import { specReplicasOf } from './replica-sets.ts';
import type { SizeDecision } from './scale.ts';
import type { Situation } from './situation.ts';

/**
 * Until every proxy has heard of the present split no pod goes: one that is asked to stop may close its port before
 * the proxy has heard of that either. `settledAt`: milliseconds since the epoch, `null` when nothing is on its way.
 */
export function heldWhileSettling(
  situation: Situation,
  settledAt: number | null,
  sizes: readonly SizeDecision[],
): readonly SizeDecision[] {
  if (settledAt === null || settledAt <= situation.now) return sizes;
  return sizes.filter(({ replicaSet, replicas }) => replicas >= specReplicasOf(replicaSet));
}
