/**
 * Leader election by a Lease: at most one of several processes works. A candidate measures the age of another
 * lease with its own monotonic clock, since the record last changed. It never compares the times of two machines.
 * Callbacks start and stop the work.
 *
 * The holder stops being the leader `renewDeadlineMs` after its last renewal, before another process may take the
 * lease. It uses the clock that has advanced further: the monotonic clock stands still while the machine is
 * suspended, and a person may set the wall clock. To set the wall clock forward by that much costs the lease. If it
 * is set back during a suspension, the holder does not notice.
 */
import type { KubeObject } from '../kube/objects.ts';
import { LEASES } from '../kube/resources.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { isApiError } from './api-error.ts';
import type { Client } from './client.ts';
import type { ObjectName } from './client-options.ts';
import { type Clock, sleep } from './clock.ts';

interface LeaderElectionOptions {
  readonly client: Pick<Client, 'get' | 'create' | 'patch'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'leader'>;
  readonly lease: ObjectName & { readonly namespace: string };
  /** Unique to this process. */
  readonly identity: string;
  /** Time after our last renewal before others take over. */
  readonly leaseDurationMs: number;
  /** How long we try to renew before we give up; shorter than the lease. */
  readonly renewDeadlineMs: number;
  /** Time between two attempts. */
  readonly retryPeriodMs: number;
  /** Called once, when we hold the lease. */
  readonly onAcquired: () => void;
  /** Called once, when we may have lost the lease. Nothing may be written from then on. */
  readonly onLost: () => void;
  readonly random?: () => number;
}

interface LeaseRecord {
  readonly resourceVersion: string;
  readonly holder: string;
  readonly leaseDurationMs: number;
  readonly transitions: number;
}

/** Attempts are spread over a fifth more than the period, so that candidates do not move in step. */
const JITTER = 0.2;
/** Limit for the release of the lease: the process is about to end, and the lease expires by itself. */
const RELEASE_LIMIT_MS = 3000;

