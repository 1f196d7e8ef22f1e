/**
 * The Experiment that a step of a canary asks for (spec C.3): templates of the revisions that it compares, and what the
 * step says of them.
 */
import type { Experiment, ExperimentSpec, ExperimentTemplate } from '../../api/schema/experiment.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import type { ExperimentStep } from '../../api/schema/steps.ts';
import { ANNOTATIONS, LABELS } from '../../api/words/labels.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { LabelSelector, PodTemplate, ReplicaSet } from '../../kube/objects.ts';
import { controllerReference } from '../../kube/owners.ts';
import { apiVersionOf, EXPERIMENTS, ROLLOUTS } from '../../kube/resources.ts';
import { withoutHashLabel } from '../../kube/template-equality.ts';
import { resolveArguments, type ArgumentSources } from '../analysis/arguments.ts';
import { bareTemplate } from '../observed/situation.ts';

interface StepExperimentRequest {
  readonly step: ExperimentStep;
  readonly stepIndex: number;
  /** With the template and the selector that its pods have, also with `workloadRef`. */
  readonly rollout: Rollout;
  readonly stable: ReplicaSet;
  readonly canary: ReplicaSet;
  readonly stableHash: string;
  readonly canaryHash: string;
  readonly revision: number;
}

type StepTemplate = ExperimentStep['templates'][number];

/** An Experiment that does not exist yet. */
export interface NewExperiment {
  readonly spec: ExperimentSpec;
  /** The object to create under that name. */
  readonly bodyNamed: (name: string) => JsonObject;
}

/** The name of the Experiment of a step, unless another has that already. */
export function experimentBaseName(rollout: string, hash: string, revision: number, stepIndex: number): string {
  return `${rollout}-${hash}-${revision}-${stepIndex}`;
}

/** The Experiment, or why there can be none. */
export function stepExperiment(request: StepExperimentRequest): NewExperiment | { readonly problem: string } {
  const { step, stepIndex, rollout, canaryHash, stableHash, revision } = request;
  const templates: ExperimentTemplate[] = [];
  for (const template of step.templates) {
    if (template.specRef !== 'stable' && template.specRef !== 'canary') {
      return { problem: `template '${template.name}' of the experiment: specRef must be stable or canary` };
    }
    templates.push(templateOf(request, template, template.specRef));
  }
  const analyses = analysesOf(step, { rollout, latestHash: canaryHash, stableHash });
  if ('problem' in analyses) return analyses;
  const { progressDeadlineSeconds } = rollout.spec;
  const { duration, scaleDownDelaySeconds, dryRun, analysisRunMetadata } = step;
  const spec: ExperimentSpec = {
    templates,
    ...(duration === undefined ? {} : { duration }),
    ...(progressDeadlineSeconds === undefined ? {} : { progressDeadlineSeconds }),
    ...(scaleDownDelaySeconds === undefined ? {} : { scaleDownDelaySeconds }),
    ...(analyses.analyses.length === 0 ? {} : { analyses: analyses.analyses }),
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(analysisRunMetadata === undefined ? {} : { analysisRunMetadata }),
  };
  const { name: owner, namespace = '', uid, labels } = rollout.metadata;
  const bodyNamed = (name: string): JsonObject => ({
    apiVersion: apiVersionOf(EXPERIMENTS),
    kind: EXPERIMENTS.kind,
    metadata: {
      name,
      namespace,
      labels: { ...labels, [LABELS.podTemplateHash]: canaryHash, [LABELS.stepIndex]: String(stepIndex) },
      annotations: { [ANNOTATIONS.revision]: String(revision) },
      ownerReferences: [{ ...controllerReference(ROLLOUTS, owner, uid) }],
    },
    spec: spec as JsonObject,
  });
  return { spec, bodyNamed };
}

/** The pods of the revision as its author wrote them, with the labels and annotations of the step. */
function templateOf(
  { rollout, stable, canary }: StepExperimentRequest,
  { name, replicas, metadata, selector, service, weight }: StepTemplate,
  specRef: 'stable' | 'canary',
): ExperimentTemplate {
  const replicaSet = specRef === 'stable' ? stable : canary;
  const pods = withoutHashLabel(bareTemplate(replicaSet, rollout.spec.template ?? {}));
  const template: PodTemplate = {
    ...pods,
    metadata: {
      ...pods.metadata,
      labels: { ...pods.metadata?.labels, ...metadata?.labels },
      annotations: { ...pods.metadata?.annotations, ...metadata?.annotations },
    },
  };
  const { minReadySeconds } = replicaSet.spec;
  return {
    name,
    ...(replicas === undefined ? {} : { replicas }),
    ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
    selector: selectorOf(selector ?? withoutHash(replicaSet.spec.selector), metadata?.labels),
    template: template as ExperimentTemplate['template'],
    // Requests are led to a share by its Service.
    ...(service === undefined && weight === undefined ? {} : { service: service ?? {} }),
  };
}

function selectorOf(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>> | undefined,
): ExperimentTemplate['selector'] {
  return { ...selector, matchLabels: { ...selector.matchLabels, ...labels } };
}

function withoutHash({ matchLabels, ...others }: LabelSelector): LabelSelector {
  const { [LABELS.podTemplateHash]: _, ...own } = matchLabels ?? {};
  return { ...others, matchLabels: own };
}

function analysesOf(
  { analyses = [] }: ExperimentStep,
  sources: ArgumentSources,
): { readonly analyses: NonNullable<Experiment['spec']['analyses']> } | { readonly problem: string } {
  const resolved: NonNullable<Experiment['spec']['analyses']>[number][] = [];
  for (const { args, ...analysis } of analyses) {
    const values = resolveArguments(args ?? [], sources);
    if ('problem' in values) return { problem: `analysis '${analysis.name}' of the experiment: ${values.problem}` };
    resolved.push({ ...analysis, ...(values.values.length === 0 ? {} : { args: values.values }) });
  }
  return { analyses: resolved };
}
