/**
 * What a Rollout checks about the templates of an analysis before it starts anything (spec A.1, template validation).
 * The templates are checked together, with the arguments that the run would get, so that only a run that would end with
 * an error is refused.
 */
import type { AnalysisTemplateSpec } from '../../api/schema/analysis-template.ts';
import type { RolloutAnalysis } from '../../api/schema/analysis.ts';
import { invalidValue, type FieldError } from '../../api/words/field-error.ts';
import { mergeArguments, resolveArguments, type ArgumentSources } from './arguments.ts';
import { syntaxProblem } from './expressions/syntax-problem.ts';
import { flattenTemplates, type FindTemplate, type FlatAnalysis, type FlattenProblem } from './flatten.ts';
import { effectiveCountOf } from './limits.ts';
import { metricRules } from './metric-rules.ts';
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

/** The first condition that cannot be read. */
function conditionProblem(metrics: readonly PreparedMetric[], { origins }: FlatAnalysis): string | null {
  const [unread] = unreadConditions(metrics);
  const origin = unread === undefined ? undefined : origins[unread.index];
  if (unread === undefined || origin === undefined) return null;
  const { index, field, problem } = unread;
  return `${origin.kind} ${origin.name} has metric ${metrics[index]?.metric.name} whose ${field} cannot be read: ${problem}`;
}

interface UnreadCondition {
  /** Of the metric. */
  readonly index: number;
  readonly field: 'successCondition' | 'failureCondition';
  readonly problem: string;
}

/** The conditions that no result could satisfy, because they cannot be read. A dry run may have one. */
function* unreadConditions(metrics: readonly Omit<PreparedMetric, 'retention'>[]): Iterable<UnreadCondition> {
  for (const [index, { metric, isDryRun }] of metrics.entries()) {
    if (isDryRun) continue;
    for (const field of ['successCondition', 'failureCondition'] as const) {
      const condition = metric[field] ?? '';
      const problem = condition === '' ? null : syntaxProblem(condition);
      if (problem !== null) yield { index, field, problem };
    }
  }
}

function endlessProblem(metrics: readonly PreparedMetric[], { origins }: FlatAnalysis): string | null {
  const index = metrics.findIndex(({ metric }) => effectiveCountOf(metric) === null);
  const [endless, origin] = [metrics[index]?.metric, origins[index]];
  if (endless === undefined || origin === undefined) return null;
  const count = endless.count ?? '<nil>';
  return `${origin.kind} ${origin.name} has metric ${endless.name} which runs indefinitely. Invalid value for count: ${count}`;
}

/**
 * What is wrong with a template whatever refers to it. What depends on arguments without a value, or on other templates,
 * is left open.
 */
export function* templateMistakes(spec: AnalysisTemplateSpec): Iterable<FieldError> {
  const { metrics = [], args = [], templates = [] } = spec;
  const isWhole = metrics.length > 0 && templates.length === 0 && args.every(({ value }) => value !== undefined);
  const prepared = isWhole ? prepareRun({ ...spec, metrics, args }) : null;
  if (prepared !== null && 'problem' in prepared) yield invalidValue('spec.metrics', null, prepared.problem);
  const rules = metricRules(
    metrics.map(({ name }) => name),
    { dryRun: spec.dryRun ?? [] },
  );
  const isDryRun = (name: string) => 'problem' in rules || rules.dryRun.has(name);
  for (const { index, field, problem } of unreadConditions(
    metrics.map((metric) => ({ metric, isDryRun: isDryRun(metric.name) })),
  )) {
    yield invalidValue(`spec.metrics[${index}].${field}`, metrics[index]?.[field], problem);
  }
}
