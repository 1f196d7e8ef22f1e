/**
 * A run with its arguments filled in and its rules applied to its metrics: everything that is decided about it starts
 * here. Secrets are placeholders, so that nothing of what is made from it can leak one.
 */
import type { AnalysisRunSpec } from '../../api/schema/analysis-run.ts';
import { metricsProblem } from './metric-problem.ts';
import { metricRules } from './metric-rules.ts';
import type { Metric } from './provider.ts';
import { argumentValues } from './secrets.ts';
import { substituteArguments } from './substitution.ts';

export interface PreparedMetric {
  readonly metric: Metric;
  readonly isDryRun: boolean;
  /** How many measurements are kept. */
  readonly retention: number;
}

/** Metrics in the order of the spec, or the message of a run that cannot be measured. */
export type PreparedRun = { readonly metrics: readonly PreparedMetric[] } | { readonly problem: string };

/** By the spec of a version of a run in the cache, of which several questions are asked in one look. */
const prepared = new WeakMap<AnalysisRunSpec, PreparedRun>();

/** The result for a frozen spec is kept. */
export function prepareRun(spec: AnalysisRunSpec): PreparedRun {
  const known = prepared.get(spec);
  if (known !== undefined) return known;
  const run = prepare(spec);
  if (Object.isFrozen(spec)) prepared.set(spec, run);
  return run;
}

function prepare(spec: AnalysisRunSpec): PreparedRun {
  const args = argumentValues(spec.args, null);
  const metrics = 'problem' in args ? args : substituteArguments(spec.metrics, args.values);
  if ('problem' in metrics) return { problem: unresolvedText(metrics.problem) };
  const problem = metricsProblem(metrics.value);
  if (problem !== null) return { problem: invalidText(problem) };
  const names = metrics.value.map(({ name }) => name);
  const rules = metricRules(names, spec);
  if ('problem' in rules) return { problem: invalidText(rules.problem) };
  return {
    metrics: metrics.value.map((metric) => ({
      metric,
      isDryRun: rules.dryRun.has(metric.name),
      retention: rules.retentionOf(metric.name),
    })),
  };
}

/** The message of a run whose arguments cannot be filled in. */
export function unresolvedText(problem: string): string {
  return `Unable to resolve metric arguments: ${problem}`;
}

function invalidText(problem: string): string {
  return `Analysis spec invalid: ${problem}`;
}
