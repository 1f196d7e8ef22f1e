/**
 * Removes on arrival what no cache needs of an object: over thousands of objects it is most of the memory.
 * It works in place, because only the parser has seen the object yet.
 */
import type { KubeObject } from '../kube/objects.ts';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The same object without `managedFields` and without kubectl's copy of the manifest. */
export function trimBookkeeping<T extends KubeObject>(object: T): T {
  return trimToFields(object, []);
}

/** The same, but these entries of its `managedFields` stay. */
export function trimToFields<T extends KubeObject>(object: T, managedFields: readonly object[]): T {
  const metadata: { managedFields?: unknown; annotations?: Record<string, string> } = object.metadata;
  if (managedFields.length > 0) metadata.managedFields = managedFields;
  else delete metadata.managedFields;
  if (metadata.annotations !== undefined) delete metadata.annotations[LAST_APPLIED];
  return object;
}
