/** The metrics of Experiments (spec 9.2). */
import type { Registry } from 'prom-client';
import { PerObjectCounter } from './per-object-counter.ts';
import { PerObjectHistogram } from './per-object-histogram.ts';
import { phaseSamples } from './phase-samples.ts';
import { SampledGauge } from './sampled-gauge.ts';

export interface ExperimentSample {
  readonly namespace: string;
  readonly name: string;
  /** Empty before the first look. */
  readonly phase: string;
}

export function createExperimentMetrics(registry: Registry) {
  return {
    experimentReconcileDuration: new PerObjectHistogram({
      name: 'experiment_reconcile',
      help: 'Seconds that one reconcile of an Experiment took.',
      buckets: [0.01, 0.15, 0.25, 0.5, 1],
      registry,
    }),
    experimentReconcileErrors: new PerObjectCounter({
      name: 'experiment_reconcile_error',
      help: 'Reconciles of an Experiment that ended with an error.',
      labelNames: [],
      registry,
    }),
  };
}

export function createExperimentGauges(registry: Registry) {
  const labelNames = ['namespace', 'name', 'phase'] as const;
  const info = new SampledGauge({
    name: 'experiment_info',
    help: 'Each Experiment with its phase, always 1.',
    labelNames,
    registry,
  });
  const phase = new SampledGauge({
    name: 'experiment_phase',
    help: 'Deprecated, see experiment_info: 1 for the phase that an Experiment is in.',
    labelNames,
    registry,
  });
  return {
    addSource(source: () => Iterable<ExperimentSample>): void {
      info.addSource(() => [...source()].map((labels) => ({ labels: { ...labels }, value: 1 })));
      phase.addSource(() =>
        [...source()].flatMap(({ namespace, name, phase: current }) => phaseSamples(current, { namespace, name })),
      );
    },
  };
}
