/** The figures by which controllers are compared, each as a number, and what was aimed at. */
import type { Measured, MeasuredFloor } from './bench.ts';
import type { Traffic, TrafficCounts } from './byte-counter.ts';
import { median } from './times.ts';

/** By the name of the figure. */
export type Figures = Readonly<Record<string, number>>;

/** As a share of the peer's figure, or at the most. */
export type Target = { readonly ratio: number } | { readonly limit: number };

interface Figure {
  readonly name: string;
  readonly of: (measured: Measured, floor: MeasuredFloor | undefined) => number | undefined;
  /** By number of Rollouts; a size takes the target of the largest number that it reaches. */
  readonly targets?: Readonly<Record<number, Target>>;
}

const WRITES = /^(Create|Update|Patch|Delete) /;

export const FIGURES: readonly Figure[] = [
  { name: 'creation, ms', of: ({ created }) => created },
  { name: 'burst, ms', of: ({ burst }) => burst },
  {
    name: 'burst less the floor, ms',
    of: ({ burst }, floor) => (floor === undefined ? undefined : burst - floor.burst),
    targets: { 500: { ratio: 1 / 4 } },
  },
  { name: 'burst to weight, p50 ms', of: ({ burstToWeight }) => burstToWeight.p50 },
  { name: 'burst to weight, p99 ms', of: ({ burstToWeight }) => burstToWeight.p99 },
  { name: 'change in the burst, p50 ms', of: ({ changeInBurst }) => changeInBurst.p50 },
  {
    name: 'change in the burst, p99 ms',
    of: ({ changeInBurst }) => changeInBurst.p99,
    targets: { 500: { ratio: 1 / 10 }, 10_000: { limit: 300 } },
  },
  { name: 'abort in the burst, p50 ms', of: ({ abortInBurst }) => abortInBurst.p50 },
  {
    name: 'abort in the burst, p99 ms',
    of: ({ abortInBurst }) => abortInBurst.p99,
    targets: { 500: { ratio: 1 / 10 }, 10_000: { limit: 300 } },
  },
  { name: 'promotion in the burst, p50 ms', of: ({ promoteInBurst }) => promoteInBurst.p50 },
  { name: 'promotion in the burst, p99 ms', of: ({ promoteInBurst }) => promoteInBurst.p99 },
  { name: 'answer to a person in the burst, p50 ms', of: ({ requestInBurst }) => requestInBurst.p50 },
  { name: 'answer to a person in the burst, p99 ms', of: ({ requestInBurst }) => requestInBurst.p99 },
  { name: 'change in the quiet, p50 ms', of: ({ change }) => change.p50 },
  { name: 'promotion in the quiet, p50 ms', of: ({ lone }) => lone.p50 },
  { name: 'abort in the quiet, p50 ms', of: ({ abort }) => abort.p50 },
  { name: 'abort in the quiet, p99 ms', of: ({ abort }) => abort.p99 },
  { name: 'promotion of all, p99 ms', of: ({ promoteBurst }) => promoteBurst.p99 },
  { name: 'finish, ms', of: ({ finish }) => finish },
  { name: 'CPU of creation, s', of: ({ usage }) => usage['creation']?.controller },
  { name: 'CPU of the burst, s', of: ({ usage }) => usage['burst']?.controller },
  { name: 'CPU of the promotion of all, s', of: ({ usage }) => usage['promoteBurst']?.controller },
  { name: 'CPU of the finish, s', of: ({ usage }) => usage['finish']?.controller },
  {
    name: 'CPU of these four, s',
    of: ({ workCpuSeconds }) => workCpuSeconds,
    targets: { 500: { ratio: 1 / 4 } },
  },
  { name: "control plane's CPU of the burst, s", of: ({ usage }) => usage['burst']?.controlPlane },
  { name: "kubelet's CPU of the burst, s", of: ({ usage }) => usage['burst']?.kubelet },
  {
    name: 'CPU at rest, % of a core',
    of: ({ idleCpuPercent }) => idleCpuPercent,
    targets: { 500: { ratio: 1 / 30 }, 2_000: { limit: 0.5 }, 10_000: { limit: 1 } },
  },
  { name: 'writes at rest', of: ({ idleRequests }) => sumOf(idleRequests, WRITES), targets: { 0: { limit: 0 } } },
  {
    name: 'CPU while aborted canaries still run, % of a core',
    of: ({ abortDelayCpuPercent }) => abortDelayCpuPercent,
    targets: { 500: { ratio: 1 / 30 }, 2_000: { limit: 0.5 }, 10_000: { limit: 1 } },
  },
  {
    name: 'CPU while aborted ones wait, % of a core',
    of: ({ abortedWaitCpuPercent }) => abortedWaitCpuPercent,
    targets: { 500: { ratio: 1 / 30 }, 2_000: { limit: 0.5 }, 10_000: { limit: 1 } },
  },
  { name: 'writes while aborted ones wait', of: ({ abortedWaitRequests }) => sumOf(abortedWaitRequests, WRITES) },
  {
    name: 'memory without Rollouts, MiB',
    of: ({ rssMiBWithoutRollouts }) => rssMiBWithoutRollouts,
    targets: { 0: { limit: 60 } },
  },
  { name: 'memory at rest, MiB', of: ({ rssMiBAtRest }) => rssMiBAtRest },
  {
    name: 'peak memory, MiB',
    of: ({ peakRssMiB }) => peakRssMiB,
    targets: { 500: { ratio: 0.8 }, 2_000: { ratio: 0.6 }, 10_000: { limit: 600 } },
  },
  // Counted by the proxy: the peer counts some under the name of the object, and a process that has written many events of
  // an object drops further ones.
  {
    name: 'requests of one release',
    of: ({ trafficOfOneRelease }) => trafficSum(trafficOfOneRelease, 'requests'),
    targets: { 0: { ratio: 1 / 3 } },
  },
  {
    name: 'of these, events',
    of: ({ trafficOfOneRelease }) => trafficSum(trafficOfOneRelease, 'requests', / events$/),
  },
  {
    name: 'KiB sent in one release',
    of: ({ trafficOfOneRelease }) => trafficSum(trafficOfOneRelease, 'sentBytes') / 1024,
  },
  {
    name: 'KiB received in one release',
    of: ({ trafficOfOneRelease }) => trafficSum(trafficOfOneRelease, 'receivedBytes') / 1024,
  },
  { name: 'KiB received at a start', of: ({ trafficOfStart }) => trafficSum(trafficOfStart, 'receivedBytes') / 1024 },
  {
    name: 'restart to the first decision, ms',
    of: ({ restart }) => restart.firstDecision,
    targets: { 500: { ratio: 1 / 2 }, 10_000: { limit: 20_000 } },
  },
  { name: 'restart to the weight, ms', of: ({ restart }) => restart.toWeight },
  { name: 'CPU of the restart, s', of: ({ restart }) => restart.cpuSeconds },
  { name: 'peak memory of the restart, MiB', of: ({ restart }) => restart.peakRssMiB },
];

