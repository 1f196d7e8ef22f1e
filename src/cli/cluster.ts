/** The connection of one command. Everything that is slow to load is loaded by `connect.ts`, when a command connects. */
import type { Client } from '../runtime/client.ts';
import type { Clock } from '../runtime/clock.ts';

export interface Cluster {
  readonly client: Client;
  readonly clock: Clock;
  /** The one that the command is about. */
  readonly namespace: string;
  readonly close: () => Promise<void>;
}
