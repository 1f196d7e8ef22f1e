/**
 * The words that a Rollout reports: condition types and reasons, event reasons, pause reasons, phases.
 * Clients match on them (spec 3.2, 9.1), so none is ever renamed. The messages are in conditions.ts and
 * events.ts.
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

/** Reasons of the `TrafficHazard` condition, and of its Warning events: why requests may not go where the Rollout says, or find fewer pods. */
export const HAZARD_REASONS = [
  'SharedBackend',
  'CanaryServiceExposed',
  'RolesApart',
  'SessionAffinity',
  'WeightTotalIgnored',
  'HeaderRuleIgnored',
  'WeightIgnored',
  'ProxyUnknown',
  'RuleNotDivided',
  'PatternUnproven',
  'RoutersDisagree',
  'FormerRouterKept',
  'FewerPods',
] as const;
export type HazardReason = (typeof HAZARD_REASONS)[number];

/** How a measurement, a metric and an AnalysisRun end. */
export const ANALYSIS_OUTCOMES = ['Successful', 'Failed', 'Error', 'Inconclusive'] as const;
export type AnalysisOutcome = (typeof ANALYSIS_OUTCOMES)[number];

/** Phases of a metric. An AnalysisRun has all but `Pending`, a measurement too. */
export const ANALYSIS_PHASES = ['Pending', 'Running', ...ANALYSIS_OUTCOMES] as const;
export type AnalysisPhase = (typeof ANALYSIS_PHASES)[number];

/** What an AnalysisRun of a Rollout was made for: the values of the label `rollout-type`. */
export const ANALYSIS_KINDS = ['Step', 'Background', 'PrePromotion', 'PostPromotion'] as const;
export type AnalysisKind = (typeof ANALYSIS_KINDS)[number];

/** States of a template of an Experiment. */
export const TEMPLATE_STATES = ['Progressing', 'Running', 'Successful', 'Failed', 'Error'] as const;
export type TemplateState = (typeof TEMPLATE_STATES)[number];

/** Phases of an Experiment; it ends as an AnalysisRun does. */
export const EXPERIMENT_PHASES = ['Pending', 'Running', ...ANALYSIS_OUTCOMES] as const;
export type ExperimentPhase = (typeof EXPERIMENT_PHASES)[number];

/** Reasons of the conditions of an Experiment. Its types are among those of a Rollout. */
export const EXPERIMENT_CONDITION_REASONS = [
  'ReplicaSetUpdated',
  'NewReplicaSetAvailable',
  'ExperimentCompleted',
  'InvalidSpec',
] as const;
export type ExperimentConditionReason = (typeof EXPERIMENT_CONDITION_REASONS)[number];

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
  'ProxyNotAsked',
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
  'MetricSuccessful',
  'MetricFailed',
  'MetricError',
  'MetricInconclusive',
  'AnalysisRunRunning',
  'AnalysisRunSuccessful',
  'AnalysisRunFailed',
  'AnalysisRunError',
  'AnalysisRunInconclusive',
  'ExperimentCreated',
  'TemplateProgressing',
  'TemplateRunning',
  'TemplateSuccessful',
  'TemplateFailed',
  'TemplateError',
  'ExperimentPending',
  'ExperimentRunning',
  'ExperimentSuccessful',
  'ExperimentFailed',
  'ExperimentError',
  'ExperimentInconclusive',
] as const;
export type EventReason = (typeof EVENT_REASONS)[number];

/** Reasons of events that report a refused write in the words of the API server; for other writes it is `RolloutBlocked`. */
export const REFUSAL_REASONS = [
  'TrafficRoutingError',
  'ScalingDeploymentFailed',
  'RestartingPodFailed',
] as const satisfies readonly EventReason[];
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Reasons of the `Blocked` condition: why a rollout waits. The condition is absent while it does not wait. */
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
  'RouteNotAccepted',
  'RouteNotConfirmed',
  'PodsNotRestarted',
  'AnalysisNotStarted',
  'AnalysisNotFinished',
  'AnalysisInconclusive',
  'ExperimentNotStarted',
  'ExperimentNotFinished',
  'ExperimentInconclusive',
  'ReferencesNotReady',
  'WriteRefused',
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
