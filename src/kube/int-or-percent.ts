/**
 * Numbers that may be given as a share of a total, and the numbers of pods for `maxSurge` and `maxUnavailable`.
 */

const DEFAULT_SURGE = '25%';
const DEFAULT_UNAVAILABLE = '25%';

/**
 * A number stands for itself and any string for a percentage of `total`, with or without a percent
 * sign. An unreadable value counts as 0 and an absent one as `fallback`. Source: spec 1.2.
 */
export function resolveIntOrPercent(
  value: number | string | undefined,
  total: number,
  rounding: 'up' | 'down',
  fallback: string,
): number {
  if (typeof value === 'number') return Number.isInteger(value) ? value : 0;
  const share = (percentOf(value ?? fallback) * total) / 100;
  return rounding === 'up' ? Math.ceil(share) : Math.floor(share);
}

/** True for 0 and for any spelling of zero percent, whatever the total. An absent or unreadable value is not a literal zero. */
export function isLiterallyZero(value: number | string | undefined): boolean {
  return value === 0 || (typeof value === 'string' && /^[+-]?0+%?$/.test(value));
}

/** The pods by which an update of `replicas` pods may exceed them: rounded up, 25% when absent. */
function maxSurgeOf(maxSurge: number | string | undefined, replicas: number): number {
  return resolveIntOrPercent(maxSurge, replicas, 'up', DEFAULT_SURGE);
}

/** The pods of `replicas` that may be missing, as asked for: rounded down, 25% when absent, and not capped. */
export function maxUnavailableOf(maxUnavailable: number | string | undefined, replicas: number): number {
  return resolveIntOrPercent(maxUnavailable, replicas, 'down', DEFAULT_UNAVAILABLE);
}

/**
 * Both allowances of an update. If both are 0, one pod may be unavailable, so that the update can make progress.
 * Never more than `replicas` pods may be unavailable.
 */
export function surgeAndUnavailable(
  maxSurge: number | string | undefined,
  maxUnavailable: number | string | undefined,
  replicas: number,
): { readonly surge: number; readonly unavailable: number } {
  const surge = maxSurgeOf(maxSurge, replicas);
  const asked = maxUnavailableOf(maxUnavailable, replicas);
  const unavailable = surge === 0 && asked === 0 ? 1 : asked;
  return { surge, unavailable: Math.min(unavailable, replicas) };
}

function percentOf(text: string): number {
  const digits = text.replaceAll('%', '');
  return /^[+-]?\d+$/.test(digits) ? Number(digits) : 0;
}
