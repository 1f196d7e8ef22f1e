/** What is kept of an Ingress. */
import type { Ingress, KubeObject } from '../kube/objects.ts';
import { trimBookkeeping } from '../runtime/trim.ts';
import { FIELD_MANAGER } from '../api/words/field-manager.ts';

/** The names under which other controllers of this API write: client-go names a field manager after the program. */
const FORMER_FIELD_MANAGER = 'rollouts-controller';

/**
 * Of `managedFields` the entries of our own field manager are kept: they show which annotations are ours, and that the
 * Ingress is. A former controller is named too, without its fields and times.
 */
export function trimIngress(object: KubeObject): Ingress {
  const { managedFields = [] } = object.metadata as { managedFields?: readonly { readonly manager?: string }[] };
  const ingress = trimBookkeeping(object) as Ingress & { status?: unknown };
  delete ingress.status;
  const kept = managedFields.flatMap((entry) => {
    if (entry.manager === FIELD_MANAGER) return [entry];
    return entry.manager === FORMER_FIELD_MANAGER ? [{ manager: FORMER_FIELD_MANAGER }] : [];
  });
  if (kept.length > 0) (ingress.metadata as { managedFields?: unknown }).managedFields = kept;
  return ingress;
}
