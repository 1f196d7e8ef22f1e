/**
 * How long after a change its proxies are sure to act on it: what the Rollout says, else the operator, else what is known
 * of the kind of proxy.
 */
import { propagationTimeOf } from '../../api/schema/propagation-time.ts';
import type { Situation } from '../observed/situation.ts';

/**
 * Traefik acts on one change at once and then on none for 2 s (`providersThrottleDuration`). One second is for its work, and
 * one because the API server writes down whole seconds.
 */
export const TRAEFIK_MS = 4_000;

/** The time that this API allows for routers of every kind: its default of `scaleDownDelaySeconds`. */
export const UNKNOWN_MS = 30_000;

/** In milliseconds, as is `ofKindMs`. */
export function propagationTime({ rollout, world }: Situation, ofKindMs: number): number {
  return propagationTimeOf(rollout) ?? world.propagationMs ?? ofKindMs;
}
