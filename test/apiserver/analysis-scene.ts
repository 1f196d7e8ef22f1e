/** What the tests of AnalysisRuns share: manifests of a run `check`, and what a person sees of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { AnalysisRun, AnalysisRunSpec, MetricResult } from '../../src/api/schema/analysis-run.ts';
import type { Metric } from '../../src/core/analysis/provider.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import type { Session } from './session.ts';

export function analysisRun(spec: AnalysisRunSpec): object {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', metadata: { name: 'check' }, spec };
}

/** The metric `errors`, which expects `{"ok": true}`. */
export function webMetric(url: string, fields: Partial<Metric> = {}, web: object = {}): Metric {
  return { name: 'errors', successCondition: 'result.ok', provider: { web: { url, ...web } }, ...fields };
}

/** A metric whose Job has one container, which ends well at once. */
export function jobMetric(container: object, name = 'errors', fields: Partial<Metric> = {}): Metric {
  const containers = [{ name: 'check', image: 'check:1', command: ['true'], ...container }];
  const template = { spec: { restartPolicy: 'Never', containers } };
  return {
    name,
    ...fields,
    provider: { job: { metadata: { labels: { team: 'shop' } }, spec: { backoffLimit: 0, template } } },
  };
}

/** The Jobs of the namespace, by name. */
export async function jobNamesIn(session: Session): Promise<readonly string[]> {
  const printed = await session.kubectl('get', 'jobs', '-o', 'jsonpath={.items[*].metadata.name}');
  return printed
    .split(' ')
    .filter((name) => name !== '')
    .toSorted();
}

export function untilRun(session: Session, what: string, until: (run: AnalysisRun) => boolean): Promise<AnalysisRun> {
  const look = () => session.get('analysisruns', 'check');
  return waitFor(look, { what: `run check ${what}`, until });
}

export function untilPhase(session: Session, phase: string): Promise<AnalysisRun> {
  return untilRun(session, `to be ${phase}`, ({ status }) => status?.phase === phase);
}

/** `kubectl patch` as a person ends a run. */
export async function terminate(session: Session): Promise<void> {
  await session.kubectl('patch', 'analysisrun', 'check', '--type=merge', '-p', '{"spec":{"terminate":true}}');
}

export function resultOf({ status }: AnalysisRun, metric = 'errors'): MetricResult {
  const result = status?.metricResults?.find(({ name }) => name === metric);
  if (result === undefined) throw new Error(`there is no result of ${metric}`);
  return result;
}

const RIGHTS = { 'analysis-jobs': ['create', 'jobs'], 'analysis-secrets': ['get', 'secrets'] } as const;

/** Installs a component of deploy/ for the namespace, as a person does. The controller has the rights when this resolves. */
export async function grant(session: Session, component: keyof typeof RIGHTS): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'serin-overlay-'));
  try {
    const path = relative(folder, join(REPOSITORY, 'deploy', 'components', component));
    await writeFile(join(folder, 'kustomization.yaml'), `namespace: ${session.namespace}\ncomponents: [${path}]\n`);
    await session.kubectl('apply', '-k', folder);
  } finally {
    await rm(folder, { recursive: true });
  }
  const asController = '--as=system:serviceaccount:serin-system:serin';
  await waitFor(() => session.kubectl('auth', 'can-i', ...RIGHTS[component], asController), {
    what: `the rights of ${component} to be taken in`,
  });
}

/** Waits until `kubectl describe` shows all of the texts; blanks between its columns count as two. */
export async function untilDescribed(session: Session, texts: readonly string[]): Promise<void> {
  const squeezed = async () => (await session.kubectl('describe', 'analysisrun', 'check')).replaceAll(/ {2,}/g, '  ');
  await waitFor(squeezed, {
    what: `kubectl describe to show ${texts.join(', ')}`,
    until: (described) => texts.every((text) => described.includes(text)),
  });
}
