/**
 * The course of a release in virtual time: the controller and the cluster of the model take turns until nothing is left
 * to happen. Where only a person can go on, a person promotes at once.
 */
import { commandPatches } from '../core/view/commands.ts';
import type { RolloutView } from '../core/view/view.ts';
import { strategyOf } from '../core/strategies/strategies.ts';
import { situationOf } from '../core/observed/situation.ts';
import { resolveTemplate } from '../core/observed/resolve-template.ts';
import { findCondition } from '../kube/conditions.ts';
import { ROLLOUTS } from '../kube/resources.ts';
import type { EventNote } from '../kube/plan.ts';
import { lookAtRollout, rolloutIn, viewIn, worldIn, type MadeWrite } from './look.ts';
import { settleCluster } from './model/cluster.ts';
import type { Store } from './model/store.ts';
import { podUseIn, type PodUse } from './pod-use.ts';

/** After one look, when the cluster has reacted to it. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly view: RolloutView;
  readonly made: readonly MadeWrite[];
  readonly events: readonly EventNote[];
  readonly use: PodUse;
  /** The message of the condition `TrafficHazard`; `null` without one. */
  readonly hazard: string | null;
  /** Why the spec cannot be followed; `null` when it can. */
  readonly invalid: string | null;
  /** A person promotes after this moment. */
  readonly person: boolean;
}

export interface Course {
  /** Before the first look. */
  readonly before: RolloutView;
  /** At least one. */
  readonly moments: readonly Moment[];
  /** The cluster in the end. */
  readonly store: Store;
  /** It was given up because it would not come to rest. */
  readonly isCut: boolean;
  /** See Look. */
  readonly isInDoubt: boolean;
}

const SECOND_MS = 1000;
const MOST_LOOKS = 5000;
const LONGEST_MS = 366 * 24 * 3600 * SECOND_MS;

/** `store` is changed on the way. `startMs`: how long a pod takes to become ready. */
export function runCourse(store: Store, name: string, startMs: number): Course {
  const beginsAt = store.now;
  const pace = { startMs, beginsAt };
  const moments: Moment[] = [];
  let isInDoubt = false;
  settleCluster(store, pace);
  const before = viewIn(store, name);
  for (let looks = 0; looks < MOST_LOOKS && store.now - beginsAt <= LONGEST_MS; looks++) {
    const { version } = store;
    const look = lookAtRollout(store, name);
    const clusterAt = settleCluster(store, pace);
    const isCalm = store.version === version;
    const times = [look.wakeAt, clusterAt].filter((time) => time !== null);
    const nextAt = times.length === 0 ? null : Math.min(...times);
    const person = isCalm && needsPerson(store, name, nextAt);
    isInDoubt ||= look.isInDoubt;
    moments.push({ ...momentOf(store, name), made: look.made, events: look.events, person });
    if (!isCalm) continue;
    if (person) promote(store, name);
    else if (nextAt === null) return { before, moments, store, isCut: false, isInDoubt };
    // Times are recorded in whole seconds.
    else store.now = Math.max(store.now + SECOND_MS, Math.ceil(nextAt / SECOND_MS) * SECOND_MS);
  }
  return { before, moments, store, isCut: true, isInDoubt };
}

function momentOf(store: Store, name: string): Omit<Moment, 'made' | 'events' | 'person'> {
  const { status = {} } = rolloutIn(store, name);
  return {
    at: store.now,
    view: viewIn(store, name),
    use: podUseIn(store),
    hazard: findCondition(status.conditions, 'TrafficHazard')?.message ?? null,
    invalid: findCondition(status.conditions, 'InvalidSpec')?.message ?? null,
  };
}

/** At a pause without an end, and at a step whose measurements have none. An abort is not taken back. */
function needsPerson(store: Store, name: string, nextAt: number | null): boolean {
  const { spec, status = {} } = rolloutIn(store, name);
  if (status.abort === true || findCondition(status.conditions, 'InvalidSpec') !== undefined) return false;
  const resolved = resolveTemplate(worldIn(store, name));
  if ('problem' in resolved) return false;
  const strategy = strategyOf(resolved.world.rollout).view(situationOf(resolved.world));
  if (spec.paused === true) return true;
  if ((status.pauseConditions ?? []).length > 0) return strategy.pauseEndsAt === null;
  const step = status.stableRS === status.currentPodHash ? undefined : strategy.steps[strategy.stepsDone];
  return nextAt === null && (step?.analysis !== undefined || step?.experiment !== undefined);
}

function promote(store: Store, name: string): void {
  for (const { patch } of commandPatches(rolloutIn(store, name), 'promote')) store.patch(ROLLOUTS, name, patch);
}
