/**
 * Every label and annotation key of the API, under the names that other tools know them by (spec 9.6).
 * The keys of Kubernetes itself are here where we write or match them.
 */

export const LABELS = {
  /** Identity of a revision, on ReplicaSets, pods, AnalysisRuns and Experiments, and in Service selectors. */
  podTemplateHash: 'rollouts-pod-template-hash',
  /** Which controller instance an object belongs to; an instance without an id takes the objects without the label. */
  instanceId: 'argo-rollouts.argoproj.io/controller-instance-id',
  /** On AnalysisRuns: one of the values in ROLLOUT_TYPES. */
  rolloutType: 'rollout-type',
  /** On AnalysisRuns of a step: its index. */
  stepIndex: 'step-index',
  /** On the Jobs of an analysis and their pods: uid of the AnalysisRun. */
  analysisRunUid: 'analysisrun.argoproj.io/uid',
  /** On a Secret: it leads to the cluster where Istio's objects live. */
  istioPrimaryCluster: 'istio.argoproj.io/primary-cluster',
} as const;

/** Values of the rollout-type label: what an AnalysisRun was made for. */
export const ROLLOUT_TYPES = ['Step', 'Background', 'PrePromotion', 'PostPromotion'] as const;

export const ANNOTATIONS = {
  /** Revision number as decimal text. */
  revision: 'rollout.argoproj.io/revision',
  /** On a ReplicaSet: its former revision numbers, separated by commas. */
  revisionHistory: 'rollout.argoproj.io/revision-history',
  /** On a ReplicaSet: `spec.replicas` of the Rollout when it was scaled last. */
  desiredReplicas: 'rollout.argoproj.io/desired-replicas',
  /** On a Rollout: generation of the workload that it refers to. */
  workloadGeneration: 'rollout.argoproj.io/workload-generation',
  /** On a ReplicaSet: the labels and annotations that its pods carry for their role, as JSON. */
  ephemeralMetadata: 'rollout.argoproj.io/ephemeral-metadata',
  /** On a ReplicaSet: RFC 3339 instant of its delayed scale-down. The key has no prefix. */
  scaleDownDeadline: 'scale-down-deadline',
  /** On Services and router objects that are shared with their owner: name of the Rollout that manages them. */
  managedByRollouts: 'argo-rollouts.argoproj.io/managed-by-rollouts',
  /** Known from old releases; nothing reads it. */
  restartedAfter: 'argo-rollouts.argoproj.io/restarted-after',
  /** On an ALB Ingress: the keys that we manage, as JSON, by Rollout. */
  managedAlbAnnotations: 'rollouts.argoproj.io/managed-alb-annotations',
  /** The former name of managedAlbAnnotations. */
  managedAlbActions: 'rollouts.argoproj.io/managed-alb-actions',
  /** On the ReplicaSets and Services of an Experiment. */
  experimentName: 'experiment.argoproj.io/name',
  experimentTemplateName: 'experiment.argoproj.io/template-name',
  /** On the Jobs of an analysis. */
  analysisRunName: 'analysisrun.argoproj.io/name',
  analysisRunNamespace: 'analysisrun.argoproj.io/namespace',
  analysisRunMetricName: 'analysisrun.argoproj.io/metric-name',
  /** On a Rollout: which notifications were sent. Never copied to ReplicaSets. */
  notified: 'notified.notifications.argoproj.io',
  /** On a Rollout: how long its proxies need to act on a change of an Ingress, such as `10s`. Serin's own key. */
  trafficPropagationTime: 'serin.dev/traffic-propagation-time',
  /** Class of an Ingress from the time before `spec.ingressClassName`. */
  ingressClass: 'kubernetes.io/ingress.class',
} as const;

/** Annotations that subscribe to notifications start with this. */
export const NOTIFICATION_SUBSCRIPTION_PREFIX = 'notifications.argoproj.io/subscri';

/** Prefix of the canary annotations when a Rollout names none. */
export const NGINX_ANNOTATION_PREFIX = 'nginx.ingress.kubernetes.io';

/** The canary annotations of ingress-nginx and of those who read its dialect, without their prefix. */
export const NGINX_CANARY_ANNOTATIONS = {
  canary: 'canary',
  weight: 'canary-weight',
  weightTotal: 'canary-weight-total',
  byHeader: 'canary-by-header',
  byHeaderValue: 'canary-by-header-value',
  byHeaderPattern: 'canary-by-header-pattern',
  byCookie: 'canary-by-cookie',
} as const;
