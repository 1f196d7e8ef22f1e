/** Ingresses as a world holds them. */
import type { RoutedObjects, RolloutWorld } from '../../src/core/observed/world.ts';
import type { Ingress } from '../../src/kube/objects.ts';
import { INGRESSES } from '../../src/kube/resources.ts';

export function routedIngresses(ingresses: Iterable<Ingress>): RoutedObjects {
  return new Map([[INGRESSES.plural, new Map([...ingresses].map((one) => [one.metadata.name, one]))]]);
}

/** The world with these in the place of its Ingresses. */
export function withIngresses(world: RolloutWorld, ingresses: Iterable<Ingress>): RolloutWorld {
  return { ...world, routed: new Map([...world.routed, ...routedIngresses(ingresses)]) };
}
