/**
 * The life of many Rollouts under one controller, and what it took: created, at rest, changed all at once with single
 * changes, aborts and promotions in the middle, promoted, aborted, finished. All times are milliseconds unless named
 * otherwise. A time begins when the request of a person is sent and ends when the bench sees the weight.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../testbed/cluster/api-client.ts';
import { note } from '../note.ts';
import { memoryOf } from '../process-usage.ts';
import { limitMsFor, Watcher } from '../watcher.ts';
import { added, requestCounts, type Requests } from '../api-requests.ts';
import { Acts } from './acts.ts';
import type { Contender } from './contender.ts';
import { crowdOf } from './crowd.ts';
import { settled } from './settled.ts';
import type { Times } from './times.ts';
import { type Usage, measureUsage } from './usage.ts';
import { rounded } from '../rounded.ts';

export interface StoryOptions {
  readonly rollouts: number;
  readonly pods: number;
  /** Pods are only marked ready. */
  readonly lightKubelet: boolean;
  readonly lone: number;
  readonly aborts: number;
  readonly idleSeconds: number;
}

export interface StoryFigures {
  readonly rollouts: number;
  readonly pods: number;
  /** How many of the Rollouts change at once; the others are changed one by one. */
  readonly inBurst: number;
  readonly created: number;
  readonly burst: number;
  readonly burstToWeight: Times;
  readonly changeInBurst: Times;
  readonly abortInBurst: Times;
  readonly promoteInBurst: Times;
  /** Until the single acts were answered: none can be done in less. */
  readonly requestInBurst: Times;
  readonly change: Times;
  readonly lone: Times;
  readonly promoteBurst: Times;
  readonly abort: Times;
  readonly finish: number;
  /** Of the controller, from the burst to the end of the last release. */
  readonly cpuSeconds: number;
  /** Of the controller: creation, burst, promotions and finish, without the waits between them. */
  readonly workCpuSeconds: number;
  readonly idleCpuPercent: number;
  readonly idleRequests: Requests;
  readonly abortedWaiting: number;
  /** While the canary pods of the aborted ones still run, and afterwards. */
  readonly abortDelayCpuPercent: number;
  readonly abortDelayRequests: Requests;
  readonly abortedWaitCpuPercent: number;
  readonly abortedWaitRequests: Requests;
  readonly rssMiBWithoutRollouts: number;
  readonly rssMiBAtRest: number;
  readonly rssMiB: number;
  readonly peakRssMiB: number;
  readonly requestsOfOneRelease: Requests;
  readonly usage: Readonly<Record<string, Usage>>;
}

/** What a controller without Rollouts needs to come to rest. */
const EMPTY_REST_MS = 10_000;
/** Shorter than the delay after which the pods of an aborted canary are removed. */
const ABORT_DELAY_SECONDS = 15;
const ABORTED_WAIT_SECONDS = 30;

export async function tellStory(
  client: ApiClient,
  pids: () => Readonly<Record<string, number>>,
  contender: Contender,
  options: StoryOptions,
): Promise<StoryFigures> {
  const { rollouts, pods, lightKubelet, lone, aborts, idleSeconds } = options;
  const crowd = crowdOf(rollouts, lone);
  const usage: Record<string, Usage> = {};
  const during = async <T>(phase: string, act: () => Promise<T>): Promise<T> => {
    note(`${contender.name}: ${phase}`);
    const end = measureUsage({ pids, controllerPid: () => contender.pid });
    const result = await contender.profiler.cpu(phase, act);
    usage[phase] = end();
    return result;
  };
  const unsettled = async (phase: string, seconds: number) => {
    const before = await requestCounts(contender.metricsUrl);
    await during(phase, () => delay(seconds * 1000));
    const { controller, seconds: passed } = usage[phase] ?? { controller: 0, seconds: 1 };
    return {
      cpuPercent: rounded((controller / passed) * 100),
      requests: added(before, await requestCounts(contender.metricsUrl)),
    };
  };
  const resting = async (phase: string, seconds: number) => {
    await settled(contender);
    return unsettled(phase, seconds);
  };

  await delay(EMPTY_REST_MS);
  const rssMiBWithoutRollouts = memoryOf(contender.pid).rssMiB;
  const cpuBefore = measureUsage({ pids, controllerPid: () => contender.pid });

  const watcher = new Watcher(client, limitMsFor(rollouts));
  const act = new Acts(client, watcher, crowd);
  // The watch needs the namespace to be there; the fleet makes it first.
  const created = await during('creation', () => act.create({ replicas: pods, light: lightKubelet }));
  const atRest = await resting('rest', idleSeconds);
  const rssMiBAtRest = memoryOf(contender.pid).rssMiB;
  await contender.profiler.heap('rest');

  await act.prepare();
  await settled(contender);
  const burst = await during('burst', () => act.burst());
  await settled(contender);
  const change = await during('change', () => act.changes());
  const alone = crowd.burst.slice(0, Math.min(lone, crowd.burst.length));
  const promotions = await during('promote', () => act.promotions(alone));
  // The ones that were aborted in the burst go back, so that only as many wait as were asked for.
  await act.undo();
  const promoteBurst = await during('promoteBurst', () => act.promoteAll(alone));
  // What is said late about the promotions is no part of what aborted ones cost.
  await settled(contender);
  const abortedOnes = crowd.burst.slice(0, Math.min(aborts, Math.floor(crowd.burst.length / 2)));
  const abortTimes = await during('abort', () => act.aborts(abortedOnes));
  // Not at rest yet: their canary pods stay for half a minute, and that is when a controller may look again and again.
  const delayed = await unsettled('abortDelay', ABORT_DELAY_SECONDS);
  // After their delay, when nothing is left to do for them but to wait for a person.
  await act.untilScaledDown(abortedOnes);
  const waiting = await resting('abortedWait', ABORTED_WAIT_SECONDS);
  const finish = await during('finish', () => act.finish(abortedOnes));
  const { rssMiB, peakRssMiB } = memoryOf(contender.pid);
  const requestsOfOneRelease = await act.oneRelease(contender);
  const whole = cpuBefore();
  await watcher.stop();

  const work = ['creation', 'burst', 'promoteBurst', 'finish'].map((phase) => usage[phase]?.controller ?? 0);
  const { requests: idleRequests, cpuPercent: idleCpuPercent } = atRest;
  return {
    rollouts,
    pods,
    inBurst: crowd.burst.length,
    created,
    ...burst,
    change,
    lone: promotions,
    promoteBurst,
    abort: abortTimes,
    finish,
    cpuSeconds: rounded(whole.controller - (usage['creation']?.controller ?? 0) - (usage['rest']?.controller ?? 0)),
    workCpuSeconds: rounded(work.reduce((sum, one) => sum + one, 0)),
    idleCpuPercent,
    idleRequests,
    abortedWaiting: abortedOnes.length,
    abortDelayCpuPercent: delayed.cpuPercent,
    abortDelayRequests: delayed.requests,
    abortedWaitCpuPercent: waiting.cpuPercent,
    abortedWaitRequests: waiting.requests,
    rssMiBWithoutRollouts,
    rssMiBAtRest,
    rssMiB,
    peakRssMiB,
    requestsOfOneRelease,
    usage,
  };
}