/** A moment on both clocks. */
interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  /** The last record that we saw, and when we first saw it. */
  #observed: (LeaseRecord & { readonly observedAt: number }) | undefined;
  /** Start of the last successful renewal; `undefined` when we do not hold the lease. */
  #renewedAt: Moment | undefined;

  constructor(options: LeaderElectionOptions) {
    if (options.renewDeadlineMs >= options.leaseDurationMs || options.retryPeriodMs >= options.renewDeadlineMs)
      throw new Error('Leader election needs lease duration > renew deadline > retry period');
    this.#options = options;
    options.metrics.leader.addSource(() => [{ labels: { lease: options.lease.name }, value: this.isLeader() ? 1 : 0 }]);
  }

  /** Whether this process may write now. Correct even directly after the process was stopped for a while. */
  isLeader(): boolean {
    return this.#remainingMs() > 0;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the election. Releases our lease, within 3 s at most, so that the next process need not wait for it to expire. Call it when nothing is written any more. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The leader election is stopped'));
    await this.#running;
    if (!this.isLeader()) return;
    this.#renewedAt = undefined;
    await this.#release();
  }

  async #run(): Promise<void> {
    const { clock, retryPeriodMs, random = Math.random, onAcquired, onLost, logger, identity } = this.#options;
    const { signal } = this.#stopping;
    const periodMs = (): number => retryPeriodMs * (1 + random() * JITTER);

    while (!signal.aborted && !(await this.#attempt())) await sleep(clock, periodMs(), signal);
    if (signal.aborted) return;
    logger.info({ identity }, 'Became the leader');
    onAcquired();

    while (!signal.aborted) {
      await sleep(clock, Math.min(periodMs(), this.#remainingMs()), signal);
      if (this.#remainingMs() > 0) await this.#attempt();
      if (this.isLeader() || signal.aborted) continue;
      this.#renewedAt = undefined;
      logger.error({ identity }, 'Lost the lease');
      onLost();
      return;
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
  async #attempt(): Promise<boolean> {
    const { clock, logger, identity, renewDeadlineMs } = this.#options;
    const startedAt = this.#moment();
    // Half of the time, so that one hung connection does not cost the lease.
    const limitMs = Math.min(renewDeadlineMs / 2, this.#remainingMs() || renewDeadlineMs);
    const limit = timeLimit(clock, limitMs);
    const signal = AbortSignal.any([this.#stopping.signal, limit.signal]);
    try {
      const held = this.#renewedAt === undefined ? await this.#acquire(signal) : await this.#renew(signal);
      // The lease counts from before the request: an answer that took too long proves nothing about now.
      if (held) this.#renewedAt = startedAt;
      else if (this.#observed?.holder !== identity) this.#renewedAt = undefined;
    } catch (error) {
      if (this.#stopping.signal.aborted) return false;
      const why = error instanceof Error ? error.message : String(error);
      logger.warn({ why }, 'The lease could not be read or written');
    } finally {
      limit.cancel();
    }
    return this.isLeader();
  }

  /** Renews at the version that we wrote last, so that no other writer can have come in between. */
  async #renew(signal: AbortSignal): Promise<boolean> {
    const observed = this.#observed;
    if (observed === undefined) return false;
    try {
      this.#observe(await this.#patch(observed, { renewTime: this.#now() }, signal));
      return true;
    } catch (error) {
      if (!isApiError(error, 'conflict') && !isApiError(error, 'notFound')) throw error;
      return this.#acquire(signal);
    }
  }

  async #acquire(signal: AbortSignal): Promise<boolean> {
    const { client, clock, lease, identity } = this.#options;
    let found: KubeObject;
    try {
      found = await client.get(LEASES, lease, { signal });
    } catch (error) {
      if (!isApiError(error, 'notFound')) throw error;
      return this.#create(signal);
    }
    const observed = this.#observe(found);
    const isFree = observed.holder === '' || clock.monotonic() >= observed.observedAt + observed.leaseDurationMs;
    if (!isFree && observed.holder !== identity) return false;
    const spec = {
      ...this.#claim(),
      leaseTransitions: observed.holder === identity ? observed.transitions : observed.transitions + 1,
    };
    try {
      this.#observe(await this.#patch(observed, spec, signal));
      return true;
    } catch (error) {
      if (isApiError(error, 'conflict')) return false;
      throw error;
    }
  }

  async #create(signal: AbortSignal): Promise<boolean> {
    const { client, lease } = this.#options;
    const body = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: lease.name, namespace: lease.namespace },
      spec: { ...this.#claim(), leaseTransitions: 0 },
    };
    try {
      this.#observe(await client.create(LEASES, lease, body, { signal }));
      return true;
    } catch (error) {
      if (isApiError(error, 'exists')) return false;
      throw error;
    }
  }

  async #release(): Promise<void> {
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

  /** False when we do not hold it any more. */
  async #giveBack(signal: AbortSignal): Promise<boolean> {
    const { client, lease, identity } = this.#options;
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
  ): Promise<KubeObject> {
    const patch = { metadata: { resourceVersion }, spec };
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

/** A signal that is aborted after `limitMs`, unless cancelled before. */
function timeLimit(clock: Clock, limitMs: number): { readonly signal: AbortSignal; cancel(): void } {
  const limit = new AbortController();
  const cancel = clock.setTimer(limitMs, () => limit.abort(new Error(`No answer within ${limitMs} ms`)));
  return { signal: limit.signal, cancel };
}

function leaseRecordOf(lease: KubeObject): LeaseRecord {
  const spec: unknown = 'spec' in lease ? lease.spec : undefined;
  const field = (name: string): unknown =>
    typeof spec === 'object' && spec !== null ? (spec as Readonly<Record<string, unknown>>)[name] : undefined;
  const holder = field('holderIdentity');
  const seconds = field('leaseDurationSeconds');
  const transitions = field('leaseTransitions');
  return {
    resourceVersion: lease.metadata.resourceVersion,
    holder: typeof holder === 'string' ? holder : '',
    leaseDurationMs: typeof seconds === 'number' ? seconds * 1000 : 0,
    transitions: typeof transitions === 'number' ? transitions : 0,
  };
}
