/**
 * How the memory changes in one look at an unchanged spec: commands are handled, the rollout is promoted, or at most one
 * step completes (spec 4.11, 5.6, 5.8, 6).
 */
import { events } from '../../../api/events.ts';
import type { CanaryStep } from '../../../api/schema/steps.ts';
import { refusedCreation } from '../../acts/failures.ts';
import { isPromoted, NO_ABORT } from '../../observed/memory.ts';
import { pausedByRuns } from './analysis.ts';
import { abortedMemory, NO_STEP_PAUSE, type CanaryMemory } from './memory.ts';
import { currentRevision } from '../../acts/revisions.ts';
import type { Situation } from '../../observed/situation.ts';
import type { Transition } from '../../acts/transition.ts';
import { isWithinRollbackWindow } from '../rollback.ts';
import { memoryAtPromotion } from '../turning-points.ts';
import type { Missing } from './demand.ts';
import { canBePromoted } from './enough-pods.ts';
import { hasPauseToBegin, isPauseOver, STEP_PAUSE, stepPauseOf, withoutStepPause, withStepPause } from './pauses.ts';
import type { Look, Position } from './position.ts';
import { heldBy } from './wait.ts';

/** Commands that a person wrote into the status, as far as they change where the rollout stands (spec 6). */
export function takeCommands({ situation, spec }: Look, memory: CanaryMemory): CanaryMemory {
  const end = spec.steps.length === 0 ? null : spec.steps.length;
  if (isPromoted(memory, situation.canaryHash)) return { ...memory, ...NO_ABORT, currentStepIndex: end };
  if (memory.promoteFull || isWithinRollbackWindow(situation)) {
    return { ...memory, ...NO_STEP_PAUSE, ...NO_ABORT, currentStepIndex: end };
  }
  if (memory.abort) return abortedMemory({ ...memory, currentStepIndex: end }, situation.now);
  const index = end === null ? null : Math.max(0, Math.min(memory.currentStepIndex ?? 0, end));
  // When a person moves the index, the pause of another step stays in the status; it is not that of this step.
  const movedAway = memory.pausedStepIndex !== null && memory.pausedStepIndex !== index;
  return { ...(movedAway ? withoutStepPause(memory) : memory), abortedAt: null, currentStepIndex: index };
}

/** The memory after this look; `abortReason` says why the canary is given up in it. At most one step completes: the next one is judged by what this one brings about. */
export function advance(position: Position, missing: Missing, abortReason: string | null): Transition<CanaryMemory> {
  const { situation, memory } = position;
  const why = promotionReason(position, missing);
  if (why !== null) return promote(position, why);
  if (memory.abort) {
    return {
      memory,
      events:
        situation.status.abortedAt === undefined
          ? [events.aborted(currentRevision(situation), abortReason ?? undefined)]
          : [],
    };
  }
  return completeStep(position, missing);
}

function promotionReason(position: Position, missing: Missing): string | null {
  const { situation, spec, memory, standing } = position;
  // When a person has deleted the stable ReplicaSet, its pods cannot come back; the canary replaces it (spec 11, 51).
  if (situation.stable === null && standing !== 'promoted') {
    return situation.rollout.spec.paused === true || refusedCreation(situation) !== null ? null : 'Initial deploy';
  }
  switch (standing) {
    case 'first':
    case 'aborted':
    case 'held':
    case 'stepping':
      return null;
    case 'promoted':
      if (!canBePromoted(spec, situation)) return null;
      break;
    case 'full':
    case 'finishing':
      if (heldBy(position, missing) !== null) return null;
  }
  if (memory.promoteFull) return 'Full promotion requested';
  if (isWithinRollbackWindow(situation)) return 'Rollback within window';
  return `Completed all ${spec.steps.length} canary steps`;
}

function promote({ situation, spec, memory, standing }: Position, why: string): Transition<CanaryMemory> {
  const next: CanaryMemory = {
    ...memoryAtPromotion(situation, memory),
    pausedStepIndex: null,
    currentStepIndex: spec.steps.length === 0 ? null : spec.steps.length,
  };
  return {
    memory: next,
    events: standing === 'promoted' ? [] : [events.completed(currentRevision(situation), situation.canaryHash, why)],
  };
}

function completeStep(position: Position, missing: Missing): Transition<CanaryMemory> {
  const { situation, spec, memory, standing, step, stepIndex } = position;
  if (step === null) return { memory: pausedByRuns(memory), events: [] };
  if (standing === 'first') return { memory, events: [] };
  const isHeld = heldBy(position, missing) !== null || hasPauseToBegin(position);
  if (isHeld) return isPauseOver(position) ? { memory, events: [] } : pauseAt(situation, memory, step, stepIndex);
  const arrived: CanaryMemory = {
    ...memory,
    ...NO_STEP_PAUSE,
    currentStepAnalysisRunStatus: null,
    currentExperiment: null,
    currentStepIndex: stepIndex + 1,
  };
  const done = { memory: arrived, events: [events.stepCompleted(step, stepIndex, spec.steps.length)] };
  const next = spec.steps[stepIndex + 1];
  if (next === undefined) return done;
  const paused = pauseAt(situation, arrived, next, stepIndex + 1);
  return { memory: paused.memory, events: [...done.events, ...paused.events] };
}

/** At a pause step a pause begins, in the same write in which the rollout arrives there. */
function pauseAt(
  { rollout, now }: Situation,
  memory: CanaryMemory,
  step: CanaryStep,
  index: number,
): Transition<CanaryMemory> {
  const isPaused = stepPauseOf(memory) !== undefined || rollout.spec.paused === true;
  if (step.pause === undefined || isPaused) return { memory, events: [] };
  return { memory: withStepPause(memory, now, index), events: [events.paused(STEP_PAUSE)] };
}
