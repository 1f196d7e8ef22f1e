/**
 * What a process does about the keys of its shards. It decides about a shard only when its caches have been listed anew
 * since it got the shard's lease: then they hold everything that the former holder has written. Until it has the lease no
 * more, or nothing of the shard is in hand any more, nobody else decides about it.
 */
import type { Logger } from '../telemetry/logger.ts';
import { type Clock, sleep } from './clock.ts';
import { LoopTurns } from './loop-turns.ts';
import type { ShardKeeper } from './shard-leases.ts';
import { shardOf } from './shard-of.ts';
import type { Outcome, Reconcile } from './worker.ts';

interface ShardWorkOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly shards: number;
  /** Whether the lease of the shard allows to write now. */
  readonly isHeld: (shard: number) => boolean;
  /** Resolves with true once the caches hold everything that was written before the call; with false when it is stopped. */
  readonly refresh: () => Promise<boolean>;
  /** Announces every object in the caches once more, one at each step. */
  readonly announceAll: () => Iterable<void>;
}

type Concerns = (key: string) => boolean;

/** Shards that are got one after the other are begun together: each list costs as much as the first. */
const GATHER_MS = 250;

const DONE: Outcome = { kind: 'done' };

export class ShardWork implements ShardKeeper {
  readonly #options: ShardWorkOptions;
  /** The shards that are decided about. */
  readonly #open = new Set<number>();
  /** Those whose lease is held, while the caches are listed; by the number of times that one was gained. */
  readonly #opening = new Map<number, number>();
  readonly #inHand = new Map<number, Set<AbortController>>();
  /** Resolve when nothing of the shard is in hand any more. */
  readonly #emptied = new Map<number, (() => void)[]>();
  readonly #giveUps: ((concerns: Concerns) => void)[] = [];
  #gains = 0;
  #isRefreshing = false;
  /** The shards whose keys are announced at the moment. */
  #announcing: ReadonlySet<number> | undefined;

  constructor(options: ShardWorkOptions) {
    this.#options = options;
  }

  /** Whether an event that names the key is news to this process. */
  isNews(key: string): boolean {
    return (this.#announcing ?? this.#open).has(this.#shardOf(key));
  }

  /** Whether what is announced now is known already, to the process that had the shard before. */
  get isAnnouncing(): boolean {
    return this.#announcing !== undefined;
  }

  /** Whether this process decides about the key. */
  decides(key: string): boolean {
    const shard = this.#shardOf(key);
    return this.#open.has(shard) && this.#options.isHeld(shard);
  }

  /** Whether this process may write for the key. What is in hand may be finished while its shard is left. */
  mayWrite(key: string): boolean {
    return this.#options.isHeld(this.#shardOf(key));
  }

  /** `giveUp` is called when a shard is left, for what may take long. */
  onLeave(giveUp: (concerns: Concerns) => void): void {
    this.#giveUps.push(giveUp);
  }

  /** Nothing is done about a key of another process. */
  async look(key: string, run: Parameters<Reconcile>[1], reconcile: Reconcile): Promise<Outcome> {
    if (!this.decides(key)) return DONE;
    const shard = this.#shardOf(key);
    const lost = new AbortController();
    const looks = this.#inHand.get(shard) ?? new Set();
    this.#inHand.set(shard, looks.add(lost));
    try {
      return await reconcile(key, { ...run, signal: AbortSignal.any([run.signal, lost.signal]) });
    } catch (error) {
      // The next holder looks at it, as this process does if it is the next.
      if (lost.signal.aborted) return DONE;
      throw error;
    } finally {
      looks.delete(lost);
      if (looks.size === 0) this.#tellEmptied(shard);
    }
  }

  gained(shard: number): void {
    this.#gains += 1;
    this.#opening.set(shard, this.#gains);
    if (!this.#isRefreshing) void this.#openAll();
  }

  lost(shard: number): void {
    this.#close(shard);
    for (const look of this.#inHand.get(shard) ?? []) look.abort(new Error('The lease of the shard is lost'));
  }

  async leave(shard: number): Promise<void> {
    this.#close(shard);
    for (const giveUp of this.#giveUps) giveUp((key) => this.#shardOf(key) === shard);
    if ((this.#inHand.get(shard)?.size ?? 0) === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied.set(shard, [...(this.#emptied.get(shard) ?? []), resolve]);
    });
  }

  #shardOf(key: string): number {
    return shardOf(key, this.#options.shards);
  }

  #close(shard: number): void {
    this.#open.delete(shard);
    this.#opening.delete(shard);
  }

  #tellEmptied(shard: number): void {
    for (const resolve of this.#emptied.get(shard) ?? []) resolve();
    this.#emptied.delete(shard);
  }

  /** Until no shard waits for the caches. */
  async #openAll(): Promise<void> {
    const { clock, refresh } = this.#options;
    this.#isRefreshing = true;
    while (this.#opening.size > 0) {
      await sleep(clock, GATHER_MS);
      const waiting = [...this.#opening];
      if (!(await refresh())) return;
      // One that was lost meanwhile, and gained again, waits for another list.
      await this.#begin(waiting.filter(([shard, gain]) => this.#opening.get(shard) === gain).map(([shard]) => shard));
    }
    this.#isRefreshing = false;
  }

  /** Everything of these shards is looked at, and every event from now on. */
  async #begin(shards: readonly number[]): Promise<void> {
    const { announceAll, logger, clock } = this.#options;
    for (const shard of shards) {
      this.#opening.delete(shard);
      this.#open.add(shard);
      logger.info({ shard }, 'Decides about the shard');
    }
    const [begun, turns, announcements] = [new Set(shards), new LoopTurns(clock), announceAll()[Symbol.iterator]()];
    let isDone = false;
    while (!isDone) {
      // Other events may come in another turn, and are not announcements.
      turns.noteWork();
      if (turns.isLong) await turns.next();
      this.#announcing = begun;
      isDone = announcements.next().done === true;
      this.#announcing = undefined;
    }
  }
}
