/** The names under which controllers of this API write, in server-side apply and in `managedFields`. */
import type { KubeObject } from '../../kube/objects.ts';

/** All controllers of this process. */
export const FIELD_MANAGER = 'serin';

/** Other controllers of this API: client-go names a field manager after the program. */
const FORMER_FIELD_MANAGER = 'rollouts-controller';

interface FieldsEntry {
  readonly manager?: string;
}

/**
 * Of the entries of an object's `managedFields` those that decisions look at: our own, and of a former controller the
 * name, without its fields and times.
 */
export function keptFields(managedFields: readonly FieldsEntry[] = []): readonly FieldsEntry[] {
  return managedFields.flatMap((entry) => {
    if (entry.manager === FIELD_MANAGER) return [entry];
    return entry.manager === FORMER_FIELD_MANAGER ? [{ manager: FORMER_FIELD_MANAGER }] : [];
  });
}

/** The object with those entries of its `managedFields` and no others. */
export function withKeptFields<T extends KubeObject>(object: T): T {
  const { managedFields, ...metadata } = object.metadata as T['metadata'] & {
    readonly managedFields?: readonly FieldsEntry[];
  };
  const kept = keptFields(managedFields);
  return { ...object, metadata: kept.length === 0 ? metadata : { ...metadata, managedFields: kept } };
}
