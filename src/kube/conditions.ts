/**
 * Lists of status conditions: finds, sets and removes a condition by its type. The given list never changes.
 */
import type { Condition } from './objects.ts';
import { formatTime } from './time.ts';

/** A condition without times; setCondition adds them. */
export type UntimedCondition = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** True when the condition is present and its status is `True`. */
export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/**
 * The list with that condition in force since `now` (milliseconds). The very same list when status and
 * reason were the same before, even if the message differs. Otherwise the condition is at the end of
 * the list, and its `lastTransitionTime` is `now` only if the status changed. Source: spec 3.2.
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  condition: UntimedCondition,
  now: number,
): readonly Condition[] {
  const before = findCondition(conditions, condition.type);
  if (conditions !== undefined && before?.status === condition.status && before.reason === condition.reason) {
    return conditions;
  }
  return putCondition(conditions, timedCondition(condition, before, now));
}

/** The condition as said at `now` (milliseconds), in the place of the one before: if the status is the same, its time of transition stays. */
export function timedCondition(
  { type, status, reason, message }: UntimedCondition,
  before: Condition | undefined,
  now: number,
): Condition {
  const lastUpdateTime = formatTime(now);
  const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? lastUpdateTime) : lastUpdateTime;
  return { type, status, reason, message, lastUpdateTime, lastTransitionTime };
}

/** The list with that very condition as the only one of its type, at the end if it was not there; else the very same list. */
export function putCondition(conditions: readonly Condition[] | undefined, condition: Condition): readonly Condition[] {
  return conditions?.includes(condition) === true
    ? conditions
    : [...removeCondition(conditions, condition.type), condition];
}

/** The list without that condition; the very same list when it was not there. */
export function removeCondition(conditions: readonly Condition[] | undefined, type: string): readonly Condition[] {
  if (conditions === undefined) return [];
  return findCondition(conditions, type) === undefined
    ? conditions
    : conditions.filter((condition) => condition.type !== type);
}
