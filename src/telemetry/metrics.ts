/**
 * Every metric of the process in one table: names, labels and buckets are the interface of spec 9.2,
 * which dashboards and alerts already use. This file counts nothing itself.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics, exponentialBuckets } from 'prom-client';
import { PerObjectCounter } from './per-object-counter.ts';
import { type Sample, SampledGauge } from './sampled-gauge.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** What the metrics say about one Rollout at the moment of a scrape. */
export interface RolloutSample {
  readonly namespace: string;
  readonly name: string;
  readonly strategy: 'canary' | 'blueGreen' | 'none';
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
/** The buckets of client-go's queue metrics: 10 ns to 1000 s. */
const QUEUE_BUCKETS = exponentialBuckets(1e-8, 10, 12);

export function createMetrics({ version }: { readonly version: string }) {
  const registry = new Registry();
  const registers = [registry];
  collectNodeMetrics(registry);

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

  const rolloutGauges = createRolloutGauges(registry);
  const reconcileDuration = new Histogram({
    name: 'rollout_reconcile',
    help: 'Seconds that one reconcile of a Rollout took.',
    labelNames: ['namespace', 'name'],
    buckets: [0.01, 0.15, 0.25, 0.5, 1],
    registers,
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
  const apiRequests = new PerObjectCounter({
    name: 'controller_clientset_k8s_request_total',
    help: 'Requests to the Kubernetes API; name is N/A for lists, events, pods and ReplicaSets.',
    labelNames: ['kind', 'verb', 'status_code'],
    registry,
  });

  return {
    registry,
    reconcileDuration,
    reconcileErrors,
    rolloutEvents,
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
    apiRequests,
    clientThrottleSeconds: new Counter({
      name: 'controller_client_throttle_seconds_total',
      help: "Seconds that requests waited for the client's own rate limit or for a Retry-After of the server.",
      labelNames: ['cause'],
      registers,
    }),
    queueDepth: new SampledGauge({
      name: 'workqueue_depth',
      help: 'Keys that wait for a worker.',
      labelNames: ['name'],
      registry,
    }),
    queueAdds: new Counter({
      name: 'workqueue_adds_total',
      help: 'Keys put into the queue.',
      labelNames: ['name'],
      registers,
    }),
    queueRetries: new Counter({
      name: 'workqueue_retries_total',
      help: 'Keys put back after a failure.',
      labelNames: ['name'],
      registers,
    }),
    queueDuration: new Histogram({
      name: 'workqueue_queue_duration_seconds',
      help: 'Seconds that a key waited for a worker.',
      labelNames: ['name'],
      buckets: QUEUE_BUCKETS,
      registers,
    }),
    workDuration: new Histogram({
      name: 'workqueue_work_duration_seconds',
      help: 'Seconds that a worker spent on a key.',
      labelNames: ['name'],
      buckets: QUEUE_BUCKETS,
      registers,
    }),
    unfinishedWork: new SampledGauge({
      name: 'workqueue_unfinished_work_seconds',
      help: 'Seconds of work in progress, summed over the workers.',
      labelNames: ['name'],
      registry,
    }),
    longestRunning: new SampledGauge({
      name: 'workqueue_longest_running_processor_seconds',
      help: 'Seconds for which the longest running worker has been at its key.',
      labelNames: ['name'],
      registry,
    }),
    informerObjects: new SampledGauge({
      name: 'controller_informer_objects',
      help: 'Objects in a cache.',
      labelNames: ['resource'],
      registry,
    }),
    informerRelists: new Counter({
      name: 'controller_informer_relists_total',
      help: 'Full lists after the first one, by what made them necessary.',
      labelNames: ['resource', 'cause'],
      registers,
    }),
    informerRejects: new Counter({
      name: 'controller_informer_rejects_total',
      help: 'Versions of objects that could not be read, or whose announcement failed in a handler.',
      labelNames: ['resource', 'cause'],
      registers,
    }),
    eventsDropped: new Counter({
      name: 'controller_events_dropped_total',
      help: 'Kubernetes Events that were not written.',
      labelNames: ['cause'],
      registers,
    }),
    leader: new SampledGauge({
      name: 'controller_leader',
      help: '1 while this process holds the lease.',
      labelNames: ['lease'],
      registry,
    }),

    /** Every scrape from now on computes the gauges of the Rollouts from what `source` answers. */
    sampleRollouts(source: () => Iterable<RolloutSample>): void {
      rolloutGauges.addSource(source);
    },

    /** Removes what was counted for a Rollout that is gone. */
    forgetRollout(namespace: string, name: string): void {
      reconcileDuration.remove({ namespace, name });
      for (const counter of [reconcileErrors, rolloutEvents, apiRequests]) counter.forget(namespace, name);
    },
  };
}

function createRolloutGauges(registry: Registry) {
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

function collectNodeMetrics(registry: Registry): void {
  // The default precision is a timer that fires 100 times a second for ever; the summaries of the
  // loop's delay that it feeds would be meaningless at a precision which costs nothing.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: HOUR * 1000 });
  for (const summary of ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'])
    registry.removeSingleMetric(`nodejs_eventloop_lag_${summary}_seconds`);
}
