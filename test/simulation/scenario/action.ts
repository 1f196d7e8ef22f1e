/** What an action of a user is, and what it gets to act on. */
import type { JsonObject } from '../../../src/kube/json.ts';
import type { Agenda } from '../agenda.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Ledger } from '../ledger.ts';
import type { Random } from '../random.ts';
import type { User } from './user.ts';

export interface Surroundings {
  readonly user: User;
  readonly cluster: Cluster;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly ledger: Ledger;
  /** Templates that the user has applied so far. */
  readonly templates: JsonObject[];
  readonly roughPods: boolean;
  readonly jumpClock: (ms: number) => void;
}

/** What was done, in a few words; `null` when it makes no sense now. */
export type Action = (around: Surroundings) => string | null;

export type WeightedActions = readonly (readonly [weight: number, action: Action])[];
