/**
 * A list of backends with weights, as several kinds of routes have it: the share of the canary in it, and how the list
 * looks with another one. Pure values in and out; everything that is not a weight stays as it was.
 */
import type { Side } from './sides.ts';

interface Weighted {
  readonly weight?: number;
}

/** How the backends of one kind of route are read. */
export interface Reading<Backend extends Weighted> {
  /** The side that the backend is; `null` for any other. */
  readonly sideOf: (backend: Backend) => Side | null;
  /** What a backend without a weight weighs. */
  readonly unsaid: number;
}

export function backendsOn<Backend extends Weighted>(
  backends: readonly Backend[],
  { sideOf }: Reading<Backend>,
  side: Side,
): readonly Backend[] {
  return backends.filter((one) => sideOf(one) === side);
}

/** Whether both sides are there, each of them once: then the requests are divided. */
export function isDividedAmong<Backend extends Weighted>(
  backends: readonly Backend[],
  reading: Reading<Backend>,
): boolean {
  return (['stable', 'canary'] as const).every((side) => backendsOn(backends, reading, side).length === 1);
}

/**
 * The canary's share, 0 to `maxWeight`. A share between two whole numbers is rounded, but never to nothing and never to
 * everything.
 */
export function shareAmong<Backend extends Weighted>(
  backends: readonly Backend[],
  reading: Reading<Backend>,
  maxWeight: number,
): number {
  const { stable, canary } = weightsAmong(backends, reading);
  if (canary === 0) return 0;
  if (stable === 0) return maxWeight;
  return Math.max(1, Math.min(maxWeight - 1, Math.round((maxWeight * canary) / (stable + canary))));
}

/** The list with that share of the canary. The sum of both sides only changes where no other backend has a share beside them. */
export function withShare<Backend extends Weighted>(
  backends: readonly Backend[],
  reading: Reading<Backend>,
  share: number,
  maxWeight: number,
): readonly Backend[] {
  const sum = hasOtherShares(backends, reading) ? sumAmong(backends, reading) : maxWeight;
  const canary = Math.round((sum * share) / maxWeight);
  return backends.map((one) => {
    const side = reading.sideOf(one);
    if (side === null) return one;
    return { ...one, weight: side === 'canary' ? canary : sum - canary };
  });
}

/** Whether every share up to `maxWeight` is a whole number in this list, and leaves its other backends theirs. */
export function holdsShares<Backend extends Weighted>(
  backends: readonly Backend[],
  reading: Reading<Backend>,
  maxWeight: number,
): boolean {
  const sum = sumAmong(backends, reading);
  return !hasOtherShares(backends, reading) || (sum > 0 && sum % maxWeight === 0);
}

/** Of both sides together. */
export function sumAmong<Backend extends Weighted>(backends: readonly Backend[], reading: Reading<Backend>): number {
  const { stable, canary } = weightsAmong(backends, reading);
  return stable + canary;
}

function weightsAmong<Backend extends Weighted>(
  backends: readonly Backend[],
  reading: Reading<Backend>,
): Readonly<Record<Side, number>> {
  const of = (side: Side) =>
    backendsOn(backends, reading, side).reduce((sum, one) => sum + (one.weight ?? reading.unsaid), 0);
  return { stable: of('stable'), canary: of('canary') };
}

function hasOtherShares<Backend extends Weighted>(
  backends: readonly Backend[],
  { sideOf, unsaid }: Reading<Backend>,
): boolean {
  return backends.some((one) => sideOf(one) === null && (one.weight ?? unsaid) > 0);
}
