/**
 * What a rollout waits for, as its status says it: the phase as clients overlay it, and the most important of the
 * conditions. It reads nothing but the Rollout.
 */
import { ANNOTATIONS } from '../../api/words/labels.ts';
import { PHASES, type Phase } from '../../api/words/reasons.ts';
import { findCondition } from '../../kube/conditions.ts';
import type { Condition } from '../../kube/objects.ts';
import { parseTime } from '../../kube/time.ts';
import type { Situation } from '../observed/situation.ts';

export interface ReportedPhase {
  readonly phase: Phase;
  /** '' when there is nothing to say. */
  readonly message: string;
  /** The Rollout has changed since the status was written; its conditions are outdated then. */
  readonly outdated: boolean;
}

export interface WaitView {
  /** A word that does not change: the reason of a condition, or the phase. */
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since the epoch, `null` when that is not recorded. */
  readonly since: number | null;
  /** When it is over by itself, milliseconds since the epoch; `null` when that depends on something else. */
  readonly until: number | null;
  /** Only a person can end it. */
  readonly needsPerson: boolean;
}

/** The phase with the overlays that all clients of the API agree on (spec 3.3), and two of our own: a command that the controller has not handled yet. */
export function reportedPhase({ rollout, status }: Situation): ReportedPhase {
  if (!isObserved(rollout.metadata.generation, status.observedGeneration)) {
    return outdated('waiting for rollout spec update to be observed');
  }
  if (!isWorkloadObserved(rollout, status)) {
    return outdated('waiting for rollout spec update to be observed for the reference workload');
  }
  if (status.controllerPause === true && (status.pauseConditions ?? []).length === 0) {
    return outdated('waiting for rollout to unpause');
  }
  if (status.abort === true && status.abortedAt === undefined) return outdated('waiting for rollout to abort');
  if (status.abort !== true && status.abortedAt !== undefined) return outdated('waiting for rollout to retry');
  const phase = PHASES.find((one) => one === status.phase);
  return phase === undefined
    ? outdated('waiting for the controller to report')
    : { phase, message: status.message ?? '', outdated: false };
}

function outdated(message: string): ReportedPhase {
  return { phase: 'Progressing', message, outdated: true };
}

/** Controllers of this API once wrote a hash here; only a number can be compared. */
function isObserved(generation: number | undefined, observed: string | undefined): boolean {
  const seen = Number(observed ?? Number.NaN);
  return Number.isNaN(seen) || seen >= (generation ?? 0);
}

function isWorkloadObserved({ metadata, spec }: Situation['rollout'], status: Situation['status']): boolean {
  const announced = metadata.annotations?.[ANNOTATIONS.workloadGeneration];
  return spec.workloadRef === undefined || announced === status.workloadObservedGeneration;
}

/** `pauseEndsAt` is the end of the timed pause that the rollout stands at, `null` when it stands at none. */
export function waitView(
  { rollout, status }: Situation,
  reported: ReportedPhase,
  pauseEndsAt: number | null,
): WaitView | null {
  const { phase, message } = reported;
  if (reported.outdated) return wait(phase, message);
  const invalid = findCondition(status.conditions, 'InvalidSpec');
  if (invalid !== undefined) return { ...told(invalid), needsPerson: true };
  const blocked = findCondition(status.conditions, 'Blocked');
  if (blocked !== undefined) {
    const pausedByUser = rollout.spec.paused === true;
    const paused = pausedByUser || (status.pauseConditions ?? []).length > 0;
    const until = pausedByUser ? null : pauseEndsAt;
    return { ...told(blocked), until, needsPerson: paused && until === null };
  }
  if (status.abort === true) {
    return { ...wait('RolloutAborted', message), since: parseTime(status.abortedAt), needsPerson: true };
  }
  return message === '' ? null : wait(phase, message);
}

function told(condition: Condition): WaitView {
  return { ...wait(condition.reason, condition.message), since: parseTime(condition.lastTransitionTime) };
}

function wait(reason: string, message: string): WaitView {
  return { reason, message, since: null, until: null, needsPerson: false };
}
