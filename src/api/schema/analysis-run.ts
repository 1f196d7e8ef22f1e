/**
 * AnalysisRun: one run of measurements and its result. The parser checks only shapes; the rules are in
 * core/analysis.
 */
import { z } from 'zod';
import type { KubeObject } from '../../kube/objects.ts';
import { dryRun, measurementRetention } from './analysis.ts';
import { count, flag, int32, optional, stringMap, text, time } from './fields.ts';
import type { Immutable } from './immutable.ts';
import { analysisArgument, metric } from './metric.ts';
import { objectSchema, readObject } from './object-shape.ts';

export const analysisRunSpec = z.object({
  metrics: z.array(metric).describe('Metrics to measure.'),
  args: optional(z.array(analysisArgument), 'Arguments that the metrics refer to.'),
  terminate: optional(flag, 'Set to true to end the run early.'),
  dryRun: optional(z.array(dryRun), 'Metrics that do not affect the outcome.'),
  measurementRetention: optional(z.array(measurementRetention), 'How many measurements to keep for each metric.'),
  ttlStrategy: optional(
    z.object({
      secondsAfterCompletion: optional(count, 'Seconds after the run has finished, with any outcome.'),
      secondsAfterFailure: optional(count, 'Seconds after the run has failed; overrides secondsAfterCompletion.'),
      secondsAfterSuccess: optional(count, 'Seconds after the run has succeeded; overrides secondsAfterCompletion.'),
    }),
    'When a finished run is deleted.',
  ),
});
export type AnalysisRunSpec = Immutable<z.infer<typeof analysisRunSpec>>;

const runSummary = z.object({
  count: optional(int32, 'Number of metrics.'),
  successful: optional(int32, 'Number of successful ones.'),
  failed: optional(int32, 'Number of failed ones.'),
  inconclusive: optional(int32, 'Number of inconclusive ones.'),
  error: optional(int32, 'Number of metrics that could not be measured.'),
});
export type RunSummary = Immutable<z.infer<typeof runSummary>>;

const measurement = z.object({
  phase: text.describe('Running, Successful, Failed, Error or Inconclusive.'),
  message: optional(text, 'Why, in a sentence.'),
  startedAt: optional(time, 'When the measurement started.'),
  finishedAt: optional(time, 'When the measurement finished.'),
  resumeAt: optional(time, 'When the provider is asked again, if the measurement takes longer.'),
  value: optional(text, 'The measured value.'),
  metadata: optional(stringMap, 'Further details from the provider.'),
});
export type Measurement = Immutable<z.infer<typeof measurement>>;

const metricResult = z.object({
  name: text.describe('Name of the metric.'),
  phase: text.describe('Pending, Running, Successful, Failed, Error or Inconclusive.'),
  measurements: optional(z.array(measurement), 'The latest measurements, oldest first.'),
  message: optional(text, 'Why, in a sentence.'),
  count: optional(int32, 'Number of measurements taken.'),
  successful: optional(int32, 'Number of successful ones.'),
  failed: optional(int32, 'Number of failed ones.'),
  inconclusive: optional(int32, 'Number of inconclusive ones.'),
  error: optional(int32, 'Number of measurements that ended in an error.'),
  consecutiveError: optional(int32, 'Errors in a row, up to now.'),
  consecutiveSuccess: optional(int32, 'Successes in a row, up to now.'),
  dryRun: optional(flag, 'Whether the metric does not affect the outcome.'),
  metadata: optional(stringMap, 'Further details from the provider.'),
});
export type MetricResult = Immutable<z.infer<typeof metricResult>>;

export const analysisRunStatus = z.object({
  phase: optional(text, 'Running, Successful, Failed, Error or Inconclusive.'),
  message: optional(text, 'Why, in a sentence.'),
  startedAt: optional(time, 'When the first measurement started.'),
  completedAt: optional(time, 'When the last metric was decided.'),
  metricResults: optional(z.array(metricResult), 'Result of each metric.'),
  runSummary: optional(runSummary, 'Number of metrics by result.'),
  dryRunSummary: optional(runSummary, 'Number of dry-run metrics by result.'),
});
export type AnalysisRunStatus = Immutable<z.infer<typeof analysisRunStatus>>;

export interface AnalysisRun extends KubeObject {
  readonly spec: AnalysisRunSpec;
  readonly status?: AnalysisRunStatus;
}

const withoutSpec = objectSchema({ status: optional(analysisRunStatus) });
const SHAPE = { whole: withoutSpec.extend({ spec: analysisRunSpec }), withoutSpec, kind: 'an AnalysisRun' };

/**
 * The value, typed, when it has the shape of an AnalysisRun; otherwise a sentence that names the first field that does
 * not fit. A spec that equals `knownSpec`, which has been read before, is replaced by it and not read again.
 */
export function parseAnalysisRun(
  json: unknown,
  knownSpec?: AnalysisRunSpec,
): { readonly run: AnalysisRun } | { readonly problem: string } {
  const read = readObject<AnalysisRun>(json, SHAPE, knownSpec);
  return 'problem' in read ? read : { run: read.object };
}
