/** Reads Rollouts, and what their specs refer to. */
import { parseRollout, type Rollout } from '../api/schema/rollout.ts';
import { workloadResource } from '../api/schema/workload-ref.ts';
import type { ReferencedWorkload } from '../core/observed/world.ts';
import { ROLLOUTS } from '../kube/resources.ts';
import { workloadOf } from '../kube/workload.ts';
import { isApiError } from '../runtime/api-error.ts';
import type { ObjectName } from '../runtime/client-options.ts';
import type { Client } from '../runtime/client.ts';

export async function readRollout(client: Client, object: ObjectName): Promise<Rollout> {
  return rolloutOf(await client.get(ROLLOUTS, object), object.name);
}

/** Throws for an object that another version of the definition has let through. */
export function rolloutOf(json: unknown, name: string): Rollout {
  const parsed = parseRollout(json);
  if ('rollout' in parsed) return parsed.rollout;
  throw new Error(`rollout '${name}' cannot be read: ${parsed.problem}`);
}

/** What `spec.workloadRef` leads to; `null` without one. What may not be read counts as missing. */
export async function readWorkload(client: Client, rollout: Rollout): Promise<ReferencedWorkload | null> {
  const { workloadRef } = rollout.spec;
  const resource = workloadRef === undefined ? null : workloadResource(workloadRef);
  const { namespace = '' } = rollout.metadata;
  const name = workloadRef?.name ?? '';
  if (resource === null || name === '') return null;
  try {
    return workloadOf(await client.get(resource, { namespace, name }));
  } catch (error) {
    if (isApiError(error, 'notFound') || isApiError(error, 'forbidden')) return { missing: error.message };
    throw error;
  }
}
