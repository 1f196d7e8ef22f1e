/** A plan as it is recorded, so that two of them can be compared. */
import type { Json } from '../kube/json.ts';
import type { Plan } from '../kube/plan.ts';
import type { RecordedPlan } from './format.ts';

/** As JSON holds it: without fields that are not set, and each resource by its plural. */
export function planJson({ writes, requeueAfterMs }: Plan): RecordedPlan {
  const plan = {
    writes: writes.map(({ resource, ...write }) => ({ ...write, resource: resource.plural })),
    ...(requeueAfterMs === undefined ? {} : { requeueAfterMs }),
  };
  return JSON.parse(JSON.stringify(plan)) as Json as object as RecordedPlan;
}
