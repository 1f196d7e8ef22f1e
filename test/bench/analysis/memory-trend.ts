/** Whether the memory of a process grows: its samples over time, and the straight line through them. */
import { memoryOf } from '../process-usage.ts';

export interface MemorySample {
  readonly minutes: number;
  readonly mebibytes: number;
}

const SAMPLE_EVERY_MS = 5_000;

/** Samples from now on until `stop`, which returns all of them. */
export function sampleMemory(pid: number): { readonly stop: () => readonly MemorySample[] } {
  const startedAt = performance.now();
  const samples: MemorySample[] = [];
  const sample = () =>
    samples.push({ minutes: (performance.now() - startedAt) / 60_000, mebibytes: memoryOf(pid).rssMiB });
  sample();
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      sample();
      return samples;
    },
  };
}

/** The slope of the line with the least squares, in MiB for each 10 minutes; 0 without two different times. */
export function growthPer10Minutes(samples: readonly MemorySample[]): number {
  const meanOf = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0) / numbers.length;
  const time = meanOf(samples.map(({ minutes }) => minutes));
  const size = meanOf(samples.map(({ mebibytes }) => mebibytes));
  const [covariance, variance] = samples.reduce(
    ([both, alone], { minutes, mebibytes }) => [
      both + (minutes - time) * (mebibytes - size),
      alone + (minutes - time) ** 2,
    ],
    [0, 0],
  );
  return variance === 0 ? 0 : (covariance / variance) * 10;
}
