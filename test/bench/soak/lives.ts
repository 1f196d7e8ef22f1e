/**
 * What happens to the Rollouts of a soak, over and over: released to the end, aborted and taken back, deleted and replaced
 * by others with other names. A life that fails, because the API server is away or because another life got in between,
 * ends early; the next one goes on from there.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type ApiClient, ApiError } from '../../testbed/cluster/api-client.ts';
import { abort, type FleetOptions, membersOf, nameOf, setImage } from '../fleet.ts';
import { releaseOne } from '../releases/acts.ts';
import type { Watcher } from '../watcher.ts';

export type Life = 'release' | 'abort' | 'replacement';

/** Of ten lives; what makes and removes objects most is the most likely to leave something behind. */
const LIVES: readonly Life[] = [
  ...Array.from({ length: 4 }, (): Life => 'release'),
  ...Array.from({ length: 3 }, (): Life => 'abort'),
  ...Array.from({ length: 3 }, (): Life => 'replacement'),
];

/** With ten former revisions, as is usual, an hour would pass before there are as many of them as there will be. */
export const STEADY: FleetOptions = { revisions: 1 };

const NOT_FOUND = 404;
const EXISTS = 409;
const PATIENCE_MS = 500;
const ATTEMPTS = 120;

export class Lives {
  readonly done: Record<Life | 'failed', number> = { release: 0, abort: 0, replacement: 0, failed: 0 };
  readonly #client: ApiClient;
  readonly #watcher: Watcher;
  /** The Rollouts with which nothing happens at the moment. */
  readonly #free: string[];
  #names: number;
  #images = 1;
  #turn = 0;

  constructor(client: ApiClient, watcher: Watcher, size: number) {
    this.#client = client;
    this.#watcher = watcher;
    this.#free = Array.from({ length: size }, (_, index) => nameOf(index));
    this.#names = size;
  }

  /** One life after the other until `stopped`. Any number of lanes share the Rollouts. */
  async lane(stopped: () => boolean): Promise<void> {
    while (!stopped()) {
      const life = LIVES[this.#turn++ % LIVES.length] ?? 'release';
      const name = this.#free.shift();
      if (name === undefined) throw new Error('there are more lanes than Rollouts');
      let next = name;
      try {
        await this.#live(life, name, (replacement) => (next = replacement));
        this.done[life] += 1;
      } catch {
        this.done.failed += 1;
      }
      this.#free.push(next);
    }
  }

  /** `replaced` is told the name with which the next life goes on, before this one can fail. */
  async #live(life: Life, name: string, replaced: (name: string) => void): Promise<void> {
    if (life === 'release') return releaseOne(this.#client, this.#watcher, name, this.#nextImage());
    if (life === 'abort') return this.#abort(name);
    const replacement = nameOf(this.#names++);
    replaced(replacement);
    for (const one of membersOf(name).toReversed())
      await insist(() => this.#client.delete(`${one.path}/${one.name}`), NOT_FOUND);
    for (const { path, body } of membersOf(replacement, STEADY))
      await insist(() => this.#client.create(path, body), EXISTS);
    await this.#healthy(replacement);
  }

  /** At its first pause; then the same image as before is wanted again. */
  async #abort(name: string): Promise<void> {
    const former = this.#watcher.imageOf(name);
    await setImage(this.#client, name, this.#nextImage());
    await this.#watcher.until(`${name} to pause`, () => this.#watcher.phaseOf(name) === 'Paused', name);
    await abort(this.#client, name);
    await this.#watcher.until(`${name} to be aborted`, () => this.#watcher.phaseOf(name) === 'Degraded', name);
    await setImage(this.#client, name, former);
    await this.#healthy(name);
  }

  async #healthy(name: string): Promise<void> {
    await this.#watcher.until(`${name} to be Healthy`, () => this.#watcher.isHealthy(name), name);
  }

  #nextImage(): string {
    return `web:${++this.#images}`;
  }
}

/** Until the API server is back; an answer with `done` says that an earlier attempt has arrived after all. */
async function insist(act: () => Promise<unknown>, done: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await act();
      return;
    } catch (error) {
      if (error instanceof ApiError && error.status === done) return;
      if (attempt === ATTEMPTS) throw error;
      await delay(PATIENCE_MS);
    }
  }
}
