/**
 * Combines the templates that an analysis refers to, and those that they refer to, into the parts of one run (spec B.3).
 */
import type { AnalysisTemplateRef, DryRunRule, RetentionRule } from '../../api/schema/analysis.ts';
import type { AnalysisTemplate, AnalysisTemplateSpec } from '../../api/schema/analysis-template.ts';
import type { AnalysisArgument } from '../../api/schema/metric.ts';
import type { Metric } from './provider.ts';

export interface TemplateName {
  readonly kind: 'AnalysisTemplate' | 'ClusterAnalysisTemplate';
  readonly name: string;
}

/** Finds a template in the namespace of what refers to it, or in the cluster: `null` when there is none, a problem when it cannot be read. */
export type FindTemplate = (
  template: TemplateName,
) => { readonly template: AnalysisTemplate } | { readonly problem: string } | null;

/** What is combined: references, and rules that come before those of the templates. */
export interface AnalysisRequest {
  readonly templates?: readonly AnalysisTemplateRef[];
  readonly dryRun?: readonly DryRunRule[];
  readonly measurementRetention?: readonly RetentionRule[];
}

export interface FlatAnalysis {
  readonly metrics: readonly Metric[];
  /** The template of each metric. */
  readonly origins: readonly TemplateName[];
  /** As the templates declare them. */
  readonly args: readonly AnalysisArgument[];
  readonly dryRun: readonly DryRunRule[];
  readonly measurementRetention: readonly RetentionRule[];
}

export interface FlattenProblem {
  readonly problem: string;
  /** Every template that does not exist; empty when something else is wrong. */
  readonly missing: readonly TemplateName[];
}

/** Metrics and arguments of the templates of the namespace come before those of the cluster. */
export function flattenTemplates(request: AnalysisRequest, find: FindTemplate): FlatAnalysis | FlattenProblem {
  const collected = collect(request.templates ?? [], find);
  if ('problem' in collected) return collected;
  const { templates } = collected;
  const specs = templates.map(({ spec }) => spec);
  const metrics = specs.flatMap((spec) => spec.metrics ?? []);
  const origins = templates.flatMap(({ name, spec }) => (spec.metrics ?? []).map(() => name));
  const dryRun = [...(request.dryRun ?? []), ...specs.flatMap((spec) => spec.dryRun ?? [])];
  const measurementRetention = [
    ...(request.measurementRetention ?? []),
    ...specs.flatMap((spec) => spec.measurementRetention ?? []),
  ];
  const args = combineArguments(specs.flatMap((spec) => spec.args ?? []));
  if ('problem' in args) return { ...args, missing: [] };
  const problem =
    repeated(metrics, ({ name }) => name, 'two metrics have the same name') ??
    repeated(dryRun, ({ metricName }) => metricName, 'two Dry-Run metric rules have the same name') ??
    repeated(
      measurementRetention,
      ({ metricName }) => metricName,
      'two Measurement Retention metric rules have the same name',
    );
  return problem === null
    ? { metrics, origins, args: args.args, dryRun, measurementRetention }
    : { problem, missing: [] };
}

/** The templates that an analysis refers to, each with its kind. */
export function templateNamesOf(references: readonly AnalysisTemplateRef[] | undefined): readonly TemplateName[] {
  return (references ?? []).map(({ templateName = '', clusterScope }) => ({
    kind: clusterScope === true ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate',
    name: templateName,
  }));
}

interface NamedTemplate {
  readonly name: TemplateName;
  readonly spec: AnalysisTemplateSpec;
}

/**
 * Every template that is referred to, once, in the order in which a walk into the depth meets it. A template that
 * leads back to itself is a problem: it can only be a mistake.
 */
function collect(
  references: readonly AnalysisTemplateRef[],
  find: FindTemplate,
): { readonly templates: readonly NamedTemplate[] } | FlattenProblem {
  const found = new Map<string, NamedTemplate>();
  const missing = new Map<string, TemplateName>();
  const problems: string[] = [];
  const visit = (template: TemplateName, path: readonly string[]): void => {
    const text = templateText(template);
    if (path.includes(text)) {
      problems.push(`${text} refers to itself: ${[...path.slice(path.indexOf(text)), text].join(' -> ')}`);
    }
    if (found.has(text) || missing.has(text)) return;
    const answer = find(template);
    if (answer === null) {
      missing.set(text, template);
    } else if ('problem' in answer) {
      problems.push(`${text} cannot be read: ${answer.problem}`);
    } else {
      found.set(text, { name: template, spec: answer.template.spec });
      for (const nested of templateNamesOf(answer.template.spec.templates)) visit(nested, [...path, text]);
    }
  };
  for (const template of templateNamesOf(references)) visit(template, []);
  const [problem] = [...[...missing.keys()].map((text) => `${text} not found`), ...problems];
  if (problem !== undefined) return { problem, missing: [...missing.values()] };
  const templates = [...found.values()];
  const ofKind = (kind: TemplateName['kind']) => templates.filter(({ name }) => name.kind === kind);
  return { templates: [...ofKind('AnalysisTemplate'), ...ofKind('ClusterAnalysisTemplate')] };
}

/** Such as `AnalysisTemplate 'success-rate'`. */
function templateText({ kind, name }: TemplateName): string {
  return `${kind} '${name}'`;
}

/** An argument that several templates declare has the first value, or else the first source. */
function combineArguments(
  declared: readonly AnalysisArgument[],
): { readonly args: readonly AnalysisArgument[] } | { readonly problem: string } {
  const byName = new Map<string, AnalysisArgument>();
  for (const arg of declared) {
    const earlier = byName.get(arg.name);
    if (earlier?.value !== undefined && arg.value !== undefined && earlier.value !== arg.value) {
      const values = `'${earlier.value}', '${arg.value}'`;
      return { problem: `Argument \`${arg.name}\` specified multiple times with different values: ${values}` };
    }
    if (earlier === undefined || rankOf(arg) > rankOf(earlier)) byName.set(arg.name, arg);
  }
  return { args: [...byName.values()] };
}

/** A value is better than a source, and a source better than nothing. */
function rankOf({ value, valueFrom }: AnalysisArgument): number {
  if (value !== undefined) return 2;
  return valueFrom === undefined ? 0 : 1;
}

function repeated<Item>(items: readonly Item[], nameOf: (item: Item) => string, problem: string): string | null {
  const seen = new Set<string>();
  for (const item of items) {
    const name = nameOf(item);
    if (seen.has(name)) return `${problem} '${name}'`;
    seen.add(name);
  }
  return null;
}
