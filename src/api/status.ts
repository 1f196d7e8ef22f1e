/**
 * The fields of a Rollout's status. All of it is optional: a status is read as whoever wrote it last
 * left it, which may be another controller of this API.
 */
import { z } from 'zod';
import { flag, freeJson, int32, optional, text, time } from './fields.ts';
import type { Immutable } from './immutable.ts';

const pauseCondition = z.object({ reason: text, startTime: time });
export type PauseCondition = Immutable<z.infer<typeof pauseCondition>>;

export const condition = z.object({
  type: text,
  status: z.enum(['True', 'False', 'Unknown']),
  reason: text,
  message: text,
  lastUpdateTime: optional(time),
  lastTransitionTime: optional(time),
});

const weightDestination = z.object({
  weight: int32,
  serviceName: optional(text),
  podTemplateHash: optional(text),
});
export type WeightDestination = Immutable<z.infer<typeof weightDestination>>;

const trafficWeights = z.object({
  canary: weightDestination,
  stable: weightDestination,
  additional: optional(z.array(weightDestination)),
  verified: optional(flag),
});
export type TrafficWeights = Immutable<z.infer<typeof trafficWeights>>;

const analysisRunStatus = z.object({ name: text, status: text, message: optional(text) });

const stepPluginStatus = z.object({
  index: int32,
  name: text,
  operation: optional(text),
  phase: optional(text),
  message: optional(text),
  startedAt: optional(time),
  updatedAt: optional(time),
  finishedAt: optional(time),
  backoff: optional(text),
  executions: optional(int32),
  disabled: optional(flag),
  status: optional(freeJson),
});

const canaryStatus = z.object({
  weights: optional(trafficWeights, 'How the traffic is split.'),
  currentStepAnalysisRunStatus: optional(analysisRunStatus),
  currentBackgroundAnalysisRunStatus: optional(analysisRunStatus),
  currentExperiment: optional(text),
  stablePingPong: optional(text),
  pausedStepIndex: optional(int32, 'The step that the present pause belongs to.'),
  stepPluginStatuses: optional(z.array(stepPluginStatus)),
});
export type CanaryStatus = Immutable<z.infer<typeof canaryStatus>>;

const blueGreenStatus = z.object({
  activeSelector: optional(text),
  previewSelector: optional(text),
  scaleUpPreviewCheckPoint: optional(flag),
  fastRollback: optional(flag, 'The revision ran until a moment ago and goes on without a pause.'),
  prePromotionAnalysisRunStatus: optional(analysisRunStatus),
  postPromotionAnalysisRunStatus: optional(analysisRunStatus),
});

const awsResource = z.object({ name: text, arn: text, fullName: optional(text) });
const albStatus = z.object({
  ingress: optional(text),
  loadBalancer: optional(awsResource),
  canaryTargetGroup: optional(awsResource),
  stableTargetGroup: optional(awsResource),
});

const rolloutDuration = z.object({
  rolloutStartedAt: optional(time),
  manualPauseStartedAt: optional(time),
  totalManualPauseDurationSeconds: optional(int32),
  finishedAt: optional(time),
  completionStatus: optional(text),
});
export type RolloutDuration = Immutable<z.infer<typeof rolloutDuration>>;

export const rolloutStatus = z.object({
  observedGeneration: optional(text, 'Generation that this status speaks of, as decimal text.'),
  workloadObservedGeneration: optional(text, 'Generation of the workload in workloadRef that was seen last.'),
  phase: optional(text, 'Healthy, Progressing, Paused or Degraded.'),
  message: optional(text, 'Why the phase is what it is.'),
  currentPodHash: optional(text, 'Hash of the pod template that the spec asks for.'),
  stableRS: optional(text, 'Hash of the revision that was promoted last.'),
  currentStepHash: optional(text, 'Hash of the list of steps.'),
  currentStepIndex: optional(int32, 'Steps that are behind us.'),
  replicas: optional(int32, 'Pods of all revisions.'),
  updatedReplicas: optional(int32, 'Pods of the desired revision.'),
  readyReplicas: optional(int32, 'Pods that are ready.'),
  availableReplicas: optional(int32, 'Pods that have been ready for minReadySeconds.'),
  HPAReplicas: optional(int32, 'What the scale subresource reports.'),
  selector: optional(text, 'What the scale subresource selects.'),
  collisionCount: optional(int32, 'How often two pod templates had the same hash.'),
  conditions: optional(z.array(condition), 'What is true of the rollout now.'),
  pauseConditions: optional(z.array(pauseCondition), 'Why the rollout is paused; removing them resumes it.'),
  controllerPause: optional(flag, 'Whether the controller paused the rollout.'),
  abort: optional(flag, 'Set to true to abort the update.'),
  abortedAt: optional(time, 'When the update was aborted.'),
  promoteFull: optional(flag, 'Set to true to skip the remaining steps.'),
  restartedAt: optional(time, 'The restartAt that was carried out last.'),
  canary: optional(canaryStatus, 'Where the canary stands.'),
  blueGreen: optional(blueGreenStatus, 'Where blue-green stands.'),
  alb: optional(albStatus),
  albs: optional(z.array(albStatus)),
  duration: optional(rolloutDuration, 'How long the latest update took.'),
});
export type RolloutStatus = Immutable<z.infer<typeof rolloutStatus>>;
