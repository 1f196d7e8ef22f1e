/**
 * Every label and annotation key of the API, under the names that other tools know them by (spec 9.6).
 * The keys of Kubernetes itself are here where we write or match them.
 */

export const LABELS = {
  /** Identity of a revision, on ReplicaSets, pods, AnalysisRuns and Experiments, and in Service selectors. */
  podTemplateHash: 'rollouts-pod-template-hash',
  /** The controller instance of an object; an instance without an id manages the objects without the label. */
  instanceId: 'argo-rollouts.argoproj.io/controller-instance-id',
  /** On AnalysisRuns: `Step`, `Background`, `PrePromotion` or `PostPromotion`. */
  rolloutType: 'rollout-type',
  /** On AnalysisRuns and Experiments of a step: its index. */
  stepIndex: 'step-index',
  /** On the Jobs of an analysis and their pods: uid of the AnalysisRun. */
  analysisRunUid: 'analysisrun.argoproj.io/uid',
  /** On a Secret: credentials for the cluster with Istio's objects. */
  istioPrimaryCluster: 'istio.argoproj.io/primary-cluster',
} as const;

export const ANNOTATIONS = {
  /** Revision number as decimal text. */
  revision: 'rollout.argoproj.io/revision',
  /** On a ReplicaSet: its former revision numbers, separated by commas. */
  revisionHistory: 'rollout.argoproj.io/revision-history',
  /** On a ReplicaSet: `spec.replicas` of the Rollout at the last scaling. */
  desiredReplicas: 'rollout.argoproj.io/desired-replicas',
  /** On a Rollout: generation of the workload that it refers to. */
  workloadGeneration: 'rollout.argoproj.io/workload-generation',
  /** On a ReplicaSet: the labels and annotations that its pods have for their role, as JSON. */
  ephemeralMetadata: 'rollout.argoproj.io/ephemeral-metadata',
  /** On a ReplicaSet: the template's own values of the keys that roles set on its pods, as JSON; `null` for none. Serin's own key. */
  templateMetadata: 'serin.dev/template-metadata',
  /** On a ReplicaSet: RFC 3339 time of its delayed scale-down. The key has no prefix. */
  scaleDownDeadline: 'scale-down-deadline',
  /** On Services and router objects that are shared with their owner: name of the Rollout that manages them. */
  managedByRollouts: 'argo-rollouts.argoproj.io/managed-by-rollouts',
  /** From old releases; no longer read. */
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
  /** On a Rollout: how long its proxies need to apply an Ingress change, such as `10s`. Serin's own key. */
  trafficPropagationTime: 'serin.dev/traffic-propagation-time',
  /** On an HTTPRoute or GRPCRoute: the Rollouts that divide its requests, as JSON by their names. Serin's own key. */
  dividedBy: 'serin.dev/divided-by',
  /** On a Rollout: the kinds of routes that hold weights of it, separated by commas. Serin's own key. */
  dividedRoutes: 'serin.dev/divided-routes',
  /** Older form of `spec.ingressClassName` of an Ingress. */
  ingressClass: 'kubernetes.io/ingress.class',
} as const;

/** Prefix of the canary annotations when a Rollout names none. */
export const NGINX_ANNOTATION_PREFIX = 'nginx.ingress.kubernetes.io';

/** The canary annotations of ingress-nginx and compatible proxies, without their prefix. */
export const NGINX_CANARY_ANNOTATIONS = {
  canary: 'canary',
  weight: 'canary-weight',
  weightTotal: 'canary-weight-total',
  byHeader: 'canary-by-header',
  byHeaderValue: 'canary-by-header-value',
  byHeaderPattern: 'canary-by-header-pattern',
  byCookie: 'canary-by-cookie',
} as const;
