/**
 * Whether a report may wait a moment for the next one. Pods become available one by one: a status write for each count
 * would be most of the load on the API server in a burst. What a decision or a client depends on is never delayed.
 */
import { findCondition } from '../../kube/conditions.ts';
import type { PatchWrite } from '../../kube/plan.ts';
import type { JsonObject } from '../../kube/json.ts';
import { parseTime } from '../../kube/time.ts';
import type { Situation } from '../observed/situation.ts';

/** While pods change, counts are at most this old. */
const COUNTS_MAY_LAG_MS = 2000;

const COUNTS: ReadonlySet<string> = new Set([
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'HPAReplicas',
  'conditions',
  'message',
]);

/** When the write is due, in milliseconds since the epoch; `null`: now. */
export function reportDueAt(situation: Situation, write: PatchWrite): number | null {
  const difference = (write.patch['status'] ?? {}) as JsonObject;
  const countsOnly = Object.keys(difference).every((field) => COUNTS.has(field));
  if (!countsOnly || (write.events ?? []).length > 0) return null;
  const movedAt = parseTime(findCondition(situation.status.conditions, 'Progressing')?.lastUpdateTime);
  // A time in the future cannot be used: the clock has jumped, or another one wrote it.
  if (movedAt === null || movedAt > situation.now) return null;
  const dueAt = movedAt + COUNTS_MAY_LAG_MS;
  return situation.now < dueAt ? dueAt : null;
}
