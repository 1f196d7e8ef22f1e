/**
 * Every event about a Rollout, an AnalysisRun or an Experiment, in the words that notifications and people match on (spec 9.1).
 */
import type { EventNote } from '../kube/plan.ts';
import { abortedText, deadlineExceededText, replicaSetCreateFailedText } from './words/conditions.ts';
import type {
  AnalysisKind,
  AnalysisOutcome,
  EventReason,
  ExperimentPhase,
  HazardReason,
  PauseReason,
  RefusalReason,
  TemplateState,
} from './words/reasons.ts';
import type { TrafficWeights } from './schema/status.ts';
import type { CanaryStep } from './schema/steps.ts';

interface ReportedEvent extends EventNote {
  readonly reason: EventReason;
}

function normal(reason: EventReason, message: string): ReportedEvent {
  return { type: 'Normal', reason, message };
}

function warning(reason: EventReason, message: string): ReportedEvent {
  return { type: 'Warning', reason, message };
}

function ofPhase(phase: ExperimentPhase | TemplateState, reason: EventReason, message: string): ReportedEvent {
  return phase === 'Failed' || phase === 'Error' ? warning(reason, message) : normal(reason, message);
}

export const events = {
  addedToInformer: (namespace: string, name: string) =>
    normal('RolloutAddedToInformer', `Rollout resource added to informer: ${namespace}/${name}`),
  /** The name comes before the namespace, as always in this API. */
  deleted: (namespace: string, name: string) => normal('RolloutDeleted', `Rollout ${name}/${namespace} is deleted.`),

  updated: (revision: number) => normal('RolloutUpdated', `Rollout updated to revision ${revision}`),
  notCompleted: (revision: number, hash: string) =>
    normal('RolloutNotCompleted', `Rollout not completed, started update to revision ${revision} (${hash})`),
  completed: (revision: number, hash: string, why: string) =>
    normal('RolloutCompleted', `Rollout completed update to revision ${revision} (${hash}): ${why}`),

  replicaSetCreated: (replicaSet: string, revision: number) =>
    normal('NewReplicaSetCreated', `Created ReplicaSet ${replicaSet} (revision ${revision})`),
  replicaSetCreateFailed: (replicaSet: string, error: string) =>
    warning('ReplicaSetCreateError', replicaSetCreateFailedText(replicaSet, error)),
  replicaSetScaled: (replicaSet: string, revision: number, from: number, to: number) =>
    normal(
      'ScalingReplicaSet',
      `Scaled ${to > from ? 'up' : 'down'} ReplicaSet ${replicaSet} (revision ${revision}) from ${from} to ${to}`,
    ),

  /** `index` counts from 0; the message counts from 1. */
  stepCompleted: (step: CanaryStep, index: number, stepCount: number) =>
    normal('RolloutStepCompleted', `Rollout step ${index + 1}/${stepCount} completed (${stepText(step)})`),
  paused: (reason: PauseReason) => normal('RolloutPaused', `Rollout is paused (${reason})`),
  resumed: () => normal('RolloutResumed', 'Rollout is resumed'),
  aborted: (revision: number, why?: string) => warning('RolloutAborted', abortedText(revision, why)),
  abortedByDeadline: (replicaSet: string) => warning('RolloutAborted', deadlineExceededText(replicaSet)),
  /** For what a person has to correct, and for refused writes; ordinary waits are only in the Blocked condition. */
  blocked: (message: string) => warning('RolloutBlocked', message),
  refused: (reason: RefusalReason, error: string) => warning(reason, error),
  hazard: (reason: HazardReason, message: string) => warning(reason, message),
  proxyNotAsked: (why: string) => normal('ProxyNotAsked', `Waited for the known time of the proxy: ${why}`),
  skippedStepsToStable: () => normal('SkipSteps', 'Rollback to stable ReplicaSets'),
  skippedStepsWithinWindow: () => normal('SkipSteps', 'Rollback to active ReplicaSets within RollbackWindow'),

  workloadScaled: (deployment: string, from: number, to: number) =>
    normal(
      'ScalingDeployment',
      `Scaled ${to > from ? 'up' : 'down'} Deployment ${deployment}, replaced by this Rollout, from ${from} to ${to}`,
    ),

  podRestarted: (pod: string, restartAt: string) =>
    normal('RestartingPod', `Evicted pod ${pod}, created before ${restartAt}`),
  restarted: (restartAt: string) => normal('RolloutRestarted', `All pods are younger than ${restartAt}`),

  /** `from` is empty when the Service did not select a revision before. */
  serviceSwitched: (service: string, from: string, to: string) =>
    normal('SwitchService', `Switched selector for service '${service}' from '${from}' to '${to}'`),
  weightUpdated: (before: TrafficWeights | undefined, after: TrafficWeights) =>
    normal('TrafficWeightUpdated', `Traffic weight updated${weightChangeText(before, after)}`),
  weightVerificationFailed: (error: string) => warning('WeightVerifyError', `Failed to verify weight: ${error}`),
  canaryIngressCreated: (ingress: string, weight: number) =>
    normal('CreatingCanaryIngress', `Creating canary ingress \`${ingress}\` with weight \`${weight}\``),
  canaryIngressUpdated: (ingress: string, weight: number) =>
    normal('PatchingCanaryIngress', `Updating Ingress \`${ingress}\` to desiredWeight '${weight}'`),

  /** About an AnalysisRun. */
  metricCompleted: (metric: string, outcome: AnalysisOutcome) =>
    ofPhase(outcome, `Metric${outcome}`, `Metric '${metric}' Completed. Result: ${outcome}`),
  /** About an AnalysisRun. */
  analysisRunCompleted: (outcome: AnalysisOutcome) =>
    ofPhase(outcome, `AnalysisRun${outcome}`, `Analysis Completed. Result: ${outcome}`),
  experimentCreated: (experiment: string) => normal('ExperimentCreated', `Created Experiment '${experiment}'`),
  /** About the Experiment that it was made for. */
  experimentRunChanged: (analysis: string, run: string, phase: AnalysisOutcome | 'Running') =>
    ofPhase(phase, `AnalysisRun${phase}`, `AnalysisRun '${run}' of analysis '${analysis}' is ${phase}`),
  /** About an Experiment, as the next three. */
  templateChanged: (template: string, state: TemplateState, why: string) =>
    ofPhase(state, `Template${state}`, `Template '${template}' is ${state}${why === '' ? '' : `: ${why}`}`),
  experimentChanged: (phase: ExperimentPhase, why: string) =>
    ofPhase(phase, `Experiment${phase}`, `Experiment is ${phase}${why === '' ? '' : `: ${why}`}`),
  templateReplicaSetCreated: (replicaSet: string, template: string) =>
    normal('NewReplicaSetCreated', `Created ReplicaSet ${replicaSet} of template '${template}'`),
  templateReplicaSetScaled: (replicaSet: string, from: number, to: number) =>
    normal('ScalingReplicaSet', `Scaled ${to > from ? 'up' : 'down'} ReplicaSet ${replicaSet} from ${from} to ${to}`),
  /** About the Rollout that it was made for. `previous` is empty for a run without a phase. */
  analysisRunChanged: (kind: AnalysisKind, run: string, phase: AnalysisOutcome | 'Running', previous: string) =>
    ofPhase(
      phase,
      `AnalysisRun${phase}`,
      `${kind} Analysis Run '${run}' Status New: '${phase}' Previous: '${previous === '' ? 'NoPreviousStatus' : previous}'`,
    ),
} as const;

