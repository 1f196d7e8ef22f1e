/**
 * What blue-green remembers beside what every strategy does: what its Services select, and what lets the new revision
 * pass its gate.
 */
import type { RolloutStatus } from '../../../api/schema/status.ts';
import { formatTime } from '../../../kube/time.ts';
import type { RunMirror } from '../../analysis/current-run.ts';
import { NO_PAUSE, recall, recalled, written, type Memory } from '../../observed/memory.ts';

interface Own {
  /** Template hashes that the two Services selected last, '' for none: a selector that another writer removed is restored. */
  readonly activeSelector: string;
  readonly previewSelector: string;
  /** The pause is over, and the new revision may grow beyond its preview size. */
  readonly scaleUpPreviewCheckPoint: boolean;
  /** The template is that of a revision whose pods were still there when it came back: no approval is needed. */
  readonly fastRollback: boolean;
  /** The runs of the two analyses, as they were seen; `null` without one. A new template forgets them, nothing else removes one that has finished and counts. */
  readonly prePromotionAnalysisRunStatus: RunMirror | null;
  readonly postPromotionAnalysisRunStatus: RunMirror | null;
}

export interface BlueGreenMemory extends Memory, Own {
  /** The status remembers the steps of a canary, which the Rollout was until now. It is read once, and not written. */
  readonly wasCanary: boolean;
}

/** All of it is kept in `status.blueGreen`. */
const ABSENT: Own = {
  activeSelector: '',
  previewSelector: '',
  scaleUpPreviewCheckPoint: false,
  fastRollback: false,
  prePromotionAnalysisRunStatus: null,
  postPromotionAnalysisRunStatus: null,
};

export const BLUE_GREEN_FIELDS: readonly (keyof RolloutStatus)[] = ['blueGreen'];

export function recallBlueGreen(status: RolloutStatus): BlueGreenMemory {
  const wasCanary = (status.currentStepHash ?? '') !== '';
  return { ...recall(status), ...recalled(ABSENT, status.blueGreen), wasCanary };
}

/** The fields that blue-green has to itself. */
export function blueGreenFields(memory: BlueGreenMemory): RolloutStatus {
  const blueGreen = written(ABSENT, memory);
  return Object.keys(blueGreen).length === 0 ? {} : { blueGreen };
}

/** The new revision has passed no pause, and nothing was approved yet. */
export const NO_PROGRESS = {
  scaleUpPreviewCheckPoint: false,
  fastRollback: false,
} as const satisfies Partial<BlueGreenMemory>;

/** No run belongs to the new revision. */
export const NO_RUNS = {
  prePromotionAnalysisRunStatus: null,
  postPromotionAnalysisRunStatus: null,
} as const satisfies Partial<BlueGreenMemory>;

/** Given up at that time, in milliseconds since the epoch, unless it was before. An abort revokes the approval: after a retry a person has to approve again. */
export function abortedMemory(memory: BlueGreenMemory, now: number): BlueGreenMemory {
  return { ...memory, ...NO_PAUSE, ...NO_PROGRESS, abort: true, abortedAt: memory.abortedAt ?? formatTime(now) };
}
