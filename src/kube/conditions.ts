/**
 * Lists of status conditions: finding, setting and removing one by its type, without ever changing
 * the given list. Which conditions exist and when they hold is not decided here.
 */
import type { Condition } from './objects.ts';
import { formatTime } from './time.ts';

/** A condition before it is put in a list: the list gives it its times. */
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
  const lastUpdateTime = formatTime(now);
  const lastTransitionTime =
    before?.status === condition.status ? (before.lastTransitionTime ?? lastUpdateTime) : lastUpdateTime;
  const { type, status, reason, message } = condition;
  return [...removeCondition(conditions, type), { type, status, reason, message, lastUpdateTime, lastTransitionTime }];
}

/** The list without that condition; the very same list when it was not there. */
export function removeCondition(conditions: readonly Condition[] | undefined, type: string): readonly Condition[] {
  if (conditions === undefined) return [];
  return findCondition(conditions, type) === undefined
    ? conditions
    : conditions.filter((condition) => condition.type !== type);
}
