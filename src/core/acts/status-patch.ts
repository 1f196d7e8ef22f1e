/**
 * A merge patch of a Rollout's status as a write of a plan.
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { PatchWrite } from '../../kube/plan.ts';
import { ROLLOUTS } from '../../kube/resources.ts';

/** Refused by the API server when the Rollout has moved on since it was looked at, so that no user's write is overwritten. */
export function statusPatch(rollout: Rollout, status: JsonObject, why: string): PatchWrite {
  const { name, namespace = '', resourceVersion } = rollout.metadata;
  return {
    op: 'patch',
    resource: ROLLOUTS,
    namespace,
    name,
    subresource: 'status',
    patch: { status },
    resourceVersion,
    why,
  };
}
