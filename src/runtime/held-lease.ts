/**
 * One Lease, as one process takes, renews and releases it. A candidate measures the age of another holder's lease with
 * its own monotonic clock, since the record last changed. It never compares the times of two machines.
 *
 * The holder stops being one `renewDeadlineMs` after its last renewal, before another process may take the lease. It uses
 * the clock that has advanced further: the monotonic clock stands still while the machine is suspended, and a person may
 * set the wall clock. To set the wall clock forward by that much costs the lease. If it is set back during a suspension,
 * the holder does not notice.
 *
 * Several processes share a lease if they have the same identity and `shared`. Each holds it by its own renewals, so each
 * of them has stopped before a holder of another identity may take it.
 */
import type { KubeObject } from '../kube/objects.ts';
import { LEASES } from '../kube/resources.ts';
import type { Logger } from '../telemetry/logger.ts';
import { isApiError } from './api-error.ts';
import type { Client } from './client.ts';
import type { ObjectName } from './client-options.ts';
import { type Clock, sleep, timeLimit } from './clock.ts';
import { type LeaseRecord, leaseRecordOf } from './lease-record.ts';
import { annotated, type SharedLease } from './shared-lease.ts';

export interface LeaseTimes {
  /** Time after our last renewal before others take over. */
  readonly leaseDurationMs: number;
  /** How long we try to renew before we give up; shorter than the lease. */
  readonly renewDeadlineMs: number;
  /** Time between two attempts. */
  readonly retryPeriodMs: number;
}

export type LeaseClient = Pick<Client, 'get' | 'create' | 'patch'>;

type LeaseName = ObjectName & { readonly namespace: string };

export interface HeldLeaseOptions extends LeaseTimes {
  readonly client: LeaseClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lease: LeaseName;
  /** Unique to this process, or to those that share the lease. */
  readonly identity: string;
  /** Asked directly before a lease is taken that another holder had, or none. Always true when absent. */
  readonly mayTake?: () => boolean;
  readonly shared?: SharedLease;
  readonly random?: () => number;
}

/** Attempts are spread over a fifth more than the period, so that candidates do not move in step. */
const JITTER = 0.2;
/** Limit for the release of the lease: it expires by itself. */
const RELEASE_LIMIT_MS = 3000;

