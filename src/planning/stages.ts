/**
 * The stages of a course: for a canary its steps and the promotion, for blue-green the preview and the time after the
 * switch. Each is told as it stands at its end.
 */
import { PHASES } from '../api/words/reasons.ts';
import type { RevisionView, RolloutView } from '../core/view/view.ts';
import type { WaitView } from '../core/view/wait.ts';
import type { Course, Moment } from './course.ts';

export type StageKind =
  /** The first revision: there is none to return to. */
  | 'firstDeploy'
  /** One of the steps of a canary. */
  | 'step'
  /** The steps are complete, or do not count: the new revision gets all requests. */
  | 'promotion'
  /** Blue-green: the new revision stands beside the active one. */
  | 'preview'
  /** Blue-green: the new revision is active, and not stable yet. */
  | 'switched'
  /** The update was given up. */
  | 'aborted'
  /** The new revision is stable; what is left are the pods of earlier ones. */
  | 'afterwards';

export interface Wait {
  /** A word that does not change. */
  readonly reason: string;
  /** A pause is told by its length or by who ends it, any other wait as the controller first reports it. */
  readonly message: string;
}

export interface RevisionPods {
  readonly revision: number;
  readonly hash: string;
  readonly role: 'stable' | 'new' | 'earlier';
  readonly desired: number;
  readonly available: number;
}

/** What one course says of a stage. Times are milliseconds since the release began. */
export interface Stage {
  readonly key: string;
  readonly kind: StageKind;
  /** Of a step, from 0. */
  readonly index: number | null;
  readonly fromMs: number;
  /** `null` when it does not end. */
  readonly untilMs: number | null;
  readonly pods: readonly RevisionPods[];
  /** The share of the requests that the new revision gets: observed with a router, else what the pods make of it. */
  readonly weight: number | null;
  readonly waits: readonly Wait[];
  readonly person: boolean;
  /** A step is also over when the rollout jumps beyond it. */
  readonly isCompleted: boolean;
  readonly moments: readonly Moment[];
}

export function stagesOf({ before, moments }: Course): readonly Stage[] {
  const [first] = moments;
  if (first === undefined) return [];
  const isFirst = before.stable === null;
  const groups: { readonly key: string; readonly moments: Moment[] }[] = [];
  for (const moment of moments) {
    const key = keyOf(placeOf(moment.view, isFirst));
    const group = groups.at(-1);
    if (group?.key === key) group.moments.push(moment);
    else groups.push({ key, moments: [moment] });
  }
  return groups.map((group, index) => stageOf({ ...group, isFirst }, groups[index + 1]?.moments[0], first.at));
}

interface Group {
  readonly key: string;
  readonly moments: readonly Moment[];
  readonly isFirst: boolean;
}

function stageOf({ key, moments, isFirst }: Group, next: Moment | undefined, beganAt: number): Stage {
  const [first] = moments as [Moment];
  const last = moments.at(-1) ?? first;
  const { kind, index } = placeOf(last.view, isFirst);
  return {
    key,
    kind,
    index,
    fromMs: first.at - beganAt,
    untilMs: next === undefined ? null : next.at - beganAt,
    pods: podsIn(last.view),
    weight: last.view.share?.observed.highest ?? null,
    waits: waitsOf(moments, first.at),
    person: moments.some(({ person }) => person),
    isCompleted: next?.events.some(({ reason }) => reason === 'RolloutStepCompleted') ?? false,
    moments,
  };
}

interface Place {
  readonly kind: StageKind;
  readonly index: number | null;
}

/** The first revision is stable at once, and deployed when it is healthy. */
function placeOf(
  { progress, phase, stable, strategy, steps, stepsDone, revisions }: RolloutView,
  isFirst: boolean,
): Place {
  if (progress === 'aborted') return { kind: 'aborted', index: null };
  if (stable === null || (isFirst && phase !== 'Healthy')) return { kind: 'firstDeploy', index: null };
  if (progress === 'settled') return { kind: 'afterwards', index: null };
  if (strategy === 'canary') {
    const index = stepsDone ?? steps.length;
    return index < steps.length ? { kind: 'step', index } : { kind: 'promotion', index: null };
  }
  const active = revisions.flatMap(({ replicaSets }) => replicaSets).find(({ roles }) => roles.includes('active'));
  return { kind: active === undefined || active.hash === stable.hash ? 'preview' : 'switched', index: null };
}

function keyOf({ kind, index }: Place): string {
  return index === null ? kind : `${kind}-${index}`;
}

function podsIn({ stable, canary, retired, progress }: RolloutView): readonly RevisionPods[] {
  const of = (one: RevisionView | null, role: RevisionPods['role']): readonly RevisionPods[] =>
    one === null
      ? []
      : [{ revision: one.revision, hash: one.hash, role, desired: one.desired, available: one.available }];
  // Once promoted, the new revision is the stable one.
  return [
    ...retired.flatMap((one) => of(one, 'earlier')),
    ...of(stable, progress === 'settled' ? 'new' : 'stable'),
    ...of(canary, 'new'),
  ];
}

/** The first message of each reason: later ones only count on. */
function waitsOf(moments: readonly Moment[], beganAt: number): readonly Wait[] {
  const waits = new Map<string, Wait>();
  for (const { view } of moments) {
    const { waitsFor } = view;
    if (waitsFor === null || isPhase(waitsFor) || waits.has(waitsFor.reason)) continue;
    waits.set(waitsFor.reason, { reason: waitsFor.reason, message: waitText(waitsFor, beganAt) });
  }
  return [...waits.values()];
}

/** Times of day mean nothing in a plan. */
function waitText({ message, until, needsPerson }: WaitView, beganAt: number): string {
  if (until !== null) return `the end of the pause (${Math.round((until - beganAt) / 1000)}s)`;
  return needsPerson ? 'a person who promotes' : message;
}

/** What says no more than that the rollout is under way. */
function isPhase({ reason }: WaitView): boolean {
  return PHASES.some((phase) => phase === reason);
}
