/** What others do to a release while it waits at a stop. How it goes on after that is the affair of its course. */
import type { PodSeen } from '../apiserver/session.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { moveBounds, untilScaled } from './autoscaler.ts';
import { imageOf, STOPS } from './rollout.ts';
import type { Course, Round } from './scenario.ts';
import type { Walk } from './walk.ts';

/** Resolves with the release that goes on. */
type Disturbance = (walk: Walk, round: Round) => Promise<Walk>;

/** Every round at another stop, from `firstStop` on. */
export function disturbed(disturb: Disturbance, end: (walk: Walk) => Promise<string>, firstStop = 0): Course {
  return async (round) => {
    const walk = await round.release();
    await walk.arriveAt(firstStop + (round.number % (STOPS.length - firstStop)));
    return end(await disturb(walk, round));
  };
}

/** The next version is asked for; every other time it comes to its first stop. */
export const supersede: Disturbance = async (_walk, { number, release }) => {
  const next = await release();
  if (number % 2 === 1) await next.arriveAt(0);
  return next;
};

/** The way in gets another host, then another path, then is as it was. */
export const editWayIn: Disturbance = async (walk, { traffic, number }) => {
  const { host, name, session, wayIn } = traffic;
  const edits = [
    { hosts: [host, `other.${host}`], paths: ['/'] },
    { hosts: [host], paths: ['/other', '/'] },
  ];
  await wayIn.edit(session, name, edits[number % 3] ?? { hosts: [host], paths: ['/'] });
  return walk;
};

/** There and half-way back: the second change is under way when the release goes on. */
const BOUNDS = [
  [2, 7],
  [9, 3],
] as const;

export const scale: Disturbance = async (walk, { traffic, number }) => {
  const [there, back] = BOUNDS[number % 2 === 0 ? 0 : 1];
  await moveBounds(traffic, there);
  await untilScaled(traffic, there);
  await traffic.session.until(traffic.name, { phase: 'Paused' });
  await moveBounds(traffic, back);
  return walk;
};

interface CrashingPod extends PodSeen {
  readonly status: {
    readonly containerStatuses?: readonly { readonly ready: boolean; readonly restartCount: number }[];
  };
}

/** One pod of the canary crashes; every other time the release goes on while it is down. */
export const crash: Disturbance = async (walk, { traffic: { session }, kind, number, crashed }) => {
  const pods = (await session.list('pods')).filter(
    ({ metadata, spec }) =>
      metadata.deletionTimestamp === undefined && spec.containers[0]?.image === imageOf(walk.version, kind),
  );
  const victim = pods[number % pods.length]?.metadata.name ?? '';
  const until = async (what: string, is: (container: { ready: boolean; restartCount: number }) => boolean) => {
    await waitFor(() => session.get('pods', victim) as Promise<CrashingPod>, {
      what: `pod ${victim} to ${what}`,
      until: ({ status }) => status.containerStatuses?.some(is) === true,
      intervalMs: 10,
    });
  };
  const fromMs = Date.now();
  const annotations = { 'serin.test/crash': String(number) };
  await session.client.patch(`${session.pathOf('pods')}/${victim}`, 'merge', { metadata: { annotations } });
  await until('crash', ({ restartCount }) => restartCount > 0);
  crashed({ fromMs, toMs: Date.now() });
  if (number % 2 === 1) await until('be ready again', ({ ready }) => ready);
  return walk;
};
