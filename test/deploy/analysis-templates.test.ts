/**
 * The templates of deploy/analysis-templates/ measured by a real Prometheus and judged by the controller. For Traefik
 * the requests and the proxy are real. For ingress-nginx a page in its format has the numbers, because the test bed does
 * not build that proxy: what the queries make of them is shown, and not that it counts so.
 *
 * In the first three applications the stable version does the opposite of the canary, so that a query that counts its
 * requests as well comes to another outcome.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startControlPlane, type ControlPlane } from '../testbed/cluster/control-plane.ts';
import { startController } from '../testbed/cluster/controller-process.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { startPrometheus, type Prometheus } from '../testbed/data-plane/prometheus.ts';
import { startTraefik } from '../testbed/data-plane/traefik.ts';
import { IngressNginxMetrics, type CountedIngress, type Flow } from './ingress-nginx-metrics.ts';
import { serve, type Application } from './proxied-versions.ts';
import { measured, templatesFor, type Outcome } from './template-runs.ts';

/** Eight scrapes. A slow machine has enough requests in it, and the application with few requests never has. */
const WINDOW = '8s';
const ENOUGH = 20;
const SLOW_MS = 2_000;
const SHARED = { canaryWeight: 50, perSecond: 20 } as const;

const APPLICATIONS: readonly Application[] = [
  { ...SHARED, name: 'good', stable: { failsOfTen: 10, afterMs: SLOW_MS }, canary: {} },
  { ...SHARED, name: 'bad', stable: { afterMs: SLOW_MS }, canary: { failsOfTen: 3 } },
  { ...SHARED, name: 'slow', stable: { failsOfTen: 10 }, canary: { afterMs: SLOW_MS } },
  { ...SHARED, name: 'few', stable: {}, canary: {}, canaryWeight: 0, toCanaryPerSecond: 1 },
  { ...SHARED, name: 'none', stable: {}, canary: {}, canaryWeight: 0 },
];

const GOOD: Flow = { perSecond: 10, errorPercent: 0, seconds: 0.02 };
const FAILING: Flow = { ...GOOD, errorPercent: 100 };
const LATE: Flow = { ...GOOD, seconds: SLOW_MS / 1_000 };
const COUNTED: readonly CountedIngress[] = [
  { name: 'good', stable: { ...FAILING, seconds: LATE.seconds }, canary: GOOD },
  { name: 'bad', stable: LATE, canary: { ...GOOD, errorPercent: 30 } },
  { name: 'slow', stable: FAILING, canary: LATE },
  { name: 'few', stable: GOOD, canary: { ...GOOD, perSecond: 1 } },
  { name: 'none', stable: GOOD, canary: null },
  { name: 'idle', stable: GOOD, canary: { ...FAILING, perSecond: 0, before: 500 } },
];

let stack: AsyncDisposableStack;
let plane: ControlPlane;
const outcomesOf = new Map<string, Readonly<Record<string, Outcome>>>();

beforeAll(async () => {
  await using starting = new AsyncDisposableStack();
  plane = starting.use(await startControlPlane());
  await installSerin(plane);
  await startController(plane);
  const traefik = await startTraefik(plane);
  const nginx = starting.use(await IngressNginxMetrics.open(COUNTED));
  starting.use(await serve(plane, traefik, APPLICATIONS));
  const prometheus = starting.use(
    await startPrometheus([
      { job: 'traefik', url: traefik.metricsUrl },
      // As a ServiceMonitor without honorLabels lets Prometheus read it.
      { job: 'traefik-by-monitor', url: traefik.metricsUrl, labels: { service: 'traefik', namespace: 'traefik' } },
      {
        job: 'ingress-nginx',
        url: nginx.url,
        labels: { service: 'nginx', namespace: 'ingress-nginx', pod: 'nginx-0' },
      },
    ]),
  );
  await enoughIsCounted(prometheus);
  await measureAll(prometheus.url);
  stack = starting.move();
});
afterAll(async () => {
  await stack?.disposeAsync();
});

/** What a canary has to come to, and what was measured. */
interface Verdict {
  readonly phase: string;
  readonly value: (value: number) => boolean;
}

const isEnough: Verdict = { phase: 'Successful', value: (count) => count >= ENOUGH };
const isGood: Verdict = { phase: 'Successful', value: (rate) => rate === 1 };
const isQuick: Verdict = { phase: 'Successful', value: (seconds) => seconds > 0 && seconds < 1.2 };
const isSlow: Verdict = { phase: 'Failed', value: (seconds) => seconds > 1.2 && seconds <= 5 };
/** The query yields nothing. */
const isNothing: Verdict = { phase: 'Inconclusive', value: Number.isNaN };

