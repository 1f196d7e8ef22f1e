/**
 * The closed vocabulary of what a Rollout reports: condition types and reasons, event reasons, pause
 * reasons, phases. Clients match on these words (spec 3.2, 9.1), so none is ever renamed. The sentences
 * that go with them are in conditions.ts and events.ts.
 */

export const CONDITION_TYPES = [
  'Available',
  'Progressing',
  'Healthy',
  'Completed',
  'Paused',
  'ReplicaFailure',
  'InvalidSpec',
  'Blocked',
  'TrafficHazard',
] as const;
export type ConditionType = (typeof CONDITION_TYPES)[number];

export const CONDITION_REASONS = [
  'AvailableReason',
  'NewReplicaSetCreated',
  'FoundNewReplicaSet',
  'ReplicaSetCreateError',
  'ReplicaSetUpdated',
  'ReplicaSetNotAvailable',
  'NewReplicaSetAvailable',
  'ProgressDeadlineExceeded',
  'RolloutPaused',
  'RolloutResumed',
  'RolloutRetry',
  'RolloutAborted',
  'RolloutHealthy',
  'RolloutCompleted',
  'InvalidSpec',
] as const;
export type ConditionReason = (typeof CONDITION_REASONS)[number];

/** Why requests may go elsewhere than the Rollout says: reasons of the `TrafficHazard` condition, and of a Warning event each. */
export const HAZARD_REASONS = [
  'SharedBackend',
  'CanaryServiceExposed',
  'SessionAffinity',
  'WeightTotalIgnored',
  'HeaderRuleIgnored',
  'WeightIgnored',
  'ProxyUnknown',
] as const;
export type HazardReason = (typeof HAZARD_REASONS)[number];

export const EVENT_REASONS = [
  'RolloutAddedToInformer',
  'RolloutDeleted',
  'RolloutUpdated',
  'NewReplicaSetCreated',
  'ReplicaSetCreateError',
  'RolloutNotCompleted',
  'ScalingReplicaSet',
  'RolloutCompleted',
  'RolloutStepCompleted',
  'RolloutPaused',
  'RolloutResumed',
  'RolloutAborted',
  'SkipSteps',
  'SwitchService',
  'TrafficWeightUpdated',
  'TrafficRoutingError',
  'WeightVerifyError',
  'CreatingCanaryIngress',
  'PatchingCanaryIngress',
  'RolloutBlocked',
  ...HAZARD_REASONS,
  'ScalingDeployment',
  'ScalingDeploymentFailed',
  'RestartingPod',
  'RestartingPodFailed',
  'RolloutRestarted',
] as const;
export type EventReason = (typeof EVENT_REASONS)[number];

/** Why a rollout does not move: the reasons of the `Blocked` condition, which is absent while nothing is waited for. */
export const BLOCKED_REASONS = [
  'PausedAtStep',
  'PausedBeforePromotion',
  'PausedByUser',
  'CanaryPodsNotAvailable',
  'PreviewPodsNotAvailable',
  'StablePodsNotAvailable',
  'RetiredPodsRemain',
  'CanaryServiceNotReady',
  'StableServiceNotReady',
  'TrafficNotInForce',
  'CanaryIngressForeign',
  'PodsNotRestarted',
] as const;
export type BlockedReason = (typeof BLOCKED_REASONS)[number];

export const PAUSE_REASONS = [
  'CanaryPauseStep',
  'BlueGreenPause',
  'InconclusiveAnalysisRun',
  'InconclusiveExperiment',
] as const;
export type PauseReason = (typeof PAUSE_REASONS)[number];

export const PHASES = ['Healthy', 'Progressing', 'Paused', 'Degraded'] as const;
export type Phase = (typeof PHASES)[number];

export const COMPLETION_STATUSES = [
  'Promoted',
  'FastPromoted',
  'Aborted',
  'Superseded',
  'RolledBack',
  'FastRolledBack',
] as const;
export type CompletionStatus = (typeof COMPLETION_STATUSES)[number];
