/**
 * How a Rollout refers to analyses: the block with templates and arguments. The templates and runs
 * themselves are in analysis-template.ts and analysis-run.ts.
 */
import { z } from 'zod';
import { count, flag, optional, stringMap, text } from './fields.ts';
import type { Immutable } from './immutable.ts';

/** How a rule names metrics. */
const METRIC_PATTERN = 'as a regular expression that matches anywhere in their names; .* for all metrics.';

export const dryRun = z.object({
  metricName: text.describe(`Metrics that do not affect the outcome, ${METRIC_PATTERN}`),
});
export type DryRunRule = Immutable<z.infer<typeof dryRun>>;

export const measurementRetention = z.object({
  metricName: text.describe(`Metrics that the limit applies to, ${METRIC_PATTERN}`),
  limit: count.describe('How many measurements to keep.'),
});
export type RetentionRule = Immutable<z.infer<typeof measurementRetention>>;

/** Labels and annotations for the AnalysisRuns that are created. */
export const analysisRunMetadata = z.object({
  labels: optional(stringMap, 'Labels of the AnalysisRuns.'),
  annotations: optional(stringMap, 'Annotations of the AnalysisRuns.'),
});

const fieldRef = z.object({ fieldPath: text.describe('Path of the field in the Rollout.') });

const rolloutAnalysisArgument = z.object({
  name: text.describe('Name of the argument in the templates.'),
  value: optional(text, 'Value of the argument.'),
  valueFrom: optional(
    z.object({
      podTemplateHashValue: optional(text, 'Stable or Latest: use the hash of that revision.'),
      fieldRef: optional(fieldRef, 'A field of the Rollout.'),
    }),
    'Source of the value, instead of value.',
  ),
});
export type RolloutAnalysisArgument = Immutable<z.infer<typeof rolloutAnalysisArgument>>;

/** Arguments as a Rollout writes them. */
export const rolloutAnalysisArguments = z.array(rolloutAnalysisArgument);

export const analysisTemplateRef = z.object({
  templateName: optional(text, 'Name of the AnalysisTemplate.'),
  clusterScope: optional(flag, 'Whether the name is that of a ClusterAnalysisTemplate.'),
});
export type AnalysisTemplateRef = Immutable<z.infer<typeof analysisTemplateRef>>;

export const rolloutAnalysis = z.object({
  templates: optional(z.array(analysisTemplateRef), 'Templates whose metrics are combined into one AnalysisRun.'),
  args: optional(rolloutAnalysisArguments, 'Values for the arguments of the templates.'),
  dryRun: optional(z.array(dryRun), 'Metrics that do not affect the outcome.'),
  measurementRetention: optional(z.array(measurementRetention), 'How many measurements to keep for each metric.'),
  analysisRunMetadata: optional(analysisRunMetadata, 'Labels and annotations of the AnalysisRun.'),
});
export type RolloutAnalysis = Immutable<z.infer<typeof rolloutAnalysis>>;

export const backgroundAnalysis = rolloutAnalysis.extend({
  startingStep: optional(count, 'Index of the step at which the analysis starts; 0 when absent.'),
});
