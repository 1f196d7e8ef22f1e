/**
 * A metric of an analysis: what is measured, how often, and when a measurement counts as good or bad.
 * Numbers may be text, since arguments are substituted into them.
 */
import { z } from 'zod';
import { intOrString, optional, text } from './fields.ts';
import { metricProvider } from './metric-provider.ts';

export const metric = z.object({
  name: text.describe('Name of the metric, unique in its analysis.'),
  interval: optional(text, 'Duration between two measurements.'),
  initialDelay: optional(text, 'Duration before the first measurement.'),
  count: optional(intOrString, 'Measurements to take; one when there is no interval either.'),
  successCondition: optional(text, 'Expression over result that makes a measurement successful.'),
  failureCondition: optional(text, 'Expression over result that makes a measurement failed.'),
  failureLimit: optional(intOrString, 'Failed measurements that are tolerated; 0 when absent, -1 for any number.'),
  inconclusiveLimit: optional(intOrString, 'Inconclusive measurements that are tolerated; 0 when absent.'),
  consecutiveErrorLimit: optional(intOrString, 'Errors in a row that are tolerated; 4 when absent.'),
  consecutiveSuccessLimit: optional(
    intOrString,
    'Successes in a row that end the metric; 0 when absent, which is off.',
  ),
  provider: metricProvider.describe('Who is asked for a value; exactly one.'),
});

/** An argument of a template or of a run. */
export const analysisArgument = z.object({
  name: text.describe('Name of the argument; {{args.name}} stands for its value.'),
  value: optional(text, 'Its value; in a template, the one that holds when nobody gives another.'),
  valueFrom: optional(
    z.object({
      secretKeyRef: optional(
        z.object({ name: text.describe('Name of the Secret.'), key: text.describe('Key in the Secret.') }),
        'An entry of a Secret in the namespace of the AnalysisRun.',
      ),
      fieldRef: optional(
        z.object({ fieldPath: text.describe('Path of the field.') }),
        'A field of the Rollout that the AnalysisRun is made for.',
      ),
    }),
    'Where its value comes from, in place of value.',
  ),
});
