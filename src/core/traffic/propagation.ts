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

/** Where no Ingress leads to the Services: each node hears of a change of endpoints within a second or two. */
const ENDPOINTS_MS = 5_000;

/** The longest time until every proxy that is known of sends requests where the Rollout's Services lead by now, in milliseconds. */
export function longestPropagationMs(situation: Situation): number {
  const { rollout, world } = situation;
  const ordinary = propagationTimeOf(rollout) ?? world.propagationMs ?? ENDPOINTS_MS;
  return Math.max(ordinary, ...[...world.ingresses.values()].map((ingress) => propagationMs(situation, ingress)));
}
