/** What is kept of an Ingress. */
import { keptFields } from '../api/words/field-manager.ts';
import type { Ingress, KubeObject } from '../kube/objects.ts';
import { essentials } from '../runtime/essentials.ts';

/** The entries of our own field manager are kept: they show which annotations are ours, and that the Ingress is. */
export function trimIngress(object: KubeObject, known?: Ingress): Ingress {
  const { managedFields } = object.metadata as { managedFields?: Parameters<typeof keptFields>[0] };
  return essentials<Ingress>(object, ['spec'], known, keptFields(managedFields));
}
