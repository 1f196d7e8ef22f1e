/** Which Experiments an event concerns, and the indexes by which an Experiment's objects are found. */
import {
  ANY_NAMESPACE,
  EXPERIMENTS_WITH_ANALYSIS,
  REPLICA_SETS_BY_CONTROLLER,
  RUNS_BY_CONTROLLER,
  SERVICES_BY_CONTROLLER,
} from '../../core/observed/indexes.ts';
import type { Index } from '../../core/observed/lookup.ts';
import { keyOf, objectKey } from '../../kube/object-key.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { controllerOf } from '../../kube/owners.ts';
import { EXPERIMENTS } from '../../kube/resources.ts';
import type { IndexFunction } from '../../runtime/object-cache.ts';
import type { Enqueue, Wish } from '../../runtime/controller.ts';
import { informerOf, type Caches } from '../caches.ts';
import { isNews } from '../trials.ts';

const INDEXES: readonly Index<never>[] = [
  EXPERIMENTS_WITH_ANALYSIS,
  REPLICA_SETS_BY_CONTROLLER,
  RUNS_BY_CONTROLLER,
  SERVICES_BY_CONTROLLER,
];

export function addExperimentIndexes(caches: Caches): void {
  for (const { resource, name, valuesOf } of INDEXES) {
    // The cache of a resource holds objects of its kind alone.
    informerOf(caches, resource.plural)?.addIndexes({ [name]: valuesOf as IndexFunction<KubeObject> });
  }
}

/** Every relevant event enqueues its Experiments from now on. */
export function connectTriggers(caches: Caches, enqueue: Enqueue): void {
  const { experiments, replicaSets, services, analysisRuns, analysisTemplates, clusterAnalysisTemplates } = caches;
  const enqueueOwner = (object: KubeObject, wish?: Wish): void => {
    const owner = controllerOf(object);
    if (owner?.kind === EXPERIMENTS.kind) enqueue(objectKey(object.metadata.namespace ?? '', owner.name), wish);
  };
  const withAnalysisIn = (namespace: string): void => {
    for (const experiment of experiments.cache.byIndex(EXPERIMENTS_WITH_ANALYSIS.name, namespace))
      enqueue(keyOf(experiment));
  };
  experiments.addHandler(({ object }) => enqueue(keyOf(object)));
  replicaSets.addHandler(({ object }) => enqueueOwner(object));
  services.addHandler(({ object }) => enqueueOwner(object));
  analysisRuns.addHandler((event) => enqueueOwner(event.object, isNews(event) ? 'followed' : 'arrived'));
  analysisTemplates.addHandler(({ object }) => withAnalysisIn(object.metadata.namespace ?? ''));
  clusterAnalysisTemplates?.addHandler(() => withAnalysisIn(ANY_NAMESPACE));
}
