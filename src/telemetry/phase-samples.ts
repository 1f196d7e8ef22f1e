/** The phases that AnalysisRuns and Experiments show on dashboards. */

/** In the order of dashboards. What has no phase yet counts as pending. */
const PHASES = ['Pending', 'Error', 'Failed', 'Successful', 'Running', 'Inconclusive'] as const;

/** One sample for each phase: 1 for the current one. */
export function phaseSamples<Labels extends object>(current: string, labels: Labels) {
  const shown = current === '' ? 'Pending' : current;
  return PHASES.map((phase) => ({ labels: { ...labels, phase }, value: phase === shown ? 1 : 0 }));
}
