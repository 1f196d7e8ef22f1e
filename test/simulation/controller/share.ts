/** What one controller process has of the work, with `--shards`: leases, and what is done about them, as they ship. */
import { ShardLeases } from '../../../src/runtime/shard-leases.ts';
import { shardOf } from '../../../src/runtime/shard-of.ts';
import { ShardWork } from '../../../src/runtime/shard-work.ts';
import type { Clock } from '../../../src/runtime/clock.ts';
import type { LeaseClient } from '../../../src/runtime/held-lease.ts';
import type { Logger } from '../../../src/telemetry/logger.ts';
import type { Metrics } from '../../../src/telemetry/metrics.ts';
import type { Random } from '../random.ts';

/**
 * What a deliberate fault leaves out:
 * - `refresh`: the caches are not listed anew for a shard that was gained
 * - `lease`: writes do not depend on the lease
 * - `drain`: a shard is given back while something of it is in hand
 */
export type LeftOut = 'refresh' | 'lease' | 'drain';

export interface Sharing {
  readonly shards: number;
  readonly leavesOut?: LeftOut;
}

/** Longer than those that ship by as much as requests may take here, and renewed less often, to save time. */
const SHARD_TIMES = { leaseDurationMs: 40_000, renewDeadlineMs: 24_000, retryPeriodMs: 5000 };
const COMMON_LEASE = 'lock';

interface Options extends Sharing {
  readonly client: LeaseClient;
  readonly clock: Clock;
  /** That of what goes on for ever. */
  readonly routines: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'leader'>;
  readonly random: Random;
  readonly identity: string;
  readonly start: () => Promise<void>;
  readonly refresh: () => Promise<boolean>;
  readonly announceAll: () => Iterable<void>;
  readonly onLost: () => void;
}

export class Share {
  readonly work: ShardWork;
  readonly leases: ShardLeases;
  readonly #leavesOut: LeftOut | undefined;

  constructor(options: Options) {
    const { clock, logger, metrics, client, routines, random, identity, shards, leavesOut } = options;
    const { start, refresh, announceAll, onLost } = options;
    this.#leavesOut = leavesOut;
    let hasStarted = false;
    this.work = new ShardWork({
      clock,
      logger,
      shards,
      isHeld: (shard) => this.leases.isHeld(shard),
      refresh: async () => {
        if (hasStarted) return leavesOut === 'refresh' ? true : refresh();
        hasStarted = true;
        await start();
        return true;
      },
      announceAll,
    });
    const { work } = this;
    this.leases = new ShardLeases({
      ...SHARD_TIMES,
      client,
      clock: routines,
      logger,
      metrics,
      namespace: 'shop',
      commonName: COMMON_LEASE,
      instanceId: '',
      shards,
      identity,
      keeper: {
        gained: (shard) => work.gained(shard),
        lost: (shard) => work.lost(shard),
        leave: async (shard) => {
          const left = work.leave(shard);
          if (leavesOut !== 'drain') await left;
        },
      },
      onLost,
      random: () => random.between(0, 1000) / 1000,
    });
  }

  mayWrite(key: string): boolean {
    return this.#leavesOut === 'lease' || this.work.mayWrite(key);
  }
}

/** The lease that a process has to hold beside the common one. */
export function leaseOf(key: string, shards: number): string {
  return `serin-shard-${shardOf(key, shards)}-of-${shards}`;
}