/** The medians over the rounds of a controller; what was not measured is left out. */
export function figuresOf(contender: string, measured: readonly Measured[], floors: readonly MeasuredFloor[]): Figures {
  const rounds = measured.filter((one) => one.contender === contender);
  return Object.fromEntries(
    FIGURES.flatMap(({ name, of }): [string, number][] => {
      const values = rounds.map((one) =>
        of(
          one,
          floors.find(({ round }) => round === one.round),
        ),
      );
      const known = values.filter((value) => value !== undefined);
      return known.length === 0 ? [] : [[name, Number(median(known).toFixed(2))]];
    }),
  );
}

/** What is aimed at for that many Rollouts. */
export function targetOf({ targets = {} }: Figure, rollouts: number): Target | undefined {
  const reached = Object.keys(targets).filter((size) => rollouts >= Number(size));
  return targets[Math.max(...reached.map(Number))];
}

function sumOf(requests: Readonly<Record<string, number>>, which = /./): number {
  return Object.entries(requests).reduce((sum, [key, count]) => sum + (which.test(key) ? count : 0), 0);
}

function trafficSum(counts: TrafficCounts, key: keyof Traffic, which = /./): number {
  return Object.entries(counts).reduce((sum, [kind, one]) => sum + (which.test(kind) ? one[key] : 0), 0);
}
