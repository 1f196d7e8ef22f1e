/**
 * The life of many Rollouts under one controller, and what it took: created, at rest, changed all at once with single
 * changes, aborts and promotions in the middle, promoted, aborted, finished. All times are milliseconds unless named
 * otherwise. A time begins when the request of a person is sent and ends when the bench sees the weight.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../testbed/cluster/api-client.ts';
import { abort, createFleet, forAll, promote, setImage } from '../fleet.ts';
import { note } from '../note.ts';
import { percentile } from '../percentile.ts';
import { memoryOf } from '../process-usage.ts';
import { limitMsFor, Watcher } from '../watcher.ts';
import { added, requestCounts } from '../api-requests.ts';
import type { Contender } from './contender.ts';
import { type Crowd, crowdOf } from './crowd.ts';
import { settled } from './settled.ts';
import { type Usage, measureUsage } from './usage.ts';

export interface StoryOptions {
  readonly rollouts: number;
  readonly pods: number;
  readonly lone: number;
  readonly aborts: number;
  readonly idleSeconds: number;
}

interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

type Requests = Readonly<Record<string, number>>;

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
  readonly abortedWaitCpuPercent: number;
  readonly abortedWaitRequests: Requests;
  readonly rssMiBWithoutRollouts: number;
  readonly rssMiBAtRest: number;
  readonly rssMiB: number;
  readonly peakRssMiB: number;
  readonly requestsOfOneRelease: Requests;
  readonly requests: Requests;
  readonly usage: Readonly<Record<string, Usage>>;
}

/** What a controller without Rollouts needs to come to rest. */
const EMPTY_REST_MS = 10_000;
const ABORTED_WAIT_SECONDS = 15;

export async function tellStory(
  client: ApiClient,
  pids: () => Readonly<Record<string, number>>,
  contender: Contender,
  options: StoryOptions,
): Promise<StoryFigures> {
  const { rollouts, pods, lone, aborts, idleSeconds } = options;
  const crowd = crowdOf(rollouts, lone);
  const usage: Record<string, Usage> = {};
  const during = async <T>(phase: string, act: () => Promise<T>): Promise<T> => {
    note(`${contender.name}: ${phase}`);
    const end = measureUsage({ pids, controllerPid: () => contender.pid });
    const result = await contender.profiler.cpu(phase, act);
    usage[phase] = end();
    return result;
  };
  const resting = async (phase: string, seconds: number) => {
    await settled(contender);
    const before = await requestCounts(contender.metricsUrl);
    await during(phase, () => delay(seconds * 1000));
    const { controller, seconds: passed } = usage[phase] ?? { controller: 0, seconds: 1 };
    return {
      cpuPercent: rounded((controller / passed) * 100),
      requests: added(before, await requestCounts(contender.metricsUrl)),
    };
  };

  await delay(EMPTY_REST_MS);
  const rssMiBWithoutRollouts = memoryOf(contender.pid).rssMiB;
  const requestsBefore = await requestCounts(contender.metricsUrl);
  const cpuBefore = measureUsage({ pids, controllerPid: () => contender.pid });

  const watcher = new Watcher(client, limitMsFor(rollouts));
  const act = new Acts(client, watcher, crowd);
  // The watch needs the namespace to be there; the fleet makes it first.
  const created = await during('creation', () => act.create(pods));
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
  const abortedOnes = crowd.burst.slice(0, Math.min(aborts, Math.floor(crowd.burst.length / 2)));
  const abortTimes = await during('abort', () => act.aborts(abortedOnes));
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
    abortedWaitCpuPercent: waiting.cpuPercent,
    abortedWaitRequests: waiting.requests,
    rssMiBWithoutRollouts,
    rssMiBAtRest,
    rssMiB,
    peakRssMiB,
    requestsOfOneRelease,
    requests: added(requestsBefore, await requestCounts(contender.metricsUrl)),
    usage,
  };
}

