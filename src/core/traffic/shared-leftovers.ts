/**
 * How an object of people is left that a former spec has led through: all its requests return to the stable side, and once
 * every proxy has heard of that, the mark goes as well.
 */
import type { Write } from '../../kube/plan.ts';
import type { Situation } from '../observed/situation.ts';
import type { Leftover } from './router.ts';
import { unseenKinds, type SharedKinds } from './shared-objects.ts';

/** An object that may not be read may still lead requests to the canary, so its pods stay until it can be read. */
export function unseenLeftovers({ world }: Situation, kinds: SharedKinds): readonly Leftover[] {
  if (unseenKinds(world, kinds).length === 0) return [];
  const settledAt = Number.POSITIVE_INFINITY;
  return [{ write: null, returnsRequests: false, leadsRequests: true, weight: 0, settledAt }];
}

interface Left {
  /** The share of the canary that it still has. */
  readonly weight: number;
  /** It has a rule that leads requests to the canary whatever the weight is. */
  readonly leadsBesideWeight: boolean;
  /** Takes the weight and such rules from it. */
  readonly emptying: () => Write | null;
  /** Takes the mark from it. */
  readonly unmarking: () => Write | null;
  /** How long its proxies need to act on a write. */
  readonly propagationMs: number;
  /** When they act on what it says now, as of `TrafficRouter.settledAt`. */
  readonly settledAt: number | null;
}

export function sharedLeftover({ now }: Situation, left: Left): Leftover {
  const { weight, leadsBesideWeight, settledAt } = left;
  if (weight > 0 || leadsBesideWeight) {
    const returnsRequests = weight > 0;
    const write = left.emptying();
    return { write, returnsRequests, leadsRequests: true, weight, settledAt: now + left.propagationMs };
  }
  const isSettled = settledAt === null || settledAt <= now;
  return {
    write: isSettled ? left.unmarking() : null,
    returnsRequests: false,
    leadsRequests: false,
    weight,
    settledAt: isSettled ? null : settledAt,
  };
}
