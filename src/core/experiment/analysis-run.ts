/**
 * The AnalysisRun that an analysis of an Experiment asks for (spec C.2, 5): its name, arguments, owner and spec.
 */
import type { RetentionRule } from '../../api/schema/analysis.ts';
import type { ExperimentAnalysis } from '../../api/schema/experiment.ts';
import type { AnalysisArgument } from '../../api/schema/metric.ts';
import { goDurationSeconds } from '../../kube/duration.ts';
import { controllerReference } from '../../kube/owners.ts';
import { EXPERIMENTS } from '../../kube/resources.ts';
import { formatTime, parseTime } from '../../kube/time.ts';
import { mergeArguments } from '../analysis/arguments.ts';
import { flattenTemplates, type FlatAnalysis, type FlattenProblem } from '../analysis/flatten.ts';
import { findTemplateIn } from '../analysis/gather-templates.ts';
import { compilePattern } from '../analysis/pattern.ts';
import type { NewRun } from '../analysis/new-run.ts';
import { substituteText } from '../analysis/substitution.ts';
import { hashOf, instanceLabel } from './replica-sets.ts';
import { observedTemplates } from './templates.ts';
import type { ExperimentWorld } from './world.ts';

/** The run, or why there can be none. */
export function experimentRunFor(world: ExperimentWorld, analysis: ExperimentAnalysis): NewRun | FlattenProblem {
  const { metadata, spec } = world.experiment;
  const flat = flatten(world, analysis);
  if ('problem' in flat) return flat;
  const args = argumentsOf(world, analysis, flat.args);
  if ('problem' in args) return { ...args, missing: [] };
  const { name, namespace = '', uid } = metadata;
  return {
    baseName: `${name}-${analysis.name}`,
    namespace,
    labels: { ...spec.analysisRunMetadata?.labels, ...instanceLabel(world.experiment) },
    annotations: { ...spec.analysisRunMetadata?.annotations },
    owner: controllerReference(EXPERIMENTS, name, uid),
    spec: {
      metrics: flat.metrics,
      ...(args.args.length === 0 ? {} : { args: args.args }),
      ...(flat.dryRun.length === 0 ? {} : { dryRun: flat.dryRun }),
      ...(flat.measurementRetention.length === 0 ? {} : { measurementRetention: flat.measurementRetention }),
    },
  };
}

/** What is wrong with the templates of an analysis; `null` when nothing is. */
export function analysisTemplateProblem(world: ExperimentWorld, analysis: ExperimentAnalysis): FlattenProblem | null {
  const flat = flatten(world, analysis);
  return 'problem' in flat ? flat : null;
}

/** When the pods have been available for the duration, in milliseconds since the epoch; `null` when that is not known. */
export function finishesAt({ experiment: { spec, status } }: Pick<ExperimentWorld, 'experiment'>): number | null {
  const availableAt = parseTime(status?.availableAt);
  const seconds = spec.duration === undefined ? null : goDurationSeconds(spec.duration);
  return availableAt === null || seconds === null ? null : availableAt + seconds * 1000;
}

/** With the rules of the experiment that are meant for the metrics of this analysis. */
function flatten(world: ExperimentWorld, analysis: ExperimentAnalysis): FlatAnalysis | FlattenProblem {
  const { dryRun = [], measurementRetention = [], analyses = [] } = world.experiment.spec;
  const find = findTemplateIn(world);
  const plain = flattenTemplates({ templates: [analysis] }, find);
  if ('problem' in plain || dryRun.length + measurementRetention.length === 0) return plain;
  const others = analyses.flatMap((other) => {
    const flat = other === analysis ? plain : flattenTemplates({ templates: [other] }, find);
    return 'problem' in flat ? [] : metricNames(flat);
  });
  const isMeant = (rule: Pick<RetentionRule, 'metricName'>): boolean =>
    matchesAny(rule, metricNames(plain)) || !matchesAny(rule, others);
  return flattenTemplates(
    {
      templates: [analysis],
      dryRun: dryRun.filter(isMeant),
      measurementRetention: measurementRetention.filter(isMeant),
    },
    find,
  );
}

function metricNames({ metrics }: FlatAnalysis): readonly string[] {
  return metrics.map(({ name }) => name);
}

/** A rule that matches no metric of the experiment goes to every run, which says what is wrong with it. */
function matchesAny({ metricName }: Pick<RetentionRule, 'metricName'>, metrics: readonly string[]): boolean {
  const pattern = compilePattern(metricName);
  return 'matches' in pattern && metrics.some((metric) => pattern.matches(metric));
}

function argumentsOf(
  world: ExperimentWorld,
  { args = [] }: ExperimentAnalysis,
  declared: readonly AnalysisArgument[],
): { readonly args: readonly AnalysisArgument[] } | { readonly problem: string } {
  const values = placeholdersOf(world);
  const given: { name: string; value: string }[] = [];
  for (const { name, value } of args) {
    if (value === undefined) continue;
    const filled = substituteText(value, (token) => values.get(token));
    if ('problem' in filled) return { problem: `args.${name}: ${filled.problem}` };
    given.push({ name, value: filled.value });
  }
  return mergeArguments(
    declared.map((arg) => withSecretOf(arg, args)),
    given,
    null,
  );
}

/** A Secret that the experiment names takes the place of the template's own source. */
function withSecretOf(arg: AnalysisArgument, args: readonly AnalysisArgument[]): AnalysisArgument {
  const secretKeyRef = args.find(({ name }) => name === arg.name)?.valueFrom?.secretKeyRef;
  return secretKeyRef === undefined ? arg : { name: arg.name, valueFrom: { secretKeyRef } };
}

/** What the values of arguments may refer to. */
function placeholdersOf(world: ExperimentWorld): ReadonlyMap<string, string> {
  const { experiment } = world;
  const { availableAt } = experiment.status ?? {};
  const finishedAt = finishesAt(world);
  return new Map([
    ...observedTemplates(world).flatMap((observed): [string, string][] => {
      const prefix = `templates.${observed.template.name}`;
      return [
        [`${prefix}.podTemplateHash`, hashOf(experiment, observed)],
        [`${prefix}.replicaset.name`, observed.replicaSetName],
      ];
    }),
    ...(availableAt === undefined ? [] : [['experiment.availableAt', availableAt] as const]),
    ...(finishedAt === null ? [] : [['experiment.finishedAt', formatTime(finishedAt)] as const]),
  ]);
}
