/**
 * What a canary remembers beside what every strategy does: where it is in its steps.
 */
import type { CanaryStatus, RolloutStatus } from '../../../api/schema/status.ts';
import { formatTime } from '../../../kube/time.ts';
import type { RunMirror } from '../../analysis/current-run.ts';
import { fieldsOf, NO_PAUSE, recall, recalled, written, type Memory } from '../../observed/memory.ts';

export interface CanaryMemory extends Memory {
  readonly currentStepHash: string;
  /** `null` when there are no steps; the number of steps when they are done. */
  readonly currentStepIndex: number | null;
  /** The step at which the controller paused; a resume counts for this step only. */
  readonly pausedStepIndex: number | null;
  /** The runs that serve its analyses, as they were seen; `null` without one. */
  readonly currentStepAnalysisRunStatus: RunMirror | null;
  readonly currentBackgroundAnalysisRunStatus: RunMirror | null;
  /** Name of the Experiment of the step; `null` without one. */
  readonly currentExperiment: string | null;
}

const ABSENT: Pick<CanaryMemory, 'currentStepHash' | 'currentStepIndex'> = {
  currentStepHash: '',
  currentStepIndex: null,
};

/** What is kept in `status.canary`. */
const ABSENT_WITHIN: Omit<CanaryMemory, keyof Memory | keyof typeof ABSENT> = {
  pausedStepIndex: null,
  currentStepAnalysisRunStatus: null,
  currentBackgroundAnalysisRunStatus: null,
  currentExperiment: null,
};

export const CANARY_FIELDS: readonly (keyof RolloutStatus)[] = [...fieldsOf(ABSENT), 'canary'];

export function recallCanary(status: RolloutStatus): CanaryMemory {
  return { ...recall(status), ...recalled(ABSENT, status), ...recalled(ABSENT_WITHIN, status.canary) };
}

/** The fields that a canary has to itself: its memory, and what it reports of its traffic. */
export function canaryFields(memory: CanaryMemory, { weights }: Pick<CanaryStatus, 'weights'>): RolloutStatus {
  const canary = { ...(weights === undefined ? {} : { weights }), ...written(ABSENT_WITHIN, memory) };
  return { ...written(ABSENT, memory), ...(Object.keys(canary).length === 0 ? {} : { canary }) };
}

/** No step pauses any more. */
export const NO_STEP_PAUSE = { ...NO_PAUSE, pausedStepIndex: null } as const satisfies Partial<CanaryMemory>;

/** No run and no Experiment belongs to the canary any more. */
export const NO_RUNS = {
  currentStepAnalysisRunStatus: null,
  currentBackgroundAnalysisRunStatus: null,
  currentExperiment: null,
} as const satisfies Partial<CanaryMemory>;

/** Given up at that time, in milliseconds since the epoch, unless it was before: the steps start over with a retry. */
export function abortedMemory(memory: CanaryMemory, now: number): CanaryMemory {
  return {
    ...memory,
    ...NO_STEP_PAUSE,
    abort: true,
    abortedAt: memory.abortedAt ?? formatTime(now),
    currentStepIndex: memory.currentStepIndex === null ? null : 0,
  };
}
