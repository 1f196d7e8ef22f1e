/**
 * The fields of a Rollout's status. All are optional, because another controller of this API may have
 * written the status.
 */
import { z } from 'zod';
import { flag, freeJson, int32, optional, text, time } from './fields.ts';
import type { Immutable } from './immutable.ts';

const pauseCondition = z.object({
  reason: text.describe('Why the rollout is paused.'),
  startTime: time.describe('When the pause began.'),
});
export type PauseCondition = Immutable<z.infer<typeof pauseCondition>>;

export const condition = z.object({
  type: text.describe('Type of the condition.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Status of the condition.'),
  reason: text.describe('Reason, as one fixed word.'),
  message: text.describe('Why, in a sentence.'),
  lastUpdateTime: optional(time, 'When the condition was last updated.'),
  lastTransitionTime: optional(time, 'When the status last changed.'),
});

const weightDestination = z.object({
  weight: int32.describe('Share of the traffic.'),
  serviceName: optional(text, 'Service that receives this share.'),
  podTemplateHash: optional(text, 'Revision that the Service selects.'),
});
export type WeightDestination = Immutable<z.infer<typeof weightDestination>>;

const trafficWeights = z.object({
  canary: weightDestination.describe('Share of the canary.'),
  stable: weightDestination.describe('Share of the stable revision.'),
  additional: optional(z.array(weightDestination), 'Shares of others, such as experiments.'),
  verified: optional(flag, 'Whether the router has confirmed the weights, if it can.'),
});
export type TrafficWeights = Immutable<z.infer<typeof trafficWeights>>;

const analysisRunStatus = z.object({
  name: text.describe('Name of the AnalysisRun.'),
  status: text.describe('Phase of the AnalysisRun.'),
  message: optional(text, 'Why, in a sentence.'),
});

const stepPluginStatus = z.object({
  index: int32.describe('Index of the step.'),
  name: text.describe('Name of the plugin.'),
  operation: optional(text, 'Run, Terminate or Abort.'),
  phase: optional(text, 'Running, Successful, Failed or Error.'),
  message: optional(text, 'Why, in a sentence.'),
  startedAt: optional(time, 'When the operation began.'),
  updatedAt: optional(time, 'When the plugin was last called.'),
  finishedAt: optional(time, 'When the operation finished.'),
  backoff: optional(text, 'Time until the next call.'),
  executions: optional(int32, 'How often the plugin was called.'),
  disabled: optional(flag, 'Whether the plugin is disabled.'),
  status: optional(freeJson, 'State of the plugin.'),
});

const canaryStatus = z.object({
  weights: optional(trafficWeights, 'How the traffic is split.'),
  currentStepAnalysisRunStatus: optional(analysisRunStatus, 'Analysis of the current step.'),
  currentBackgroundAnalysisRunStatus: optional(analysisRunStatus, 'Analysis that runs during the steps.'),
  currentExperiment: optional(text, 'Experiment of the current step.'),
  stablePingPong: optional(text, 'Which Service is the stable one: ping or pong.'),
  pausedStepIndex: optional(int32, 'Index of the step that the current pause belongs to.'),
  stepPluginStatuses: optional(z.array(stepPluginStatus), 'Status of each step plugin.'),
});
export type CanaryStatus = Immutable<z.infer<typeof canaryStatus>>;

const blueGreenStatus = z.object({
  activeSelector: optional(text, 'Hash of the revision that the active Service selects.'),
  previewSelector: optional(text, 'Hash of the revision that the preview Service selects.'),
  scaleUpPreviewCheckPoint: optional(flag, 'Whether the preview was approved and may scale to all its pods.'),
  fastRollback: optional(flag, 'Whether the update goes back to a revision that still runs, and so skips the pause.'),
  prePromotionAnalysisRunStatus: optional(analysisRunStatus, 'Analysis before the switch.'),
  postPromotionAnalysisRunStatus: optional(analysisRunStatus, 'Analysis after the switch.'),
});

