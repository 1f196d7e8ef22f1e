/**
 * Every condition of an Experiment, in the words that clients match on.
 */
import type { UntimedCondition } from '../../kube/conditions.ts';
import type { ConditionType, ExperimentConditionReason } from './reasons.ts';

interface ExperimentCondition extends UntimedCondition {
  readonly type: ConditionType;
  readonly reason: ExperimentConditionReason;
}

function progressing(
  status: ExperimentCondition['status'],
  reason: ExperimentConditionReason,
  message: string,
): ExperimentCondition {
  return { type: 'Progressing', status, reason, message };
}

export const experimentConditions = {
  progressing: (name: string) => progressing('True', 'ReplicaSetUpdated', `Experiment "${name}" is progressing.`),
  available: (name: string) =>
    progressing('True', 'NewReplicaSetAvailable', `All pods of Experiment "${name}" are available.`),
  completed: (name: string) => progressing('False', 'ExperimentCompleted', `Experiment "${name}" is over.`),
  invalidSpec: (name: string, error: string): ExperimentCondition => ({
    type: 'InvalidSpec',
    status: 'True',
    reason: 'InvalidSpec',
    message: `The Experiment "${name}" is invalid: ${error}`,
  }),
} as const;
