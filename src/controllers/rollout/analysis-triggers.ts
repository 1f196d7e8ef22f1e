/** Which Rollouts an AnalysisRun, an Experiment or a template concerns. */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import type { Experiment } from '../../api/schema/experiment.ts';
import { ANY_NAMESPACE } from '../../core/observed/indexes.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { ANALYSIS_TEMPLATES, CLUSTER_ANALYSIS_TEMPLATES } from '../../kube/resources.ts';
import type { InformerEvent } from '../../runtime/announced-cache.ts';
import type { Wish } from '../../runtime/controller.ts';
import type { Caches } from '../caches.ts';
import { isNews } from '../trials.ts';

interface AnalysisTriggerOptions {
  readonly caches: Pick<Caches, 'analysisRuns' | 'experiments' | 'analysisTemplates' | 'clusterAnalysisTemplates'>;
  /** Enqueues the Rollouts that have an analysis, in that namespace. */
  readonly rolloutsOf: (index: 'withAnalysis', namespace: string) => void;
  /** Enqueues the Rollout that controls the object. */
  readonly enqueueOwner: (object: KubeObject, wish?: Wish) => void;
}

/** The resources of templates that an analysis may refer to. */
export const TEMPLATES = [ANALYSIS_TEMPLATES, CLUSTER_ANALYSIS_TEMPLATES] as const;

/** Runs that exist do not change with their template. Which template refers to another is not known here. */
export function connectAnalysisTriggers({ caches, rolloutsOf, enqueueOwner }: AnalysisTriggerOptions): void {
  const onTrial = (event: InformerEvent<AnalysisRun | Experiment>) =>
    enqueueOwner(event.object, isNews(event) ? 'followed' : 'arrived');
  caches.analysisRuns.addHandler(onTrial);
  caches.experiments.addHandler(onTrial);
  caches.analysisTemplates.addHandler(({ object }) => rolloutsOf('withAnalysis', object.metadata.namespace ?? ''));
  caches.clusterAnalysisTemplates?.addHandler(() => rolloutsOf('withAnalysis', ANY_NAMESPACE));
}
