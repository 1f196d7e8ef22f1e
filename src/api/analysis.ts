/**
 * How a Rollout refers to analyses: the block that names templates and hands them arguments. The
 * templates and their runs themselves are in analysis-template.ts and analysis-run.ts.
 */
import { z } from 'zod';
import { flag, int32, optional, stringMap, text } from './fields.ts';

export const dryRun = z.object({
  metricName: text.describe('Metric that is measured without consequences; * means all of them.'),
});

export const measurementRetention = z.object({
  metricName: text.describe('Metric that the limit applies to; * means all of them.'),
  limit: int32.describe('How many measurements are kept.'),
});

/** Labels and annotations for the AnalysisRuns that are created. */
export const analysisRunMetadata = z.object({
  labels: optional(stringMap, 'Labels of the AnalysisRuns.'),
  annotations: optional(stringMap, 'Annotations of the AnalysisRuns.'),
});

const fieldRef = z.object({ fieldPath: text.describe('Path of the field in the Rollout.') });

const rolloutAnalysisArgument = z.object({
  name: text.describe('Name of the argument in the templates.'),
  value: optional(text, 'Its value.'),
  valueFrom: optional(
    z.object({
      podTemplateHashValue: optional(text, 'Stable or Latest: the hash of that revision.'),
      fieldRef: optional(fieldRef, 'A field of the Rollout.'),
    }),
    'Where its value comes from, in place of value.',
  ),
});

/** Arguments as a Rollout writes them. */
export const rolloutAnalysisArguments = z.array(rolloutAnalysisArgument);

export const analysisTemplateRef = z.object({
  templateName: optional(text, 'Name of the AnalysisTemplate.'),
  clusterScope: optional(flag, 'Whether the name is that of a ClusterAnalysisTemplate.'),
});

export const rolloutAnalysis = z.object({
  templates: optional(z.array(analysisTemplateRef), 'Templates whose metrics are put together into one AnalysisRun.'),
  args: optional(rolloutAnalysisArguments, 'Values for the arguments of the templates.'),
  dryRun: optional(z.array(dryRun), 'Metrics that do not decide the outcome.'),
  measurementRetention: optional(z.array(measurementRetention), 'How many measurements are kept for which metric.'),
  analysisRunMetadata: optional(analysisRunMetadata, 'Labels and annotations of the AnalysisRun.'),
});

export const backgroundAnalysis = rolloutAnalysis.extend({
  startingStep: optional(int32, 'Index of the step from which the analysis runs; 0 when absent.'),
});
