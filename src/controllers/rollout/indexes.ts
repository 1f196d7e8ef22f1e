/** The indexes by which a Rollout's objects are found in the caches, and the Rollouts that an object concerns. */
import type { Rollout } from '../../api/schema/rollout.ts';
import { workloadResource } from '../../api/schema/workload-ref.ts';
import {
  EXPERIMENTS_BY_CONTROLLER,
  ORPHANED_REPLICA_SETS,
  PODS_BY_CONTROLLER,
  REPLICA_SETS_BY_CONTROLLER,
  ROLLOUTS_BY_NAMESPACE,
  ROLLOUTS_BY_SERVICE,
  ROLLOUTS_WITH_ANALYSIS,
  RUNS_BY_CONTROLLER,
  SERVICES_BY_MANAGER,
  SLICES_BY_SERVICE,
} from '../../core/observed/indexes.ts';
import type { Index } from '../../core/observed/lookup.ts';
import { ROUTED_INDEXES } from '../../core/traffic/routers.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { IndexFunction } from '../../runtime/object-cache.ts';
import { informerOf, type Caches } from '../caches.ts';
import { workloadKey } from './workloads.ts';

const INDEXES: readonly Index<never>[] = [
  ROLLOUTS_BY_NAMESPACE,
  ROLLOUTS_BY_SERVICE,
  ROLLOUTS_WITH_ANALYSIS,
  RUNS_BY_CONTROLLER,
  EXPERIMENTS_BY_CONTROLLER,
  REPLICA_SETS_BY_CONTROLLER,
  ORPHANED_REPLICA_SETS,
  PODS_BY_CONTROLLER,
  SERVICES_BY_MANAGER,
  SLICES_BY_SERVICE,
  ...ROUTED_INDEXES,
];

export function addRolloutIndexes(caches: Caches): void {
  caches.rollouts.addIndexes({ workload: workloadKeys });
  for (const { resource, name, valuesOf } of INDEXES) {
    // The cache of a resource holds objects of its kind alone.
    informerOf(caches, resource.plural)?.addIndexes({ [name]: valuesOf as IndexFunction<KubeObject> });
  }
}

/** Of the object that `spec.workloadRef` names, if its template could be taken. */
function workloadKeys({ metadata, spec }: Rollout): readonly string[] {
  const resource = spec.workloadRef === undefined ? null : workloadResource(spec.workloadRef);
  return resource === null ? [] : [workloadKey(resource, metadata.namespace ?? '', spec.workloadRef?.name ?? '')];
}
