/**
 * Releases many Rollouts under each of several controllers, one after the other in one run, and returns what it took.
 *
 * Each controller gets a control plane of its own, fresh and alone on the machine with it: the same programs, the same
 * objects, the same order of events. On a shared one, the later controller would work in the events, watch caches and
 * history of etcd that the earlier one left behind. The order turns from round to round, so that a machine that becomes
 * slower or faster meanwhile favours none of them.
 */
import { startControlPlane } from '../../testbed/cluster/control-plane.ts';
import { ADMIN } from '../../testbed/cluster/credentials.ts';
import { installSerin } from '../../testbed/cluster/install.ts';
import { startKubeletProcess } from '../../testbed/cluster/kubelet/process.ts';
import { note } from '../note.ts';
import { type ContenderSource, peer, serin } from './contender.ts';
import { tellStory, type StoryFigures, type StoryOptions } from './story.ts';
import { machine } from './usage.ts';

export interface ReleaseBenchOptions extends StoryOptions {
  /** Serin's program; empty for its sources. */
  readonly controller: string;
  /** Another version of Serin to measure beside it; empty: none. */
  readonly before: string;
  /** As in `--peer`; empty: Serin alone. */
  readonly peer: string;
  readonly rounds: number;
  /** Empty: none. */
  readonly profile: string;
}

export interface Measured extends StoryFigures {
  readonly contender: string;
  readonly round: number;
}

export async function benchReleases(options: ReleaseBenchOptions): Promise<unknown> {
  const sources: ContenderSource[] = [serin('serin', options.controller, options.profile)];
  if (options.before !== '') sources.push(serin('before', options.before, ''));
  if (options.peer !== '') sources.push(peer(options.peer));
  const measured: Measured[] = [];
  note(machine());
  for (let round = 0; round < options.rounds; round += 1)
    for (const source of round % 2 === 0 ? sources : sources.toReversed())
      measured.push({ contender: source.name, round: round + 1, ...(await measure(source, options)) });
  return measured[0];
}

async function measure(source: ContenderSource, options: ReleaseBenchOptions): Promise<StoryFigures> {
  await using plane = await startControlPlane();
  // A process of its own: the bench's event loop is the stop watch.
  await startKubeletProcess(plane);
  await installSerin(plane);
  const contender = await source.start(plane, []);
  const figures = await tellStory(plane.client(ADMIN), () => plane.pids, contender, options);
  await contender.profiler[Symbol.asyncDispose]();
  await contender.kill('SIGTERM');
  return figures;
}
