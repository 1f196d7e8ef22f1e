/** The metrics of Rollouts (spec 9.2, 9.3). */
import { Counter, Histogram, type Registry } from 'prom-client';
import { PerObjectCounter } from './per-object-counter.ts';
import { PerObjectHistogram } from './per-object-histogram.ts';
import { type Sample, SampledGauge } from './sampled-gauge.ts';

export interface RolloutSample {
  readonly namespace: string;
  readonly name: string;
  /** The field of `spec.strategy` that it has, or `none`. */
  readonly strategy: string;
  /** `Nginx`, `Istio`, ...; empty without a router. */
  readonly trafficRouter: string;
  /** The phase of `rollout_info`, which is not `status.phase` (spec 9.2). */
  readonly phase: string;
  readonly replicas: {
    readonly available: number;
    readonly unavailable: number;
    readonly desired: number;
    readonly updated: number;
  };
}

const ROLLOUT_PHASES = ['Completed', 'Progressing', 'Paused', 'Timeout', 'Error', 'Abort'] as const;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DURATION_BUCKETS = [
  30,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
];
export function createRolloutMetrics(registry: Registry) {
  const registers = [registry];
  const reconcileDuration = new PerObjectHistogram({
    name: 'rollout_reconcile',
    help: 'Seconds that one reconcile of a Rollout took.',
    buckets: [0.01, 0.15, 0.25, 0.5, 1],
    registry,
  });
  const reconcileErrors = new PerObjectCounter({
    name: 'rollout_reconcile_error',
    help: 'Reconciles of a Rollout that ended with an error.',
    labelNames: [],
    registry,
  });
  const rolloutEvents = new PerObjectCounter({
    name: 'rollout_events_total',
    help: 'Events about a Rollout.',
    labelNames: ['type', 'reason'],
    registry,
  });
  const proxyAsks = new Counter({
    name: 'rollout_proxy_asks_total',
    help: 'Rounds of questions to the pods of a proxy while Rollouts wait for it: shown, pending, or unknown where a pod gave no answer that can be read.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  return {
    reconcileDuration,
    reconcileErrors,
    rolloutEvents,
    proxyAsks,
    ...createDurations(registry),
  };
}

/** How long updates take. */
function createDurations(registry: Registry) {
  const registers = [registry];
  return {
    rolloutDuration: new Histogram({
      name: 'rollout_duration_seconds',
      help: 'Seconds from the start of an update to its end, pauses included.',
      labelNames: ['status'],
      buckets: DURATION_BUCKETS,
      registers,
    }),
    rolloutProgressionDuration: new Histogram({
      name: 'rollout_progression_duration_seconds',
      help: 'Seconds of an update without the time that it waited for a person.',
      labelNames: ['status'],
      buckets: DURATION_BUCKETS.filter((bucket) => bucket <= HOUR),
      registers,
    }),
    rolloutManualPauseDuration: new Histogram({
      name: 'rollout_manual_pause_duration_seconds',
      help: 'Seconds of an update during which it waited for a person.',
      labelNames: ['status'],
      buckets: [0, ...DURATION_BUCKETS],
      registers,
    }),
  };
}

export function createRolloutGauges(registry: Registry) {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new SampledGauge({ name, help, labelNames: ['namespace', 'name', ...labelNames], registry });

  const info = gauge('rollout_info', 'Each Rollout with its phase, always 1.', ['strategy', 'traffic_router', 'phase']);
  const phase = gauge('rollout_phase', 'Deprecated, see rollout_info: 1 for the phase that a Rollout is in.', [
    'strategy',
    'phase',
  ]);
  const replicas = {
    available: gauge('rollout_info_replicas_available', 'Available replicas of a Rollout.', []),
    unavailable: gauge('rollout_info_replicas_unavailable', 'Replicas of a Rollout that are not available.', []),
    desired: gauge('rollout_info_replicas_desired', 'Replicas that the spec of a Rollout asks for.', []),
    updated: gauge('rollout_info_replicas_updated', 'Replicas of the current revision.', []),
  };

  return {
    addSource(source: () => Iterable<RolloutSample>): void {
      info.addSource(() =>
        samples(source, ({ namespace, name, strategy, trafficRouter, phase }) => [
          { labels: { namespace, name, strategy, traffic_router: trafficRouter, phase }, value: 1 },
        ]),
      );
      phase.addSource(() =>
        samples(source, ({ namespace, name, strategy, phase: current }) =>
          ROLLOUT_PHASES.map((phase) => ({
            labels: { namespace, name, strategy, phase },
            value: phase === current ? 1 : 0,
          })),
        ),
      );
      for (const [count, metric] of Object.entries(replicas) as [
        keyof RolloutSample['replicas'],
        typeof replicas.desired,
      ][])
        metric.addSource(() =>
          samples(source, ({ namespace, name, replicas }) => [{ labels: { namespace, name }, value: replicas[count] }]),
        );
    },
  };
}

function* samples<Label extends string>(
  source: () => Iterable<RolloutSample>,
  toSamples: (rollout: RolloutSample) => Iterable<Sample<Label>>,
): Iterable<Sample<Label>> {
  for (const rollout of source()) yield* toSamples(rollout);
}
