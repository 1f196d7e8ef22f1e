/**
 * Whether a report may wait a moment for the next one. Pods come up one by one and a rollout moves on in
 * between: a write of the status for every count would be most of what the API server has to do in a burst.
 * It never holds back what a decision needs, nor what a client decides by.
 */
import { findCondition } from '../../kube/conditions.ts';
import type { PatchWrite } from '../../kube/plan.ts';
import type { JsonObject } from '../../kube/json.ts';
import { parseTime } from '../../kube/time.ts';
import type { Situation } from './situation.ts';

/** Counts lag by this at the most while things move. */
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
  // A time to come is no measure: the clock has jumped, or another one wrote it.
  if (movedAt === null || movedAt > situation.now) return null;
  const dueAt = movedAt + COUNTS_MAY_LAG_MS;
  return situation.now < dueAt ? dueAt : null;
}
