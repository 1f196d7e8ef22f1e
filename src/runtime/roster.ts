/**
 * Which processes share the shards, and how many shards each of them is to have. Each process writes an annotation of its
 * own on the lease that they share, another value with each renewal. Others count it while that value keeps changing, by
 * their own clock.
 */
import { fnv1aHash } from '../kube/hash.ts';
import type { Clock } from './clock.ts';

interface RosterOptions {
  readonly clock: Clock;
  /** Unique to this process. */
  readonly identity: string;
  /** Names those that this process shares with; others that have written on the lease do not count. */
  readonly group: string;
  /** A process that has not written for this time is gone. */
  readonly leaseDurationMs: number;
}

interface Member {
  readonly identity: string;
  readonly value: string;
  readonly changedAt: number;
}

const PREFIX = 'shards.serin.dev/';

export class Roster {
  readonly #options: RosterOptions;
  readonly #ownKey: string;
  /** By annotation; without this process. */
  #others: ReadonlyMap<string, Member> = new Map();
  #beats = 0;

  constructor(options: RosterOptions) {
    this.#options = options;
    this.#ownKey = PREFIX + fnv1aHash(options.identity);
  }

  /** The annotations of the next renewal: ours, and without those of processes that are gone. */
  annotations(): Readonly<Record<string, string | null>> {
    const { group, identity } = this.#options;
    this.#beats += 1;
    const gone = [...this.#others].filter(([, member]) => !this.#isAlive(member)).map(([key]) => [key, null] as const);
    return { ...Object.fromEntries(gone), [this.#ownKey]: `${group} ${identity} ${this.#beats}` };
  }

  farewell(): Readonly<Record<string, null>> {
    return { [this.#ownKey]: null };
  }

  /** Everything that is written on the lease now. */
  note(annotations: Readonly<Record<string, string>>): void {
    const now = this.#options.clock.monotonic();
    const others = new Map<string, Member>();
    for (const [key, value] of Object.entries(annotations)) {
      if (!key.startsWith(PREFIX) || key === this.#ownKey) continue;
      const known = this.#others.get(key);
      const [group = '', identity = ''] = value.split(' ');
      const isOfGroup = group === this.#options.group;
      // What another group has left is removed with the next renewal.
      const changedAt = isOfGroup ? now : Number.NEGATIVE_INFINITY;
      others.set(key, known?.value === value ? known : { identity, value, changedAt });
    }
    this.#others = others;
  }

  /** Of all that live, this process included. */
  get members(): readonly string[] {
    const others = [...this.#others.values()].filter((member) => this.#isAlive(member));
    return [this.#options.identity, ...others.map(({ identity }) => identity)].toSorted();
  }

  /** How many of the shards this process is to have: as many as each other, or one more. All processes count the same. */
  shareOf(shards: number): number {
    const { members } = this;
    const rank = members.indexOf(this.#options.identity);
    return Math.floor(shards / members.length) + (rank < shards % members.length ? 1 : 0);
  }

  #isAlive({ changedAt }: Member): boolean {
    return this.#options.clock.monotonic() - changedAt < this.#options.leaseDurationMs;
  }
}
