/**
 * Experiment: ReplicaSets that run beside each other for a while, with analyses that compare them.
 */
import { z } from 'zod';
import { analysisRunMetadata, dryRun, measurementRetention } from './analysis.ts';
import { flag, int32, labelSelector, optional, text, time } from './fields.ts';
import { analysisArgument } from './metric.ts';
import { podTemplate } from './pod-template.ts';
import { condition } from './status.ts';

const experimentTemplate = z.object({
  name: text.describe('Name of the template, unique in the experiment.'),
  replicas: optional(int32, 'Number of pods; 1 when absent.'),
  minReadySeconds: optional(int32, 'Seconds that a pod has to be ready before it counts as available.'),
  selector: labelSelector.describe('Pods of the template. No other template may select them.'),
  template: podTemplate.describe('The pods, as Kubernetes runs them.'),
  service: optional(
    z.object({ name: optional(text, 'Name of the Service; that of the ReplicaSet when absent.') }),
    'A Service is made for the pods.',
  ),
});

const experimentAnalysis = z.object({
  name: text.describe('Name of the analysis, unique in the experiment.'),
  templateName: text.describe('Name of the AnalysisTemplate.'),
  clusterScope: optional(flag, 'Whether the name is that of a ClusterAnalysisTemplate.'),
  args: optional(z.array(analysisArgument), 'Values for the arguments of the template.'),
  requiredForCompletion: optional(flag, 'Whether the experiment waits for this analysis.'),
});

export const experimentSpec = z.object({
  templates: z.array(experimentTemplate).describe('What runs beside each other.'),
  duration: optional(text, 'How long it runs once all pods are available; without it, until it is ended.'),
  progressDeadlineSeconds: optional(int32, 'Seconds without progress until it counts as failed; 600 when absent.'),
  terminate: optional(flag, 'Set to true to end the experiment early.'),
  analyses: optional(z.array(experimentAnalysis), 'What is measured meanwhile.'),
  scaleDownDelaySeconds: optional(int32, 'Seconds until the pods go once it is over; 30 when absent.'),
  dryRun: optional(z.array(dryRun), 'Metrics that do not decide the outcome.'),
  measurementRetention: optional(z.array(measurementRetention), 'How many measurements are kept for which metric.'),
  analysisRunMetadata: optional(analysisRunMetadata, 'Labels and annotations of the AnalysisRuns.'),
});

const templateStatus = z.object({
  name: text.describe('Name of the template.'),
  replicas: optional(int32, 'Number of pods.'),
  updatedReplicas: optional(int32, 'Number of pods that run the template.'),
  readyReplicas: optional(int32, 'Number of pods that are ready.'),
  availableReplicas: optional(int32, 'Number of pods that have been ready for minReadySeconds.'),
  collisionCount: optional(int32, 'How often the hash of the template was taken by another.'),
  status: optional(text, 'Progressing, Running, Successful, Failed or Error.'),
  message: optional(text, 'Why, in a sentence.'),
  lastTransitionTime: optional(time, 'Since when.'),
  serviceName: optional(text, 'Name of the Service that was made for the pods.'),
  podTemplateHash: optional(text, 'Hash of the template, which its pods carry as a label.'),
});

const analysisStatus = z.object({
  name: text.describe('Name of the analysis.'),
  analysisRun: text.describe('Name of its AnalysisRun.'),
  phase: optional(text, 'Phase of the AnalysisRun.'),
  message: optional(text, 'Why, in a sentence.'),
});

export const experimentStatus = z.object({
  phase: optional(text, 'Pending, Running, Successful, Failed, Error or Inconclusive.'),
  message: optional(text, 'Why, in a sentence.'),
  availableAt: optional(time, 'When all pods were available, which is when the duration begins.'),
  conditions: optional(z.array(condition), 'Observations, each with a reason.'),
  templateStatuses: optional(z.array(templateStatus), 'How each template is doing.'),
  analysisRuns: optional(z.array(analysisStatus), 'How each analysis is doing.'),
});
