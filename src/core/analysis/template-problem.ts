/**
 * What a Rollout checks about the templates of an analysis before it starts anything (spec A.1, template validation).
 * The templates are checked together, with the arguments that the run would get, so that only a run that would end with
 * an error is refused.
 */
import type { RolloutAnalysis } from '../../api/schema/analysis.ts';
import { invalidValue, type FieldError } from '../../api/words/field-error.ts';
import { mergeArguments, resolveArguments, type ArgumentSources } from './arguments.ts';
import { syntaxProblem } from './expressions/syntax-problem.ts';
import { flattenTemplates, type FindTemplate, type FlatAnalysis, type FlattenProblem } from './flatten.ts';
import { effectiveCountOf } from './limits.ts';
import { prepareRun, type PreparedMetric } from './prepare-run.ts';

export interface AnalysisCheck {
  readonly analysis: RolloutAnalysis;
  /** Path of the analysis in the Rollout, such as `spec.strategy.canary.steps[0].analysis`. */
  readonly path: string;
  /** Whether the rollout waits for the end of the run: all but the background analysis of a canary. */
  readonly mustEnd: boolean;
  readonly sources: ArgumentSources;
}

/** A mistake, and the templates that may still appear when it is only that they are missing. */
export interface AnalysisMistake extends Pick<FlattenProblem, 'missing'> {
  readonly error: FieldError;
}

/** An analysis that asks for something. A block without templates asks for nothing, and never holds a rollout up (G-44). */
export function requestedAnalysis(analysis: RolloutAnalysis | undefined): RolloutAnalysis | null {
  return analysis?.templates === undefined || analysis.templates.length === 0 ? null : analysis;
}

/** The first mistake in the templates of an analysis, or `null`. */
export function analysisMistake(check: AnalysisCheck, find: FindTemplate): AnalysisMistake | null {
  const { analysis, path } = check;
  const flat = flattenTemplates(analysis, find);
  const problem = 'problem' in flat ? flat.problem : flatProblem(check, flat);
  if (problem === null) return null;
  const names = (analysis.templates ?? []).map(({ templateName = '' }) => templateName).join(', ');
  return {
    error: invalidValue(`${path}.templates`, names, problem),
    missing: 'problem' in flat ? flat.missing : [],
  };
}

function flatProblem({ analysis, mustEnd, sources }: AnalysisCheck, flat: FlatAnalysis): string | null {
  const twofold = flat.args.find(({ value, valueFrom }) => value !== undefined && valueFrom !== undefined);
  if (twofold !== undefined) return `args.${twofold.name} has both value and valueFrom`;
  const args = analysis.args ?? [];
  const given = resolveArguments(args, sources);
  if ('problem' in given) {
    // A field that the Rollout does not have yet may be there when the run is created.
    const others = args.filter(({ valueFrom }) => valueFrom?.fieldRef === undefined);
    const certain = resolveArguments(others, sources);
    return 'problem' in certain ? certain.problem : null;
  }
  const merged = mergeArguments(flat.args, given.values, sources.rollout);
  if ('problem' in merged) return merged.problem;
  const prepared = prepareRun({ ...flat, args: merged.args });
  if ('problem' in prepared) return prepared.problem;
  const unread = conditionProblem(prepared.metrics, flat);
  if (unread !== null) return unread;
  return mustEnd ? endlessProblem(prepared.metrics, flat) : null;
}

/** The first condition that no result could satisfy, because it cannot be read. A dry run may have one. */
function conditionProblem(metrics: readonly PreparedMetric[], { origins }: FlatAnalysis): string | null {
  for (const [index, { metric, isDryRun }] of metrics.entries()) {
    const origin = origins[index];
    if (isDryRun || origin === undefined) continue;
    for (const field of ['successCondition', 'failureCondition'] as const) {
      const problem = syntaxProblem(metric[field] ?? '');
      if (metric[field] === undefined || metric[field] === '' || problem === null) continue;
      return `${origin.kind} ${origin.name} has metric ${metric.name} whose ${field} cannot be read: ${problem}`;
    }
  }
  return null;
}

function endlessProblem(metrics: readonly PreparedMetric[], { origins }: FlatAnalysis): string | null {
  const index = metrics.findIndex(({ metric }) => effectiveCountOf(metric) === null);
  const [endless, origin] = [metrics[index]?.metric, origins[index]];
  if (endless === undefined || origin === undefined) return null;
  const count = endless.count ?? '<nil>';
  return `${origin.kind} ${origin.name} has metric ${endless.name} which runs indefinitely. Invalid value for count: ${count}`;
}
