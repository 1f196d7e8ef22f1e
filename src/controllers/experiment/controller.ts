/** The controller of Experiments: what distinguishes it from others that `runtime/controller.ts` runs. */
import { keyOf } from '../../kube/object-key.ts';
import type { Controller } from '../../runtime/controller.ts';
import { LateForgetting } from '../late-forgetting.ts';
import { observeReconciles } from '../observe-reconciles.ts';
import { always, createWriting, type ControllerOptions } from '../writing.ts';
import { createReconcile } from './reconcile.ts';
import { addExperimentIndexes, connectTriggers } from './triggers.ts';

/** The caches get the indexes that it needs, and the metrics show its Experiments. Nothing is asked of the API server yet. */
export function experimentController(options: ControllerOptions): Controller {
  const { client, clock, metrics, caches, threads, resyncMs, reports = always } = options;
  const { experiments, replicaSets, services, analysisRuns, analysisTemplates, clusterAnalysisTemplates } = caches;
  const writing = createWriting(options);
  const { ownWrites, applier } = writing;
  const forget = (namespace: string, name: string): void => metrics.forgetExperiment(namespace, name);
  const forgetting = new LateForgetting({ objects: experiments, clock, forget });
  addExperimentIndexes(caches);
  metrics.sampleExperiments(() =>
    [...experiments.cache.values()]
      .filter((one) => reports(keyOf(one)))
      .map(({ metadata: { namespace = '', name }, status }) => ({ namespace, name, phase: status?.phase ?? '' })),
  );
  return {
    name: 'Experiments',
    objects: experiments,
    informers: [
      experiments,
      replicaSets,
      services,
      analysisRuns,
      analysisTemplates,
      ...(clusterAnalysisTemplates === undefined ? [] : [clusterAnalysisTemplates]),
    ],
    connect: (enqueue) => {
      connectTriggers(caches, enqueue);
      experiments.addHandler(({ type, object: { metadata } }) => {
        if (type === 'deleted') forgetting.note(metadata.namespace ?? '', metadata.name);
      });
    },
    reconcile: createReconcile({ caches, client, applier, ownWrites, clock }),
    observer: observeReconciles(experiments, {
      duration: metrics.experimentReconcileDuration,
      errors: metrics.experimentReconcileErrors,
    }),
    threads,
    resyncMs,
    close: async () => {
      forgetting.close();
      await writing.close();
    },
  };
}
