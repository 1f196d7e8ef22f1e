/**
 * How a write that the API server refuses is reported: by an event each time, and by the Blocked condition as long as it
 * is refused.
 */
import { events } from '../../api/events.ts';
import { REFUSAL_REASONS, type EventReason } from '../../api/words/reasons.ts';
import { findCondition } from '../../kube/conditions.ts';
import type { Condition } from '../../kube/objects.ts';
import type { EventNote, Refusal, Write } from '../../kube/plan.ts';
import { sameTarget } from '../../kube/plan.ts';
import { REPLICA_SETS, type Resource } from '../../kube/resources.ts';
import { parseTime } from '../../kube/time.ts';
import { blocked, type BlockedOn } from './blocked.ts';
import { replicaSetName } from './revisions.ts';
import type { Situation } from '../observed/situation.ts';

/** The API server repeats whole objects in some of its answers. */
const LONGEST_MESSAGE = 1000;

/** The error text may differ each time, by a port for example. A changed text is reported at most this often, because each report causes the next look. */
const WORDS_LAST_MS = 10_000;

/** The event for a refused write. */
export function failureEvent({ name, refusedAs }: Write, error: string): EventNote {
  if (refusedAs === ('ReplicaSetCreateError' satisfies EventReason)) return events.replicaSetCreateFailed(name, error);
  const reason = REFUSAL_REASONS.find((one) => one === refusedAs);
  return reason === undefined ? events.blocked(error) : events.refused(reason, error);
}

/** Whether the API server has refused a write to that object in this look. */
export function isRefused(situation: Situation, resource: Resource, name: string): boolean {
  return refusalOf(situation, resource, name) !== undefined;
}

function refusalOf({ world, namespace }: Situation, resource: Resource, name: string): Refusal | undefined {
  return world.refused.find(({ write }) => sameTarget(write, { resource, namespace, name }));
}

/** Those of the writes that were refused in this look. */
export function refusedAmong({ world }: Situation, writes: readonly Write[]): readonly Refusal[] {
  return world.refused.filter(({ write }) => writes.some((one) => sameTarget(one, write)));
}

/** The writes of this look without those that were refused, and those that depend on a refused one. */
export function madeAmong(situation: Situation, writes: readonly Write[]): readonly Write[] {
  if (situation.world.refused.length === 0) return writes;
  return writes.filter(({ afterAll, resource, name }) => afterAll !== true && !isRefused(situation, resource, name));
}

/** The API server's words about the ReplicaSet of the present template; `null` when it exists, or was not refused. */
export function refusedCreation(situation: Situation): string | null {
  if (situation.canary !== null) return null;
  return refusalOf(situation, REPLICA_SETS, replicaSetName(situation))?.message ?? null;
}

/** The refusals as what the Rollout waits for, in the words of a moment ago if there are such; `null` without any. */
export function blockedByRefusals({ status, now }: Situation, refused: readonly Refusal[]): BlockedOn | null {
  if (refused.length === 0) return null;
  const told = findCondition(status.conditions, 'Blocked');
  if (told?.reason === 'WriteRefused' && isYoung(told, now)) return blocked('WriteRefused', told.message);
  const text = [...new Set(refused.map(({ message }) => message))].join('; ');
  return blocked('WriteRefused', text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text);
}

/** What the status reports of the last look's refusals. */
export function toldRefusal({ status }: Situation): BlockedOn | null {
  const told = findCondition(status.conditions, 'Blocked');
  return told?.reason === 'WriteRefused' ? blocked('WriteRefused', told.message) : null;
}

function isYoung({ lastUpdateTime }: Condition, now: number): boolean {
  const age = now - (parseTime(lastUpdateTime) ?? 0);
  return age >= 0 && age < WORDS_LAST_MS;
}
