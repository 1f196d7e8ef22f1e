/**
 * Every condition of a Rollout, in the words that clients match on (spec 3.2).
 */
import type { UntimedCondition } from '../../kube/conditions.ts';
import type { ConditionReason, ConditionType } from './reasons.ts';

/** Three types are not built here: ReplicaFailure is copied from a ReplicaSet, Blocked and TrafficHazard come from core/acts. */
interface RolloutCondition extends UntimedCondition {
  readonly type: ConditionType;
  readonly reason: ConditionReason;
}

type Status = RolloutCondition['status'];

function condition(type: ConditionType, status: Status, reason: ConditionReason, message: string): RolloutCondition {
  return { type, status, reason, message };
}

function progressing(status: Status, reason: ConditionReason, message: string): RolloutCondition {
  return condition('Progressing', status, reason, message);
}

export const conditions = {
  available: () => condition('Available', 'True', 'AvailableReason', 'Rollout has minimum availability'),
  unavailable: () => condition('Available', 'False', 'AvailableReason', 'Rollout does not have minimum availability'),

  healthy: () => condition('Healthy', 'True', 'RolloutHealthy', 'Rollout is healthy'),
  unhealthy: () => condition('Healthy', 'False', 'RolloutHealthy', 'Rollout is not healthy'),

  completed: () => condition('Completed', 'True', 'RolloutCompleted', 'RolloutCompleted'),
  notCompleted: () => condition('Completed', 'False', 'RolloutCompleted', 'RolloutCompleted'),

  paused: () => condition('Paused', 'True', 'RolloutPaused', 'Rollout is paused'),
  notPaused: () => condition('Paused', 'False', 'RolloutPaused', 'Rollout is paused'),

  invalidSpec: (message: string) => condition('InvalidSpec', 'True', 'InvalidSpec', message),

  replicaSetCreated: (replicaSet: string) =>
    progressing('True', 'NewReplicaSetCreated', `Created new replica set "${replicaSet}"`),
  replicaSetFound: (replicaSet: string) =>
    progressing('True', 'FoundNewReplicaSet', `Found new replica set "${replicaSet}"`),
  replicaSetCreateFailed: (replicaSet: string, error: string) =>
    progressing('False', 'ReplicaSetCreateError', replicaSetCreateFailedText(replicaSet, error)),
  replicaSetProgressing: (replicaSet: string) =>
    progressing('True', 'ReplicaSetUpdated', `ReplicaSet "${replicaSet}" is progressing.`),
  replicaSetNotAvailable: () =>
    progressing('True', 'ReplicaSetNotAvailable', 'Rollout does not have minimum availability'),
  replicaSetAvailable: (replicaSet: string) =>
    progressing('True', 'NewReplicaSetAvailable', `ReplicaSet "${replicaSet}" has successfully progressed.`),
  deadlineExceeded: (replicaSet: string) =>
    progressing('False', 'ProgressDeadlineExceeded', deadlineExceededText(replicaSet)),
  progressPaused: () => progressing('Unknown', 'RolloutPaused', 'Rollout is paused'),
  progressResumed: () => progressing('Unknown', 'RolloutResumed', 'Rollout is resumed'),
  progressRetried: () => progressing('Unknown', 'RolloutRetry', 'Retrying Rollout after abort'),
  aborted: (revision: number, why?: string) => progressing('False', 'RolloutAborted', abortedText(revision, why)),
} as const;

export function abortedText(revision: number, why?: string): string {
  const text = `Rollout aborted update to revision ${revision}`;
  return why === undefined ? text : `${text}: ${why}`;
}

export function deadlineExceededText(replicaSet: string): string {
  return `ReplicaSet "${replicaSet}" has timed out progressing.`;
}

export function replicaSetCreateFailedText(replicaSet: string, error: string): string {
  return `Failed to create new replica set "${replicaSet}": ${error}`;
}
