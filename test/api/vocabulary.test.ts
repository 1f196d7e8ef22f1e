import { expect, test } from 'vitest';
import { ANNOTATIONS, LABELS } from '../../src/api/words/labels.ts';
import {
  ANALYSIS_KINDS,
  ANALYSIS_PHASES,
  BLOCKED_REASONS,
  COMPLETION_STATUSES,
  CONDITION_REASONS,
  CONDITION_TYPES,
  EVENT_REASONS,
  PAUSE_REASONS,
  PHASES,
} from '../../src/api/words/reasons.ts';

// These words are the API: whoever changes one breaks dashboards, alerts and other controllers. A new
// word is added here as well, on purpose.

test('labels', () => {
  expect(Object.values(LABELS).toSorted()).toMatchInlineSnapshot(`
    [
      "analysisrun.argoproj.io/uid",
      "argo-rollouts.argoproj.io/controller-instance-id",
      "istio.argoproj.io/primary-cluster",
      "rollout-type",
      "rollouts-pod-template-hash",
      "step-index",
    ]
  `);
});

test('annotations', () => {
  expect(Object.values(ANNOTATIONS).toSorted()).toMatchInlineSnapshot(`
    [
      "analysisrun.argoproj.io/metric-name",
      "analysisrun.argoproj.io/name",
      "analysisrun.argoproj.io/namespace",
      "argo-rollouts.argoproj.io/managed-by-rollouts",
      "argo-rollouts.argoproj.io/restarted-after",
      "experiment.argoproj.io/name",
      "experiment.argoproj.io/template-name",
      "kubernetes.io/ingress.class",
      "notified.notifications.argoproj.io",
      "rollout.argoproj.io/desired-replicas",
      "rollout.argoproj.io/ephemeral-metadata",
      "rollout.argoproj.io/revision",
      "rollout.argoproj.io/revision-history",
      "rollout.argoproj.io/workload-generation",
      "rollouts.argoproj.io/managed-alb-actions",
      "rollouts.argoproj.io/managed-alb-annotations",
      "scale-down-deadline",
      "serin.dev/divided-by",
      "serin.dev/divided-routes",
      "serin.dev/template-metadata",
      "serin.dev/traffic-propagation-time",
    ]
  `);
});

test('conditions, phases and pauses', () => {
  expect({ CONDITION_TYPES, CONDITION_REASONS, PHASES, PAUSE_REASONS, COMPLETION_STATUSES }).toMatchInlineSnapshot(`
    {
      "COMPLETION_STATUSES": [
        "Promoted",
        "FastPromoted",
        "Aborted",
        "Superseded",
        "RolledBack",
        "FastRolledBack",
      ],
      "CONDITION_REASONS": [
        "AvailableReason",
        "NewReplicaSetCreated",
        "FoundNewReplicaSet",
        "ReplicaSetCreateError",
        "ReplicaSetUpdated",
        "ReplicaSetNotAvailable",
        "NewReplicaSetAvailable",
        "ProgressDeadlineExceeded",
        "RolloutPaused",
        "RolloutResumed",
        "RolloutRetry",
        "RolloutAborted",
        "RolloutHealthy",
        "RolloutCompleted",
        "InvalidSpec",
      ],
      "CONDITION_TYPES": [
        "Available",
        "Progressing",
        "Healthy",
        "Completed",
        "Paused",
        "ReplicaFailure",
        "InvalidSpec",
        "Blocked",
        "TrafficHazard",
      ],
      "PAUSE_REASONS": [
        "CanaryPauseStep",
        "BlueGreenPause",
        "InconclusiveAnalysisRun",
        "InconclusiveExperiment",
      ],
      "PHASES": [
        "Healthy",
        "Progressing",
        "Paused",
        "Degraded",
      ],
    }
  `);
});

test('reasons of being blocked', () => {
  expect(BLOCKED_REASONS).toMatchInlineSnapshot(`
    [
      "PausedAtStep",
      "PausedBeforePromotion",
      "PausedByUser",
      "CanaryPodsNotAvailable",
      "PreviewPodsNotAvailable",
      "StablePodsNotAvailable",
      "RetiredPodsRemain",
      "CanaryServiceNotReady",
      "StableServiceNotReady",
      "TrafficNotInForce",
      "CanaryIngressForeign",
      "RouteNotAccepted",
      "RouteNotConfirmed",
      "PodsNotRestarted",
      "AnalysisNotStarted",
      "AnalysisNotFinished",
      "AnalysisInconclusive",
      "ExperimentNotStarted",
      "ExperimentNotFinished",
      "ExperimentInconclusive",
      "ReferencesNotReady",
      "WriteRefused",
    ]
  `);
});

test('analyses', () => {
  expect({ ANALYSIS_PHASES, ANALYSIS_KINDS }).toMatchInlineSnapshot(`
    {
      "ANALYSIS_KINDS": [
        "Step",
        "Background",
        "PrePromotion",
        "PostPromotion",
      ],
      "ANALYSIS_PHASES": [
        "Pending",
        "Running",
        "Successful",
        "Failed",
        "Error",
        "Inconclusive",
      ],
    }
  `);
});

test('events', () => {
  expect(EVENT_REASONS.toSorted()).toMatchInlineSnapshot(`
    [
      "AnalysisRunError",
      "AnalysisRunFailed",
      "AnalysisRunInconclusive",
      "AnalysisRunRunning",
      "AnalysisRunSuccessful",
      "CanaryServiceExposed",
      "CreatingCanaryIngress",
      "ExperimentCreated",
      "ExperimentError",
      "ExperimentFailed",
      "ExperimentInconclusive",
      "ExperimentPending",
      "ExperimentRunning",
      "ExperimentSuccessful",
      "FewerPods",
      "FormerRouterKept",
      "HeaderRuleIgnored",
      "MetricError",
      "MetricFailed",
      "MetricInconclusive",
      "MetricSuccessful",
      "NewReplicaSetCreated",
      "PatchingCanaryIngress",
      "PatternUnproven",
      "ProxyNotAsked",
      "ProxyUnknown",
      "ReplicaSetCreateError",
      "RestartingPod",
      "RestartingPodFailed",
      "RolesApart",
      "RolloutAborted",
      "RolloutAddedToInformer",
      "RolloutBlocked",
      "RolloutCompleted",
      "RolloutDeleted",
      "RolloutNotCompleted",
      "RolloutPaused",
      "RolloutRestarted",
      "RolloutResumed",
      "RolloutStepCompleted",
      "RolloutUpdated",
      "RoutersDisagree",
      "RuleNotDivided",
      "ScalingDeployment",
      "ScalingDeploymentFailed",
      "ScalingReplicaSet",
      "SessionAffinity",
      "SharedBackend",
      "SkipSteps",
      "SwitchService",
      "TemplateError",
      "TemplateFailed",
      "TemplateProgressing",
      "TemplateRunning",
      "TemplateSuccessful",
      "TrafficRoutingError",
      "TrafficWeightUpdated",
      "WeightIgnored",
      "WeightTotalIgnored",
      "WeightVerifyError",
    ]
  `);
});

test.each([
  { table: 'labels', words: Object.values(LABELS) },
  { table: 'annotations', words: Object.values(ANNOTATIONS) },
  { table: 'event reasons', words: [...EVENT_REASONS] },
  { table: 'condition reasons', words: [...CONDITION_REASONS] },
])('$table are told apart', ({ words }) => {
  expect(new Set<string>(words).size).toBe(words.length);
});