/** A moment on both clocks. */
interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export class HeldLease {
  readonly #options: HeldLeaseOptions;
  /** The last record that we saw, and when we first saw it. */
  #observed: (LeaseRecord & { readonly observedAt: number }) | undefined;
  /** Start of the last successful renewal; `undefined` when we do not hold the lease. */
  #renewedAt: Moment | undefined;
  #isTaking = false;

  constructor(options: HeldLeaseOptions) {
    if (options.renewDeadlineMs >= options.leaseDurationMs || options.retryPeriodMs >= options.renewDeadlineMs)
      throw new Error('Leader election needs lease duration > renew deadline > retry period');
    this.#options = options;
  }

  get name(): string {
    return this.#options.lease.name;
  }

  /** Whether this process may write now. Correct even directly after the process was stopped for a while. */
  isHeld(): boolean {
    return this.#remainingMs() > 0;
  }

  /** `mayTake` has allowed it, and the answer of the server is still to come. */
  get isTaking(): boolean {
    return this.#isTaking;
  }

  /** Tries until the lease is held, and renews it until it is lost or the signal is aborted. */
  async keep(signal: AbortSignal, onHeld: () => void): Promise<'lost' | 'ended'> {
    const { clock, retryPeriodMs, random = Math.random } = this.#options;
    const periodMs = (): number => retryPeriodMs * (1 + random() * JITTER);

    while (!signal.aborted && !(await this.#attempt(signal))) await sleep(clock, periodMs(), signal);
    if (signal.aborted) return 'ended';
    onHeld();

    while (!signal.aborted) {
      await sleep(clock, Math.min(periodMs(), this.#remainingMs()), signal);
      if (this.#remainingMs() > 0) await this.#attempt(signal);
      if (this.isHeld() || signal.aborted) continue;
      this.#renewedAt = undefined;
      return 'lost';
    }
    return 'ended';
  }

  /**
   * Releases the lease if we hold it, within 3 s at most, so that the next holder need not wait for it to expire. One that
   * is shared stays with the others. Call it when nothing is written any more and `keep` has ended.
   */
  async release(): Promise<void> {
    if (!this.isHeld()) return;
    this.#renewedAt = undefined;
    const { clock, logger } = this.#options;
    const limit = timeLimit(clock, RELEASE_LIMIT_MS);
    try {
      if (await this.#giveBack(limit.signal)) logger.info('Gave the lease back');
    } catch (error) {
      logger.warn({ err: error }, 'The lease could not be given back and will run out');
    } finally {
      limit.cancel();
    }
  }

  /** How long we hold the lease without another renewal; 0 when we do not hold it. */
  #remainingMs(): number {
    if (this.#renewedAt === undefined) return 0;
    const now = this.#moment();
    const elapsedMs = Math.max(now.monotonic - this.#renewedAt.monotonic, now.wall - this.#renewedAt.wall);
    return Math.max(0, this.#options.renewDeadlineMs - elapsedMs);
  }

  #moment(): Moment {
    const { clock } = this.#options;
    return { monotonic: clock.monotonic(), wall: clock.now() };
  }

  /** Tries to take or renew the lease; true when we hold it. Logs failures. */
  async #attempt(stop: AbortSignal): Promise<boolean> {
    const { clock, logger, identity, renewDeadlineMs } = this.#options;
    const startedAt = this.#moment();
    // Half of the time, so that one hung connection does not cost the lease.
    const limitMs = Math.min(renewDeadlineMs / 2, this.#remainingMs() || renewDeadlineMs);
    const limit = timeLimit(clock, limitMs);
    const signal = AbortSignal.any([stop, limit.signal]);
    try {
      const held = this.#renewedAt === undefined ? await this.#acquire(signal) : await this.#renew(signal);
      // The lease counts from before the request: an answer that took too long proves nothing about now.
      if (held) this.#renewedAt = startedAt;
      else if (this.#observed?.holder !== identity) this.#renewedAt = undefined;
    } catch (error) {
      if (stop.aborted) return false;
      const why = error instanceof Error ? error.message : String(error);
      logger.warn({ why }, 'The lease could not be read or written');
    } finally {
      limit.cancel();
      this.#isTaking = false;
    }
    return this.isHeld();
  }

  /** Renews at the version that we wrote last, so that no other writer can have come in between. */
  async #renew(signal: AbortSignal): Promise<boolean> {
    const observed = this.#observed;
    if (observed === undefined) return false;
    try {
      if (this.#options.shared !== undefined) return await this.#renewWithOthers(this.#options.shared, signal);
      this.#observe(await this.#patch(observed, { renewTime: this.#now() }, signal));
      return true;
    } catch (error) {
      if (!isApiError(error, 'conflict') && !isApiError(error, 'notFound')) throw error;
      return this.#acquire(signal);
    }
  }

  /**
   * Without a version, because others renew the lease as well. The answer says whose lease it was that we have written:
   * if it was ours, all others count from this write. To have renewed the lease of another identity does no harm.
   */
  async #renewWithOthers(shared: SharedLease, signal: AbortSignal): Promise<boolean> {
    const { client, lease, identity } = this.#options;
    const patch = { metadata: { annotations: shared.annotations() }, spec: { renewTime: this.#now() } };
    const renewed = this.#observe(await client.patch(LEASES, lease, patch, { signal }));
    if (renewed.holder !== identity) return false;
    shared.onRenewed(renewed.annotations);
    return true;
  }

  async #acquire(signal: AbortSignal): Promise<boolean> {
    const { client, clock, lease, identity, shared, mayTake = () => true } = this.#options;
    let found: KubeObject;
    try {
      found = await client.get(LEASES, lease, { signal });
    } catch (error) {
      if (!isApiError(error, 'notFound')) throw error;
      return this.#create(signal);
    }
    const former = this.#observed?.holder;
    const observed = this.#observe(found);
    if (shared !== undefined && observed.holder === identity) return this.#renewWithOthers(shared, signal);
    const isFree = observed.holder === '' || clock.monotonic() >= observed.observedAt + observed.leaseDurationMs;
    if (!isFree && observed.holder !== identity) {
      if (observed.holder !== former) shared?.onHeldBack(observed.holder);
      return false;
    }
    if (!mayTake()) return false;
    this.#isTaking = true;
    const spec = {
      ...this.#claim(),
      leaseTransitions: observed.holder === identity ? observed.transitions : observed.transitions + 1,
    };
    try {
      const taken = this.#observe(await this.#patch(observed, spec, signal, shared?.annotations()));
      shared?.onRenewed(taken.annotations);
      return true;
    } catch (error) {
      if (isApiError(error, 'conflict')) return false;
      throw error;
    }
  }

  async #create(signal: AbortSignal): Promise<boolean> {
    const { client, lease, shared, mayTake = () => true } = this.#options;
    if (!mayTake()) return false;
    this.#isTaking = true;
    const body = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: lease.name, namespace: lease.namespace, ...annotated(shared?.annotations()) },
      spec: { ...this.#claim(), leaseTransitions: 0 },
    };
    try {
      const created = this.#observe(await client.create(LEASES, lease, body, { signal }));
      shared?.onRenewed(created.annotations);
      return true;
    } catch (error) {
      if (isApiError(error, 'exists')) return false;
      throw error;
    }
  }

  /** False when we do not hold it any more. */
  async #giveBack(signal: AbortSignal): Promise<boolean> {
    const { client, lease, identity, shared } = this.#options;
    if (shared !== undefined) {
      await client.patch(LEASES, lease, { metadata: { annotations: shared.farewell() } }, { signal });
      return false;
    }
    if (this.#observed === undefined) return false;
    const free = (record: LeaseRecord) =>
      this.#patch(record, { holderIdentity: '', leaseDurationSeconds: 1, renewTime: this.#now() }, signal);
    try {
      await free(this.#observed);
      return true;
    } catch (error) {
      if (!isApiError(error, 'conflict')) throw error;
    }
    // A renewal that the stop has interrupted may have reached the server.
    const current = this.#observe(await client.get(LEASES, lease, { signal }));
    if (current.holder !== identity) return false;
    await free(current);
    return true;
  }

  #patch(
    { resourceVersion }: LeaseRecord,
    spec: Readonly<Record<string, string | number>>,
    signal: AbortSignal,
    annotations?: Readonly<Record<string, string | null>>,
  ): Promise<KubeObject> {
    const patch = { metadata: { resourceVersion, ...(annotations === undefined ? {} : { annotations }) }, spec };
    return this.#options.client.patch(LEASES, this.#options.lease, patch, { signal });
  }

  #claim(): { holderIdentity: string; leaseDurationSeconds: number; acquireTime: string; renewTime: string } {
    const now = this.#now();
    return {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: Math.ceil(this.#options.leaseDurationMs / 1000),
      acquireTime: now,
      renewTime: now,
    };
  }

  #observe(lease: KubeObject): LeaseRecord & { readonly observedAt: number } {
    const record = leaseRecordOf(lease);
    // Any write of the lease shows that its holder was alive.
    if (this.#observed?.resourceVersion !== record.resourceVersion)
      this.#observed = { ...record, observedAt: this.#options.clock.monotonic() };
    return this.#observed;
  }

  /** A MicroTime. */
  #now(): string {
    return new Date(this.#options.clock.now()).toISOString().replace('Z', '000Z');
  }
}
