/** The commands of people whose patches are the same whatever state the object is in (spec 6.1). */
import type { JsonObject } from '../../kube/json.ts';
import { formatTime } from '../../kube/time.ts';

/** A JSON merge patch. */
export interface CommandPatch {
  readonly subresource?: 'status';
  readonly patch: JsonObject;
}

export const ABORT: readonly CommandPatch[] = [statusPatch({ abort: true })];
export const RETRY: readonly CommandPatch[] = [statusPatch({ abort: false })];
export const PAUSE: readonly CommandPatch[] = [{ patch: { spec: { paused: true } } }];
export const RESUME: readonly CommandPatch[] = [{ patch: { spec: { paused: false } } }];
/** Of an Experiment, which has no subresource for its status. */
export const RETRY_EXPERIMENT: readonly CommandPatch[] = [{ patch: { status: null } }];
/** Of an AnalysisRun or an Experiment. */
export const TERMINATE: readonly CommandPatch[] = [{ patch: { spec: { terminate: true } } }];

/** `at` is in milliseconds since the epoch. */
export function restartPatches(at: number): readonly CommandPatch[] {
  return [{ patch: { spec: { restartAt: formatTime(at) } } }];
}

export function statusPatch(status: JsonObject): CommandPatch {
  return { subresource: 'status', patch: { status } };
}
