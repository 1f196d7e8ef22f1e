/**
 * How long after a change its proxies are sure to act on it: what the Rollout says, else the operator, else what is known
 * of the kind of proxy.
 */
import { propagationTimeOf } from '../../api/schema/propagation-time.ts';
import type { Situation } from '../observed/situation.ts';

/** In milliseconds, as is `ofKindMs`. */
export function propagationTime({ rollout, world }: Situation, ofKindMs: number): number {
  return propagationTimeOf(rollout) ?? world.propagationMs ?? ofKindMs;
}
