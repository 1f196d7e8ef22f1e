/**
 * What the bench sees of the AnalysisRuns of one controller, by a watch of its own: every write of them, and when each
 * metric was measured last.
 */
import type { ApiClient, WatchEvent } from '../../testbed/cluster/api-client.ts';
import { runsPath } from './runs.ts';

interface SeenRun {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly status?: {
    readonly phase?: string;
    readonly metricResults?: readonly SeenResult[];
  };
}

interface SeenResult {
  readonly name: string;
  readonly count?: number;
  readonly error?: number;
  readonly measurements?: readonly { readonly finishedAt?: string }[];
}

/** Sums over all runs, from the begin of the watch. */
export interface Progress {
  readonly writes: number;
  /** Of a run, as many as the metric that was measured most often has measurements. */
  readonly rounds: number;
  readonly measurements: number;
  readonly errors: number;
}

export class RunWatcher {
  readonly #runs = new Map<string, SeenRun>();
  readonly #stopping = new AbortController();
  readonly #watch: Promise<void>;
  #version = '';
  #writes = 0;

  constructor(client: ApiClient, group: string) {
    this.#watch = this.#untilStopped(client, group);
  }

  /** When the last measurement of the metric ended, as the status says; `null` before there is one. */
  lastFinishedAt(run: string, metric: string): number | null {
    const results = this.#runs.get(run)?.status?.metricResults ?? [];
    const finishedAt = results.find(({ name }) => name === metric)?.measurements?.at(-1)?.finishedAt;
    return finishedAt === undefined ? null : Date.parse(finishedAt);
  }

  /** How many runs have measured every one of `metrics` metrics. */
  measured(metrics: number): number {
    return [...this.#runs.values()].filter(({ status }) => status?.metricResults?.length === metrics).length;
  }

  get ended(): number {
    return [...this.#runs.values()].filter(({ status }) => (status?.phase ?? 'Running') !== 'Running').length;
  }

  progress(): Progress {
    const counts = [...this.#runs.values()].map(({ status }) => (status?.metricResults ?? []).map(takenOf));
    const results = [...this.#runs.values()].flatMap(({ status }) => status?.metricResults ?? []);
    return {
      writes: this.#writes,
      rounds: sum(counts.map((ofRun) => Math.max(0, ...ofRun))),
      measurements: sum(counts.flat()),
      errors: sum(results.map(({ error = 0 }) => error)),
    };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watch;
  }

  #see({ type, object }: WatchEvent<SeenRun>): void {
    this.#version = object.metadata.resourceVersion;
    if (type === 'BOOKMARK') return;
    if (type === 'MODIFIED') this.#writes += 1;
    this.#runs.set(object.metadata.name, object);
  }

  /** The server ends a watch from time to time; the next one goes on where it ended, so that no write is missed. */
  async #untilStopped(client: ApiClient, group: string): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const from = this.#version === '' ? '' : `&resourceVersion=${this.#version}`;
        const path = `${runsPath(group)}?watch=1&allowWatchBookmarks=true${from}`;
        for await (const event of client.watch<SeenRun>(path, signal)) this.#see(event);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }
}

function takenOf({ count = 0, error = 0 }: SeenResult): number {
  return count + error;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
