/**
 * The analyses of a canary: what their runs ask of it, and which runs it needs where it stands (spec B.8, 4.10).
 */
import type { RolloutAnalysis } from '../../../api/schema/analysis.ts';
import type { AnalysisRun } from '../../../api/schema/analysis-run.ts';
import type { CanaryStep } from '../../../api/schema/steps.ts';
import { LABELS } from '../../../api/words/labels.ts';
import type { EventNote } from '../../../kube/plan.ts';
import { recordedRun, servingRun, unseenRun, type ServingRun } from '../../acts/analysis-runs.ts';
import type { BlockedOn } from '../../acts/blocked.ts';
import { effectOf, mirrorOf, needsNewRun, type RunEffect, type RunMirror } from '../../analysis/current-run.ts';
import { requestedAnalysis } from '../../analysis/template-problem.ts';
import type { Situation } from '../../observed/situation.ts';
import { NO_RUN, requested, runEvents, type RequestedRuns } from '../analysis-requests.ts';
import { heedEffects, isInconclusive, isResumed, steeringOf, type Heeded } from '../analysis-verdict.ts';
import { inconclusivePause, runNotFinished } from '../analysis-waits.ts';
import { effectsOfExperiment } from './experiment.ts';
import { isMeasured } from './measured.ts';
import { abortedMemory, NO_STEP_PAUSE, type CanaryMemory } from './memory.ts';
import type { Look, Position } from './position.ts';

/** The step asks for a run, and waits for its end. A block without templates asks for nothing. */
export function isAnalysisStep(step: CanaryStep | null): boolean {
  return requestedAnalysis(step?.analysis) !== null;
}

/**
 * The memory without runs that belong to the past: of another step, deleted by a person, or judged before a person
 * resumed or retried. `before` is the memory of the last look.
 */
export function forgetPastRuns({ situation, spec }: Look, before: CanaryMemory, memory: CanaryMemory): CanaryMemory {
  const steering = steeringOf(before);
  const kept = (recorded: RunMirror | null, isOfThis: (run: AnalysisRun) => boolean): RunMirror | null => {
    const run = recordedRun(situation, recorded);
    const told = recorded === null ? null : { status: { phase: recorded.status } };
    if (unseenRun(situation, recorded) !== null) return needsNewRun(told, steering) ? null : recorded;
    return run === null || !isOfRevision(run) || !isOfThis(run) || needsNewRun(run, steering) ? null : recorded;
  };
  // A status that lost its revision does not say that another one is on trial.
  const isOfRevision = ({ metadata }: AnalysisRun) =>
    metadata.labels?.[LABELS.podTemplateHash] === situation.canaryHash;
  const index = memory.currentStepIndex;
  const isOfStep = ({ metadata }: AnalysisRun) => metadata.labels?.[LABELS.stepIndex] === String(index);
  const next: CanaryMemory = {
    ...memory,
    currentStepAnalysisRunStatus: kept(memory.currentStepAnalysisRunStatus, isOfStep),
    currentBackgroundAnalysisRunStatus: kept(memory.currentBackgroundAnalysisRunStatus, () => true),
  };
  // The resume has been handled: at a pause step it still says that the pause is over.
  const isPauseStep = spec.steps[index ?? -1]?.pause !== undefined;
  return isResumed(before) && !isPauseStep ? { ...next, controllerPause: false, pausedStepIndex: null } : next;
}

/** A failed run or experiment gives the canary up, and one that shows nothing pauses it at its step. */
export function heedRuns(position: Position): Heeded<CanaryMemory> {
  const { situation, memory } = position;
  const effects = isMeasured(position) ? effectsOf(position) : [];
  const heeded = heedEffects(memory, effects, situation.now, abortedMemory);
  const pauses = heeded.memory.pauseConditions.length > memory.pauseConditions.length;
  return pauses ? { ...heeded, memory: { ...heeded.memory, pausedStepIndex: memory.currentStepIndex } } : heeded;
}

function effectsOf(position: Position): readonly RunEffect[] {
  const { step, background } = runsAt(position);
  return [
    ...(step === null ? [] : [effectOf('Step', step)]),
    ...(background === null ? [] : [effectOf('Background', background)]),
    ...effectsOfExperiment(position),
  ];
}

function runsAt({ situation, memory }: Position): Record<'step' | 'background', AnalysisRun | null> {
  return {
    step: recordedRun(situation, memory.currentStepAnalysisRunStatus),
    background: recordedRun(situation, memory.currentBackgroundAnalysisRunStatus),
  };
}

