/**
 * When a Rollout has to be looked at again although nothing happens.
 */

/**
 * The first of the times that is still to come, `null` when none is. What is due already and was not done in this look
 * waits for something else, whose event will cause the next look; what has no time yet (Infinity) does so as well.
 */
export function firstAfter(now: number, times: readonly (number | null)[]): number | null {
  const toCome = times.filter((time) => time !== null && time > now && Number.isFinite(time)) as number[];
  return toCome.length === 0 ? null : Math.min(...toCome);
}
