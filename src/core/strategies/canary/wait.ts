/**
 * What keeps a canary where it stands. When nothing does, a step completes or the canary is promoted; otherwise the first
 * reason is reported.
 */
import { blocked, type BlockedOn } from '../../acts/blocked.ts';
import type { Missing } from './demand.ts';
import { backgroundNotStarted, isAnalysisStep, pauseOfRuns, runsUnseen, stepNotPassed } from './analysis.ts';
import { experimentNotPassed, isExperimentStep, pauseOfExperiment } from './experiment.ts';
import { canaryNotWhole, promotedPodsMissing } from './enough-pods.ts';
import { pauseNotOver } from './pauses.ts';
import type { Position } from './position.ts';

/** In the order of the reports. */
export function heldBy(position: Position, missing: Missing): BlockedOn | null {
  return stoppedBy(position) ?? lackOf(position, missing);
}

/** The same for the report. `traffic`: why the split is blocked, which says more than that it is not in force. */
export function waitOf(position: Position, missing: Missing, traffic: BlockedOn | null): BlockedOn | null {
  return stoppedBy(position) ?? traffic ?? lackOf(position, missing);
}

function stoppedBy(position: Position): BlockedOn | null {
  const { situation, standing } = position;
  if (situation.rollout.spec.paused === true) {
    return blocked('PausedByUser', 'paused by spec.paused, set it to false to go on');
  }
  // A pause is one of the steps, which an abort and a promotion leave behind.
  switch (standing) {
    case 'stepping':
    case 'held':
      return pauseOfRuns(position) ?? pauseOfExperiment(position) ?? pauseNotOver(position) ?? runsUnseen(position);
    case 'finishing':
      return pauseOfRuns(position) ?? runsUnseen(position);
    case 'first':
    case 'promoted':
    case 'aborted':
    case 'full':
      return null;
  }
}

function lackOf(position: Position, missing: Missing): BlockedOn | null {
  switch (position.standing) {
    case 'first':
    case 'aborted':
      return null;
    case 'promoted':
      return promotedPodsMissing(position);
    case 'held':
    case 'stepping':
      return lackOfStep(position, missing) ?? backgroundNotStarted(position);
    case 'finishing':
      return canaryNotWhole(position) ?? missing.split ?? backgroundNotStarted(position);
    case 'full':
      return canaryNotWhole(position) ?? missing.split;
  }
}

/** The first verb in this order decides when a step is over (spec 1.4). */
function lackOfStep(position: Position, missing: Missing): BlockedOn | null {
  const { step } = position;
  if (step?.pause !== undefined) return null;
  if (isExperimentStep(step)) return experimentNotPassed(position);
  if (isAnalysisStep(step)) return stepNotPassed(position);
  // A header route must be on the router, like a weight, before the rollout goes on.
  const isScaleAlone =
    step?.setCanaryScale !== undefined && step.setWeight === undefined && step.setHeaderRoute === undefined;
  return missing.pods ?? (isScaleAlone ? null : missing.split);
}
