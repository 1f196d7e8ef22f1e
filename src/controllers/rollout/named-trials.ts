/** The AnalysisRuns and the Experiment that the status of a Rollout names, where the caches do not show them. */
import { isOutcome } from '../../core/analysis/phases.ts';
import { recordedExperimentNames } from '../../core/observed/recorded-runs.ts';
import type { RolloutWorld } from '../../core/observed/world.ts';
import type { Client } from '../../runtime/client.ts';
import { withNamedExperiments, withNamedRuns } from '../trials.ts';

/** The world with them, as the API server shows them. */
export async function withNamedTrials(
  client: Pick<Client, 'get'>,
  world: RolloutWorld,
  signal: AbortSignal,
): Promise<RolloutWorld> {
  const { rollout } = world;
  const { status = {} } = rollout;
  const { canary = {}, blueGreen = {} } = status;
  // For blue-green an outcome in the status is final, whatever has become of the run.
  const ofBlueGreen = [blueGreen.prePromotionAnalysisRunStatus, blueGreen.postPromotionAnalysisRunStatus];
  const runs = [
    canary.currentStepAnalysisRunStatus,
    canary.currentBackgroundAnalysisRunStatus,
    ...ofBlueGreen.filter((mirror) => !isOutcome(mirror?.status)),
  ].flatMap((mirror) => mirror?.name ?? []);
  const withRuns = await withNamedRuns(client, world, rollout, runs, signal);
  return withNamedExperiments(client, withRuns, rollout, recordedExperimentNames(status), signal);
}
