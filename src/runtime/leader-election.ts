/**
 * Leader election by a Lease: at most one of several processes works. Callbacks start and stop the work. The rules of the
 * lease are in `held-lease.ts`.
 */
import type { Metrics } from '../telemetry/metrics.ts';
import { HeldLease, type HeldLeaseOptions } from './held-lease.ts';

interface LeaderElectionOptions extends HeldLeaseOptions {
  readonly metrics: Pick<Metrics, 'leader'>;
  /** Called once, when we hold the lease. */
  readonly onAcquired: () => void;
  /** Called once, when we may have lost the lease. Nothing may be written from then on. */
  readonly onLost: () => void;
}

export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  readonly #lease: HeldLease;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#lease = new HeldLease(options);
    options.metrics.leader.addSource(() => [{ labels: { lease: options.lease.name }, value: this.isLeader() ? 1 : 0 }]);
  }

  /** Whether this process may write now. Correct even directly after the process was stopped for a while. */
  isLeader(): boolean {
    return this.#lease.isHeld();
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the election. Releases our lease, within 3 s at most, so that the next process need not wait for it to expire. Call it when nothing is written any more. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The leader election is stopped'));
    await this.#running;
    await this.#lease.release();
  }

  async #run(): Promise<void> {
    const { onAcquired, onLost, logger, identity } = this.#options;
    const ended = await this.#lease.keep(this.#stopping.signal, () => {
      logger.info({ identity }, 'Became the leader');
      onAcquired();
    });
    if (ended === 'ended') return;
    logger.error({ identity }, 'Lost the lease');
    onLost();
  }
}
