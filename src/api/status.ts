/**
 * The fields of a Rollout's status. All of it is optional: a status is read as whoever wrote it last
 * left it, which may be another controller of this API.
 */
import { z } from 'zod';
import { flag, freeJson, int32, optional, text, time } from './fields.ts';
import type { Immutable } from './immutable.ts';

const pauseCondition = z.object({
  reason: text.describe('Why it is paused.'),
  startTime: time.describe('Since when.'),
});
export type PauseCondition = Immutable<z.infer<typeof pauseCondition>>;

export const condition = z.object({
  type: text.describe('What it is about.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Whether it is so.'),
  reason: text.describe('Why, in a word that does not change.'),
  message: text.describe('Why, in a sentence.'),
  lastUpdateTime: optional(time, 'When this was said last.'),
  lastTransitionTime: optional(time, 'Since when the status is what it is.'),
});

const weightDestination = z.object({
  weight: int32.describe('Share of the traffic.'),
  serviceName: optional(text, 'Service that gets it.'),
  podTemplateHash: optional(text, 'Revision that the Service selects.'),
});
export type WeightDestination = Immutable<z.infer<typeof weightDestination>>;

const trafficWeights = z.object({
  canary: weightDestination.describe('What the canary gets.'),
  stable: weightDestination.describe('What the stable side gets.'),
  additional: optional(z.array(weightDestination), 'What others get, such as experiments.'),
  verified: optional(flag, 'Whether the router was asked and said so, where it can be asked.'),
});
export type TrafficWeights = Immutable<z.infer<typeof trafficWeights>>;

const analysisRunStatus = z.object({
  name: text.describe('Name of the AnalysisRun.'),
  status: text.describe('Its phase.'),
  message: optional(text, 'Why, in a sentence.'),
});

const stepPluginStatus = z.object({
  index: int32.describe('Index of the step.'),
  name: text.describe('Name of the plugin.'),
  operation: optional(text, 'Run, Terminate or Abort.'),
  phase: optional(text, 'Running, Successful, Failed or Error.'),
  message: optional(text, 'Why, in a sentence.'),
  startedAt: optional(time, 'When the operation began.'),
  updatedAt: optional(time, 'When the plugin was called last.'),
  finishedAt: optional(time, 'When it was over.'),
  backoff: optional(text, 'How long the next call waits.'),
  executions: optional(int32, 'How often the plugin was called.'),
  disabled: optional(flag, 'Whether the plugin is switched off.'),
  status: optional(freeJson, 'What the plugin remembers.'),
});

const canaryStatus = z.object({
  weights: optional(trafficWeights, 'How the traffic is split.'),
  currentStepAnalysisRunStatus: optional(analysisRunStatus, 'The analysis of the present step.'),
  currentBackgroundAnalysisRunStatus: optional(analysisRunStatus, 'The analysis that runs beside the steps.'),
  currentExperiment: optional(text, 'The experiment of the present step.'),
  stablePingPong: optional(text, 'Which of the two Services is the stable one: ping or pong.'),
  pausedStepIndex: optional(int32, 'The step that the present pause belongs to.'),
  stepPluginStatuses: optional(z.array(stepPluginStatus), 'How the step plugins fared.'),
});
export type CanaryStatus = Immutable<z.infer<typeof canaryStatus>>;

const blueGreenStatus = z.object({
  activeSelector: optional(text, 'Hash of the revision that the active Service selects.'),
  previewSelector: optional(text, 'Hash of the revision that the preview Service selects.'),
  scaleUpPreviewCheckPoint: optional(flag, 'Whether the preview has been approved and may have all its pods.'),
  fastRollback: optional(flag, 'The revision ran until a moment ago and goes on without a pause.'),
  prePromotionAnalysisRunStatus: optional(analysisRunStatus, 'The analysis before the switch.'),
  postPromotionAnalysisRunStatus: optional(analysisRunStatus, 'The analysis after the switch.'),
});

const awsResource = z.object({
  name: text.describe('Its name.'),
  arn: text.describe('Its Amazon resource name.'),
  fullName: optional(text, 'Its name in metrics.'),
});
const albStatus = z.object({
  ingress: optional(text, 'Ingress that the load balancer serves.'),
  loadBalancer: optional(awsResource, 'The load balancer.'),
  canaryTargetGroup: optional(awsResource, 'Target group of the canary.'),
  stableTargetGroup: optional(awsResource, 'Target group of the stable side.'),
});

const rolloutDuration = z.object({
  rolloutStartedAt: optional(time, 'When the update began.'),
  manualPauseStartedAt: optional(time, 'When the present wait for a person began.'),
  totalManualPauseDurationSeconds: optional(int32, 'How long it has waited for people so far.'),
  finishedAt: optional(time, 'When the update was over.'),
  completionStatus: optional(text, 'Promoted, FastPromoted, Aborted, Superseded, RolledBack or FastRolledBack.'),
});
export type RolloutDuration = Immutable<z.infer<typeof rolloutDuration>>;

export type WorkloadScaleDown = NonNullable<RolloutStatus['workloadScaleDown']>;

export const rolloutStatus = z.object({
  observedGeneration: optional(text, 'Generation that this status speaks of, as decimal text.'),
  workloadObservedGeneration: optional(text, 'Generation of the workload in workloadRef that was seen last.'),
  workloadScaleDown: optional(
    z.object({
      name: text.describe('Of the Deployment that this is about.'),
      from: int32.describe('Pods that the Deployment asked for before any of them gave way.'),
      servesAloneSince: optional(time, 'Since when the Services lead to all pods of the Rollout, and to no others.'),
      done: optional(flag, 'The Rollout has taken over; the Deployment is left alone from then on.'),
    }),
    'How far the Deployment of workloadRef has given way.',
  ),
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
  alb: optional(albStatus, 'What was found at the load balancer.'),
  albs: optional(z.array(albStatus), 'The same for several Ingresses.'),
  duration: optional(rolloutDuration, 'How long the latest update took.'),
});
export type RolloutStatus = Immutable<z.infer<typeof rolloutStatus>>;