const quick = { 'latency-p50': isQuick, 'latency-p95': isQuick, 'latency-p99': isQuick };
const slow = { 'latency-p50': isSlow, 'latency-p95': isSlow, 'latency-p99': isSlow };
const unknown = {
  'success-rate': isNothing,
  'latency-p50': isNothing,
  'latency-p95': isNothing,
  'latency-p99': isNothing,
};

const CANARIES = {
  good: { requests: isEnough, 'success-rate': isGood, ...quick },
  bad: {
    requests: isEnough,
    'success-rate': { phase: 'Failed', value: (rate) => Math.abs(rate - 0.7) < 0.1 },
    ...quick,
  },
  slow: { requests: isEnough, 'success-rate': isGood, ...slow },
  few: { requests: { phase: 'Inconclusive', value: (count) => count > 0 && count < ENOUGH }, ...unknown },
  none: { requests: { phase: 'Inconclusive', value: (count) => count === 0 }, ...unknown },
  /** Many failures, all of them counted before the window. */
  idle: { requests: { phase: 'Inconclusive', value: (count) => count === 0 }, ...unknown },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Verdict>>>>;
type Canary = keyof typeof CANARIES;

const OF_TRAEFIK: readonly Canary[] = ['good', 'bad', 'slow', 'few', 'none'];
const OF_INGRESS_NGINX: readonly Canary[] = [...OF_TRAEFIK, 'idle'];

/** Traefik's buckets are far apart; these limits lie below what an estimate says of a slow canary there. */
const TRAEFIK_LIMITS = { 'maximum-p50': '1.2', 'maximum-p95': '4.5', 'maximum-p99': '4.9' };

interface Measuring {
  readonly name: string;
  readonly proxy: string;
  readonly canaries: readonly Canary[];
  /** Beside those that all have. */
  readonly args: (application: string) => Readonly<Record<string, string>>;
}

const MEASURINGS: readonly Measuring[] = [
  {
    name: 'traefik',
    proxy: 'traefik',
    canaries: OF_TRAEFIK,
    args: (name) => ({ ingress: name, service: name, ...TRAEFIK_LIMITS }),
  },
  {
    name: 'traefik-by-monitor',
    proxy: 'traefik',
    canaries: OF_TRAEFIK,
    args: (name) => ({ ingress: name, service: name, 'service-label': 'exported_service', ...TRAEFIK_LIMITS }),
  },
  {
    name: 'ingress-nginx',
    proxy: 'ingress-nginx',
    canaries: OF_INGRESS_NGINX,
    args: (name) => ({ ingress: name, 'canary-service': `${name}-canary` }),
  },
];

describe.for(MEASURINGS)('the templates for $name', ({ name, canaries }) => {
  test.for(canaries)('judge a canary that is %s', (canary) => {
    const outcomes = outcomesOf.get(`${name}-${canary}`) ?? {};
    const verdicts: Readonly<Record<string, Verdict>> = CANARIES[canary];
    expect(Object.keys(outcomes).toSorted()).toEqual(Object.keys(verdicts).toSorted());
    for (const [metric, { phase, value }] of Object.entries(verdicts)) {
      const outcome = outcomes[metric];
      expect({ metric, outcome }).toMatchObject({ metric, outcome: { phase } });
      expect(value(numberIn(outcome?.value ?? '')), `the value ${outcome?.value} of ${metric}`).toBe(true);
    }
  });
});

/** All at once, because each waits for its window. */
async function measureAll(address: string): Promise<void> {
  const common = { namespace: 'default', address, window: WINDOW, interval: '1s', count: '1' };
  const all = MEASURINGS.flatMap(({ name, proxy, canaries, args }) =>
    canaries.map(async (canary) => {
      const run = `${name}-${canary}`;
      outcomesOf.set(run, await measured(plane, run, await templatesFor(proxy), { ...common, ...args(canary) }));
    }),
  );
  await Promise.all(all);
}

/** On a slow machine it takes a while until there is something to judge. */
async function enoughIsCounted(prometheus: Prometheus): Promise<void> {
  const canaries = '{service=~".+-canary@kubernetesingressnginx"}';
  await waitFor(() => prometheus.query(`increase(traefik_service_requests_total${canaries}[${WINDOW}]) > ${ENOUGH}`), {
    what: 'three canaries to have enough requests',
    until: (series) => new Set(series.map(({ labels }) => labels['service'])).size >= 3,
  });
}

/** NaN where the query yielded nothing. */
function numberIn(value: string): number {
  const [, text] = /^\[(.+)\]$/.exec(value) ?? [];
  return Number(text ?? NaN);
}
