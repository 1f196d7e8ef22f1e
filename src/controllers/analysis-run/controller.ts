/** The controller of AnalysisRuns: what distinguishes it from others that `runtime/controller.ts` runs. */
import { judge } from '../../core/analysis/expressions/judge.ts';
import { keyOf } from '../../kube/object-key.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Controller } from '../../runtime/controller.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { LateForgetting } from '../late-forgetting.ts';
import { observeReconciles } from '../observe-reconciles.ts';
import { always, createWriting, type ControllerOptions } from '../writing.ts';
import { Interruptions } from './interruptions.ts';
import { Jobs } from './jobs.ts';
import { ROUND_LIMIT_MS } from './measure.ts';
import { createMetricProviders, type MetricProviders } from './metric-providers.ts';
import { createReconcile } from './reconcile.ts';
import { sampleOfRun, sampleOfTemplate } from './telemetry.ts';

interface AnalysisRunControllerOptions extends ControllerOptions {
  /** Variables that providers read, such as those of proxies. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the Secrets of providers are. */
  readonly controllerNamespace: string;
  /** Where Jobs are made; the namespace of their run when absent. */
  readonly jobNamespace?: string | undefined;
  /** In the place of the real ones, for tests. */
  readonly providers?: MetricProviders;
}

/** Beside the measurements: Secrets are read, old Jobs removed and the status is written, each as slowly as the API server may be. */
const RECONCILE_LIMIT_MS = ROUND_LIMIT_MS + 180_000;

/** The metrics show its runs and the templates. Nothing is asked of the API server, or of a provider, yet. */
export function analysisRunController(options: AnalysisRunControllerOptions): Controller {
  const { client, clock, logger, metrics, caches, threads, resyncMs } = options;
  const { analysisRuns } = caches;
  const writing = createWriting(options);
  const { ownWrites, applier } = writing;
  const jobs = new Jobs({ client, clock, logger, metrics });
  const providers = options.providers ?? createMetricProviders({ ...options, jobs });
  const interruptions = new Interruptions();
  const forget = (namespace: string, name: string): void => metrics.forgetAnalysisRun(namespace, name);
  const forgetting = new LateForgetting({ objects: analysisRuns, clock, forget });
  sampleObjects(metrics, caches, options.reports ?? always);
  return {
    name: 'AnalysisRuns',
    objects: analysisRuns,
    informers: [analysisRuns],
    connect: (enqueue) => {
      analysisRuns.addHandler((event) => {
        interruptions.announce(event);
        enqueue(keyOf(event.object));
        const { namespace = '', name } = event.object.metadata;
        if (event.type === 'deleted') forgetting.note(namespace, name);
      });
      jobs.connect(enqueue);
    },
    reconcile: createReconcile({
      runs: analysisRuns.cache,
      client,
      applier,
      ownWrites,
      clock,
      interruptions,
      judge,
      providerOf: providers.providerOf,
      endedMetricsOf: (run) => jobs.endedMetricsOf(run),
    }),
    observer: observeReconciles(analysisRuns, {
      duration: metrics.analysisReconcileDuration,
      errors: metrics.analysisReconcileErrors,
    }),
    threads,
    timeLimitMs: RECONCILE_LIMIT_MS,
    resyncMs,
    giveUp: () => interruptions.stop(),
    giveUpKeys: (concerns) => interruptions.giveUp(concerns),
    close: async () => {
      forgetting.close();
      await writing.close();
      await jobs.stop();
      await providers.close();
    },
  };
}

function sampleObjects(
  metrics: Metrics,
  { analysisRuns, analysisTemplates, clusterAnalysisTemplates }: AnalysisRunControllerOptions['caches'],
  reports: (key: string) => boolean,
): void {
  const ours = (one: KubeObject): boolean => reports(keyOf(one));
  metrics.sampleAnalysisRuns(() => [...analysisRuns.cache.values()].filter(ours).map(sampleOfRun));
  metrics.sampleAnalysisTemplates(() =>
    [...analysisTemplates.cache.values(), ...(clusterAnalysisTemplates?.cache.values() ?? [])]
      .filter(ours)
      .map(sampleOfTemplate),
  );
}
