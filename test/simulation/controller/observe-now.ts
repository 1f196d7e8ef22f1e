/**
 * The world as it is now: nothing is late, and nothing is looked up in an index.
 */
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import { workloadResource } from '../../../src/api/schema/workload-ref.ts';
import { lookupIn } from '../../../src/core/observed/lookup.ts';
import type { ReferencedWorkload, RolloutWorld } from '../../../src/core/observed/world.ts';
import { gather } from '../../../src/core/rollout/gather.ts';
import { trimEndpointSlice } from '../../../src/kube/endpoint-slice.ts';
import { ENDPOINT_SLICES, ROLLOUTS, type Resource } from '../../../src/kube/resources.ts';
import { missingText, workloadOf } from '../../../src/kube/workload.ts';
import type { Store } from '../cluster/store.ts';

/** Throws when the Rollout is not there. */
export function observeNow(store: Store, rolloutName: string, now: number): RolloutWorld {
  const rollout = store.get<Rollout>(ROLLOUTS.plural, rolloutName);
  if (rollout === undefined) throw new Error('The Rollout is gone');
  const listOf = (resource: Resource) => {
    const objects = store.list(resource.plural);
    return resource === ENDPOINT_SLICES ? objects.map(trimEndpointSlice) : objects;
  };
  const world = gather(lookupIn(listOf), rollout, { now, propagationMs: null });
  return Object.freeze({ ...world, workload: workloadIn(store, rollout) });
}

function workloadIn(store: Store, { spec: { workloadRef } }: Rollout): ReferencedWorkload | null {
  const resource = workloadRef === undefined ? null : workloadResource(workloadRef);
  if (resource === null) return null;
  const { name = '' } = workloadRef ?? {};
  const object = store.get(resource.plural, name);
  return object === undefined ? { missing: missingText(resource, name) } : workloadOf(object);
}
