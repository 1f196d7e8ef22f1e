/** What is kept of an object that routers share with people, such as an HTTPRoute. */
import type { KubeObject } from '../kube/objects.ts';
import { essentials } from '../runtime/essentials.ts';

interface FieldsEntry {
  readonly time?: string;
  readonly subresource?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

interface Trimmed extends KubeObject {
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** Of `managedFields` the times of writes to the spec and the status are kept: they show since when proxies have known it. */
export function trimShared<T extends Trimmed>(object: KubeObject, known?: T): T {
  const { managedFields = [] } = object.metadata as { managedFields?: readonly FieldsEntry[] };
  const kept = managedFields.flatMap(({ time = '', subresource, fieldsV1 = {} }): FieldsEntry[] => {
    if (subresource === 'status') return [{ time, subresource }];
    return 'f:spec' in fieldsV1 ? [{ time, fieldsV1: { 'f:spec': {} } }] : [];
  });
  return essentials<Trimmed>(object, ['apiVersion', 'kind', 'spec', 'status'], known, kept) as T;
}
