/**
 * Releases many Rollouts under each of several controllers, one after the other in one run, and returns what it took.
 *
 * Each controller gets a control plane of its own, fresh and alone with it: the same programs, the same objects, the same
 * order of events. On a shared one the later controller would work with the events, the watch caches and the history of
 * etcd that the earlier one left behind. The order turns from round to round, so that a machine that becomes slower or
 * faster meanwhile favours none of them.
 */
import type { ApiClient } from '../../testbed/cluster/api-client.ts';
import { type ControlPlane, startControlPlane } from '../../testbed/cluster/control-plane.ts';
import { ADMIN } from '../../testbed/cluster/credentials.ts';
import { installSerin } from '../../testbed/cluster/install.ts';
import { LIGHT_KUBELET, startKubeletProcess } from '../../testbed/cluster/kubelet/process.ts';
import { note } from '../note.ts';
import { rounded } from '../rounded.ts';
import { limitMsFor, Watcher } from '../watcher.ts';
import { grantPeer, PEER_USER } from '../peer-process.ts';
import { releaseOne } from './acts.ts';
import { startByteCounter, type TrafficCounts } from './byte-counter.ts';
import { type Contender, type ContenderSource, peer, serin } from './contender.ts';
import { crowdOf } from './crowd.ts';
import { type Figures, figuresOf } from './figures.ts';
import { type FloorFigures, measureFloor } from './floor.ts';

import { measureRestart, type RestartFigures } from './restart.ts';
import { settled } from './settled.ts';
import { type StoryFigures, type StoryOptions, tellStory } from './story.ts';
import { median } from './times.ts';
import { loadDuring, machine, type Usage } from './usage.ts';

export interface ReleaseBenchOptions extends StoryOptions {
  /** Serin's program; empty for what the image runs. */
  readonly controller: string;
  /** Another version of Serin to measure as well: its program; empty: none. */
  readonly before: string;
  /** As in `--peer`; empty: Serin alone. */
  readonly peer: string;
  /** Also what the control plane needs for the objects alone. */
  readonly floor: boolean;
  /** The controllers in this order in the first round; empty: Serin, the version before, the peer. */
  readonly order: readonly string[];
  readonly rounds: number;
  /** Empty: none. */
  readonly profile: string;
}

export interface Measured extends StoryFigures {
  readonly contender: string;
  readonly round: number;
  readonly restart: RestartFigures;
  /** Of the bodies, from its start over the full cluster until it is at rest. */
  readonly trafficOfStart: TrafficCounts;
  readonly trafficOfOneRelease: TrafficCounts;
}

export interface MeasuredFloor extends FloorFigures {
  readonly contender: 'floor';
  readonly round: number;
}

export interface ReleaseBench {
  readonly rollouts: number;
  readonly pods: number;
  readonly rounds: number;
  /** As in `--light-kubelet`; absent in results of before. */
  readonly lightKubelet?: boolean;
  readonly machine: string;
  /** The medians of every controller, by its name. */
  readonly contenders: Readonly<Record<string, Figures>>;
  /** Of one release, in the first round. */
  readonly traffic: Readonly<Record<string, TrafficCounts>>;
  /** In seconds: how long it took, and the CPU of the process that only writes; absent when it was not measured. */
  readonly floor?: { readonly creation: number; readonly burst: number; readonly cpu: number };
  /** Processes that wanted to run, at the least and at the most. */
  readonly load: readonly [number, number];
  /** The share of the processors' time that went to processes which have nothing to do with the bench. */
  readonly othersPercent: number;
}

/** `each` is told every measured controller at once: a run is long, and may end before its end. */
export async function benchReleases(
  options: ReleaseBenchOptions,
  each: (figures: Measured | MeasuredFloor) => void,
): Promise<ReleaseBench> {
  const sources = sourcesOf(options);
  const measured: Measured[] = [];
  const floors: MeasuredFloor[] = [];
  note(machine());
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const source of round % 2 === 1 ? sources : sources.toReversed()) {
      const figures = { contender: source.name, round, ...(await measure(source, options)) };
      measured.push(figures);
      each(figures);
    }
    if (!options.floor) continue;
    const floor: MeasuredFloor = { contender: 'floor', round, ...(await floorOf(options)) };
    floors.push(floor);
    each(floor);
  }
  const usages = [...measured, ...floors].flatMap(({ usage }): Usage[] => Object.values(usage));
  const { rollouts, pods, rounds, lightKubelet } = options;
  return {
    rollouts,
    pods,
    rounds,
    lightKubelet,
    machine: machine(),
    contenders: Object.fromEntries(sources.map(({ name }) => [name, figuresOf(name, measured, floors)])),
    traffic: Object.fromEntries(
      measured.filter(({ round }) => round === 1).map((one) => [one.contender, one.trafficOfOneRelease]),
    ),
    ...(floors.length === 0 ? {} : { floor: secondsOf(floors) }),
    ...loadDuring(usages),
  };
}

