/**
 * Experiment: ReplicaSets that run side by side for a while, with analyses that compare them. The parser checks only
 * shapes; the rules are in validation.
 */
import { z } from 'zod';
import type { KubeObject } from '../../kube/objects.ts';
import { analysisRunMetadata, dryRun, measurementRetention } from './analysis.ts';
import { count, duration, flag, int32, labelSelector, optional, text, time } from './fields.ts';
import type { Immutable } from './immutable.ts';
import { analysisArgument } from './metric.ts';
import { objectSchema, shapeProblem } from './object-shape.ts';
import { podTemplate } from './pod-template.ts';
import { condition } from './status.ts';

const experimentTemplate = z.object({
  name: text.describe('Name of the template, unique in the experiment.'),
  replicas: optional(count, 'Number of pods; 1 when absent.'),
  minReadySeconds: optional(count, 'Seconds that a pod must be ready before it counts as available.'),
  selector: labelSelector.describe('Selects the pods of the template; no other template may select them.'),
  template: podTemplate.describe('Pod template.'),
  service: optional(
    z.object({ name: optional(text, 'Name of the Service; the name of the ReplicaSet when absent.') }),
    'Creates a Service for the pods.',
  ),
});
export type ExperimentTemplate = Immutable<z.infer<typeof experimentTemplate>>;

const experimentAnalysis = z.object({
  name: text.describe('Name of the analysis, unique in the experiment.'),
  templateName: text.describe('Name of the AnalysisTemplate.'),
  clusterScope: optional(flag, 'Whether the name is that of a ClusterAnalysisTemplate.'),
  args: optional(z.array(analysisArgument), 'Values for the arguments of the template.'),
  requiredForCompletion: optional(flag, 'Whether the experiment waits for this analysis.'),
});
export type ExperimentAnalysis = Immutable<z.infer<typeof experimentAnalysis>>;

export const experimentSpec = z.object({
  templates: z.array(experimentTemplate).describe('Pod templates to run side by side.'),
  duration: optional(
    duration,
    'How long the experiment runs once all pods are available; when absent, until it is terminated.',
  ),
  progressDeadlineSeconds: optional(count, 'Seconds without progress after which it fails; 600 when absent.'),
  terminate: optional(flag, 'Set to true to end the experiment early.'),
  analyses: optional(z.array(experimentAnalysis), 'Analyses that run during the experiment.'),
  scaleDownDelaySeconds: optional(count, 'Seconds until the pods are removed after the end; 30 when absent.'),
  dryRun: optional(z.array(dryRun), 'Metrics that do not affect the outcome.'),
  measurementRetention: optional(z.array(measurementRetention), 'How many measurements to keep for each metric.'),
  analysisRunMetadata: optional(analysisRunMetadata, 'Labels and annotations of the AnalysisRuns.'),
});
export type ExperimentSpec = Immutable<z.infer<typeof experimentSpec>>;

const templateStatus = z.object({
  name: text.describe('Name of the template.'),
  replicas: optional(int32, 'Number of pods.'),
  updatedReplicas: optional(int32, 'Number of pods that run the template.'),
  readyReplicas: optional(int32, 'Number of pods that are ready.'),
  availableReplicas: optional(int32, 'Number of pods that have been ready for minReadySeconds.'),
  collisionCount: optional(int32, 'Number of hash collisions with other templates.'),
  status: optional(text, 'Progressing, Running, Successful, Failed or Error.'),
  message: optional(text, 'Why, in a sentence.'),
  lastTransitionTime: optional(time, 'When the status last changed.'),
  serviceName: optional(text, 'Name of the Service created for the pods.'),
  podTemplateHash: optional(text, 'Hash of the template; the pods carry it as a label.'),
});
export type TemplateStatus = Immutable<z.infer<typeof templateStatus>>;

const analysisStatus = z.object({
  name: text.describe('Name of the analysis.'),
  analysisRun: text.describe('Name of its AnalysisRun.'),
  phase: optional(text, 'Phase of the AnalysisRun.'),
  message: optional(text, 'Why, in a sentence.'),
});
export type ExperimentAnalysisStatus = Immutable<z.infer<typeof analysisStatus>>;

export const experimentStatus = z.object({
  phase: optional(text, 'Pending, Running, Successful, Failed, Error or Inconclusive.'),
  message: optional(text, 'Why, in a sentence.'),
  availableAt: optional(time, 'When all pods became available; the duration counts from here.'),
  conditions: optional(z.array(condition), 'Conditions of the experiment.'),
  templateStatuses: optional(z.array(templateStatus), 'Status of each template.'),
  analysisRuns: optional(z.array(analysisStatus), 'Status of each analysis.'),
});
export type ExperimentStatus = Immutable<z.infer<typeof experimentStatus>>;

export interface Experiment extends KubeObject {
  readonly spec: ExperimentSpec;
  readonly status?: ExperimentStatus;
}

const experimentObject = objectSchema({ spec: experimentSpec, status: optional(experimentStatus) });

/** The unchanged value, typed, when it has the shape of an Experiment; otherwise a sentence that names the first field that does not fit. */
export function parseExperiment(json: unknown): { readonly experiment: Experiment } | { readonly problem: string } {
  const problem = shapeProblem(experimentObject, json, 'an Experiment');
  return problem === null ? { experiment: json as Experiment } : { problem };
}
