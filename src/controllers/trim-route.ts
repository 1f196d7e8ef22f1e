/** What is kept of an HTTPRoute or GRPCRoute. */
import type { KubeObject } from '../kube/objects.ts';
import type { Route } from '../kube/route.ts';
import { trimToFields } from '../runtime/trim.ts';

interface FieldsEntry {
  readonly time?: string;
  readonly subresource?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

/** Of `managedFields` the times of writes to the spec and the status are kept: they show since when proxies have known it. */
export function trimRoute(object: KubeObject): Route {
  const { managedFields = [] } = object.metadata as { managedFields?: readonly FieldsEntry[] };
  const kept = managedFields.flatMap(({ time = '', subresource, fieldsV1 = {} }): FieldsEntry[] => {
    if (subresource === 'status') return [{ time, subresource }];
    return 'f:spec' in fieldsV1 ? [{ time, fieldsV1: { 'f:spec': {} } }] : [];
  });
  return trimToFields(object, kept) as Route;
}
