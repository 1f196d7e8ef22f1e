/**
 * What Argo CD makes of a Rollout: its rules of health and its actions for this API, written down from their
 * description (spec, part F). It knows nothing of this controller; that the two fit is for the tables to show.
 */
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { RolloutStatus } from '../../src/api/schema/status.ts';
import { findCondition, isTrue } from '../../src/kube/conditions.ts';

export interface Health {
  readonly status: 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended';
  readonly message: string;
}

const NOT_OBSERVED: Health = { status: 'Progressing', message: 'Waiting for rollout spec update to be observed' };
const WORKLOAD_GENERATION = 'rollout.argoproj.io/workload-generation';

/** The rules in their order (F.1); the first that applies decides. */
export function healthOf(rollout: Rollout): Health {
  const { status } = rollout;
  if (status === undefined || !isObserved(rollout.metadata.generation, status.observedGeneration)) return NOT_OBSERVED;
  if (!isWorkloadObserved(rollout, status)) return NOT_OBSERVED;
  const { phase, message = '' } = status;
  if (phase === undefined) return healthWithoutPhase(rollout, status);
  return { status: phase === 'Paused' ? 'Suspended' : (phase as Health['status']), message };
}

/** What is no number, or one from the future, comes from times in which it meant something else. */
function isObserved(generation = 0, observed: string | undefined): boolean {
  const seen = Number(observed);
  return observed === undefined || observed === '' || Number.isNaN(seen) || seen >= generation;
}

function isWorkloadObserved({ metadata, spec }: Rollout, status: RolloutStatus): boolean {
  if (spec.workloadRef === undefined || metadata.annotations === undefined) return true;
  return number(metadata.annotations[WORKLOAD_GENERATION]) === number(status.workloadObservedGeneration);
}

function number(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

function healthWithoutPhase({ spec }: Rollout, status: RolloutStatus): Health {
  const progressing = (message: string): Health => ({ status: 'Progressing', message });
  const invalid = isTrue(status.conditions, 'InvalidSpec')
    ? findCondition(status.conditions, 'InvalidSpec')
    : undefined;
  const moved = findCondition(status.conditions, 'Progressing');
  const failed = moved?.reason === 'RolloutAborted' || moved?.reason === 'ProgressDeadlineExceeded' ? moved : undefined;
  const degraded = invalid ?? failed;
  if (degraded !== undefined) return { status: 'Degraded', message: degraded.message };
  if ((status.pauseConditions ?? []).length > 0 || spec.paused === true) {
    return { status: 'Suspended', message: 'Rollout is paused' };
  }
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0, currentPodHash, stableRS } = status;
  if (currentPodHash === undefined) return progressing('Waiting for rollout to finish');
  if (updatedReplicas < (spec.replicas ?? 1)) return progressing('More replicas need to be updated');
  if (availableReplicas < updatedReplicas) return progressing('Updated replicas are still becoming available');
  if (spec.strategy?.blueGreen !== undefined) {
    if (status.blueGreen?.activeSelector !== currentPodHash) return progressing('active service cutover pending');
    const isAnalysing = stableRS !== undefined && stableRS !== '' && stableRS !== currentPodHash;
    return isAnalysing ? progressing('waiting for analysis to complete') : { status: 'Healthy', message: '' };
  }
  if (replicas > updatedReplicas) return progressing('Waiting for rollout to finish');
  return stableRS === currentPodHash
    ? { status: 'Healthy', message: '' }
    : progressing('Waiting for rollout to finish');
}

const ACTIONS = ['restart', 'resume', 'abort', 'retry', 'pause', 'promote-full', 'skip-current-step'] as const;
export type Action = (typeof ACTIONS)[number];

function isPromoted({ currentPodHash, stableRS }: RolloutStatus): boolean {
  return currentPodHash === stableRS;
}

function isPaused({ spec, status = {} }: Rollout): boolean {
  return status.pauseConditions === undefined ? spec.paused === true : status.pauseConditions.length > 0;
}

/** The actions that are offered (F.2). The Rollout has a status. */
export function offeredActions(rollout: Rollout): readonly Action[] {
  const { spec, status = {} } = rollout;
  const steps = spec.strategy?.canary?.steps ?? [];
  const refused: Readonly<Record<Action, boolean>> = {
    restart: false,
    resume: !isPaused(rollout),
    abort: isPromoted(status) || status.abort === true,
    retry: isPromoted(status) || status.abort !== true,
    pause: isPromoted(status) || status.abort === true || spec.paused === true,
    'promote-full': isPromoted(status),
    'skip-current-step': steps.length === 0 || status.currentStepIndex === steps.length,
  };
  return ACTIONS.filter((action) => !refused[action]);
}

/**
 * The Rollout after each patch of an action: what it does to the status goes first, the rest follows, and anything may
 * happen in between. `now` is RFC 3339.
 */
export function afterAction(rollout: Rollout, action: Action, now: string): readonly Rollout[] {
  const { spec, status } = changedBy(rollout, action, now);
  const first: Rollout = status === undefined ? rollout : { ...rollout, status };
  if (spec === rollout.spec) return [first];
  const { metadata } = rollout;
  const second: Rollout = { ...first, spec, metadata: { ...metadata, generation: (metadata.generation ?? 0) + 1 } };
  return status === rollout.status ? [second] : [first, second];
}

function changedBy(rollout: Rollout, action: Action, now: string): Rollout {
  const { spec, status = {} } = rollout;
  const { pauseConditions = [], abort: _abort, ...rest } = status;
  const { pauseConditions: _paused, ...resumed } = status;
  switch (action) {
    case 'restart':
      return { ...rollout, spec: { ...spec, restartAt: now } };
    case 'resume':
      return {
        ...rollout,
        spec: spec.paused === true ? { ...spec, paused: false } : spec,
        status: pauseConditions.length > 0 ? resumed : status,
      };
    case 'abort':
      return { ...rollout, status: { ...status, abort: true } };
    case 'retry':
      return { ...rollout, status: { ...rest, ...(status.pauseConditions === undefined ? {} : { pauseConditions }) } };
    case 'pause':
      return { ...rollout, spec: { ...spec, paused: true } };
    case 'promote-full':
      return { ...rollout, status: { ...status, promoteFull: true } };
    case 'skip-current-step':
      return {
        ...rollout,
        status: {
          ...(pauseConditions.length > 0 ? resumed : status),
          currentStepIndex: (status.currentStepIndex ?? 0) + 1,
        },
      };
  }
}
