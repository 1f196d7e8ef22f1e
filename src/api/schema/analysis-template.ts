/**
 * AnalysisTemplate and ClusterAnalysisTemplate: metrics and arguments to make AnalysisRuns from. Both
 * have the same spec and no status. The parser checks only shapes; the rules are in core/analysis.
 */
import { z } from 'zod';
import type { KubeObject } from '../../kube/objects.ts';
import { analysisTemplateRef, dryRun, measurementRetention } from './analysis.ts';
import { optional } from './fields.ts';
import type { Immutable } from './immutable.ts';
import { analysisArgument, metric } from './metric.ts';
import { objectSchema, shapeProblem } from './object-shape.ts';

export const analysisTemplateSpec = z.object({
  metrics: optional(z.array(metric), 'Metrics to measure.'),
  args: optional(z.array(analysisArgument), 'Arguments that the metrics refer to.'),
  templates: optional(z.array(analysisTemplateRef), 'Templates whose metrics are added to these.'),
  dryRun: optional(z.array(dryRun), 'Metrics that do not affect the outcome.'),
  measurementRetention: optional(z.array(measurementRetention), 'How many measurements to keep for each metric.'),
});
export type AnalysisTemplateSpec = Immutable<z.infer<typeof analysisTemplateSpec>>;

/** Of either scope: a ClusterAnalysisTemplate has no namespace. */
export interface AnalysisTemplate extends KubeObject {
  readonly spec: AnalysisTemplateSpec;
}

const analysisTemplateObject = objectSchema({ spec: analysisTemplateSpec });

type ParsedTemplate = { readonly template: AnalysisTemplate } | { readonly problem: string };

/** By the template in the cache: each look at a Rollout that measures reads it. */
const parsedTemplates = new WeakMap<object, ParsedTemplate>();

/**
 * The unchanged value, typed, when it has the shape of a template; otherwise a sentence that names the first field that
 * does not fit. The result for a frozen value is kept.
 */
export function parseAnalysisTemplate(json: unknown): ParsedTemplate {
  if (typeof json !== 'object' || json === null || !Object.isFrozen(json)) return parsed(json);
  const known = parsedTemplates.get(json) ?? parsed(json);
  parsedTemplates.set(json, known);
  return known;
}

function parsed(json: unknown): ParsedTemplate {
  const problem = shapeProblem(analysisTemplateObject, json, 'an AnalysisTemplate');
  return problem === null ? { template: json as AnalysisTemplate } : { problem };
}
