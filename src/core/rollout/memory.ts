/**
 * The part of the status that the API defines as memory: what the controller has to remember from
 * one look to the next, and what a person changes to steer. Everything else in the status is report.
 */
import type { PauseCondition, RolloutStatus, WorkloadScaleDown } from '../../api/status.ts';

export interface Memory {
  /** Template hash of the last promoted revision, '' before the first promotion. */
  readonly stableRS: string;
  readonly currentPodHash: string;
  readonly currentStepHash: string;
  /** `null` when there are no steps; the number of steps when they are done. */
  readonly currentStepIndex: number | null;
  readonly pauseConditions: readonly PauseCondition[];
  /** True from the moment the controller pauses until the pause is consumed; with no pause condition left it means "a person resumed". */
  readonly controllerPause: boolean;
  /** The step that the controller paused at; a resume counts for this step only. */
  readonly pausedStepIndex: number | null;
  readonly abort: boolean;
  readonly abortedAt: string | null;
  readonly promoteFull: boolean;
  readonly restartedAt: string | null;
  /** How far the Deployment of workloadRef has given way; `null` before that begins. */
  readonly workloadScaleDown: WorkloadScaleDown | null;
  readonly blueGreen: BlueGreenMemory;
}

/** What only blue-green remembers. */
export interface BlueGreenMemory {
  /** Template hashes that the two Services were left on, '' for none: what another writer took away is put back. */
  readonly activeSelector: string;
  readonly previewSelector: string;
  /** The pause is over, and the new revision may grow beyond its preview size. */
  readonly scaleUpPreviewCheckPoint: boolean;
  /** The template is that of a revision whose pods were still there when it came back: nobody is asked. */
  readonly fastRollback: boolean;
}

export function recall(status: RolloutStatus): Memory {
  return {
    stableRS: status.stableRS ?? '',
    currentPodHash: status.currentPodHash ?? '',
    currentStepHash: status.currentStepHash ?? '',
    currentStepIndex: status.currentStepIndex ?? null,
    pauseConditions: status.pauseConditions ?? [],
    controllerPause: status.controllerPause ?? false,
    pausedStepIndex: status.canary?.pausedStepIndex ?? null,
    abort: status.abort ?? false,
    abortedAt: status.abortedAt ?? null,
    promoteFull: status.promoteFull ?? false,
    restartedAt: status.restartedAt ?? null,
    workloadScaleDown: status.workloadScaleDown ?? null,
    blueGreen: {
      activeSelector: status.blueGreen?.activeSelector ?? '',
      previewSelector: status.blueGreen?.previewSelector ?? '',
      scaleUpPreviewCheckPoint: status.blueGreen?.scaleUpPreviewCheckPoint ?? false,
      fastRollback: status.blueGreen?.fastRollback ?? false,
    },
  };
}

/** Nobody pauses any more. */
export const NO_PAUSE = {
  pauseConditions: [],
  controllerPause: false,
  pausedStepIndex: null,
} as const satisfies Partial<Memory>;

/** Not aborted any more. */
export const NO_ABORT = { abort: false, abortedAt: null } as const satisfies Partial<Memory>;

/** No way towards a promotion is behind the new revision. */
export const NO_BLUE_GREEN_PROGRESS = {
  scaleUpPreviewCheckPoint: false,
  fastRollback: false,
} as const satisfies Partial<BlueGreenMemory>;

/** Another strategy has no use for any of it. */
export const NO_BLUE_GREEN: BlueGreenMemory = { activeSelector: '', previewSelector: '', ...NO_BLUE_GREEN_PROGRESS };
