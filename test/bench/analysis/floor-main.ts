/**
 * What the work of the bench costs without a controller: a process that only sends the requests of each round and reads
 * the watch, with the same Node and the same HTTP library. It decides nothing, checks nothing and keeps nothing.
 * Arguments: kubeconfig, group, URL of the metrics, number of runs.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { request as ask } from 'undici';
import type { JsonObject } from '../../../src/kube/json.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { ANALYSIS_RUNS } from '../../../src/kube/resources.ts';
import { Client } from '../../../src/runtime/client.ts';
import { realClock } from '../../../src/runtime/clock.ts';
import { loadKubeConfig } from '../../../src/runtime/kubeconfig.ts';
import { Transport } from '../../../src/runtime/transport.ts';
import { INTERVAL_MS, METRIC_NAMES, namespaceOf, nameOfRun } from './runs.ts';

/** As many as a status keeps of one metric. */
const KEPT = 10;

const [kubeconfig = '', group = '', metricsUrl = '', size = '0'] = process.argv.slice(2);
const namespace = namespaceOf(group);
const nothing = { inc: () => undefined };
const client = new Client({
  transport: new Transport(loadKubeConfig({ kubeconfig, context: '' }), realClock),
  clock: realClock,
  metrics: { apiRequests: nothing, clientThrottleSeconds: nothing },
  userAgent: 'floor',
  qps: 1000,
  burst: 2000,
});

type Measured = { readonly count: number; readonly measurements: JsonObject[] };

async function round(run: string, before: Measured): Promise<Measured> {
  const startedAt = formatTime(Date.now());
  const values = await Promise.all(
    METRIC_NAMES.map(async (metric) => (await ask(`${metricsUrl}/${run}/${metric}`)).body.text()),
  );
  const one = { phase: 'Successful', startedAt, finishedAt: formatTime(Date.now()), value: values[0] ?? '' };
  const measurements = [...before.measurements, one].slice(-KEPT);
  const count = before.count + 1;
  const result = { phase: 'Running', count, successful: count, consecutiveSuccess: count, measurements };
  const status = { phase: 'Running', metricResults: METRIC_NAMES.map((name) => ({ name, ...result })) };
  await client.patch(ANALYSIS_RUNS, { namespace, name: run }, { status }, { metadataOnly: true });
  return { count, measurements };
}

async function rounds(run: string, measured: Measured): Promise<void> {
  const next = await round(run, measured);
  setTimeout(() => void rounds(run, next), INTERVAL_MS);
}

async function watch(): Promise<void> {
  const { resourceVersion } = await client.list(ANALYSIS_RUNS, { namespace });
  await client.watch(ANALYSIS_RUNS, { namespace, resourceVersion, timeoutSeconds: 3600, onEvent: () => undefined });
}

async function runsAreThere(): Promise<void> {
  for (;;) {
    const { items } = await client.list(ANALYSIS_RUNS, { namespace }).catch(() => ({ items: [] }));
    if (items.length >= Number(size)) return;
    await delay(1000);
  }
}

process.on('SIGTERM', () => process.exit(0));
await runsAreThere();
void watch();
for (let index = 0; index < Number(size); index++)
  setTimeout(() => void rounds(nameOfRun(index), { count: 0, measurements: [] }), (index / Number(size)) * INTERVAL_MS);
