/** A connection to a cluster, as one client of its API has it: a command, or a person at the dashboard. */
import type { Client } from '../runtime/client.ts';
import type { Clock } from '../runtime/clock.ts';

export interface Cluster {
  readonly client: Client;
  readonly clock: Clock;
  /** The one that is asked about. */
  readonly namespace: string;
  readonly close: () => Promise<void>;
}
