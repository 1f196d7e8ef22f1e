/**
 * AnalysisTemplate and ClusterAnalysisTemplate: metrics and arguments to make AnalysisRuns from. Both
 * have the same spec and no status.
 */
import { z } from 'zod';
import { analysisTemplateRef, dryRun, measurementRetention } from './analysis.ts';
import { optional } from './fields.ts';
import { analysisArgument, metric } from './metric.ts';

export const analysisTemplateSpec = z.object({
  metrics: optional(z.array(metric), 'What is measured.'),
  args: optional(z.array(analysisArgument), 'Arguments that the metrics refer to.'),
  templates: optional(z.array(analysisTemplateRef), 'Templates whose metrics are added to these.'),
  dryRun: optional(z.array(dryRun), 'Metrics that do not decide the outcome.'),
  measurementRetention: optional(z.array(measurementRetention), 'How many measurements are kept for which metric.'),
});
