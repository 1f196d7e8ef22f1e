/**
 * AnalysisRun: measurements that are taken once, and their outcome.
 */
import { z } from 'zod';
import { dryRun, measurementRetention } from './analysis.ts';
import { flag, int32, optional, stringMap, text, time } from './fields.ts';
import { analysisArgument, metric } from './metric.ts';

export const analysisRunSpec = z.object({
  metrics: z.array(metric).describe('What is measured.'),
  args: optional(z.array(analysisArgument), 'Arguments that the metrics refer to.'),
  terminate: optional(flag, 'Set to true to end the run early.'),
  dryRun: optional(z.array(dryRun), 'Metrics that do not decide the outcome.'),
  measurementRetention: optional(z.array(measurementRetention), 'How many measurements are kept for which metric.'),
  ttlStrategy: optional(
    z.object({
      secondsAfterCompletion: optional(int32, 'Seconds after it has finished, however it turned out.'),
      secondsAfterFailure: optional(int32, 'Seconds after it has failed, in place of secondsAfterCompletion.'),
      secondsAfterSuccess: optional(int32, 'Seconds after it was successful, in place of secondsAfterCompletion.'),
    }),
    'When the finished run is deleted.',
  ),
});

const runSummary = z.object({
  count: optional(int32, 'Metrics.'),
  successful: optional(int32, 'Those that were successful.'),
  failed: optional(int32, 'Those that failed.'),
  inconclusive: optional(int32, 'Those of which nobody can say.'),
  error: optional(int32, 'Those that could not be measured.'),
});

const measurement = z.object({
  phase: text.describe('Running, Successful, Failed, Error or Inconclusive.'),
  message: optional(text, 'Why, in a sentence.'),
  startedAt: optional(time, 'When it was begun.'),
  finishedAt: optional(time, 'When it was over.'),
  resumeAt: optional(time, 'When the provider is asked again for one that takes longer.'),
  value: optional(text, 'What was measured.'),
  metadata: optional(stringMap, 'What the provider says about it beside the value.'),
});

const metricResult = z.object({
  name: text.describe('Name of the metric.'),
  phase: text.describe('Pending, Running, Successful, Failed, Error or Inconclusive.'),
  measurements: optional(z.array(measurement), 'The latest measurements, oldest first.'),
  message: optional(text, 'Why, in a sentence.'),
  count: optional(int32, 'Measurements that could be taken.'),
  successful: optional(int32, 'Those that were successful.'),
  failed: optional(int32, 'Those that failed.'),
  inconclusive: optional(int32, 'Those of which nobody can say.'),
  error: optional(int32, 'Measurements that could not be taken.'),
  consecutiveError: optional(int32, 'How many of these came last, one after the other.'),
  consecutiveSuccess: optional(int32, 'How many successful ones came last, one after the other.'),
  dryRun: optional(flag, 'Whether the metric does not decide the outcome.'),
  metadata: optional(stringMap, 'What the provider says about the metric.'),
});

export const analysisRunStatus = z.object({
  phase: optional(text, 'Running, Successful, Failed, Error or Inconclusive.'),
  message: optional(text, 'Why, in a sentence.'),
  startedAt: optional(time, 'When the first measurement was begun.'),
  completedAt: optional(time, 'When the last of its metrics was decided.'),
  metricResults: optional(z.array(metricResult), 'How each metric turned out.'),
  runSummary: optional(runSummary, 'How many metrics turned out how.'),
  dryRunSummary: optional(runSummary, 'The same for those that do not decide the outcome.'),
});
