/** The metrics of the controller runtime: requests, queue, caches, events, lease. */
import { Counter, exponentialBuckets, Histogram, type Registry } from 'prom-client';
import { PerObjectCounter } from './per-object-counter.ts';
import { SampledGauge } from './sampled-gauge.ts';

/** The buckets of client-go's queue metrics: 10 ns to 1000 s. */
const QUEUE_BUCKETS = exponentialBuckets(1e-8, 10, 12);

/** Several scrapes: objects of deleted Rollouts are not asked for any more, and nothing says that they are gone. */
const FORGET_IDLE_MS = 900_000;

/** Requests to the API server, and what they waited for. */
export function createClientMetrics(registry: Registry) {
  const registers = [registry];
  return {
    apiRequests: new PerObjectCounter({
      name: 'controller_clientset_k8s_request_total',
      help: 'Requests to the Kubernetes API; name is N/A for lists, events, pods and ReplicaSets.',
      labelNames: ['kind', 'verb', 'status_code'],
      registry,
      idleMs: FORGET_IDLE_MS,
    }),
    clientThrottleSeconds: new Counter({
      name: 'controller_client_throttle_seconds_total',
      help: "Seconds that requests waited for the client's rate limit or for a Retry-After of the server.",
      labelNames: ['cause'],
      registers,
    }),
  };
}

/** The queue and its workers. */
export function createQueueMetrics(registry: Registry) {
  const registers = [registry];
  return {
    queueDepth: new SampledGauge({
      name: 'workqueue_depth',
      help: 'Keys that wait for a worker.',
      labelNames: ['name'],
      registry,
    }),
    queueLimit: new SampledGauge({
      name: 'controller_reconcile_limit',
      help: 'Keys that workers may have at once without a command of a person: fewer than the threads while the API server answers slowly.',
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
  };
}

/** Caches. */
export function createInformerMetrics(registry: Registry) {
  const registers = [registry];
  return {
    informerObjects: new SampledGauge({
      name: 'controller_informer_objects',
      help: 'Objects in a cache.',
      labelNames: ['resource'],
      registry,
    }),
    informerRelists: new Counter({
      name: 'controller_informer_relists_total',
      help: 'Full lists after the first one, by cause.',
      labelNames: ['resource', 'cause'],
      registers,
    }),
    informerRejects: new Counter({
      name: 'controller_informer_rejects_total',
      help: 'Object versions that could not be read, or whose handler failed.',
      labelNames: ['resource', 'cause'],
      registers,
    }),
  };
}

/** Events and the lease. */
export function createProcessMetrics(registry: Registry) {
  const registers = [registry];
  return {
    eventsDropped: new Counter({
      name: 'controller_events_dropped_total',
      help: 'Kubernetes Events that were not written.',
      labelNames: ['cause'],
      registers,
    }),
    eventsWaiting: new SampledGauge({
      name: 'controller_events_waiting',
      help: 'Kubernetes Events that are still to be written, by the kind of the object that they are about.',
      labelNames: ['namespace', 'kind'],
      registry,
    }),
    leader: new SampledGauge({
      name: 'controller_leader',
      help: '1 while this process holds the lease.',
      labelNames: ['lease'],
      registry,
    }),
  };
}
