/**
 * How much of the suite runs: a short form with every commit, a shorter one for the second proxy, the full one on demand,
 * and that with fewer rounds where there is no time for all of them.
 */

const FORM = process.env.SERIN_TRAFFIC ?? '';
const SHORT = FORM !== '';
const MOST_ROUNDS = Number(process.env.SERIN_TRAFFIC_ROUNDS ?? Number.POSITIVE_INFINITY);

/** How often a scenario is repeated. */
export function rounds(full: number, short = 2): number {
  return SHORT ? short : Math.min(full, MOST_ROUNDS);
}

/** How many answers are looked at for one question. Fewer rounds leave it as it is: a handful of answers shows nothing. */
export function sampleSize(full: number, short: number): number {
  return SHORT ? short : full;
}

/** The kinds of a scenario that are played: in the short forms the first few, so the telling ones come first. */
export function kinds<Kind>(all: readonly Kind[], short = 2): readonly Kind[] {
  if (!SHORT) return all;
  return all.slice(0, FORM === 'shortest' ? 1 : short);
}

/** For people who read what was measured. */
export function extent(): string {
  if (SHORT) return FORM;
  if (MOST_ROUNDS === Number.POSITIVE_INFINITY) return 'full';
  return MOST_ROUNDS === 1 ? 'at most 1 round' : `at most ${MOST_ROUNDS} rounds`;
}
