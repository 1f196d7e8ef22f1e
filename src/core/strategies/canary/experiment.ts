/**
 * The experiment of a canary's step: what it asks of the canary, and whether the position needs one (spec C.3, 4.10).
 */
import type { Experiment } from '../../../api/schema/experiment.ts';
import type { CanaryStep } from '../../../api/schema/steps.ts';
import type { PauseReason } from '../../../api/words/reasons.ts';
import type { DesiredRuns } from '../../acts/analysis-runs.ts';
import { blocked, waitsFor, type BlockedOn } from '../../acts/blocked.ts';
import { isOfStep, recordedExperiment, servingExperiment, type ServingExperiment } from '../../acts/experiments.ts';
import { effectOfExperiment, needsNewRun, type RunEffect } from '../../analysis/current-run.ts';
import { isInconclusive, steeringOf } from '../analysis-verdict.ts';
import { isMeasured } from './measured.ts';
import type { CanaryMemory } from './memory.ts';
import type { Look, Position } from './position.ts';

const PAUSE = 'InconclusiveExperiment' satisfies PauseReason;

export function isExperimentStep(step: CanaryStep | null): boolean {
  return step?.experiment !== undefined;
}

/**
 * The memory without an experiment that belongs to the past: of another step, deleted by a person, or judged before a
 * person resumed or retried. `before` is the memory of the last look.
 */
export function forgetPastExperiment({ situation }: Look, before: CanaryMemory, memory: CanaryMemory): CanaryMemory {
  const { currentExperiment, currentStepIndex } = memory;
  const experiment = recordedExperiment(situation, currentExperiment);
  // It may be there, and is judged once it is seen.
  if (experiment === null && situation.world.experiments.unreadable !== null) return memory;
  const isKept =
    experiment !== null &&
    currentStepIndex !== null &&
    isOfStep(situation, experiment, currentStepIndex) &&
    !needsNewRun(experiment, steeringOf(before));
  return isKept ? memory : { ...memory, currentExperiment: null };
}

/** What the experiment asks of the canary. */
export function effectsOfExperiment(position: Position): readonly RunEffect[] {
  const experiment = experimentAt(position);
  return experiment === null ? [] : [effectOfExperiment(experiment)];
}

/** The experiment of the step has not passed. */
export function experimentNotPassed(position: Position): BlockedOn | null {
  const experiment = experimentAt(position);
  if (experiment !== null && effectOfExperiment(experiment).effect === 'pass') return null;
  const what =
    experiment === null
      ? 'the Experiment of the step to start'
      : `Experiment ${experiment.metadata.name} to finish${saidBy(experiment)}`;
  return waitsFor('ExperimentNotFinished', `waiting for ${what}`);
}

/** The pause of an experiment that shows nothing. */
export function pauseOfExperiment(position: Position): BlockedOn | null {
  const pause = position.memory.pauseConditions.find(({ reason }) => reason === PAUSE);
  if (pause === undefined) return null;
  const experiment = experimentAt(position);
  const what =
    experiment === null
      ? 'an Experiment was inconclusive'
      : `Experiment ${experiment.metadata.name} was inconclusive${saidBy(experiment)}`;
  return blocked('ExperimentInconclusive', `paused since ${pause.startTime}, because ${what}, resume to repeat it`);
}

/** The experiments that a position needs, and the memory that names the one of the step. */
export interface RequestedExperiments {
  readonly memory: CanaryMemory;
  readonly experiments: DesiredRuns;
  readonly blockedOn: BlockedOn | null;
}

/** One is kept while the canary is under way; a new one begins only where nothing pauses. */
export function requestExperiment(
  position: Pick<Position, 'situation' | 'memory' | 'standing' | 'step' | 'stepIndex'>,
): RequestedExperiments {
  const { situation, memory, standing, step, stepIndex } = position;
  const { currentExperiment: recorded, pauseConditions } = memory;
  const isPaused = pauseConditions.some(isInconclusive) || situation.rollout.spec.paused === true;
  const mayServe = isMeasured(position) && (recorded !== null || (standing === 'stepping' && !isPaused));
  const serving =
    step?.experiment === undefined || !mayServe
      ? NO_EXPERIMENT
      : servingExperiment(situation, step.experiment, stepIndex, recorded);
  return {
    memory: { ...memory, currentExperiment: serving.name },
    experiments: {
      current: new Set(serving.name === null ? [] : [serving.name]),
      creations: serving.creation === null ? [] : [serving.creation],
    },
    blockedOn: serving.blockedOn,
  };
}

const NO_EXPERIMENT: ServingExperiment = { name: null, creation: null, blockedOn: null };

function experimentAt({ situation, memory }: Position): Experiment | null {
  return recordedExperiment(situation, memory.currentExperiment);
}

function saidBy({ status }: Experiment): string {
  return status?.message === undefined || status.message === '' ? '' : ` (${status.message})`;
}
