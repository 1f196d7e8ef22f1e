/**
 * The progress deadline: when an update has stood still for too long, and when that does not count
 * (spec 3.2, 6.6).
 */
import type { RolloutStatus } from '../../api/status.ts';
import { findCondition } from '../../kube/conditions.ts';
import type { Condition } from '../../kube/objects.ts';
import { parseTime } from '../../kube/time.ts';
import { reportedCounts, type Counts } from './counts.ts';
import type { Memory } from './memory.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { hasScaleDownDeadline, specReplicasOf, statusReplicasOf } from './replica-sets.ts';
import type { Situation } from './situation.ts';

/** Reasons of the Progressing condition under which nothing is expected to move, or has been found not to already. */
const CLOCK_STOPPED: ReadonlySet<string> = new Set([
  'NewReplicaSetAvailable',
  'ProgressDeadlineExceeded',
  'RolloutAborted',
  'RolloutPaused',
]);

const DEFAULT_PROGRESS_DEADLINE_SECONDS = 600;

/** Whether this pass sees the rollout further than the last status did. */
export function hasProgressed(before: RolloutStatus, memory: Memory, counts: Counts): boolean {
  const reported = reportedCounts(before);
  const stepMoved =
    before.currentStepIndex !== undefined &&
    memory.currentStepIndex !== null &&
    before.currentStepIndex !== memory.currentStepIndex;
  return (
    counts.updated !== reported.updated ||
    counts.replicas - counts.updated < reported.replicas - reported.updated ||
    counts.ready > reported.ready ||
    counts.available > reported.available ||
    (before.stableRS ?? '') !== memory.stableRS ||
    (before.blueGreen?.activeSelector ?? '') !== memory.blueGreen.activeSelector ||
    (before.blueGreen?.previewSelector ?? '') !== memory.blueGreen.previewSelector ||
    stepMoved ||
    (before.currentStepHash ?? '') !== memory.currentStepHash
  );
}

/**
 * When the present standstill becomes a time-out, in milliseconds since the epoch; `null` while the
 * clock does not run: nothing to wait for, a pause, an abort, a step that takes its time, or a retired
 * revision that is on its way out.
 */
export function progressDeadline(
  situation: Situation,
  conditions: readonly Condition[] | undefined,
  waitsForItsTime: boolean,
): number | null {
  const condition = findCondition(conditions, 'Progressing');
  if (condition === undefined || waitsForItsTime || CLOCK_STOPPED.has(condition.reason)) return null;
  if (situation.rollout.spec.paused === true || situation.retired.some(isLeaving)) return null;
  const since = parseTime(condition.lastUpdateTime);
  const seconds = situation.rollout.spec.progressDeadlineSeconds ?? DEFAULT_PROGRESS_DEADLINE_SECONDS;
  return since === null ? null : since + seconds * 1000;
}

/** Waits for its delayed scale-down, or has just been scaled down and still has pods. */
function isLeaving(replicaSet: ReplicaSet): boolean {
  return hasScaleDownDeadline(replicaSet) || (specReplicasOf(replicaSet) === 0 && statusReplicasOf(replicaSet) > 0);
}
