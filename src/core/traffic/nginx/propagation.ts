/**
 * How long after a write to an Ingress its proxies are sure to act on it, in milliseconds.
 */
import type { Ingress } from '../../../kube/objects.ts';
import type { Situation } from '../../observed/situation.ts';
import { propagationTime } from '../propagation.ts';
import { dialectOf } from './dialect.ts';
import { ingressClassesIn, ingressesIn } from './observed.ts';

export function propagationMs(situation: Situation, ingress: Ingress): number {
  return propagationTime(situation, dialectOf(ingressClassesIn(situation.world), ingress).propagationMs);
}

/** Of all Ingresses that lead to the Rollout; 0 where none does. */
export function longestPropagationMs(situation: Situation): number {
  const ingresses = [...ingressesIn(situation.world).values()];
  return Math.max(0, ...ingresses.map((ingress) => propagationMs(situation, ingress)));
}
