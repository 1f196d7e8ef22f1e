/** What is kept of an Ingress. */
import { keptFields } from '../api/words/field-manager.ts';
import type { Ingress, KubeObject } from '../kube/objects.ts';
import { trimToFields } from '../runtime/trim.ts';

/** The entries of our own field manager are kept: they show which annotations are ours, and that the Ingress is. */
export function trimIngress(object: KubeObject): Ingress {
  const { managedFields } = object.metadata as { managedFields?: Parameters<typeof keptFields>[0] };
  const ingress = trimToFields(object, keptFields(managedFields)) as Ingress & { status?: unknown };
  delete ingress.status;
  return ingress;
}
