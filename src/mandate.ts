/**
 * What this process may do: everything, at once or while it holds the one lease, or, with `--shards`, what concerns the
 * shards whose leases it holds.
 */
import type { Config } from './config.ts';
import { LeaderElection } from './runtime/leader-election.ts';
import type { Client } from './runtime/client.ts';
import type { Clock } from './runtime/clock.ts';
import type { Controller } from './runtime/controller.ts';
import { sharded } from './runtime/sharded-controller.ts';
import { ShardLeases } from './runtime/shard-leases.ts';
import { ShardWork } from './runtime/shard-work.ts';
import type { Logger } from './telemetry/logger.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** What a mandate is given to. */
export interface Controllers {
  /** Resolves when they run. */
  readonly start: () => Promise<void>;
  /** Resolves with true once the caches hold everything that was written before the call; with false when stopped. */
  readonly refresh: () => Promise<boolean>;
  /** Every trigger gets every object once more, one at each step. */
  readonly announceAll: () => Iterable<void>;
}

export interface Mandate {
  /** Asked before every write for a key. */
  readonly mayWrite: (key: string) => boolean;
  /** Whether the events and metrics of an object are this process's to report. */
  readonly reports: (key: string) => boolean;
  /** The controller within the limits of the mandate. */
  readonly limited: (controller: Controller) => Controller;
  /** Starts the controllers, now or once a lease is held. */
  readonly begin: (controllers: Controllers) => void;
  /** Whether they were started and may write. */
  readonly isInForce: () => boolean;
  /** Gives back what leases it has. Call it when nothing is written any more. */
  readonly end: () => Promise<void>;
}

interface MandateOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Where the leases are. */
  readonly namespace: string;
  readonly identity: string;
  /** Called when this process cannot go on. */
  readonly fail: (error: unknown) => void;
}

export function mandateOf(config: Config, options: MandateOptions): Mandate {
  if (config.shards > 1) return mandateOfShards(config, options);
  return config.leaderElect ? mandateOfLeader(config, options) : unlimited(options);
}

function unlimited({ fail }: MandateOptions): Mandate {
  return {
    mayWrite: () => true,
    reports: () => true,
    limited: (controller) => controller,
    begin: ({ start }) => void start().catch(fail),
    isInForce: () => true,
    end: async () => {},
  };
}

function mandateOfLeader(config: Config, options: MandateOptions): Mandate {
  const { namespace, fail } = options;
  let start = (): void => {};
  const election = new LeaderElection({
    ...options,
    ...timesOf(config),
    lease: { namespace, name: leaseName(config.instanceId) },
    onAcquired: () => start(),
    // A new process starts from clean caches.
    onLost: () => fail(new Error('The lease is lost')),
  });
  const isLeader = (): boolean => election.isLeader();
  return {
    ...unlimited(options),
    mayWrite: isLeader,
    begin: (controllers) => {
      start = () => void controllers.start().catch(fail);
      election.start();
    },
    isInForce: isLeader,
    end: () => election.stop(),
  };
}

function mandateOfShards(config: Config, options: MandateOptions): Mandate {
  const { fail } = options;
  const { shards, instanceId } = config;
  let controllers: Controllers | undefined;
  let hasStarted = false;
  /** The first lists are as good as later ones: they begin after the lease of the shard is held. */
  const refresh = async (): Promise<boolean> => {
    try {
      if (hasStarted) return (await controllers?.refresh()) === true;
      hasStarted = true;
      await controllers?.start();
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  };
  const work: ShardWork = new ShardWork({
    ...options,
    shards,
    isHeld: (shard) => leases.isHeld(shard),
    refresh,
    announceAll: () => controllers?.announceAll() ?? [],
  });
  const leases = new ShardLeases({
    ...options,
    ...timesOf(config),
    commonName: leaseName(instanceId),
    instanceId,
    shards,
    keeper: work,
    onLost: () => fail(new Error('The lease is lost')),
  });
  return {
    mayWrite: (key) => work.mayWrite(key),
    reports: (key) => work.isNews(key),
    limited: (controller) => sharded(controller, work),
    begin: (given) => {
      controllers = given;
      leases.start();
    },
    isInForce: () => leases.holdsAny,
    end: () => leases.stop(),
  };
}

function timesOf({ leaseDurationMs, renewDeadlineMs, retryPeriodMs }: Config) {
  return { leaseDurationMs, renewDeadlineMs, retryPeriodMs };
}

function leaseName(instanceId: string): string {
  return instanceId === '' ? 'argo-rollouts-controller-lock' : `argo-rollouts-controller-lock-${instanceId}`;
}