/** The analysis of the step has not passed. */
export function stepNotPassed(position: Position): BlockedOn | null {
  const { step: run } = runsAt(position);
  return run !== null && effectOf('Step', run).effect === 'pass'
    ? null
    : runNotFinished(run?.metadata ?? null, 'of the step');
}

/** The background analysis has no run, because it was refused or cannot be made: the canary would go on unwatched. */
export function backgroundNotStarted(position: Position): BlockedOn | null {
  if (position.memory.currentBackgroundAnalysisRunStatus !== null) return null;
  const analysis = isMeasured(position) ? dueInBackground(position) : null;
  if (analysis === null) return null;
  // A step completes with the creation in the same plan. A promotion ends all runs, so it comes in a look after it.
  const begins = position.standing !== 'finishing' && servingBackground(position, analysis).mirror !== null;
  if (begins) return null;
  return runNotFinished(null, 'in the background');
}

function servingBackground({ situation, memory }: Position, analysis: RolloutAnalysis): ServingRun {
  const recorded = memory.currentBackgroundAnalysisRunStatus;
  return servingRun(situation, { purpose: { kind: 'Background' }, analysis, recorded });
}

function dueInBackground({ spec, memory, stepIndex }: Position): RolloutAnalysis | null {
  const { analysis } = spec.strategy;
  const hasBegun = memory.currentBackgroundAnalysisRunStatus !== null;
  return hasBegun || stepIndex >= (analysis?.startingStep ?? 0) ? requestedAnalysis(analysis) : null;
}

/** The pause of a run that shows nothing. */
export function pauseOfRuns(position: Position): BlockedOn | null {
  const { step, background } = runsAt(position);
  return inconclusivePause(
    position.memory,
    [step, background].flatMap((run) => (run === null ? [] : mirrorOf(run))),
  );
}

/** What has to be measured here cannot be seen. */
export function runsUnseen(position: Position): BlockedOn | null {
  return position.situation.world.analysis.unreadable === null ? null : requestRuns(position).blockedOn;
}

/** The memory names the runs that serve the position, and no others. */
export function requestRuns(position: Position): RequestedRuns<CanaryMemory> {
  const { situation, memory, step, stepIndex } = position;
  const { currentStepAnalysisRunStatus: ofStep, currentBackgroundAnalysisRunStatus: ofAll } = memory;
  const stepAnalysis = requestedAnalysis(step?.analysis);
  const stepRun =
    stepAnalysis === null
      ? NO_RUN
      : runAt(position, ofStep, () =>
          servingRun(situation, { purpose: { kind: 'Step', stepIndex }, analysis: stepAnalysis, recorded: ofStep }),
        );
  const background = dueInBackground(position);
  const backgroundRun =
    background === null ? NO_RUN : runAt(position, ofAll, () => servingBackground(position, background));
  const next: CanaryMemory = {
    ...memory,
    currentStepAnalysisRunStatus: stepRun.mirror,
    currentBackgroundAnalysisRunStatus: backgroundRun.mirror,
  };
  return requested(next, [stepRun, backgroundRun]);
}

/** A run is kept while the canary is under way; a new one begins only where nothing pauses. */
function runAt(position: Position, recorded: RunMirror | null, serve: () => ServingRun): ServingRun {
  if (!isMeasured(position)) return NO_RUN;
  const { situation, memory, standing } = position;
  const mayBegin =
    standing !== 'held' &&
    situation.canary !== null &&
    !memory.pauseConditions.some(isInconclusive) &&
    situation.rollout.spec.paused !== true;
  return recorded !== null || mayBegin ? serve() : NO_RUN;
}

/** The runs that the status names have another phase now than it says. */
export function eventsOfRuns(situation: Situation): readonly EventNote[] {
  const { currentStepAnalysisRunStatus: step, currentBackgroundAnalysisRunStatus: background } =
    situation.status.canary ?? {};
  return runEvents(situation, [
    { kind: 'Step', told: step },
    { kind: 'Background', told: background },
  ]);
}

/** Once all steps are complete only a run that shows nothing pauses. */
export function pausedByRuns(memory: CanaryMemory): CanaryMemory {
  const pauseConditions = memory.pauseConditions.filter(isInconclusive);
  return pauseConditions.length === 0 ? { ...memory, ...NO_STEP_PAUSE } : { ...memory, pauseConditions };
}
