/**
 * How long after a write to an Ingress its proxies are sure to act on it: the Rollout's own word, then
 * the operator's, then what is known of the kind of proxy. What waits for it is decided by the strategy.
 */
import { propagationTimeOf } from '../../api/propagation-time.ts';
import type { Ingress } from '../../kube/objects.ts';
import type { Situation } from '../rollout/situation.ts';
import { dialectOf } from './dialect.ts';

/** In milliseconds. */
export function propagationMs({ rollout, world }: Situation, ingress: Ingress): number {
  return propagationTimeOf(rollout) ?? world.propagationMs ?? dialectOf(world.ingressClasses, ingress).propagationMs;
}
