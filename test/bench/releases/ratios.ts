/** Serin's figures beside those of the others in the same run. */
import type { Figures } from './figures.ts';

interface Compared {
  readonly serin: number;
  readonly other: number;
  /** Serin's to the other's; `null` when the other's is nothing. */
  readonly ratio: number | null;
}

/** By figure. */
export type Ratios = Readonly<Record<string, Compared>>;

export const SERIN = 'serin';

/** By the name of the other. A figure that one of the two does not have is left out. */
export function ratiosOf(contenders: Readonly<Record<string, Figures>>): Readonly<Record<string, Ratios>> {
  const mine = contenders[SERIN] ?? {};
  const others = Object.entries(contenders).filter(([name]) => name !== SERIN);
  return Object.fromEntries(others.map(([name, its]) => [name, comparedWith(mine, its)]));
}

function comparedWith(mine: Figures, its: Figures): Ratios {
  return Object.fromEntries(
    Object.entries(mine).flatMap(([figure, serin]): [string, Compared][] => {
      const other = its[figure];
      return other === undefined ? [] : [[figure, { serin, other, ratio: ratio(serin, other) }]];
    }),
  );
}

/** `null` when the other is nothing, or less than nothing as a time below the floor is. */
export function ratio(one: number, other: number): number | null {
  return other <= 0 ? null : Number((one / other).toFixed(3));
}
