/**
 * Why a rollout is where it is: one cause, since when, what ends it and the commands that do. It reads what the status
 * reports; the pods and the recorded writers only add to it.
 */
import type { BlockedReason, PauseReason } from '../../api/words/reasons.ts';
import { findCondition, isTrue } from '../../kube/conditions.ts';
import { isControlledBy } from '../../kube/owners.ts';
import { parseTime } from '../../kube/time.ts';
import type { Condition } from '../../kube/objects.ts';
import { recordedRuns } from '../observed/recorded-runs.ts';
import { revisionOf } from '../observed/replica-sets.ts';
import type { Situation } from '../observed/situation.ts';
import type { Command } from './commands.ts';
import { endOf, type Remedy, type State } from './ends.ts';
import { otherWriters, sizeWriter, type OtherWriter } from './other-writers.ts';
import { podTrouble } from './pod-trouble.ts';
import type { Surroundings } from './surroundings.ts';
import type { ReportedPhase } from './wait.ts';

export interface Explanation {
  readonly state: State;
  /** A word that does not change: the reason of a condition, or the phase. */
  readonly reason: string;
  /** A sentence without a full stop. */
  readonly cause: string;
  /** Milliseconds since the epoch; `null` when that is not recorded. */
  readonly since: number | null;
  /** When it is over by itself, milliseconds since the epoch; `null` when that depends on something else. */
  readonly until: number | null;
  /** Completes "it ends when …"; '' when nothing has to end. */
  readonly end: string;
  /** What a person can do about it now, the usual one first. */
  readonly remedies: readonly Remedy[];
  /** Who else has written last what Serin writes. */
  readonly writers: readonly OtherWriter[];
}

interface Facts {
  readonly reported: ReportedPhase;
  /** When the pause that the rollout stands at ends by itself. */
  readonly pauseEndsAt: number | null;
  /** Those that a person can give now. */
  readonly commands: readonly Command[];
  readonly around: Pick<Surroundings, 'pods' | 'events'>;
}

type Cause = Omit<Explanation, 'writers'>;

export function explain(situation: Situation, facts: Facts): Explanation {
  const cause =
    notSeen(facts) ??
    invalid(situation) ??
    aborted(situation, facts) ??
    outOfTime(situation, facts) ??
    paused(situation, facts) ??
    podsRefused(situation, facts) ??
    blocked(situation, facts) ??
    settled(situation, facts);
  const canBeGiven = (one: Remedy): boolean => one === 'edit' || one === 'undo' || facts.commands.includes(one);
  return {
    ...cause,
    remedies: cause.remedies.filter(canBeGiven),
    writers: otherWriters(situation, facts.around.events ?? []),
  };
}

function notSeen({ reported: { outdated, phase, message } }: Facts): Cause | null {
  if (!outdated) return null;
  const end = 'the controller has looked at it, which takes seconds while a controller runs';
  return { state: 'progressing', reason: phase, cause: message, since: null, until: null, end, remedies: [] };
}

function invalid({ status }: Situation): Cause | null {
  const told = findCondition(status.conditions, 'InvalidSpec');
  if (told === undefined) return null;
  const end = 'the spec, or what it refers to, is corrected';
  return { ...from(told), state: 'degraded', end, remedies: ['edit', 'abort'] };
}

function aborted({ status }: Situation, { reported }: Facts): Cause | null {
  if (status.abort !== true) return null;
  const told = findCondition(status.conditions, 'Progressing');
  const why = told?.reason === 'RolloutAborted' ? told.message : reported.message.replace(/^RolloutAborted: /, '');
  // The condition says so itself, unless another controller has written it.
  const run = recordedRuns(status).find((one) => one.status === 'Failed' || one.status === 'Error');
  const isSaid = run === undefined || why.includes(run.message ?? '');
  const failed = isSaid ? null : `AnalysisRun ${run.name} ended as ${run.status} (${run.message ?? ''})`;
  const still = findCondition(status.conditions, 'Blocked')?.message;
  return {
    state: 'degraded',
    reason: 'RolloutAborted',
    cause: joined(why, failed, still),
    since: parseTime(status.abortedAt),
    until: null,
    end: 'a person retries the update or changes the template',
    remedies: ['retry', 'undo'],
  };
}

function outOfTime(situation: Situation, facts: Facts): Cause | null {
  const { conditions } = situation.status;
  const told = findCondition(conditions, 'Progressing');
  if (told?.reason !== 'ProgressDeadlineExceeded') return null;
  const refused = findCondition(conditions, 'ReplicaFailure')?.message;
  const waits = findCondition(conditions, 'Blocked')?.message;
  return {
    ...from(told),
    state: 'degraded',
    cause: joined(told.message.replace(/\.$/, ''), refused ?? waits, troubleOf(situation, facts)),
    end: 'the update makes progress after all, is given up, or gets another template',
    remedies: ['abort', 'undo'],
  };
}

