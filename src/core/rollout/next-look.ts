/**
 * When a Rollout has to be looked at again although nothing happens. What the look will find is not
 * decided here.
 */

/**
 * The first of the times that is still to come, `null` when none is. What is due already and was not done
 * in this pass waits for something else, which wakes us when it comes; another look would only spin.
 */
export function firstAfter(now: number, times: readonly (number | null)[]): number | null {
  const toCome = times.filter((time) => time !== null && time > now) as number[];
  return toCome.length === 0 ? null : Math.min(...toCome);
}
