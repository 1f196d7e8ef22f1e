/** The metrics of AnalysisRuns and of their templates (spec 9.2). */
import type { Registry } from 'prom-client';
import { PerObjectCounter } from './per-object-counter.ts';
import { PerObjectHistogram } from './per-object-histogram.ts';
import { phaseSamples } from './phase-samples.ts';
import { type Sample, SampledGauge } from './sampled-gauge.ts';

/** A metric of a run or of a template. */
interface MetricSample {
  readonly name: string;
  /** Its provider, such as `Prometheus`. */
  readonly type: string;
}

export interface AnalysisRunSample {
  readonly namespace: string;
  readonly name: string;
  /** Empty before the first look. */
  readonly phase: string;
  readonly metrics: readonly (MetricSample & { readonly phase: string; readonly isDryRun: boolean })[];
}

export interface AnalysisTemplateSample {
  /** Empty for one of the cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly metrics: readonly MetricSample[];
}

export function createAnalysisMetrics(registry: Registry) {
  return {
    analysisReconcileDuration: new PerObjectHistogram({
      name: 'analysis_run_reconcile',
      help: 'Seconds that one reconcile of an AnalysisRun took, measurements included.',
      buckets: [0.01, 0.15, 0.25, 0.5, 1],
      registry,
    }),
    analysisReconcileErrors: new PerObjectCounter({
      name: 'analysis_run_reconcile_error',
      help: 'Reconciles of an AnalysisRun that ended with an error.',
      labelNames: [],
      registry,
    }),
  };
}

export function createAnalysisRunGauges(registry: Registry) {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new SampledGauge({ name, help, labelNames: ['namespace', 'name', ...labelNames], registry });
  const info = gauge('analysis_run_info', 'Each AnalysisRun with its phase, always 1.', ['phase']);
  const phase = gauge(
    'analysis_run_phase',
    'Deprecated, see analysis_run_info: 1 for the phase that an AnalysisRun is in.',
    ['phase'],
  );
  const metricType = gauge('analysis_run_metric_type', 'Each metric of an AnalysisRun with its provider, always 1.', [
    'metric',
    'type',
  ]);
  const metricPhase = gauge('analysis_run_metric_phase', '1 for the phase that a metric of an AnalysisRun is in.', [
    'metric',
    'type',
    'dry_run',
    'phase',
  ]);
  return {
    addSource(source: () => Iterable<AnalysisRunSample>): void {
      info.addSource(() =>
        samples(source, ({ namespace, name, phase: current }) => [
          { labels: { namespace, name, phase: current }, value: 1 },
        ]),
      );
      phase.addSource(() =>
        samples(source, ({ namespace, name, phase: current }) => phaseSamples(current, { namespace, name })),
      );
      metricType.addSource(() =>
        samples(source, ({ namespace, name, metrics }) =>
          metrics.map(({ name: metric, type }) => ({ labels: { namespace, name, metric, type }, value: 1 })),
        ),
      );
      metricPhase.addSource(() =>
        samples(source, ({ namespace, name, metrics }) =>
          metrics.flatMap(({ name: metric, type, isDryRun, phase: current }) =>
            phaseSamples(current, { namespace, name, metric, type, dry_run: String(isDryRun) }),
          ),
        ),
      );
    },
  };
}

export function createAnalysisTemplateGauges(registry: Registry) {
  const info = new SampledGauge({
    name: 'analysis_template_info',
    help: 'Each AnalysisTemplate and ClusterAnalysisTemplate, always 1; the namespace of the latter is empty.',
    labelNames: ['namespace', 'name'],
    registry,
  });
  const metricInfo = new SampledGauge({
    name: 'analysis_template_metric_info',
    help: 'Each metric of an AnalysisTemplate or ClusterAnalysisTemplate with its provider, always 1.',
    labelNames: ['namespace', 'name', 'type', 'metric'],
    registry,
  });
  return {
    addSource(source: () => Iterable<AnalysisTemplateSample>): void {
      info.addSource(() => samples(source, ({ namespace, name }) => [{ labels: { namespace, name }, value: 1 }]));
      metricInfo.addSource(() =>
        samples(source, ({ namespace, name, metrics }) =>
          metrics.map(({ name: metric, type }) => ({ labels: { namespace, name, type, metric }, value: 1 })),
        ),
      );
    },
  };
}

function* samples<Source, Label extends string>(
  source: () => Iterable<Source>,
  toSamples: (object: Source) => Iterable<Sample<Label>>,
): Iterable<Sample<Label>> {
  for (const object of source()) yield* toSamples(object);
}
