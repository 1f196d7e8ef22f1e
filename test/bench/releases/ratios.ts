/** Serin's figures compared with those of the others in the same run: medians over the rounds, and Serin's share. */
import type { Measured, MeasuredFloor } from './bench.ts';
import type { Traffic, TrafficCounts } from './byte-counter.ts';

export interface Compared {
  readonly serin: number;
  readonly other: number;
  /** Serin's to the other's; `null` when the other's is nothing. */
  readonly ratio: number | null;
}

/** By figure. */
export type Ratios = Readonly<Record<string, Compared>>;

const SERIN = 'serin';

const WRITES = /^(Create|Update|Patch|Delete) /;

type Figure = (figures: Measured, floor: MeasuredFloor | undefined) => number;

/** The control plane's own time is taken off where a floor was measured. */
const FIGURES: Readonly<Record<string, Figure>> = {
  'creation, ms': ({ created }) => created,
  'burst, ms': ({ burst }) => burst,
  'burst less the floor, ms': ({ burst }, floor) => (floor === undefined ? Number.NaN : burst - floor.burst),
  'creation less the floor, ms': ({ created }, floor) => (floor === undefined ? Number.NaN : created - floor.created),
  'burst to weight, p50 ms': ({ burstToWeight }) => burstToWeight.p50,
  'burst to weight, p99 ms': ({ burstToWeight }) => burstToWeight.p99,
  'lone change in the burst, p50 ms': ({ changeInBurst }) => changeInBurst.p50,
  'lone change in the burst, p99 ms': ({ changeInBurst }) => changeInBurst.p99,
  'abort in the burst, p50 ms': ({ abortInBurst }) => abortInBurst.p50,
  'abort in the burst, p99 ms': ({ abortInBurst }) => abortInBurst.p99,
  'promotion in the burst, p50 ms': ({ promoteInBurst }) => promoteInBurst.p50,
  'promotion in the burst, p99 ms': ({ promoteInBurst }) => promoteInBurst.p99,
  'lone change, p50 ms': ({ change }) => change.p50,
  'lone promotion, p50 ms': ({ lone }) => lone.p50,
  'promotion of all, p99 ms': ({ promoteBurst }) => promoteBurst.p99,
  'abort, p50 ms': ({ abort }) => abort.p50,
  'abort, p99 ms': ({ abort }) => abort.p99,
  'finish, ms': ({ finish }) => finish,
  'CPU of creation, s': ({ usage }) => usage['creation']?.controller ?? Number.NaN,
  'CPU of the burst, s': ({ usage }) => usage['burst']?.controller ?? Number.NaN,
  'CPU of the promotion of all, s': ({ usage }) => usage['promoteBurst']?.controller ?? Number.NaN,
  'CPU of the finish, s': ({ usage }) => usage['finish']?.controller ?? Number.NaN,
  'CPU of all four, s': ({ workCpuSeconds }) => workCpuSeconds,
  'control plane CPU of the burst, s': ({ usage }) => usage['burst']?.controlPlane ?? Number.NaN,
  'CPU at rest, %': ({ idleCpuPercent }) => idleCpuPercent,
  'writes at rest': ({ idleRequests }) => sumOf(idleRequests, WRITES),
  'CPU while aborted ones wait, %': ({ abortedWaitCpuPercent }) => abortedWaitCpuPercent,
  'writes while aborted ones wait': ({ abortedWaitRequests }) => sumOf(abortedWaitRequests, WRITES),
  'memory without Rollouts, MiB': ({ rssMiBWithoutRollouts }) => rssMiBWithoutRollouts,
  'memory at rest, MiB': ({ rssMiBAtRest }) => rssMiBAtRest,
  'peak memory, MiB': ({ peakRssMiB }) => peakRssMiB,
  // Counted by the proxy: the peer counts some under the name of the object, and a process that has written many events of
  // an object drops further ones.
  'requests of one release': ({ trafficOfOneRelease }) => trafficSum(trafficOfOneRelease, 'requests'),
  'of these, events': ({ trafficOfOneRelease }) => trafficSum(trafficOfOneRelease, 'requests', / events$/),
  'KiB sent in one release': ({ trafficOfOneRelease }) => trafficSum(trafficOfOneRelease, 'sentBytes') / 1024,
  'KiB received in one release': ({ trafficOfOneRelease }) => trafficSum(trafficOfOneRelease, 'receivedBytes') / 1024,
  'KiB received at a start': ({ trafficOfStart }) => trafficSum(trafficOfStart, 'receivedBytes') / 1024,
  'requests of the whole run': ({ requests }) => sumOf(requests),
  'writes of the whole run': ({ requests }) => sumOf(requests, WRITES),
  'restart to the first decision, ms': ({ restart }) => restart.firstDecision,
  'restart to the weight, ms': ({ restart }) => restart.toWeight,
  'CPU of the restart, s': ({ restart }) => restart.cpuSeconds,
  'memory after the restart, MiB': ({ restart }) => restart.rssMiB,
  'peak memory of the restart, MiB': ({ restart }) => restart.peakRssMiB,
};

/** By the name of the other. */
export function ratiosOf(
  measured: readonly Measured[],
  floors: readonly MeasuredFloor[],
): Readonly<Record<string, Ratios>> {
  const others = [...new Set(measured.map(({ contender }) => contender))].filter((name) => name !== SERIN);
  return Object.fromEntries(others.map((other) => [other, comparedWith(other, measured, floors)]));
}

/** The median of a figure over the rounds of a controller; NaN when it was not measured. */
export function medianOf(
  contender: string,
  figure: string,
  measured: readonly Measured[],
  floors: readonly MeasuredFloor[],
): number {
  const of = FIGURES[figure];
  if (of === undefined) throw new Error(`there is no figure named ${figure}`);
  return median(
    measured
      .filter((one) => one.contender === contender)
      .map((one) => of(one, floors.find(({ round }) => round === one.round))),
  );
}

function comparedWith(other: string, measured: readonly Measured[], floors: readonly MeasuredFloor[]): Ratios {
  return Object.fromEntries(
    Object.keys(FIGURES).flatMap((figure): [string, Compared][] => {
      const [mine, its] = [SERIN, other].map((contender) => medianOf(contender, figure, measured, floors));
      if (mine === undefined || its === undefined || Number.isNaN(mine + its)) return [];
      const ratio = its === 0 ? null : rounded(mine / its, 3);
      return [[figure, { serin: rounded(mine), other: rounded(its), ratio }]];
    }),
  );
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

function sumOf(requests: Readonly<Record<string, number>>, which = /./): number {
  return Object.entries(requests).reduce((sum, [key, count]) => sum + (which.test(key) ? count : 0), 0);
}

function trafficSum(counts: TrafficCounts, key: keyof Traffic, which = /./): number {
  return Object.entries(counts).reduce((sum, [kind, one]) => sum + (which.test(kind) ? one[key] : 0), 0);
}

function rounded(number: number, digits = 2): number {
  return Number(number.toFixed(digits));
}
