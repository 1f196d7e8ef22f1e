/** The indexes of the objects around a Rollout that do not depend on its strategy or its router. */
import { namedServices } from '../../api/schema/named-services.ts';
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import type { Experiment } from '../../api/schema/experiment.ts';
import { analysesOf } from '../../api/schema/rollout-analyses.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import { managerOf } from '../../api/words/service-manager.ts';
import { serviceKeyOf } from '../../kube/endpoint-slice.ts';
import { keysBeside } from '../../kube/object-key.ts';
import type { EndpointSlice, KubeObject, PodMetadata, ReplicaSet, Service } from '../../kube/objects.ts';
import { controllerOf } from '../../kube/owners.ts';
import {
  ANALYSIS_RUNS,
  ENDPOINT_SLICES,
  EXPERIMENTS,
  PODS,
  REPLICA_SETS,
  ROLLOUTS,
  SERVICES,
} from '../../kube/resources.ts';
import type { Index } from './lookup.ts';

export const ROLLOUTS_BY_NAMESPACE: Index<Rollout> = {
  resource: ROLLOUTS,
  name: 'namespace',
  valuesOf: ({ metadata }) => [metadata.namespace ?? ''],
};

/** By the key of a Service that the spec names. */
export const ROLLOUTS_BY_SERVICE: Index<Rollout> = {
  resource: ROLLOUTS,
  name: 'service',
  valuesOf: (rollout) =>
    keysBeside(
      rollout,
      namedServices(rollout).map(({ name }) => name),
    ),
};

export const REPLICA_SETS_BY_CONTROLLER: Index<ReplicaSet> = {
  resource: REPLICA_SETS,
  name: 'controller',
  valuesOf: byController,
};

/** By namespace: those that no controller owns. */
export const ORPHANED_REPLICA_SETS: Index<ReplicaSet> = {
  resource: REPLICA_SETS,
  name: 'orphanIn',
  valuesOf: (replicaSet) => (controllerOf(replicaSet) === undefined ? [replicaSet.metadata.namespace ?? ''] : []),
};

/** Under this value of {@link ROLLOUTS_WITH_ANALYSIS} they are found whatever their namespace is: no namespace has such a name. */
export const ANY_NAMESPACE = '*';

/** By namespace: those that ask for an analysis. */
export const ROLLOUTS_WITH_ANALYSIS: Index<Rollout> = {
  resource: ROLLOUTS,
  name: 'withAnalysis',
  valuesOf: (rollout) => (analysesOf(rollout).length === 0 ? [] : [rollout.metadata.namespace ?? '', ANY_NAMESPACE]),
};

export const RUNS_BY_CONTROLLER: Index<AnalysisRun> = {
  resource: ANALYSIS_RUNS,
  name: 'controller',
  valuesOf: byController,
};

/** By namespace, and under {@link ANY_NAMESPACE}: those that ask for an analysis. */
export const EXPERIMENTS_WITH_ANALYSIS: Index<Experiment> = {
  resource: EXPERIMENTS,
  name: 'withAnalysis',
  valuesOf: ({ metadata, spec }) =>
    (spec.analyses ?? []).length === 0 ? [] : [metadata.namespace ?? '', ANY_NAMESPACE],
};

export const EXPERIMENTS_BY_CONTROLLER: Index<Experiment> = {
  resource: EXPERIMENTS,
  name: 'controller',
  valuesOf: byController,
};

/** Services that an Experiment has made. */
export const SERVICES_BY_CONTROLLER: Index<Service> = {
  resource: SERVICES,
  name: 'controller',
  valuesOf: byController,
};

export const PODS_BY_CONTROLLER: Index<PodMetadata> = { resource: PODS, name: 'controller', valuesOf: byController };

/** By the key of the Rollout that a Service says it belongs to. */
export const SERVICES_BY_MANAGER: Index<Service> = {
  resource: SERVICES,
  name: 'managedBy',
  valuesOf: (service) => keysBeside(service, [managerOf(service)]),
};

/** By the key of the Service. */
export const SLICES_BY_SERVICE: Index<EndpointSlice> = {
  resource: ENDPOINT_SLICES,
  name: 'service',
  valuesOf: (slice) => {
    const service = serviceKeyOf(slice);
    return service === undefined ? [] : [service];
  },
};

/** The UID of the owner that controls the object; an object without one is found under ''. */
export function byController(object: KubeObject): readonly string[] {
  return [controllerOf(object)?.uid ?? ''];
}