const awsResource = z.object({
  name: text.describe('Name of the resource.'),
  arn: text.describe('Amazon Resource Name (ARN).'),
  fullName: optional(text, 'Name in metrics.'),
});
const albStatus = z.object({
  ingress: optional(text, 'Ingress that the load balancer serves.'),
  loadBalancer: optional(awsResource, 'Load balancer.'),
  canaryTargetGroup: optional(awsResource, 'Target group of the canary.'),
  stableTargetGroup: optional(awsResource, 'Target group of the stable revision.'),
});

const rolloutDuration = z.object({
  rolloutStartedAt: optional(time, 'When the update started.'),
  manualPauseStartedAt: optional(time, 'When the current wait for a person started.'),
  totalManualPauseDurationSeconds: optional(int32, 'Total seconds that the update has waited for a person.'),
  finishedAt: optional(time, 'When the update finished.'),
  completionStatus: optional(text, 'Promoted, FastPromoted, Aborted, Superseded, RolledBack or FastRolledBack.'),
});
export type RolloutDuration = Immutable<z.infer<typeof rolloutDuration>>;

export type WorkloadScaleDown = NonNullable<RolloutStatus['workloadScaleDown']>;

export const rolloutStatus = z.object({
  observedGeneration: optional(text, 'Generation of the spec that this status describes, as decimal text.'),
  workloadObservedGeneration: optional(text, 'Last observed generation of the workload in workloadRef.'),
  workloadScaleDown: optional(
    z.object({
      name: text.describe('Name of the Deployment.'),
      from: int32.describe('spec.replicas of the Deployment before the handover.'),
      servesAloneSince: optional(time, 'When the Services began to reach all pods of the Rollout and no others.'),
      done: optional(flag, 'Whether the handover is complete. The Deployment is not scaled any more.'),
    }),
    'Progress of the handover from the Deployment in workloadRef.',
  ),
  phase: optional(text, 'Healthy, Progressing, Paused or Degraded.'),
  message: optional(text, 'Why the Rollout is in this phase.'),
  currentPodHash: optional(text, 'Hash of the current pod template.'),
  stableRS: optional(text, 'Hash of the stable revision: the last one that was promoted.'),
  currentStepHash: optional(text, 'Hash of the list of steps.'),
  currentStepIndex: optional(int32, 'Index of the current step; the number of steps once all are done.'),
  replicas: optional(int32, 'Number of pods of all revisions.'),
  updatedReplicas: optional(int32, 'Number of pods of the current revision.'),
  readyReplicas: optional(int32, 'Number of pods that are ready.'),
  availableReplicas: optional(int32, 'Number of pods that have been ready for minReadySeconds.'),
  HPAReplicas: optional(int32, 'Number of pods that the scale subresource reports.'),
  selector: optional(text, 'Label selector that the scale subresource reports.'),
  collisionCount: optional(int32, 'Number of hash collisions between pod templates.'),
  conditions: optional(z.array(condition), 'Conditions of the Rollout.'),
  pauseConditions: optional(z.array(pauseCondition), 'Why the rollout is paused. Remove them to resume it.'),
  controllerPause: optional(flag, 'Whether the controller paused the rollout.'),
  abort: optional(flag, 'Set to true to abort the update.'),
  abortedAt: optional(time, 'When the update was aborted.'),
  promoteFull: optional(flag, 'Set to true to skip the remaining steps.'),
  restartedAt: optional(time, 'The last restartAt for which all pods were restarted.'),
  canary: optional(canaryStatus, 'Status of the canary.'),
  blueGreen: optional(blueGreenStatus, 'Status of blue-green.'),
  alb: optional(albStatus, 'Observed load balancer.'),
  albs: optional(z.array(albStatus), 'Observed load balancers, one for each Ingress.'),
  duration: optional(rolloutDuration, 'Start, end and pauses of the latest update.'),
});
export type RolloutStatus = Immutable<z.infer<typeof rolloutStatus>>;
