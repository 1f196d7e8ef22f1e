/**
 * What a world holds of the objects of nginx, by name.
 */
import type { Ingress, IngressClass } from '../../../kube/objects.ts';
import { INGRESS_CLASSES, INGRESSES } from '../../../kube/resources.ts';
import type { RolloutWorld } from '../../observed/world.ts';

type Seen = Pick<RolloutWorld, 'routed'>;

/** Those that the spec names, those that we own or may take back, and those that share a host or a Service with them. */
export function ingressesIn({ routed }: Seen): ReadonlyMap<string, Ingress> {
  return (routed.get(INGRESSES.plural) ?? new Map()) as ReadonlyMap<string, Ingress>;
}

/** Empty where the controller may not see them. */
export function ingressClassesIn({ routed }: Seen): ReadonlyMap<string, IngressClass> {
  return (routed.get(INGRESS_CLASSES.plural) ?? new Map()) as ReadonlyMap<string, IngressClass>;
}
