/**
 * A metric of an analysis: what is measured, how often, and when a measurement is successful or failed.
 * Numbers may be text, because of arguments.
 */
import { z } from 'zod';
import { optional, templatedCount, templatedDuration, templatedLimit, text } from './fields.ts';
import type { Immutable } from './immutable.ts';
import { metricProvider } from './metric-provider.ts';

export const metric = z.object({
  name: text.describe('Name of the metric, unique in its analysis.'),
  interval: optional(templatedDuration, 'Time between two measurements.'),
  initialDelay: optional(templatedDuration, 'Time before the first measurement.'),
  count: optional(templatedCount, 'Number of measurements; 1 when neither count nor interval is set.'),
  successCondition: optional(text, 'Expression on result; true makes the measurement successful.'),
  failureCondition: optional(text, 'Expression on result; true makes the measurement failed.'),
  failureLimit: optional(templatedLimit, 'Failed measurements to tolerate; 0 when absent, -1 for no limit.'),
  inconclusiveLimit: optional(templatedCount, 'Inconclusive measurements to tolerate; 0 when absent.'),
  consecutiveErrorLimit: optional(templatedCount, 'Errors in a row to tolerate; 4 when absent.'),
  consecutiveSuccessLimit: optional(
    templatedCount,
    'Successes in a row after which the metric is successful; 0 (off) when absent.',
  ),
  provider: metricProvider.describe('Source of the measurements. Exactly one provider.'),
});

/** An argument of a template or of a run. */
export const analysisArgument = z.object({
  name: text.describe('Name of the argument. Metrics refer to it as {{args.name}}.'),
  value: optional(text, 'Value of the argument; in a template, the default.'),
  valueFrom: optional(
    z.object({
      secretKeyRef: optional(
        z.object({ name: text.describe('Name of the Secret.'), key: text.describe('Key in the Secret.') }),
        'A key of a Secret in the namespace of the AnalysisRun.',
      ),
      fieldRef: optional(
        z.object({ fieldPath: text.describe('Path of the field.') }),
        'A field of the Rollout that creates the AnalysisRun.',
      ),
    }),
    'Source of the value, instead of value.',
  ),
});
export type AnalysisArgument = Immutable<z.infer<typeof analysisArgument>>;
