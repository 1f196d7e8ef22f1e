/**
 * The leases of one process with `--shards`: the common lease, which all processes with the same number of shards hold
 * together, and a lease for each shard, which one of them holds (ADR 27).
 *
 * The common lease has the name of the one lease without shards. So no process with another number of shards, and none
 * without, works meanwhile. A shard is held while both leases are.
 */
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Clock } from './clock.ts';
import { HeldLease, type LeaseClient, type LeaseTimes } from './held-lease.ts';
import { Roster } from './roster.ts';

/** Told of every change. A shard that was gained is lost or left before it is gained again. */
export interface ShardKeeper {
  /** The shard is held from now on. */
  readonly gained: (shard: number) => void;
  /** Another process may hold it by now: nothing may be written any more. */
  readonly lost: (shard: number) => void;
  /** The shard is to be given to another process. Resolves when nothing is written for it any more. */
  readonly leave: (shard: number) => Promise<void>;
}

interface ShardLeasesOptions extends LeaseTimes {
  readonly client: LeaseClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'leader'>;
  readonly namespace: string;
  /** The name that the lease has without shards. */
  readonly commonName: string;
  /** Ends the names of the leases of shards; empty for none. */
  readonly instanceId: string;
  readonly shards: number;
  /** Unique to this process. */
  readonly identity: string;
  readonly keeper: ShardKeeper;
  /** Called once, when the common lease may be lost: all shards are lost with it. */
  readonly onLost: () => void;
  readonly random?: () => number;
}

interface Slot {
  readonly shard: number;
  readonly lease: HeldLease;
  /** Aborted when the shard can be given back; replaced when it was. */
  left: AbortController;
  isLeaving: boolean;
}

export class ShardLeases {
  readonly #options: ShardLeasesOptions;
  readonly #roster: Roster;
  readonly #common: HeldLease;
  readonly #slots: readonly Slot[];
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: ShardLeasesOptions) {
    const { clock, logger, identity, shards, leaseDurationMs, metrics } = options;
    this.#options = options;
    // Others wait as long as the last renewal says, so those that share a lease have to agree on that, too.
    const group = `serin-${shards}-shards-${leaseDurationMs}ms`;
    this.#roster = new Roster({ clock, identity, group, leaseDurationMs });
    this.#common = new HeldLease({
      ...options,
      lease: { namespace: options.namespace, name: options.commonName },
      identity: group,
      shared: {
        annotations: () => this.#roster.annotations(),
        farewell: () => this.#roster.farewell(),
        onRenewed: (annotations) => this.#meet(annotations),
        onHeldBack: (holder) =>
          logger.warn(
            { holder, shards, lease: options.commonName },
            'Waits: a process without --shards, with another number of shards or with another lease duration is working',
          ),
      },
    });
    this.#slots = Array.from({ length: shards }, (_, shard) => this.#slotOf(shard));
    const leases = [this.#common, ...this.#slots.map(({ lease }) => lease)];
    metrics.leader.addSource(() => leases.map((one) => ({ labels: { lease: one.name }, value: one.isHeld() ? 1 : 0 })));
  }

  /** Whether this process may write for the shard now. Correct even directly after the process was stopped for a while. */
  isHeld(shard: number): boolean {
    return this.#common.isHeld() && this.#slots[shard]?.lease.isHeld() === true;
  }

  get holdsAny(): boolean {
    return this.#slots.some(({ shard }) => this.isHeld(shard));
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Releases all shards and takes leave of the others. Call it when nothing is written any more. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The leases are given back'));
    await this.#running;
    await Promise.all(this.#slots.map(({ lease }) => lease.release()));
    await this.#common.release();
  }

  #slotOf(shard: number): Slot {
    const { namespace, instanceId, shards, logger } = this.#options;
    const ending = instanceId === '' ? '' : `-${instanceId}`;
    const lease = new HeldLease({
      ...this.#options,
      logger: logger.child({ shard }),
      lease: { namespace, name: `serin-shard-${shard}-of-${shards}${ending}` },
      mayTake: () => this.#common.isHeld() && this.#claims().length < this.#share,
    });
    return { shard, lease, left: new AbortController(), isLeaving: false };
  }

  async #run(): Promise<void> {
    const { logger, shards, onLost } = this.#options;
    const { signal } = this.#stopping;
    const tending: Promise<void>[] = [];
    const ended = await this.#common.keep(signal, () => {
      logger.info({ shards }, 'Shares the work with all processes that have this number of shards');
      for (const slot of this.#slots) tending.push(this.#tend(slot));
    });
    if (ended === 'lost') {
      logger.error('Lost the lease that all shards need');
      onLost();
    }
    this.#stopping.abort(new Error('The leases have ended'));
    await Promise.all(tending);
  }

  /** Takes the shard when it is free and this process is to have more, and holds it until it is lost or left. */
  async #tend(slot: Slot): Promise<void> {
    const { keeper, logger } = this.#options;
    const { shard, lease } = slot;
    while (!this.#stopping.signal.aborted) {
      slot.left = new AbortController();
      slot.isLeaving = false;
      const signal = AbortSignal.any([this.#stopping.signal, slot.left.signal]);
      const ended = await lease.keep(signal, () => {
        logger.info({ shard }, 'Holds the shard');
        keeper.gained(shard);
      });
      if (ended === 'lost') {
        logger.error({ shard }, 'Lost the shard');
        keeper.lost(shard);
      } else if (!this.#stopping.signal.aborted) await lease.release();
    }
  }

  get #share(): number {
    return this.#roster.shareOf(this.#options.shards);
  }

  /** The shards that this process has, or is about to take. */
  #claims(): readonly Slot[] {
    return this.#slots.filter(({ lease }) => lease.isHeld() || lease.isTaking);
  }

  /** Gives back what others are to have, now that it is known who they are. */
  #meet(annotations: Readonly<Record<string, string>>): void {
    this.#roster.note(annotations);
    const staying = this.#slots.filter(({ lease, isLeaving }) => lease.isHeld() && !isLeaving);
    for (const slot of staying.slice(this.#share)) void this.#leave(slot);
  }

  async #leave(slot: Slot): Promise<void> {
    const { keeper, logger } = this.#options;
    const { shard, left } = slot;
    slot.isLeaving = true;
    logger.info({ shard, processes: this.#roster.members.length }, 'Gives the shard to another process');
    await keeper.leave(shard);
    left.abort(new Error('The shard is left'));
  }
}
