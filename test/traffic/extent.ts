/** How much of the suite runs: a short form with every commit, a shorter one for the second proxy, the full one on demand. */

const FORM = process.env.SERIN_TRAFFIC ?? '';
const SHORT = FORM !== '';

/** How often a scenario is repeated. */
export function rounds(full: number, short = 2): number {
  return SHORT ? short : full;
}

/** The kinds of a scenario that are played: in the short forms the first few, so the telling ones come first. */
export function kinds<Kind>(all: readonly Kind[], short = 2): readonly Kind[] {
  if (!SHORT) return all;
  return all.slice(0, FORM === 'shortest' ? 1 : short);
}
