/** What people do with the Rollouts of a bench, each with how long it took until it was seen to be done. */
import type { ApiClient } from '../../testbed/cluster/api-client.ts';
import { abort, createFleet, type FleetOptions, forAll, promote, setImage } from '../fleet.ts';
import type { Watcher } from '../watcher.ts';
import { added, requestCounts, type Requests } from '../api-requests.ts';
import type { Contender } from './contender.ts';
import type { Crowd } from './crowd.ts';
import { settled } from './settled.ts';
import { since, type Times, timesOf } from './times.ts';

/** What a person asks of a Rollout; resolves when it is answered. */
type Act = (name: string) => Promise<unknown>;

export class Acts {
  readonly #client: ApiClient;
  readonly #watcher: Watcher;
  readonly #crowd: Crowd;

  constructor(client: ApiClient, watcher: Watcher, crowd: Crowd) {
    this.#client = client;
    this.#watcher = watcher;
    this.#crowd = crowd;
  }

  async create(pods: FleetOptions): Promise<number> {
    const { all } = this.#crowd;
    const at = performance.now();
    await createFleet(this.#client, all.length, pods);
    return since(at, await this.#watcher.untilAll('the Rollouts to be Healthy', all, this.#watcher.isHealthy));
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
    const requestInBurst: Promise<number>[] = [];
    const single = (times: Promise<number>[], name: string | undefined, weight: number, act: Act) => {
      const at = performance.now();
      const [time, sent] = this.#sentAndTimed(name ?? '', weight, act);
      times.push(time);
      requestInBurst.push(sent.then(() => performance.now() - at));
    };
    const sentAt = new Map<string, number>();
    let done = 0;
    // The next single ones act each time that a further share of the burst is done: slow or fast, every controller is
    // asked at the same points of its work.
    const next = () => {
      done += 1;
      const index = changeInBurst.length;
      if (index >= singles || done < ((index + 1) / (singles + 1)) * burst.length) return;
      single(changeInBurst, changed[index], 20, (name) => setImage(this.#client, name, 'web:2'));
      single(abortInBurst, aborted[index], 0, (name) => abort(this.#client, name));
      single(promoteInBurst, promoted[index], 50, (name) => promote(this.#client, name));
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
      requestInBurst: timesOf(await Promise.all(requestInBurst)),
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
    await this.#watcher.untilAll('the undone Rollouts to be Healthy', aborted, this.#watcher.isHealthy);
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

  async untilScaledDown(names: readonly string[]): Promise<void> {
    await this.#watcher.untilAll('the canary pods to be gone', names, this.#watcher.hasOnlyItsPods);
  }

  /** All but the aborted ones go to their end. */
  async finish(waiting: readonly string[]): Promise<number> {
    const { all, aborted } = this.#crowd;
    const names = all.filter((name) => !waiting.includes(name) && !aborted.includes(name));
    await this.#watcher.untilAll('a pause at 50', names, this.#isPausedAt(3));
    const at = performance.now();
    await this.#each(names, (name) => promote(this.#client, name));
    return since(at, await this.#watcher.untilAll('the others to be Healthy', names, this.#watcher.isHealthy));
  }

  /** The requests of one whole release when nothing else happens, from the change until the former pods are gone. */
  async oneRelease(contender: Contender): Promise<Requests> {
    const single = this.#crowd.all.at(-1) ?? '';
    await this.untilScaledDown(this.#crowd.all);
    await settled(contender);
    const before = await requestCounts(contender.metricsUrl);
    await releaseOne(this.#client, this.#watcher, single, 'web:3');
    await settled(contender);
    return added(before, await requestCounts(contender.metricsUrl));
  }

  #isPausedAt(step: number): (name: string) => boolean {
    return (name) => this.#watcher.isPausedAt(name, step);
  }

  #each(names: readonly string[], act: Act): Promise<void> {
    return forAll(names.length, (index) => act(names[index] ?? ''));
  }

  async #oneByOne(names: readonly string[], weight: number, act: Act): Promise<Times> {
    const times: number[] = [];
    for (const name of names) times.push(await this.#timed(name, weight, act));
    return timesOf(times);
  }

  #timed(name: string, weight: number, act: Act): Promise<number> {
    return this.#sentAndTimed(name, weight, act)[0];
  }

  /** How long from the request to the weight; and the request, which is answered earlier. */
  #sentAndTimed(name: string, weight: number, act: Act): readonly [Promise<number>, Promise<unknown>] {
    const seen = this.#watcher.weightIs(name, weight);
    const at = performance.now();
    const sent = act(name);
    const time = Promise.all([seen, sent]).then(([seenAt]) => seenAt - at);
    return [time, sent];
  }
}

/** The Rollout is at its new revision, alone, when this resolves. */
export async function releaseOne(client: ApiClient, watcher: Watcher, name: string, image: string): Promise<void> {
  await setImage(client, name, image);
  await watcher.until(`${name} at 20`, () => watcher.isPausedAt(name, 1), name);
  await promote(client, name);
  await watcher.until(`${name} at 50`, () => watcher.isPausedAt(name, 3), name);
  await promote(client, name);
  const done = () => watcher.isHealthy(name) && watcher.hasOnlyItsPods(name);
  await watcher.until(`${name} to be done`, done, name);
}
