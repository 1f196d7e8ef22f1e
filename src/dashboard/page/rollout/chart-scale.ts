/** The scale of a chart: which part of the numbers it shows, and where it names them. */

export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Round numbers, from the lowest up. */
  readonly ticks: readonly number[];
}

const STEPS = [1, 2, 2.5, 5, 10];
const TICKS = 4;

/** Holds all numbers, and zero when that is not far away: a small change should not look like a large one. */
export function scaleOf(values: readonly number[]): Scale {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return { low: 0, high: 1, ticks: [0, 1] };
  const [lowest, highest] = [Math.min(...finite), Math.max(...finite)];
  const spread = highest - lowest;
  const isNear = (value: number) => spread === 0 || Math.abs(value) <= 2 * spread;
  const from = lowest >= 0 && isNear(lowest) ? 0 : lowest;
  const end = highest <= 0 && isNear(highest) ? 0 : highest;
  const to = end === from ? from + 1 : end;
  const step = roundStep((to - from) / TICKS);
  const low = Math.floor(from / step) * step;
  const high = Math.max(Math.ceil(to / step) * step, low + step);
  const count = Math.round((high - low) / step);
  return { low, high, ticks: Array.from({ length: count + 1 }, (_, index) => rounded(low + index * step, step)) };
}

function roundStep(least: number): number {
  const size = 10 ** Math.floor(Math.log10(least));
  return size * (STEPS.find((step) => step * size >= least * 0.999) ?? 10);
}

/** Sums of steps such as 0.1 are not exact. */
function rounded(value: number, step: number): number {
  const digits = Math.max(0, Math.min(20, 2 - Math.floor(Math.log10(step))));
  return Number(value.toFixed(digits));
}
