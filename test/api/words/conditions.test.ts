import { expect, test } from 'vitest';
import { conditions } from '../../../src/api/words/conditions.ts';
import { CONDITION_REASONS, CONDITION_TYPES } from '../../../src/api/words/reasons.ts';

const ROWS = [
  [conditions.available(), 'Available', 'True', 'AvailableReason', 'Rollout has minimum availability'],
  [conditions.unavailable(), 'Available', 'False', 'AvailableReason', 'Rollout does not have minimum availability'],
  [conditions.healthy(), 'Healthy', 'True', 'RolloutHealthy', 'Rollout is healthy'],
  [conditions.unhealthy(), 'Healthy', 'False', 'RolloutHealthy', 'Rollout is not healthy'],
  [conditions.completed(), 'Completed', 'True', 'RolloutCompleted', 'RolloutCompleted'],
  [conditions.notCompleted(), 'Completed', 'False', 'RolloutCompleted', 'RolloutCompleted'],
  [conditions.paused(), 'Paused', 'True', 'RolloutPaused', 'Rollout is paused'],
  [conditions.notPaused(), 'Paused', 'False', 'RolloutPaused', 'Rollout is paused'],
  [conditions.invalidSpec('why'), 'InvalidSpec', 'True', 'InvalidSpec', 'why'],
  [
    conditions.replicaSetCreated('web-a'),
    'Progressing',
    'True',
    'NewReplicaSetCreated',
    'Created new replica set "web-a"',
  ],
  [conditions.replicaSetFound('web-a'), 'Progressing', 'True', 'FoundNewReplicaSet', 'Found new replica set "web-a"'],
  [
    conditions.replicaSetCreateFailed('web-a', 'quota'),
    'Progressing',
    'False',
    'ReplicaSetCreateError',
    'Failed to create new replica set "web-a": quota',
  ],
  [
    conditions.replicaSetProgressing('web-a'),
    'Progressing',
    'True',
    'ReplicaSetUpdated',
    'ReplicaSet "web-a" is progressing.',
  ],
  [
    conditions.replicaSetNotAvailable(),
    'Progressing',
    'True',
    'ReplicaSetNotAvailable',
    'Rollout does not have minimum availability',
  ],
  [
    conditions.replicaSetAvailable('web-a'),
    'Progressing',
    'True',
    'NewReplicaSetAvailable',
    'ReplicaSet "web-a" has successfully progressed.',
  ],
  [
    conditions.deadlineExceeded('web-a'),
    'Progressing',
    'False',
    'ProgressDeadlineExceeded',
    'ReplicaSet "web-a" has timed out progressing.',
  ],
  [conditions.progressPaused(), 'Progressing', 'Unknown', 'RolloutPaused', 'Rollout is paused'],
  [conditions.progressResumed(), 'Progressing', 'Unknown', 'RolloutResumed', 'Rollout is resumed'],
  [conditions.progressRetried(), 'Progressing', 'Unknown', 'RolloutRetry', 'Retrying Rollout after abort'],
  [conditions.aborted(2), 'Progressing', 'False', 'RolloutAborted', 'Rollout aborted update to revision 2'],
  [conditions.aborted(2, 'why'), 'Progressing', 'False', 'RolloutAborted', 'Rollout aborted update to revision 2: why'],
] as const;

test.each(ROWS)('%o', (condition, type, status, reason, message) => {
  expect(condition).toEqual({ type, status, reason, message });
});

test('every reason has a condition', () => {
  const reasons = new Set(ROWS.map(([condition]) => condition.reason));
  expect(reasons).toEqual(new Set(CONDITION_REASONS));
});

test('every type has a condition, but for those whose reason and message come from elsewhere', () => {
  const types = new Set<string>(ROWS.map(([condition]) => condition.type));
  expect(CONDITION_TYPES.filter((type) => !types.has(type))).toEqual(['ReplicaFailure', 'Blocked', 'TrafficHazard']);
});
