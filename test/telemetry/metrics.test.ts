import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import type { RolloutSample } from '../../src/telemetry/rollout-metrics.ts';

const newMetrics = () => createMetrics({ version: '1.2.3' });
type Metrics = ReturnType<typeof newMetrics>;

async function series(metrics: Metrics, prefix: string): Promise<string[]> {
  const text = await metrics.registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(prefix));
}

const WEB: RolloutSample = {
  namespace: 'shop',
  name: 'web',
  strategy: 'canary',
  trafficRouter: 'Nginx',
  phase: 'Paused',
  replicas: { available: 4, unavailable: 1, desired: 5, updated: 2 },
};

/** Names and labels of spec 9.2: dashboards and alerts depend on every one. */
const INTERFACE: readonly [string, string, readonly string[]][] = [
  ['rollout_info', 'gauge', ['namespace', 'name', 'strategy', 'traffic_router', 'phase']],
  ['rollout_info_replicas_available', 'gauge', ['namespace', 'name']],
  ['rollout_info_replicas_unavailable', 'gauge', ['namespace', 'name']],
  ['rollout_info_replicas_desired', 'gauge', ['namespace', 'name']],
  ['rollout_info_replicas_updated', 'gauge', ['namespace', 'name']],
  ['rollout_phase', 'gauge', ['namespace', 'name', 'strategy', 'phase']],
  ['rollout_reconcile', 'histogram', ['namespace', 'name']],
  ['rollout_reconcile_error', 'counter', ['namespace', 'name']],
  ['rollout_events_total', 'counter', ['namespace', 'name', 'type', 'reason']],
  ['rollout_duration_seconds', 'histogram', ['status']],
  ['rollout_progression_duration_seconds', 'histogram', ['status']],
  ['rollout_manual_pause_duration_seconds', 'histogram', ['status']],
  ['controller_clientset_k8s_request_total', 'counter', ['kind', 'namespace', 'name', 'verb', 'status_code']],
  ['argo_rollouts_controller_info', 'gauge', ['version']],
  ['build_info', 'gauge', ['version', 'goversion', 'goarch', 'commit']],
  ['workqueue_depth', 'gauge', ['name']],
  ['workqueue_adds_total', 'counter', ['name']],
  ['workqueue_retries_total', 'counter', ['name']],
  ['workqueue_queue_duration_seconds', 'histogram', ['name']],
  ['workqueue_work_duration_seconds', 'histogram', ['name']],
  ['workqueue_unfinished_work_seconds', 'gauge', ['name']],
  ['workqueue_longest_running_processor_seconds', 'gauge', ['name']],
];

test.each(INTERFACE)('%s is a %s with the labels %j', (name, type, labelNames) => {
  const { registry } = newMetrics();
  const metric = registry.getSingleMetric(name) as unknown as { type: string; labelNames: string[] };
  expect(metric.type).toBe(type);
  expect([...metric.labelNames].sort()).toEqual([...labelNames].sort());
});

test('the buckets of a reconcile are those of spec 9.2', async () => {
  const metrics = newMetrics();
  metrics.reconcileDuration.observe({ namespace: 'shop', name: 'web' }, 0.2);
  const bounds = (await series(metrics, 'rollout_reconcile_bucket')).map((line) => /le="([^"]+)"/.exec(line)?.[1]);
  expect(bounds).toEqual(['0.01', '0.15', '0.25', '0.5', '1', '+Inf']);
});

test('the process is described', async () => {
  const metrics = newMetrics();
  expect(await series(metrics, 'argo_rollouts_controller_info')).toEqual([
    'argo_rollouts_controller_info{version="1.2.3"} 1',
  ]);
  expect((await series(metrics, 'build_info'))[0]).toContain('version="1.2.3"');
  expect(await series(metrics, 'process_cpu_seconds_total')).toHaveLength(1);
});

describe('gauges of Rollouts', () => {
  test('are computed when scraped, and vanish with the Rollout', async () => {
    const metrics = newMetrics();
    const rollouts = [WEB];
    metrics.sampleRollouts(() => rollouts);
    expect(await series(metrics, 'rollout_info')).toEqual([
      'rollout_info{namespace="shop",name="web",strategy="canary",traffic_router="Nginx",phase="Paused"} 1',
      'rollout_info_replicas_available{namespace="shop",name="web"} 4',
      'rollout_info_replicas_unavailable{namespace="shop",name="web"} 1',
      'rollout_info_replicas_desired{namespace="shop",name="web"} 5',
      'rollout_info_replicas_updated{namespace="shop",name="web"} 2',
    ]);
    rollouts.pop();
    expect(await series(metrics, 'rollout_info')).toEqual([]);
  });

  test('say of every phase whether it is the one', async () => {
    const metrics = newMetrics();
    metrics.sampleRollouts(() => [WEB]);
    const phases = (await series(metrics, 'rollout_phase')).map((line) => line.replace(/.*phase="(\w+)"\} /, '$1 '));
    expect(phases).toEqual(['Completed 0', 'Progressing 0', 'Paused 1', 'Timeout 0', 'Error 0', 'Abort 0']);
  });
});

test('what was counted for a Rollout that is gone is forgotten, and nothing else', async () => {
  const metrics = newMetrics();
  const of = (name: string) => ({ namespace: 'shop', name });
  for (const name of ['web', 'api']) {
    metrics.reconcileDuration.observe(of(name), 0.1);
    metrics.reconcileErrors.inc(of(name));
    for (const reason of ['RolloutPaused', 'RolloutResumed', 'RolloutPaused'])
      metrics.rolloutEvents.inc({ ...of(name), type: 'Normal', reason });
    metrics.apiRequests.inc({ ...of(name), kind: 'rollouts', verb: 'Patch', status_code: '200' });
  }
  expect(await series(metrics, 'rollout_events_total{namespace="shop",name="web"')).toHaveLength(2);
  metrics.forgetRollout('shop', 'web');
  const text = await metrics.registry.metrics();
  expect(text).not.toContain('name="web"');
  for (const prefix of ['rollout_reconcile_count', 'rollout_reconcile_error', 'controller_clientset'])
    expect((await series(metrics, prefix)).join()).toContain('name="api"');
  expect(await series(metrics, 'rollout_events_total{namespace="shop",name="api"')).toHaveLength(2);
});

test('no timer ticks for the sake of metrics', async () => {
  const { registry } = newMetrics();
  expect(await registry.metrics()).not.toContain('nodejs_eventloop_lag_p99');
});
