/**
 * What people are told when a write of a plan was refused by the API server. The failure itself is
 * retried by the worker.
 */
import { conditions as word } from '../../api/conditions.ts';
import { events } from '../../api/events.ts';
import { setCondition } from '../../kube/conditions.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { EventNote, Plan, Write } from '../../kube/plan.ts';
import { DEPLOYMENTS, INGRESSES, REPLICA_SETS } from '../../kube/resources.ts';
import { statusPatch } from './status-patch.ts';
import type { RolloutWorld } from './world.ts';

/** The event for a refused write; `null` when nobody but the log needs to know. */
export function failureEvent(write: Write, error: string): EventNote | null {
  if (write.resource === INGRESSES) return events.trafficRoutingFailed(error);
  if (write.resource === DEPLOYMENTS) return events.workloadScaleFailed(error);
  if (write.op === 'evict') return events.podRestartFailed(error);
  return write.op === 'create' && write.resource === REPLICA_SETS
    ? events.replicaSetCreateFailed(write.name, error)
    : null;
}

/** What is to be written all the same; `null` when the failure leaves nothing to say. */
export function failurePlan(world: RolloutWorld, plan: Plan, write: Write, error: string): Plan | null {
  return abortPlan(world, plan, write) ?? noReplicaSetPlan(world, write, error);
}

/** A person who aborts is told so even while the traffic cannot be moved: that report says nothing that depends on it. */
function abortPlan({ rollout }: RolloutWorld, { writes }: Plan, refused: Write): Plan | null {
  const { abort, abortedAt } = rollout.status ?? {};
  const report = writes.find((one) => one.op === 'patch' && one.subresource === 'status');
  if (abort !== true || abortedAt !== undefined || report === undefined || report === refused) return null;
  return { writes: [report] };
}

/** The condition that says why there is no ReplicaSet for the new template; `null` for any other write. */
function noReplicaSetPlan({ rollout, now }: RolloutWorld, write: Write, error: string): Plan | null {
  if (write.op !== 'create' || write.resource !== REPLICA_SETS) return null;
  const present = rollout.status?.conditions;
  const conditions = setCondition(present, word.replicaSetCreateFailed(write.name, error), now);
  if (conditions === present) return null;
  const status = { conditions: conditions as unknown as JsonObject[] };
  return { writes: [statusPatch(rollout, status, 'say why there is no ReplicaSet for the new template')] };
}
