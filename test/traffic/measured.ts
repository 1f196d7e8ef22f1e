/**
 * Releases whose versions are measured while people use them, by a real Prometheus and the templates for the proxy, and the
 * judgement on how quickly a bad one was taken back.
 */
import { expect } from 'vitest';
import type { AnalysisRun, MetricResult } from '../../src/api/schema/analysis-run.ts';
import { ANNOTATIONS } from '../../src/api/words/labels.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { applyTemplates } from '../apiserver/analysis-examples.ts';
import type { Answer, Answers } from '../testbed/data-plane/answers.ts';
import { SCRAPE_INTERVAL_MS, type Prometheus } from '../testbed/data-plane/prometheus.ts';
import { beatsBetween } from '../testbed/data-plane/pulse.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import type { Kind } from './rollout.ts';
import type { Traffic } from './traffic.ts';

/** Four scrapes, as the page of the templates asks for. The first measurement waits so long as well. */
const WINDOW_SECONDS = 4;
/** As in a cluster, where a scrape takes fifteen times as long, with 1m. */
const INTERVAL_SECONDS = 4;
/** What is promised from the first bad answer on: two intervals, and two seconds for the way to the proxy. */
const PROMISED_SECONDS = 2 * INTERVAL_SECONDS + 2;
/** An increase is seen between two of them. */
const SCRAPES_NEEDED_MS = 2 * SCRAPE_INTERVAL_MS;
/** Of the template's query, when it is asked again for every moment of a release. */
const STEP_MS = 100;
const LOOK_EVERY_MS = 200;
const PATIENCE_MS = 300_000;

const ARGS: Readonly<Record<string, string>> = {
  window: `${WINDOW_SECONDS}s`,
  interval: `${INTERVAL_SECONDS}s`,
  count: '0',
  // A slow machine may have too few requests to judge for a while.
  'inconclusive-limit': '1000',
};

/** By the names that the templates of both proxies have in common. */
export type Measure = 'success-rate' | 'latency';

/** The first step, its pause, and an analysis from the moment at which the weight is written. */
export async function measuredBy(
  prometheus: Prometheus,
  measure: Measure,
  { session, name, templates }: Traffic,
  args: Readonly<Record<string, string>> = {},
): Promise<Kind> {
  await applyTemplates(session);
  const service = templates === 'traefik' ? { service: name } : { 'canary-service': `${name}-canary` };
  const given = { ...ARGS, address: prometheus.url, namespace: session.namespace, ingress: name, ...service };
  return {
    steps: [{ setWeight: 20 }, { pause: {} }],
    canary: {
      analysis: {
        templates: [{ templateName: `${templates}-${measure}`, clusterScope: true }],
        args: Object.entries({ ...given, ...args }).map(([name, value]) => ({ name, value })),
        startingStep: 1,
      },
    },
  };
}

/** The same pods, with a flaw. */
export function flawed(kind: Kind, env: Readonly<Record<string, string>>): Kind {
  return { ...kind, container: { env: Object.entries(env).map(([name, value]) => ({ name, value })) } };
}

/** Of the present revision. Throws when there is none yet. */
export async function latestRun({ session, name }: Traffic): Promise<AnalysisRun> {
  const revision = revisionOf(await session.get('rollouts', name));
  const run = (await session.list('analysisruns')).find((one) => revisionOf(one) === revision);
  if (run === undefined) throw new Error(`there is no run of revision ${revision}`);
  return run;
}

/** `what` reads after "waiting for the run". */
export function untilRun(traffic: Traffic, what: string, until: (run: AnalysisRun) => boolean): Promise<AnalysisRun> {
  return waitFor(() => latestRun(traffic), {
    what: `the run ${what}`,
    until,
    intervalMs: LOOK_EVERY_MS,
    timeoutMs: PATIENCE_MS,
  });
}

/** How many of the measurements of all metrics came to this phase. */
export function countOf({ status }: AnalysisRun, phase: string): number {
  return (status?.metricResults ?? [])
    .flatMap(({ measurements = [] }) => measurements)
    .filter((one) => one.phase === phase).length;
}

export interface Flaw {
  /** Whether an answer of the version is one that the analysis is there for. */
  readonly isBad: (answer: Answer) => boolean;
  /** Whether the template fails a measurement of this value. */
  readonly fails: (value: number) => boolean;
}

/** A release that its analysis has taken back. */
export interface TakenBack {
  readonly version: string;
  readonly run: AnalysisRun;
}

/**
 * Throws when a version was taken back later than is promised; resolves with how many seconds it took, at the answers. It
 * is judged by what a slow machine makes slower as well: by the measurements that began after the scrape that showed the
 * flaw, and in seconds that are beats of the proxy, with as many more as the scrapes were late.
 */
export async function judgeTakenBack(
  { version, run }: TakenBack,
  { isBad, fails }: Flaw,
  { traffic, prometheus, answers }: { traffic: Traffic; prometheus: Prometheus; answers: Answers },
): Promise<number> {
  const own = answers.all.filter((one) => one.version === version);
  const firstBadAt = Math.min(...own.filter(isBad).map(({ doneAt }) => doneAt));
  const lastAt = Math.max(...own.map(({ sentAt }) => sentAt));
  const failed = run.status?.metricResults?.find(({ phase }) => phase === 'Failed');
  if (failed === undefined) throw new Error(`no metric of ${run.metadata.name} has failed`);
  const knownAt = await knownSince(prometheus, failed, fails, { fromMs: firstBadAt, toMs: Date.now() });
  // Their moments are whole seconds, rounded down.
  const began = (failed.measurements ?? []).map(({ startedAt = '' }) => Date.parse(startedAt));
  const afterwards = began.filter((at) => at >= knownAt).length;
  expect(afterwards, `measurements of ${failed.name} after Prometheus knew of the flaw`).toBeLessThanOrEqual(2);
  const scrapesLateSeconds = Math.max(0, knownAt - firstBadAt - SCRAPES_NEEDED_MS) / 1_000;
  const beats = beatsBetween(await traffic.beats(), firstBadAt, lastAt);
  expect(beats, 'seconds of the machine from the first bad answer to weight 0').toBeLessThanOrEqual(
    PROMISED_SECONDS + scrapesLateSeconds,
  );
  return (lastAt - firstBadAt) / 1_000;
}

/** The first moment at which the query of the metric yields what fails it, by the samples that Prometheus has. */
async function knownSince(
  prometheus: Prometheus,
  { name, metadata }: MetricResult,
  fails: Flaw['fails'],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<number> {
  const query = metadata?.['ResolvedPrometheusQuery'] ?? '';
  for (let at = fromMs; at <= toMs; at += STEP_MS) {
    const [sample] = await prometheus.query(query, at);
    if (sample !== undefined && fails(sample.value)) return at;
  }
  throw new Error(`Prometheus has nothing that fails ${name}`);
}

function revisionOf({ metadata }: KubeObject): string | undefined {
  return metadata.annotations?.[ANNOTATIONS.revision];
}
