/**
 * Whether a report may wait a moment for the next one. Pods become available one by one, and a weight is followed by the
 * end of its step: a status write for each would be most of the load on the API server in a burst. What a decision or a
 * client depends on is never delayed.
 */
import { findCondition } from '../../kube/conditions.ts';
import type { PatchWrite } from '../../kube/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '../../kube/json.ts';
import { parseTime } from '../../kube/time.ts';
import type { Situation } from '../observed/situation.ts';

/** While pods and traffic change, counts and weights are at most this old. */
const MAY_LAG_MS = 2000;

const MAY_LAG: ReadonlySet<string> = new Set([
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'HPAReplicas',
  'conditions',
  'message',
]);

/** A look that moves traffic or pods is followed by another one, unless another writer always undoes what it does. */
const LOOKS_FOLLOW_WITHIN_MS = 60_000;

/**
 * When the write is due, in milliseconds since the epoch; `null`: now. `changesCluster`: the look writes something else,
 * and the next one will have more to report.
 */
export function reportDueAt(situation: Situation, write: PatchWrite, changesCluster: boolean): number | null {
  const difference = (write.patch['status'] ?? {}) as JsonObject;
  const mayLag = Object.entries(difference).every(([field, value]) => MAY_LAG.has(field) || isWeights(field, value));
  if (!mayLag || (write.events ?? []).length > 0) return null;
  const movedAt = parseTime(findCondition(situation.status.conditions, 'Progressing')?.lastUpdateTime);
  // A time in the future cannot be used: the clock has jumped, or another one wrote it.
  if (movedAt === null || movedAt > situation.now) return null;
  const followsSoon = changesCluster && situation.now < movedAt + LOOKS_FOLLOW_WITHIN_MS;
  if (followsSoon && !isNewWait(situation, difference)) return situation.now + MAY_LAG_MS;
  const dueAt = movedAt + MAY_LAG_MS;
  return situation.now < dueAt ? dueAt : null;
}

/** People look at it first when nothing happens. */
function isNewWait({ status }: Situation, { conditions }: JsonObject): boolean {
  if (!Array.isArray(conditions)) return false;
  const told = conditions.filter(isJsonObject).find(({ type }) => type === 'Blocked');
  return told?.['reason'] !== findCondition(status.conditions, 'Blocked')?.reason;
}

/** Weights are read off the router; no decision reads those of the status. */
function isWeights(field: string, value: Json | undefined): boolean {
  return (
    field === 'canary' &&
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).every((key) => key === 'weights')
  );
}
