/** One controller with its runs: what it did between `begin` and `end`. */
import type { ApiClient } from '../../testbed/cluster/api-client.ts';
import { added, requestCounts, type RequestCounts } from '../api-requests.ts';
import { percentile } from '../percentile.ts';
import { cpuSecondsOf, memoryOf } from '../process-usage.ts';
import type { Contender } from './contender.ts';
import { growthPer10Minutes, type MemorySample, sampleMemory } from './memory-trend.ts';
import type { Arrival } from './metric-server.ts';
import { type Progress, RunWatcher } from './run-watcher.ts';
import { INTERVAL_MS } from './runs.ts';
import { rounded } from '../rounded.ts';

/** A measurement that starts within this time of its time is in time. */
const IN_TIME_MS = 300;

const WRITING_VERBS = ['Create', 'Update', 'Patch', 'Delete'];

interface Begin {
  readonly at: number;
  readonly cpuSeconds: number;
  readonly requests: RequestCounts;
  readonly progress: Progress;
  readonly memory: { readonly stop: () => readonly MemorySample[] };
}

export interface Figures {
  readonly cpuSeconds: number;
  readonly cpuPercent: number;
  readonly cpuMsPerMeasurement: number;
  readonly measurements: number;
  readonly errors: number;
  readonly rounds: number;
  /** Of AnalysisRuns. */
  readonly writes: number;
  readonly writesPerRound: number;
  /** Of any object, by verb and kind, as the controller counts them. */
  readonly apiWrites: Readonly<Record<string, number>>;
  readonly latenessMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly inTimePercent: number;
  readonly rssMiB: { readonly start: number; readonly peak: number; readonly end: number };
  /** Over the whole time, and over its second half, when caches and the compiler have settled. */
  readonly growthMiBPer10Minutes: { readonly whole: number; readonly secondHalf: number };
}

export class Lane {
  readonly contender: Contender;
  readonly watcher: RunWatcher;
  readonly #lateness: number[] = [];
  #begin: Begin | undefined;

  constructor(contender: Contender, client: ApiClient) {
    this.contender = contender;
    this.watcher = new RunWatcher(client, contender.name);
  }

  /** A request of the controller for a metric. Its time is an interval after the end of the measurement before, as the status has it. */
  note({ run, metric, at }: Arrival): void {
    if (this.#begin === undefined) return;
    const before = this.watcher.lastFinishedAt(run, metric);
    if (before !== null) this.#lateness.push(at - (before + INTERVAL_MS));
  }

  async begin(): Promise<void> {
    const { pid, metricsUrl } = this.contender;
    const requests = await countsOf(metricsUrl);
    this.#begin = {
      at: performance.now(),
      cpuSeconds: cpuSecondsOf(pid),
      requests,
      progress: this.watcher.progress(),
      memory: sampleMemory(pid),
    };
  }

  async end(): Promise<Figures> {
    const { pid, metricsUrl } = this.contender;
    const begin = this.#begin;
    if (begin === undefined) throw new Error(`${this.contender.name} was not begun`);
    const cpuSeconds = cpuSecondsOf(pid) - begin.cpuSeconds;
    const seconds = (performance.now() - begin.at) / 1000;
    const samples = begin.memory.stop();
    const progress = this.watcher.progress();
    this.#begin = undefined;
    const measurements = progress.measurements - begin.progress.measurements;
    const writes = progress.writes - begin.progress.writes;
    const rounds = progress.rounds - begin.progress.rounds;
    const requests = Object.entries(added(begin.requests, await countsOf(metricsUrl)));
    return {
      cpuSeconds: rounded(cpuSeconds),
      cpuPercent: rounded((cpuSeconds / seconds) * 100),
      cpuMsPerMeasurement: rounded((cpuSeconds * 1000) / measurements),
      measurements,
      errors: progress.errors - begin.progress.errors,
      rounds,
      writes,
      writesPerRound: rounded(writes / rounds, 3),
      apiWrites: Object.fromEntries(requests.filter(([key]) => WRITING_VERBS.some((verb) => key.startsWith(verb)))),
      ...latenessFigures(this.#lateness),
      rssMiB: {
        start: samples[0]?.mebibytes ?? 0,
        peak: memoryOf(pid).peakRssMiB,
        end: samples.at(-1)?.mebibytes ?? 0,
      },
      growthMiBPer10Minutes: {
        whole: rounded(growthPer10Minutes(samples)),
        secondHalf: rounded(growthPer10Minutes(samples.slice(samples.length / 2))),
      },
    };
  }
}

function countsOf(metricsUrl: string | null): RequestCounts | Promise<RequestCounts> {
  return metricsUrl === null ? new Map() : requestCounts(metricsUrl);
}

function latenessFigures(times: readonly number[]): Pick<Figures, 'latenessMs' | 'inTimePercent'> {
  const inTime = times.filter((time) => time <= IN_TIME_MS).length;
  return {
    latenessMs: { p50: percentile(times, 0.5), p99: percentile(times, 0.99), max: percentile(times, 1) },
    inTimePercent: rounded((inTime / times.length) * 100),
  };
}
