/**
 * The metrics of deploy/analysis-templates/ as AnalysisRuns: one run for each metric, because a run ends with its first
 * failed metric and would leave the others unmeasured.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { AnalysisRun } from '../../src/api/schema/analysis-run.ts';
import type { AnalysisTemplate } from '../../src/api/schema/analysis-template.ts';
import type { ControlPlane } from '../testbed/cluster/control-plane.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { waitFor } from '../testbed/cluster/wait.ts';

const TEMPLATES = ['requests', 'success-rate', 'latency'] as const;
const RUNS = '/apis/argoproj.io/v1alpha1/namespaces/default/analysisruns';

export async function templatesFor(proxy: string): Promise<readonly AnalysisTemplate[]> {
  const folder = join(REPOSITORY, 'deploy', 'analysis-templates', proxy);
  const texts = await Promise.all(TEMPLATES.map((name) => readFile(join(folder, `${name}.yaml`), 'utf8')));
  return texts.map((text) => parse(text) as AnalysisTemplate);
}

/** What came of one metric. */
export interface Outcome {
  readonly phase: string;
  /** Of the last measurement, as the run shows it. */
  readonly value: string;
}

/** All metrics of the templates, measured with these arguments, by their names. */
export async function measured(
  plane: ControlPlane,
  name: string,
  templates: readonly AnalysisTemplate[],
  given: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, Outcome>>> {
  const runs = templates.flatMap(({ spec: { args = [], metrics = [] } }) =>
    metrics.map((metric) => ({
      metadata: { name: `${name}-${metric.name}` },
      spec: { args: args.map((one) => ({ ...one, value: given[one.name] ?? one.value })), metrics: [metric] },
    })),
  );
  const header = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun' };
  for (const run of runs) await plane.client().create(RUNS, { ...header, ...run });
  const outcomes = runs.map(async ({ metadata, spec: { metrics } }) => {
    const { status } = await waitFor(() => plane.client().get<AnalysisRun>(`${RUNS}/${metadata.name}`), {
      what: `run ${metadata.name} to end`,
      until: ({ status }) => status?.phase !== undefined && !['Pending', 'Running'].includes(status.phase),
    });
    const value = status?.metricResults?.[0]?.measurements?.at(-1)?.value ?? '';
    return [metrics[0]?.name ?? '', { phase: status?.phase ?? '', value }] as const;
  });
  return Object.fromEntries(await Promise.all(outcomes));
}
