/**
 * What AnalysisRuns and Experiments have to themselves where they are played.
 */
import type { AnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import { ANALYSIS_RUNS, EXPERIMENTS } from '../../../src/kube/resources.ts';
import type { TrialKind } from './trial-controller.ts';

/** A termination is no failure: what was measured so far was well, or was not enough. */
export const PLAYED_RUNS: TrialKind = {
  resource: ANALYSIS_RUNS,
  phases: ['Running'],
  endings: [
    [3, 'Successful'],
    [1, 'Inconclusive'],
  ],
  echo: { runSummary: { count: 1 } },
  // A metric without a count is measured until it is wrong, or asked to end.
  isEndless: (trial) =>
    (trial as AnalysisRun).spec.metrics.some(({ count, interval }) => count === undefined && interval !== undefined),
};

/** Pods or an analysis may fail in the very moment in which an Experiment is asked to end. */
export const PLAYED_EXPERIMENTS: TrialKind = {
  resource: EXPERIMENTS,
  phases: ['Pending', 'Running'],
  endings: [
    [3, 'Successful'],
    [1, 'Inconclusive'],
    [1, 'Failed'],
    [1, 'Error'],
  ],
  echo: { availableAt: '2026-01-05T08:00:00Z' },
  isEndless: () => false,
};
