/** How far a rollout has come. */
import { stepText } from '../../api/events.ts';
import type { Situation } from '../observed/situation.ts';
import type { StrategyView } from '../strategies/strategy.ts';

/** Whether the present template is stable (`settled`), on its way (`underWay`), or was given up (`aborted`). */
export type Progress = 'settled' | 'underWay' | 'aborted';

export interface StepView {
  readonly text: string;
  readonly state: 'done' | 'current' | 'next';
  /** When the step is over by itself, milliseconds since the epoch; only of a timed pause that has begun. */
  readonly endsAt: number | null;
}

export function progressOf({ status, canaryHash }: Situation): Progress {
  if (status.stableRS === canaryHash) return 'settled';
  return status.abort === true && status.currentPodHash === canaryHash ? 'aborted' : 'underWay';
}

export function stepsOf(situation: Situation, progress: Progress, strategy: StrategyView): readonly StepView[] {
  const current = positionOf(situation, progress, strategy);
  return strategy.steps.map((step, index) => {
    const state = index < current.done ? 'done' : index === current.done && current.started ? 'current' : 'next';
    return { text: stepText(step), state, endsAt: state === 'current' ? strategy.pauseEndsAt : null };
  });
}

interface Position {
  readonly done: number;
  readonly started: boolean;
}

/** A status of another template says nothing about the steps of this one, and an abort gives them all up. */
function positionOf(
  { status, canaryHash }: Situation,
  progress: Progress,
  { steps, stepsDone }: StrategyView,
): Position {
  if (progress === 'settled') return { done: steps.length, started: false };
  return progress === 'underWay' && status.currentPodHash === canaryHash
    ? { done: stepsDone, started: true }
    : { done: 0, started: false };
}

/** `null` without steps. */
export function stepsDoneOf(steps: readonly StepView[]): number | null {
  return steps.length === 0 ? null : steps.filter(({ state }) => state === 'done').length;
}
