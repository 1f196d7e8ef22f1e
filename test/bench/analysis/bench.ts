/**
 * Lets AnalysisRuns be measured on the local control plane, by Serin and, if asked for, by Argo Rollouts at the same
 * time, and returns what it took. Both share the machine, the API server and the metric server, and each has as many runs
 * of its own, so that load from outside hits both alike and the ratios hold on a busy machine.
 */
import { loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { startControlPlane } from '../../testbed/cluster/control-plane.ts';
import { ADMIN } from '../../testbed/cluster/credentials.ts';
import { installSerin } from '../../testbed/cluster/install.ts';
import { waitFor } from '../../testbed/cluster/wait.ts';
import { note } from '../note.ts';
import { type Contender, FLOOR, startFloor, startPeer, startSerin } from './contender.ts';
import { type Figures, Lane } from './lane.ts';
import { startMetricServer } from './metric-server.ts';
import { createRuns, INTERVAL_MS, METRIC_NAMES } from './runs.ts';

export interface AnalysisBenchOptions {
  /** AnalysisRuns for each controller. */
  readonly runs: number;
  readonly minutes: number;
  /** Empty: Serin alone. */
  readonly peer: string;
  /** Also what the requests cost without a controller. */
  readonly floor: boolean;
  /** Empty: none. */
  readonly profile: string;
}

/** Generous: a loaded machine is slow. */
const FIRST_ROUND_LIMIT_MS = 600_000;

const ROUNDS_BEFORE = 2;

export async function benchAnalysis({ runs, minutes, peer, floor, profile }: AnalysisBenchOptions): Promise<unknown> {
  await using plane = await startControlPlane();
  await installSerin(plane);
  const client = plane.client(ADMIN);
  const lanes = new Map<string, Lane>();
  await using server = await startMetricServer((arrival) => lanes.get(arrival.group)?.note(arrival));
  const contenders = [
    await startSerin(plane, profile),
    ...(peer === '' ? [] : [await startPeer(plane, peer)]),
    ...(floor ? [await startFloor(plane, `${server.url}/${FLOOR}`, runs)] : []),
  ];

  note(`creating ${runs} AnalysisRuns for each of ${contenders.map(({ name }) => name).join(' and ')}`);
  await Promise.all(
    contenders.map(async (contender) => {
      lanes.set(contender.name, new Lane(contender, client));
      const { name } = contender;
      await createRuns(client, { name, size: runs, metricsUrl: `${server.url}/${name}` });
    }),
  );
  for (const { watcher, contender } of lanes.values()) {
    await waitFor(() => watcher.measured(METRIC_NAMES.length), {
      what: `${contender.name} to measure every run once`,
      until: (measured) => measured === runs,
      timeoutMs: FIRST_ROUND_LIMIT_MS,
    });
  }
  await delay(ROUNDS_BEFORE * INTERVAL_MS);

  note(`measuring for ${minutes} minutes`);
  const stopWatch = monitorEventLoopDelay({ resolution: 5 });
  stopWatch.enable();
  const loadBefore = loadavg();
  await Promise.all([...lanes.values()].map((lane) => lane.begin()));
  await delay(minutes * 60_000);
  const figures = await Promise.all([...lanes.values()].map((lane) => lane.end()));
  stopWatch.disable();

  for (const { watcher, contender } of lanes.values()) {
    if (watcher.ended > 0) throw new Error(`${watcher.ended} runs of ${contender.name} have ended, which none should`);
    await watcher.stop();
  }
  await Promise.all(contenders.map(({ end }) => end()));
  return {
    runs,
    minutes,
    load: [loadBefore[0], loadavg()[0]],
    /** The share of a time that is the bench's own: how late it looks at what has arrived. */
    stopWatchMs: { p99: stopWatch.percentile(99) / 1e6, max: stopWatch.max / 1e6 },
    ...namedBy(contenders, figures),
    ratios: ratiosTo(contenders, figures),
  };
}

function namedBy(contenders: readonly Contender[], figures: readonly Figures[]): Record<string, Figures | undefined> {
  return Object.fromEntries(contenders.map(({ name }, index) => [name, figures[index]]));
}

/** Of Serin to each of the others, by name. */
function ratiosTo(contenders: readonly Contender[], [serin, ...others]: readonly Figures[]) {
  if (serin === undefined) return {};
  return Object.fromEntries(others.map((other, index) => [contenders[index + 1]?.name, ratiosOf(serin, other)]));
}

/** For the same work. */
function ratiosOf(serin: Figures, other: Figures): Record<string, number> {
  const ratio = (of: (figures: Figures) => number) => Number((of(serin) / of(other)).toFixed(2));
  return {
    cpuPerMeasurement: ratio(({ cpuMsPerMeasurement }) => cpuMsPerMeasurement),
    writesPerRound: ratio(({ writesPerRound }) => writesPerRound),
    rssAtEnd: ratio(({ rssMiB }) => rssMiB.end),
  };
}
