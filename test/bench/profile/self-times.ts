/** Where the time of a CPU profile went, by function and by package, as a table in plain text. */
import type { Folded } from './cpu-profile.ts';

export interface SelfTime {
  readonly what: string;
  readonly ms: number;
  /** Of all the time in which the process did anything. */
  readonly percent: number;
}

/** The longest first. `key` names what a function counts for. */
export function selfTimes(root: Folded, key: (folded: Folded) => string): readonly SelfTime[] {
  const sums = new Map<string, number>();
  const add = (folded: Folded): void => {
    if (folded.selfMs > 0) sums.set(key(folded), (sums.get(key(folded)) ?? 0) + folded.selfMs);
    folded.children.forEach(add);
  };
  add(root);
  return [...sums]
    .map(([what, ms]) => ({ what, ms, percent: root.totalMs === 0 ? 0 : (ms / root.totalMs) * 100 }))
    .toSorted((a, b) => b.ms - a.ms);
}

export function byFunction({ frame }: Folded): string {
  return frame.place === '' ? frame.name : `${frame.name} ${frame.place}`;
}

export function byOwner({ frame }: Folded): string {
  return frame.owner;
}

export function selfTimeTable(times: readonly SelfTime[], rows: number): string {
  return times
    .slice(0, rows)
    .map(({ what, ms, percent }) => `${percent.toFixed(1).padStart(5)} % ${ms.toFixed(0).padStart(7)} ms  ${what}\n`)
    .join('');
}
