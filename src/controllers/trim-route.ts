/** What is kept of an HTTPRoute or GRPCRoute. */
import type { KubeObject } from '../kube/objects.ts';
import type { Route } from '../kube/route.ts';
import { essentials } from '../runtime/essentials.ts';

interface FieldsEntry {
  readonly time?: string;
  readonly subresource?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

/** Of `managedFields` the times of writes to the spec and the status are kept: they show since when proxies have known it. */
export function trimRoute(object: KubeObject, known?: Route): Route {
  const { managedFields = [] } = object.metadata as { managedFields?: readonly FieldsEntry[] };
  const kept = managedFields.flatMap(({ time = '', subresource, fieldsV1 = {} }): FieldsEntry[] => {
    if (subresource === 'status') return [{ time, subresource }];
    return 'f:spec' in fieldsV1 ? [{ time, fieldsV1: { 'f:spec': {} } }] : [];
  });
  return essentials<Route>(object, ['apiVersion', 'kind', 'spec', 'status'], known, kept);
}