/** A step in a few words. If it has several verbs, the text names the one that decides when the step is complete (spec 1.4). */
export function stepText(step: CanaryStep): string {
  if (step.pause !== undefined) {
    return step.pause.duration === undefined ? 'pause' : `pause: ${pauseText(step.pause.duration)}`;
  }
  if (step.setCanaryScale !== undefined) {
    const { matchTrafficWeight, replicas, weight } = step.setCanaryScale;
    if (matchTrafficWeight === true) return 'setCanaryScale{matchTrafficWeight: true}';
    if (replicas !== undefined) return `setCanaryScale{replicas: ${replicas}}`;
    return weight === undefined ? 'setCanaryScale' : `setCanaryScale{weight: ${weight}}`;
  }
  if (step.setWeight !== undefined) return `setWeight: ${step.setWeight}`;
  if (step.experiment !== undefined) return 'experiment';
  if (step.analysis !== undefined) return 'analysis';
  if (step.setHeaderRoute !== undefined) return `setHeaderRoute: ${step.setHeaderRoute.name ?? ''}`;
  if (step.setMirrorRoute !== undefined) return `setMirrorRoute: ${step.setMirrorRoute.name}`;
  return step.plugin === undefined ? 'nothing' : `plugin: ${step.plugin.name}`;
}

/** Seconds without a unit get one, as in `pause: 10s`. */
function pauseText(duration: number | string): string {
  return /^\d+$/.test(String(duration)) ? `${duration}s` : String(duration);
}

function weightChangeText(before: TrafficWeights | undefined, after: TrafficWeights): string {
  const changes: string[] = [];
  if (before === undefined) {
    changes.push(`to ${after.canary.weight}`);
  } else if (before.canary.weight !== after.canary.weight) {
    changes.push(`from ${before.canary.weight} to ${after.canary.weight}`);
  }
  const additional = additionalText(after);
  if (additional !== (before === undefined ? '' : additionalText(before))) {
    changes.push(`additional: ${additional}`);
  }
  return changes.length === 0 ? '' : ` ${changes.join(', ')}`;
}

function additionalText(weights: TrafficWeights): string {
  return (weights.additional ?? [])
    .map(({ serviceName, podTemplateHash, weight }) => `${serviceName ?? podTemplateHash ?? ''}=${weight}`)
    .join(' ');
}
