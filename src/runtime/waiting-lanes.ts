/**
 * Keys that wait in lanes, each key once. What a person is waiting for overtakes the rest, and no lane waits for ever.
 */
import { WaitingKeys } from './waiting-keys.ts';

/**
 * From the first lane to the last:
 * - `steered`: a person has given a command, such as an abort
 * - `changed`: an object has been written by others
 * - `followed`: something has followed from that, or a time has come
 * - `swept`: nothing is known to have happened: the start, a resync
 */
const LANES = ['steered', 'changed', 'followed', 'swept'] as const;
export type Lane = (typeof LANES)[number];

/**
 * A lane whose keys wait is served after so many keys of earlier lanes. What follows from a change takes turns with the
 * changes: else nobody's change would come to its end before everybody's has begun.
 */
const PATIENCE: Readonly<Record<Lane, number>> = { steered: 0, changed: 8, followed: 1, swept: 8 };

interface Waiting {
  readonly lane: Lane;
  readonly keys: WaitingKeys;
  /** How many keys of earlier lanes were handed out while some of this one waited. */
  passedOver: number;
}

interface Taken {
  readonly key: string;
  readonly since: number;
  readonly lane: Lane;
}

export class WaitingLanes {
  readonly #lanes: readonly Waiting[] = LANES.map((lane) => ({
    lane,
    // The last change has its turn: who changes one Rollout while a thousand are changed does not wait for the thousand,
    // neither at first nor at what follows.
    keys: new WaitingKeys({ byRankInTurn: lane === 'changed' || lane === 'followed' }),
    passedOver: 0,
  }));

  get size(): number {
    return this.#lanes.reduce((sum, { keys }) => sum + keys.size, 0);
  }

  /** The lane in which the key waits; `undefined` when it waits in none. */
  laneOf(key: string): Lane | undefined {
    return this.#lanes.find(({ keys }) => keys.has(key))?.lane;
  }

  add(lane: Lane, key: string, since: number, rank: number): void {
    this.#keysIn(lane).add(key, since, rank);
  }

  /** Since when the key has waited; `undefined` when it does not wait in that lane. */
  remove(lane: Lane, key: string): number | undefined {
    return this.#keysIn(lane).remove(key);
  }

  /** A key of the first lane, or of a later one whose patience is at its end; `null` when none waits in these lanes. */
  take(among: (lane: Lane) => boolean): Taken | null {
    const [first, ...others] = this.#lanes.filter(({ lane, keys }) => keys.size > 0 && among(lane));
    if (first === undefined) return null;
    for (const one of others) one.passedOver += 1;
    const chosen = others.find(({ lane, passedOver }) => passedOver > PATIENCE[lane]) ?? first;
    chosen.passedOver = 0;
    const next = chosen.keys.take();
    return next === undefined ? null : { ...next, lane: chosen.lane };
  }

  clear(): void {
    for (const { keys } of this.#lanes) keys.clear();
  }

  #keysIn(lane: Lane): WaitingKeys {
    const waiting = this.#lanes.find((one) => one.lane === lane);
    if (waiting === undefined) throw new Error(`There is no lane ${lane}`);
    return waiting.keys;
  }
}

export function earlier(lane: Lane, other: Lane | undefined): Lane {
  return other === undefined || LANES.indexOf(lane) <= LANES.indexOf(other) ? lane : other;
}
