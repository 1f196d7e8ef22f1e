/** Which Rollouts of a bench do what: most change all at once, some one by one in the middle of that or in the quiet. */
import { nameOf } from '../fleet.ts';

export interface Crowd {
  readonly all: readonly string[];
  /** Change all at once. */
  readonly burst: readonly string[];
  /** Single ones in the middle of the burst: changed, aborted, promoted. */
  readonly changed: readonly string[];
  readonly aborted: readonly string[];
  readonly promoted: readonly string[];
  /** Changed one by one when nothing else happens. */
  readonly quiet: readonly string[];
}

/** So that the burst stays most of it. */
const SINGLES_SHARE = 0.05;

/** `lone` of each kind of single ones, or fewer in a small crowd. */
export function crowdOf(size: number, lone: number): Crowd {
  const all = Array.from({ length: size }, (_, index) => nameOf(index));
  const each = Math.min(lone, Math.floor(size * SINGLES_SHARE));
  const part = (index: number) => all.slice(index * each, (index + 1) * each);
  return {
    all,
    changed: part(0),
    aborted: part(1),
    promoted: part(2),
    quiet: part(3),
    burst: all.slice(4 * each),
  };
}
