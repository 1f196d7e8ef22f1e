/**
 * What a traffic router is to Serin: it says what the cluster shows of the split, and renders the
 * writes that take it to another one. When to change the split is decided by the strategy.
 */
import type { BlockedOn } from '../rollout/blocked.ts';
import type { Hazard } from '../rollout/hazard.ts';
import type { Situation } from '../rollout/situation.ts';
import type { HeaderRoute } from '../strategies/canary/steps.ts';
import type { Write } from '../../kube/plan.ts';

/** How requests are to be divided between the stable and the canary Service. */
export interface TrafficSplit {
  /** The canary's share, 0 to `maxTrafficWeight`. */
  readonly weight: number;
  /** Requests that go to the canary whatever the weight. */
  readonly headerRoutes: readonly HeaderRoute[];
}

/** What the cluster shows of the present split. Several objects may disagree while a change is under way. */
export interface ObservedSplit {
  readonly lowestWeight: number;
  readonly highestWeight: number;
}

export interface TrafficRouter {
  /** The router's name in `rollout_info`. */
  readonly name: string;
  /** Whether a weight means anything here: without a router the number of pods is what divides the traffic. */
  readonly routes: boolean;
  observe(situation: Situation): ObservedSplit;
  /** Whether the cluster shows exactly this split, header routes included. */
  shows(situation: Situation, split: TrafficSplit): boolean;
  /**
   * When every proxy is sure to act on what the objects say now, in milliseconds since the epoch; `null` when no
   * write of ours can still be on its way to a proxy.
   */
  settledAt(situation: Situation): number | null;
  /** Why the split cannot be brought about at all; `null` when it can. */
  blockedOn(situation: Situation): BlockedOn | null;
  /** What will not do what the Rollout's author expects, although it is all written. */
  hazards(situation: Situation): readonly Hazard[];
  /** The writes from what is observed to the split; empty when nothing differs. */
  render(situation: Situation, split: TrafficSplit): Write[];
}

/** What a former spec left behind on its way out. */
export interface Leftovers {
  readonly writes: readonly Write[];
  /** When every proxy is sure to have heard of the requests that leave with it, in milliseconds since the epoch; `null`: nothing is on its way. */
  readonly settledAt: number | null;
}

/** A router that writes objects of its own, which outlive the spec that asked for them. */
export interface LeavesObjects {
  leftovers(situation: Situation): Leftovers;
  /** Whether what is left behind still sends requests to a canary. */
  leftoversCarryRequests(situation: Situation): boolean;
}
