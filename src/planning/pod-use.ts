/** How many pods there are at a moment, and what they request. */
import type { ReplicaSet } from '../kube/objects.ts';
import { REPLICA_SETS } from '../kube/resources.ts';
import { podsOf } from './model/replica-sets.ts';
import type { Store } from './model/store.ts';
import { podRequests, type Requests } from './pod-requests.ts';

export interface PodUse {
  readonly pods: number;
  /** By resource, in billionths of its unit. */
  readonly requests: Requests;
  /** How many of the pods request no CPU or no memory. */
  readonly unrequested: number;
}

/** Of the Rollout, of its Experiments, and of the Deployment that it takes over from. */
export function podUseIn(store: Store): PodUse {
  const total = new Map<string, bigint>();
  let [pods, unrequested] = [0, 0];
  for (const replicaSet of store.list<ReplicaSet>(REPLICA_SETS)) {
    const count = podsOf(store, replicaSet).length;
    if (count === 0) continue;
    const requests = podRequests(replicaSet.spec.template);
    pods += count;
    if (!requests.has('cpu') || !requests.has('memory')) unrequested += count;
    for (const [resource, nanos] of requests) total.set(resource, (total.get(resource) ?? 0n) + BigInt(count) * nanos);
  }
  return { pods, requests: total, unrequested };
}
