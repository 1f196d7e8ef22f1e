/**
 * Experiment: ReplicaSets that run beside each other for a while, with analyses that compare them.
 */
import { z } from 'zod';
import { analysisRunMetadata, dryRun, measurementRetention } from './analysis.ts';
import { flag, int32, labelSelector, optional, text, time } from './fields.ts';
import { analysisArgument } from './metric.ts';
import { podTemplate } from './pod-template.ts';
import { condition } from './status.ts';

export const experimentSpec = z.object({
  templates: z
    .array(
      z.object({
        name: text,
        replicas: optional(int32, 'Number of pods; 1 when absent.'),
        minReadySeconds: optional(int32),
        selector: labelSelector,
        template: podTemplate,
        service: optional(z.object({ name: optional(text) }), 'A Service is made for the pods.'),
      }),
    )
    .describe('What runs beside each other.'),
  duration: optional(text, 'How long it runs once all pods are available; without it, until it is ended.'),
  progressDeadlineSeconds: optional(int32, 'Seconds without progress until it counts as failed; 600 when absent.'),
  terminate: optional(flag, 'Set to true to end the experiment early.'),
  analyses: optional(
    z.array(
      z.object({
        name: text,
        templateName: text,
        clusterScope: optional(flag),
        args: optional(z.array(analysisArgument)),
        requiredForCompletion: optional(flag, 'Whether the experiment waits for this analysis.'),
      }),
    ),
  ),
  scaleDownDelaySeconds: optional(int32, 'Seconds until the pods go once it is over; 30 when absent.'),
  dryRun: optional(z.array(dryRun), 'Metrics that do not decide the outcome.'),
  measurementRetention: optional(z.array(measurementRetention), 'How many measurements are kept for which metric.'),
  analysisRunMetadata: optional(analysisRunMetadata, 'Labels and annotations of the AnalysisRuns.'),
});

export const experimentStatus = z.object({
  phase: optional(text, 'Pending, Running, Successful, Failed, Error or Inconclusive.'),
  message: optional(text),
  availableAt: optional(time),
  conditions: optional(z.array(condition)),
  templateStatuses: optional(
    z.array(
      z.object({
        name: text,
        replicas: optional(int32),
        updatedReplicas: optional(int32),
        readyReplicas: optional(int32),
        availableReplicas: optional(int32),
        collisionCount: optional(int32),
        status: optional(text),
        message: optional(text),
        lastTransitionTime: optional(time),
        serviceName: optional(text),
        podTemplateHash: optional(text),
      }),
    ),
  ),
  analysisRuns: optional(
    z.array(z.object({ name: text, analysisRun: text, phase: optional(text), message: optional(text) })),
  ),
});
