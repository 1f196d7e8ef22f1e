/** The whole controller of AnalysisRuns with an API server in memory. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AnalysisRunStatus } from '../../../src/api/schema/analysis-run.ts';
import { createCaches, stopCaches, type Caches } from '../../../src/controllers/caches.ts';
import { analysisRunController } from '../../../src/controllers/analysis-run/controller.ts';
import type { MetricProvider } from '../../../src/core/analysis/provider.ts';
import { ControllerRunner } from '../../../src/runtime/controller.ts';
import { metric } from '../../core/analysis/build-run.ts';
import { value } from '../../core/analysis/looks.ts';
import { FakeApiServer } from '../../runtime/fake-api-server.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { clientOf, quietLogger, type ClientParts } from '../../runtime/parts.ts';

const PATH = '/apis/argoproj.io/v1alpha1/namespaces/shop/analysisruns/check';
const TEMPLATE = '/apis/argoproj.io/v1alpha1/namespaces/shop/analysistemplates/errors';

let server: FakeApiServer;
let parts: ClientParts;
let clock: ManualClock;
let caches: Caches;
let controller: ControllerRunner;
let provider: MetricProvider;

beforeEach(async () => {
  server = await FakeApiServer.start();
  parts = clientOf(server, { qps: 10_000, burst: 10_000 });
  clock = new ManualClock();
  provider = { measure: async () => Promise.resolve(value(1)) };
  const common = { ...parts, clock, logger: quietLogger, namespace: undefined };
  caches = createCaches({ ...common, instanceId: '' });
  const runs = analysisRunController({
    ...common,
    caches,
    identity: 'test',
    mayWrite: () => true,
    threads: 2,
    resyncMs: 0,
    environment: {},
    controllerNamespace: 'serin-system',
    providers: { providerOf: () => provider, close: async () => Promise.resolve() },
  });
  controller = new ControllerRunner(runs, common);
});

afterEach(async () => {
  await stopCaches(caches);
  await parts.transport.close();
  await server.stop();
});

const put = (fields: object = {}) => server.put(PATH, { spec: { metrics: [metric()] }, ...fields });
const status = (): AnalysisRunStatus => server.object(PATH)?.['status'] ?? {};
const events = () =>
  server.objects('/api/v1/namespaces/shop/events') as unknown as readonly {
    reason: string;
    source: object;
    involvedObject: { kind: string; name: string };
  }[];
const metrics = () => parts.metrics.registry.metrics();

test('a run is measured, and its end is an event about the run', async () => {
  put();
  await controller.start();
  await expect.poll(() => status().phase).toBe('Successful');
  await controller.stop(1_000);
  expect(events().map(({ reason }) => reason)).toEqual(['MetricSuccessful', 'AnalysisRunSuccessful']);
  expect(events()[0]).toMatchObject({
    source: { component: 'rollouts-controller' },
    involvedObject: { kind: 'AnalysisRun', name: 'check' },
  });
  await stopCaches(caches);
  expect(clock.pendingTimers).toBe(0);
});

test('no Job is asked for, and no Secret, where no metric needs one', async () => {
  put();
  await controller.start();
  await expect.poll(() => status().phase).toBe('Successful');
  await controller.stop(1_000);
  expect(server.requests.filter(({ path }) => /jobs|secrets|pods/.test(path))).toEqual([]);
});

test('a controller that stops gives up at once what it measures', async () => {
  provider = {
    measure: (_order, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  };
  put();
  await controller.start();
  await expect.poll(() => clock.pendingTimers).toBeGreaterThan(1);
  // However long it may take: nothing moves the clock.
  await controller.stop(10_000);
  await stopCaches(caches);
  expect(status()).toEqual({});
  expect(clock.pendingTimers).toBe(0);
});

test('a run is deleted when its time to live is over', async () => {
  const completedAt = '2025-12-31T23:59:58Z';
  put({
    spec: { metrics: [metric()], ttlStrategy: { secondsAfterCompletion: 10 } },
    status: { phase: 'Failed', completedAt },
  });
  await controller.start();
  await expect
    .poll(async () => {
      await clock.advance(1_000);
      return server.object(PATH);
    })
    .toBeUndefined();
  expect(clock.now()).toBeGreaterThanOrEqual(Date.parse('2026-01-01T00:00:09Z'));
  await controller.stop(1_000);
});

test('the metrics show runs and templates, and forget those that are deleted', async () => {
  caches.analysisTemplates.start();
  server.put(TEMPLATE, { spec: { metrics: [metric()] } });
  put();
  await controller.start();
  await expect.poll(() => status().phase).toBe('Successful');
  await expect.poll(metrics).toContain('analysis_run_info{namespace="shop",name="check",phase="Successful"} 1');
  const text = await metrics();
  for (const line of [
    'analysis_run_phase{namespace="shop",name="check",phase="Successful"} 1',
    'analysis_run_phase{namespace="shop",name="check",phase="Running"} 0',
    'analysis_run_metric_type{namespace="shop",name="check",metric="errors",type="Prometheus"} 1',
    'analysis_run_metric_phase{namespace="shop",name="check",metric="errors",type="Prometheus",dry_run="false",phase="Successful"} 1',
    'analysis_template_info{namespace="shop",name="errors"} 1',
    'analysis_template_metric_info{namespace="shop",name="errors",type="Prometheus",metric="errors"} 1',
    'workqueue_depth{name="AnalysisRuns"} 0',
  ])
    expect(text).toContain(line);
  expect(text).toMatch(/analysis_run_reconcile_count\{namespace="shop",name="check"\} \d/);
  server.remove(PATH);
  await expect.poll(metrics).not.toContain('analysis_run_info{');
  await clock.advance(65_000);
  expect(await metrics()).not.toMatch(/name="check"/);
  await controller.stop(0);
});
