/**
 * What people are told when a write of a plan was refused by the API server. The failure itself is
 * retried by the worker.
 */
import { conditions as word } from '../../api/conditions.ts';
import { events } from '../../api/events.ts';
import { setCondition } from '../../kube/conditions.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { EventNote, Plan, Write } from '../../kube/plan.ts';
import { INGRESSES, REPLICA_SETS } from '../../kube/resources.ts';
import { statusPatch } from './status-patch.ts';
import type { RolloutWorld } from './world.ts';

/** The event for a refused write; `null` when nobody but the log needs to know. */
export function failureEvent(write: Write, error: string): EventNote | null {
  if (write.resource === INGRESSES) return events.trafficRoutingFailed(error);
  return write.op === 'create' && write.resource === REPLICA_SETS
    ? events.replicaSetCreateFailed(write.name, error)
    : null;
}

/** The condition that says why there is no ReplicaSet for the new template; `null` for any other write. */
export function failurePlan({ rollout, now }: RolloutWorld, write: Write, error: string): Plan | null {
  if (write.op !== 'create' || write.resource !== REPLICA_SETS) return null;
  const present = rollout.status?.conditions;
  const conditions = setCondition(present, word.replicaSetCreateFailed(write.name, error), now);
  if (conditions === present) return null;
  const status = { conditions: conditions as unknown as JsonObject[] };
  return { writes: [statusPatch(rollout, status, 'say why there is no ReplicaSet for the new template')] };
}
