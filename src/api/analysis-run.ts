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
      secondsAfterCompletion: optional(int32),
      secondsAfterFailure: optional(int32),
      secondsAfterSuccess: optional(int32),
    }),
    'When the finished run is deleted.',
  ),
});

const runSummary = z.object({
  count: optional(int32),
  successful: optional(int32),
  failed: optional(int32),
  inconclusive: optional(int32),
  error: optional(int32),
});

const measurement = z.object({
  phase: text,
  message: optional(text),
  startedAt: optional(time),
  finishedAt: optional(time),
  resumeAt: optional(time),
  value: optional(text),
  metadata: optional(stringMap),
});

const metricResult = z.object({
  name: text,
  phase: text,
  measurements: optional(z.array(measurement)),
  message: optional(text),
  count: optional(int32),
  successful: optional(int32),
  failed: optional(int32),
  inconclusive: optional(int32),
  error: optional(int32),
  consecutiveError: optional(int32),
  consecutiveSuccess: optional(int32),
  dryRun: optional(flag),
  metadata: optional(stringMap),
});

export const analysisRunStatus = z.object({
  phase: optional(text, 'Running, Successful, Failed, Error or Inconclusive.'),
  message: optional(text),
  startedAt: optional(time),
  completedAt: optional(time),
  metricResults: optional(z.array(metricResult)),
  runSummary: optional(runSummary),
  dryRunSummary: optional(runSummary),
});