/** How each pause is reported. */
const PAUSES: Readonly<Record<PauseReason, BlockedReason>> = {
  CanaryPauseStep: 'PausedAtStep',
  BlueGreenPause: 'PausedBeforePromotion',
  InconclusiveAnalysisRun: 'AnalysisInconclusive',
  InconclusiveExperiment: 'ExperimentInconclusive',
};

/** A pause is older than the condition that reports it. Pauses of other controllers are reported by no condition. */
function paused({ status, rollout }: Situation, { pauseEndsAt }: Facts): Cause | null {
  const pause = status.pauseConditions?.[0];
  const told = findCondition(status.conditions, 'Blocked');
  const isByUser = rollout.spec.paused === true;
  if (isByUser) {
    const cause = told?.reason === 'PausedByUser' ? told.message : 'paused by spec.paused, set it to false to go on';
    const since = told?.reason === 'PausedByUser' ? parseTime(told.lastTransitionTime) : null;
    return { reason: 'PausedByUser', cause, since, until: null, ...endOf('PausedByUser', null) };
  }
  if (pause === undefined) return null;
  const isTold = told !== undefined && Object.values(PAUSES).some((one) => one === told.reason);
  const reason = isTold ? told.reason : (PAUSES[pause.reason as PauseReason] ?? 'PausedAtStep');
  const cause = isTold ? told.message : `paused since ${pause.startTime} (${pause.reason})`;
  return { reason, cause, since: parseTime(pause.startTime), until: pauseEndsAt, ...endOf(reason, pauseEndsAt) };
}

/** A quota, a policy or an account that is missing: the ReplicaSet tries again by itself. */
function podsRefused({ status }: Situation, { reported: { phase } }: Facts): Cause | null {
  const told = findCondition(status.conditions, 'ReplicaFailure');
  if (told?.status !== 'True' || phase === 'Healthy') return null;
  const end = 'the pods are accepted: a quota, a policy or the template has to change';
  return { ...from(told), state: 'blocked', end, remedies: ['edit', 'abort'] };
}

const ABOUT_PODS = /PodsNotAvailable$/;

function blocked(situation: Situation, facts: Facts): Cause | null {
  const told = findCondition(situation.status.conditions, 'Blocked');
  if (told === undefined) return null;
  const { cause, ...rest } = from(told);
  const more = ABOUT_PODS.test(told.reason) ? [troubleOf(situation, facts), sizeText(situation)] : [];
  return { ...rest, ...endOf(told.reason, null), cause: joined(cause, ...more) };
}

function settled(situation: Situation, facts: Facts): Cause {
  const { status, stable, replicas } = situation;
  const { phase, message } = facts.reported;
  const isHealthy = phase === 'Healthy';
  const told = findCondition(status.conditions, isHealthy ? 'Healthy' : 'Progressing');
  const since =
    told !== undefined && (!isHealthy || isTrue([told], 'Healthy')) ? parseTime(told.lastTransitionTime) : null;
  const common = { reason: phase, since, until: null };
  if (isHealthy) {
    const cause = `revision ${stable === null ? '?' : revisionOf(stable)} is stable and has all ${replicas} pods`;
    return { ...common, state: 'healthy', cause, end: '', remedies: [] };
  }
  if (phase === 'Degraded') {
    const end = 'what the message names is corrected';
    return { ...common, state: 'degraded', cause: message, end, remedies: ['abort', 'undo'] };
  }
  return {
    ...common,
    state: 'progressing',
    cause: joined(message, troubleOf(situation, facts), sizeText(situation)),
    end: 'its pods are as the spec asks for',
    remedies: ['abort'],
  };
}

function from({ reason, message, lastTransitionTime }: Condition) {
  return { reason, cause: message, since: parseTime(lastTransitionTime), until: null };
}

function troubleOf({ all }: Situation, { around }: Facts): string | null {
  return podTrouble(around.pods.filter((pod) => all.some(({ metadata }) => isControlledBy(pod, metadata.uid))));
}

/** An autoscaler asks for other numbers of pods while one waits for them. */
function sizeText(situation: Situation): string | null {
  const writer = sizeWriter(situation);
  if (writer === null) return null;
  // The name of the program in which autoscalers run.
  const who = writer.manager === 'kube-controller-manager' ? 'a HorizontalPodAutoscaler' : writer.manager;
  return `${who} has set spec.replicas to ${situation.replicas}`;
}

function joined(...parts: readonly (string | null | undefined)[]): string {
  return parts.filter((part) => part !== null && part !== undefined && part !== '').join('; ');
}
