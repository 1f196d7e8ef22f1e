/**
 * A metric of an analysis: what is measured, how often, and when a measurement counts as good or bad.
 * Numbers may be text, since arguments are substituted into them.
 */
import { z } from 'zod';
import { intOrString, optional, text } from './fields.ts';
import { metricProvider } from './metric-provider.ts';

export const metric = z.object({
  name: text,
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
  provider: metricProvider,
});

/** An argument of a template or of a run. */
export const analysisArgument = z.object({
  name: text,
  value: optional(text),
  valueFrom: optional(
    z.object({
      secretKeyRef: optional(z.object({ name: text, key: text })),
      fieldRef: optional(z.object({ fieldPath: text })),
    }),
  ),
});
