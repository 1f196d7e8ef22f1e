/**
 * How long things take in one history: mostly little, now and then much, so that everything that can
 * overtake something else does so in some history.
 */
import type { Random } from '../random.ts';

/** A typical time in milliseconds, and how often and how much longer it takes at worst. */
export interface Pace {
  readonly typicalMs: number;
  readonly slowChance: number;
  readonly slowestMs: number;
}

export function drawDelay(random: Random, pace: Pace): number {
  const typical = pace.typicalMs * (0.5 + random.next());
  return Math.round(random.chance(pace.slowChance) ? typical + random.next() * pace.slowestMs : typical);
}