/** What people do in the story; each returns how long it took. */
class Acts {
  readonly #client: ApiClient;
  readonly #watcher: Watcher;
  readonly #crowd: Crowd;

  constructor(client: ApiClient, watcher: Watcher, crowd: Crowd) {
    this.#client = client;
    this.#watcher = watcher;
    this.#crowd = crowd;
  }

  async create(pods: number): Promise<number> {
    const { all } = this.#crowd;
    const at = performance.now();
    await createFleet(this.#client, all.length, pods);
    return since(at, await this.#watcher.untilAll('the Rollouts to be Healthy', all, this.#isHealthy));
  }

  /** Those that are aborted or promoted in the burst have to be at their first pause. */
  async prepare(): Promise<void> {
    const names = [...this.#crowd.aborted, ...this.#crowd.promoted];
    await this.#each(names, (name) => setImage(this.#client, name, 'web:2'));
    await this.#watcher.untilAll('a pause at 20', names, this.#isPausedAt(1));
  }

  async burst() {
    const { burst, changed, aborted, promoted } = this.#crowd;
    const singles = changed.length;
    const changeInBurst: Promise<number>[] = [];
    const abortInBurst: Promise<number>[] = [];
    const promoteInBurst: Promise<number>[] = [];
    const sentAt = new Map<string, number>();
    let done = 0;
    // The next single ones act each time that a further share of the burst is done: slow or fast, every controller is
    // asked at the same points of its work.
    const next = () => {
      done += 1;
      const index = changeInBurst.length;
      if (index >= singles || done < ((index + 1) / (singles + 1)) * burst.length) return;
      changeInBurst.push(this.#timed(changed[index] ?? '', 20, (name) => setImage(this.#client, name, 'web:2')));
      abortInBurst.push(this.#timed(aborted[index] ?? '', 0, (name) => abort(this.#client, name)));
      promoteInBurst.push(this.#timed(promoted[index] ?? '', 50, (name) => promote(this.#client, name)));
    };
    const at = performance.now();
    const weighted = burst.map(async (name) => {
      const seen = await this.#watcher.weightIs(name, 20);
      next();
      return seen - (sentAt.get(name) ?? at);
    });
    await this.#each(burst, (name) => {
      sentAt.set(name, performance.now());
      return setImage(this.#client, name, 'web:2');
    });
    const paused = await this.#watcher.untilAll('a pause at 20', burst, this.#isPausedAt(1));
    return {
      burst: since(at, paused),
      burstToWeight: timesOf(await Promise.all(weighted)),
      changeInBurst: timesOf(await Promise.all(changeInBurst)),
      abortInBurst: timesOf(await Promise.all(abortInBurst)),
      promoteInBurst: timesOf(await Promise.all(promoteInBurst)),
    };
  }

  changes(): Promise<Times> {
    return this.#oneByOne(this.#crowd.quiet, 20, (name) => setImage(this.#client, name, 'web:2'));
  }

  promotions(names: readonly string[]): Promise<Times> {
    return this.#oneByOne(names, 50, (name) => promote(this.#client, name));
  }

  async undo(): Promise<void> {
    const { aborted } = this.#crowd;
    await this.#each(aborted, (name) => setImage(this.#client, name, 'web:1'));
    await this.#watcher.untilAll('the undone Rollouts to be Healthy', aborted, this.#isHealthy);
  }

  /** All that are at 20 go on to 50, at once. */
  async promoteAll(promotedAlone: readonly string[]): Promise<Times> {
    const { burst, changed, quiet } = this.#crowd;
    const names = [...burst.filter((name) => !promotedAlone.includes(name)), ...changed, ...quiet];
    await this.#watcher.untilAll('a pause at 20', names, this.#isPausedAt(1));
    const times: Promise<number>[] = [];
    await this.#each(names, async (name) => {
      const [time, sent] = this.#sentAndTimed(name, 50, (one) => promote(this.#client, one));
      times.push(time);
      await sent;
    });
    const taken = timesOf(await Promise.all(times));
    await this.#watcher.untilAll('a pause at 50', names, this.#isPausedAt(3));
    return taken;
  }

  aborts(names: readonly string[]): Promise<Times> {
    return this.#oneByOne(names, 0, (name) => abort(this.#client, name));
  }

  /** All but the aborted ones go to their end. */
  async finish(waiting: readonly string[]): Promise<number> {
    const { all, aborted } = this.#crowd;
    const names = all.filter((name) => !waiting.includes(name) && !aborted.includes(name));
    await this.#watcher.untilAll('a pause at 50', names, this.#isPausedAt(3));
    const at = performance.now();
    await this.#each(names, (name) => promote(this.#client, name));
    return since(at, await this.#watcher.untilAll('the others to be Healthy', names, this.#isHealthy));
  }

  /** The requests of one whole release when nothing else happens, from the change until the former pods are gone. */
  async oneRelease(contender: Contender): Promise<Requests> {
    const single = this.#crowd.all.at(-1) ?? '';
    await this.#watcher.untilAll('the former pods to be gone', this.#crowd.all, this.#isWithoutFormerPods);
    await settled(contender);
    const before = await requestCounts(contender.metricsUrl);
    await releaseOne(this.#client, this.#watcher, single, 'web:3');
    await settled(contender);
    return added(before, await requestCounts(contender.metricsUrl));
  }

  readonly #isHealthy = (name: string): boolean => this.#watcher.phaseOf(name) === 'Healthy';

  readonly #isWithoutFormerPods = (name: string): boolean => {
    const replicas = this.#watcher.rollouts.get(name)?.status?.replicas;
    return this.#watcher.phaseOf(name) !== 'Healthy' || replicas === this.#watcher.specReplicasOf(name);
  };

  #isPausedAt(step: number): (name: string) => boolean {
    return (name) => this.#watcher.phaseOf(name) === 'Paused' && this.#watcher.indexOf(name) === step;
  }

  #each(names: readonly string[], act: (name: string) => Promise<unknown>): Promise<void> {
    return forAll(names.length, (index) => act(names[index] ?? ''));
  }

  async #oneByOne(names: readonly string[], weight: number, act: (name: string) => Promise<unknown>): Promise<Times> {
    const times: number[] = [];
    for (const name of names) times.push(await this.#timed(name, weight, act));
    return timesOf(times);
  }

  #timed(name: string, weight: number, act: (name: string) => Promise<unknown>): Promise<number> {
    return this.#sentAndTimed(name, weight, act)[0];
  }

  /** How long from the request to the weight; and the request, which is answered earlier. */
  #sentAndTimed(
    name: string,
    weight: number,
    act: (name: string) => Promise<unknown>,
  ): readonly [Promise<number>, Promise<unknown>] {
    const seen = this.#watcher.weightIs(name, weight);
    const at = performance.now();
    const sent = act(name);
    const time = Promise.all([seen, sent]).then(([seenAt]) => seenAt - at);
    return [time, sent];
  }
}

/** The Rollout is at its new revision, alone, when this resolves. */
export async function releaseOne(client: ApiClient, watcher: Watcher, name: string, image: string): Promise<void> {
  const pausedAt = (step: number) => () => watcher.phaseOf(name) === 'Paused' && watcher.indexOf(name) === step;
  await setImage(client, name, image);
  await watcher.until(`${name} at 20`, pausedAt(1), name);
  await promote(client, name);
  await watcher.until(`${name} at 50`, pausedAt(3), name);
  await promote(client, name);
  const done = () =>
    watcher.phaseOf(name) === 'Healthy' && watcher.rollouts.get(name)?.status?.replicas === watcher.specReplicasOf(name);
  await watcher.until(`${name} to be done`, done, name);
}

function since(from: number, to: number): number {
  return Math.round(to - from);
}

function timesOf(times: readonly number[]): Times {
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), count: times.length };
}

function rounded(number: number): number {
  return Math.round(number * 100) / 100;
}
