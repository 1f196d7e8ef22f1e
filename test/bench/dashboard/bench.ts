/**
 * Fills a cluster with Rollouts, opens viewers of several people, and changes Rollouts for some minutes. Times are
 * milliseconds, memory is that of the server's process.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startControlPlane } from '../../testbed/cluster/control-plane.ts';
import { startDashboardProcess } from '../../testbed/cluster/dashboard-process.ts';
import { installSerin } from '../../testbed/cluster/install.ts';
import { growthPer10Minutes, sampleMemory } from '../analysis/memory-trend.ts';
import { note } from '../note.ts';
import { percentile } from '../percentile.ts';
import { cpuSecondsOf, memoryOf } from '../process-usage.ts';
import { createCrowd, placeOf, setPhase } from './crowd.ts';
import { openViewer, type Viewer } from './viewers.ts';

const PEOPLE = Array.from({ length: 5 }, (_, index) => `person-${index}`);
const VIEWERS = 20;
/** Of every person's tabs one shows a Rollout, and the others the list. */
const TABS = VIEWERS / PEOPLE.length;
const CHANGE_EVERY_MS = 200;
const SAMPLES_PER_MINUTE = 12;

interface DashboardBench {
  readonly rollouts: number;
  readonly minutes: number;
}

export async function benchDashboard({ rollouts, minutes }: DashboardBench): Promise<unknown> {
  const users = PEOPLE.map((name) => ({ name, groups: ['system:masters'] }));
  await using plane = await startControlPlane({ users });
  await installSerin(plane);
  const client = plane.client();
  note(`creating ${rollouts} Rollouts`);
  await createCrowd(client, rollouts);
  const server = await startDashboardProcess(plane);
  const { pid } = server.component;
  const startMiB = memoryOf(pid).rssMiB;

  note(`opening ${VIEWERS} viewers`);
  await using open = new AsyncDisposableStack();
  const viewers: Viewer[] = [];
  for (let index = 0; index < VIEWERS; index += 1) {
    const [person = '', tab] = [PEOPLE[Math.floor(index / TABS)], index % TABS];
    const { namespace, name } = placeOf(index);
    const path = tab === TABS - 1 ? `rollouts/${namespace}/${name}` : 'rollouts';
    viewers.push(open.use(await openViewer(`${server.url}api/serin/v1/${path}`, plane.token(person))));
  }
  const isList = (_: Viewer, index: number): boolean => index % TABS !== TABS - 1;
  const lists = viewers.filter(isList);
  const openMiB = memoryOf(pid).rssMiB;

  note(`changing Rollouts for ${minutes} minutes`);
  const cpuBefore = cpuSecondsOf(pid);
  const memory = sampleMemory(pid);
  const changes = await changeFor(minutes, async (index) => {
    const changedAt = performance.now();
    return {
      message: await setPhase(client, index % rollouts, index % 2 === 0 ? 'Progressing' : 'Degraded'),
      changedAt,
    };
  });
  await delay(2_000);
  const samples = memory.stop();
  const seconds = minutes * 60;
  const heard = lists.flatMap(({ toldAt }) =>
    changes.flatMap(({ message, changedAt }) => {
      const at = toldAt(message);
      return at === undefined ? [] : [at - changedAt];
    }),
  );
  return {
    rollouts,
    firstRowsMs: Math.round(viewers[0]?.firstMs ?? 0),
    otherPersonMs: viewers
      .filter((_, index) => index % TABS === 0 && index > 0)
      .map(({ firstMs }) => Math.round(firstMs)),
    samePersonMs: viewers.filter((_, index) => index % TABS === 1).map(({ firstMs }) => Math.round(firstMs)),
    rolloutMs: viewers.filter((one, index) => !isList(one, index)).map(({ firstMs }) => Math.round(firstMs)),
    memoryMiB: { start: startMiB, open: openMiB, end: samples.at(-1)?.mebibytes, peak: memoryOf(pid).peakRssMiB },
    everyMinuteMiB: samples.filter((_, index) => index % SAMPLES_PER_MINUTE === 0).map(({ mebibytes }) => mebibytes),
    growthMiBPer10Minutes: Math.round(growthPer10Minutes(samples) * 10) / 10,
    changes: changes.length,
    missed: lists.length * changes.length - heard.length,
    lagMs: { median: percentile(heard, 0.5), p99: percentile(heard, 0.99) },
    cpuPercent: Math.round(((cpuSecondsOf(pid) - cpuBefore) / seconds) * 1000) / 10,
  };
}

/** Makes a change every now and then; resolves with what came of them. */
async function changeFor<T>(minutes: number, change: (index: number) => Promise<T>): Promise<readonly T[]> {
  const until = performance.now() + minutes * 60_000;
  const made: T[] = [];
  for (let index = 0; performance.now() < until; index += 1) {
    made.push(await change(index));
    await delay(CHANGE_EVERY_MS);
  }
  return made;
}
