/**
 * Every metric of the process in one table. Names, labels and buckets are the interface of spec 9.2,
 * which dashboards and alerts use.
 */
import { Gauge, type Registry, collectDefaultMetrics } from 'prom-client';
import {
  createAnalysisMetrics,
  createAnalysisRunGauges,
  createAnalysisTemplateGauges,
  type AnalysisRunSample,
  type AnalysisTemplateSample,
} from './analysis-metrics.ts';
import { createExperimentGauges, createExperimentMetrics, type ExperimentSample } from './experiment-metrics.ts';
import { MetricsRegistry } from './metrics-registry.ts';
import { createRolloutGauges, createRolloutMetrics, type RolloutSample } from './rollout-metrics.ts';
import {
  createClientMetrics,
  createInformerMetrics,
  createProcessMetrics,
  createQueueMetrics,
} from './runtime-metrics.ts';

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics({ version }: { readonly version: string }) {
  const registry = new MetricsRegistry();
  collectNodeMetrics(registry);
  noteVersion(registry, version);
  const rolloutGauges = createRolloutGauges(registry);
  const rollouts = createRolloutMetrics(registry);
  const runGauges = createAnalysisRunGauges(registry);
  const templateGauges = createAnalysisTemplateGauges(registry);
  const analysis = createAnalysisMetrics(registry);
  const experimentGauges = createExperimentGauges(registry);
  const experiments = createExperimentMetrics(registry);
  const client = createClientMetrics(registry);
  return {
    registry,
    ...rollouts,
    ...analysis,
    ...experiments,
    ...client,
    ...createQueueMetrics(registry),
    ...createInformerMetrics(registry),
    ...createProcessMetrics(registry),

    /** From now on every scrape computes the gauges of the Rollouts from `source`. */
    sampleRollouts(source: () => Iterable<RolloutSample>): void {
      rolloutGauges.addSource(source);
    },

    /** The same for AnalysisRuns. */
    sampleAnalysisRuns(source: () => Iterable<AnalysisRunSample>): void {
      runGauges.addSource(source);
    },

    /** The same for their templates, of namespaces and of the cluster. */
    sampleAnalysisTemplates(source: () => Iterable<AnalysisTemplateSample>): void {
      templateGauges.addSource(source);
    },

    /** The same for Experiments. */
    sampleExperiments(source: () => Iterable<ExperimentSample>): void {
      experimentGauges.addSource(source);
    },

    ...forgettersOf({ rollouts, analysis, experiments, client }),
  };
}

interface ObjectMetrics {
  readonly rollouts: ReturnType<typeof createRolloutMetrics>;
  readonly analysis: ReturnType<typeof createAnalysisMetrics>;
  readonly experiments: ReturnType<typeof createExperimentMetrics>;
  readonly client: ReturnType<typeof createClientMetrics>;
}

/** What removes the series of an object that was deleted. */
function forgettersOf({ rollouts, analysis, experiments, client }: ObjectMetrics) {
  return {
    forgetExperiment(namespace: string, name: string): void {
      const { experimentReconcileDuration, experimentReconcileErrors } = experiments;
      for (const metric of [experimentReconcileDuration, experimentReconcileErrors, client.apiRequests])
        metric.forget(namespace, name);
    },

    forgetAnalysisRun(namespace: string, name: string): void {
      const { analysisReconcileDuration, analysisReconcileErrors } = analysis;
      for (const metric of [analysisReconcileDuration, analysisReconcileErrors, client.apiRequests])
        metric.forget(namespace, name);
    },

    forgetRollout(namespace: string, name: string): void {
      const { reconcileDuration, reconcileErrors, rolloutEvents } = rollouts;
      for (const metric of [reconcileDuration, reconcileErrors, rolloutEvents, client.apiRequests])
        metric.forget(namespace, name);
    },
  };
}

function noteVersion(registry: Registry, version: string): void {
  const registers = [registry];
  const info = new Gauge({
    name: 'argo_rollouts_controller_info',
    help: 'Running controller, always 1.',
    labelNames: ['version'],
    registers,
  });
  info.set({ version }, 1);
  const buildInfo = new Gauge({
    name: 'build_info',
    help: 'Version and platform of the running controller, always 1.',
    labelNames: ['version', 'goversion', 'goarch', 'commit'],
    registers,
  });
  // Dashboards join on the label, but nothing is compiled from a commit: the version says what runs.
  buildInfo.set({ version, goversion: `node ${process.version}`, goarch: process.arch, commit: '' }, 1);
}

const HOUR_MS = 3_600_000;

function collectNodeMetrics(registry: Registry): void {
  // The default precision is a timer that fires 100 times a second for ever. With a precision that costs
  // nothing, the summaries of the loop's delay would be meaningless.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: HOUR_MS });
  for (const summary of ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'])
    registry.removeSingleMetric(`nodejs_eventloop_lag_${summary}_seconds`);
}