function secondsOf(floors: readonly MeasuredFloor[]): NonNullable<ReleaseBench['floor']> {
  const of = (key: 'created' | 'burst') => Number((median(floors.map((floor) => floor[key])) / 1000).toFixed(1));
  const cpu = median(floors.map(({ usage }) => usage.creation.controller + usage.burst.controller));
  return { creation: of('created'), burst: of('burst'), cpu: rounded(cpu) };
}

function sourcesOf(options: ReleaseBenchOptions): readonly ContenderSource[] {
  const sources = [
    serin('serin', options.controller, options.profile),
    ...(options.before === '' ? [] : [serin('before', options.before, '')]),
    ...(options.peer === '' ? [] : [peer(options.peer)]),
  ];
  const placeOf = ({ name }: ContenderSource) => {
    const place = options.order.indexOf(name);
    return place === -1 ? options.order.length : place;
  };
  return sources.toSorted((a, b) => placeOf(a) - placeOf(b));
}

async function startPlane({ lightKubelet }: ReleaseBenchOptions): Promise<ControlPlane> {
  const plane = await startControlPlane({ users: [PEER_USER] });
  try {
    // A process of its own: the bench's event loop is the stop watch.
    await startKubeletProcess(plane, {}, lightKubelet ? LIGHT_KUBELET : undefined);
    await installSerin(plane);
    await grantPeer(plane);
    return plane;
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

async function floorOf(options: ReleaseBenchOptions): Promise<FloorFigures> {
  await using plane = await startPlane(options);
  const { rollouts, lone, pods: replicas, lightKubelet: light } = options;
  // Awaited here: the control plane is stopped when this function is left.
  return await measureFloor(plane, {
    rollouts,
    pods: { replicas, light },
    inBurst: crowdOf(rollouts, lone).burst.length,
  });
}

async function measure(
  source: ContenderSource,
  options: ReleaseBenchOptions,
): Promise<Omit<Measured, 'contender' | 'round'>> {
  await using plane = await startPlane(options);
  const client = plane.client(ADMIN);
  const contender = await source.start(plane, []);
  const story = await tellStory(client, () => plane.pids, contender, options);
  await contender.profiler[Symbol.asyncDispose]();

  const watcher = new Watcher(client, limitMsFor(options.rollouts));
  const [counted = '', restarted = ''] = crowdOf(options.rollouts, options.lone).burst.slice(-2);
  await watcher.untilAll('the Rollouts to be seen', [counted, restarted], watcher.isHealthy);
  const restart = await measureRestart(client, watcher, contender, restarted);
  await contender.kill('SIGKILL');
  const traffic = await trafficOf(plane, source, client, watcher, counted);
  await watcher.stop();
  return { ...story, restart, ...traffic };
}

/** Another process of the controller, through a proxy that counts. */
async function trafficOf(
  plane: ControlPlane,
  source: ContenderSource,
  client: ApiClient,
  watcher: Watcher,
  rollout: string,
): Promise<Pick<Measured, 'trafficOfStart' | 'trafficOfOneRelease'>> {
  note(`${source.name}: bytes of one release`);
  await using counter = await startByteCounter(plane, source.user);
  const contender: Contender = await source.start(plane, [`--kubeconfig=${counter.kubeconfig}`]);
  await settled(contender);
  const trafficOfStart = counter.take();
  await releaseOne(client, watcher, rollout, 'web:counted');
  await settled(contender);
  const trafficOfOneRelease = counter.take();
  await contender.profiler[Symbol.asyncDispose]();
  await contender.kill('SIGTERM');
  return { trafficOfStart, trafficOfOneRelease };
}
