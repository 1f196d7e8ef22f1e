/** How much of the suite runs: a short form with every commit, the full one on demand. */

const SHORT = process.env.SERIN_TRAFFIC === 'short';

/** How often a scenario is repeated. */
export function rounds(full: number, short = 2): number {
  return SHORT ? short : full;
}

/** The kinds of a scenario that are played: in the short form the first few, so the telling ones come first. */
export function kinds<Kind>(all: readonly Kind[], short = 2): readonly Kind[] {
  return SHORT ? all.slice(0, short) : all;
}
