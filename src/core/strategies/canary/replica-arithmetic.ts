/**
 * How many pods each revision should have: arithmetic on counts, without ReplicaSets, steps or Services.
 */

/** What a scaling decision for a canary without traffic routing looks at. All values are pod counts unless they say otherwise. */
export interface BasicCounts {
  readonly replicas: number;
  /** The canary's share, 0 to `maxWeight`. */
  readonly weight: number;
  readonly maxWeight: number;
  readonly surge: number;
  readonly unavailable: number;
  /** `null` when the ReplicaSet does not exist. */
  readonly canary: SideCounts | null;
  /** `null` when there is no stable ReplicaSet, or when the canary is the stable one. */
  readonly stable: SideCounts | null;
  /** Sum of the sizes of all retired ReplicaSets. */
  readonly retiredSpecReplicas: number;
  /** Pods that the stable side keeps whatever the weight says, because a Service depends on them; 0 when absent. */
  readonly leastStable?: number;
  /** Pods of the stable side that are known not to be available; 0 when absent. */
  readonly brokenStable?: number;
}

export interface SideCounts {
  readonly spec: number;
  readonly available: number;
}

export interface Split {
  readonly canary: number;
  readonly stable: number;
}

/**
 * The split of pods that comes closest to the weight, one pod above `replicas` allowed when there is
 * surge. Neither side is empty for a weight strictly between the ends, except for a single replica
 * without surge (spec 5.2).
 */
export function idealSplit(replicas: number, weight: number, maxWeight: number, surge: number): Split {
  if (replicas === 0) return { canary: 0, stable: 0 };
  const emptyAllowed = weight === 0 || weight === maxWeight || (replicas === 1 && surge === 0);
  const totals = surge > 0 ? [replicas, replicas + 1] : [replicas];
  const candidates = totals.flatMap((total) => splitsOf(total, weight, maxWeight, emptyAllowed));
  const error = ({ canary, stable }: Split) => Math.abs((canary * maxWeight) / (canary + stable) - weight);
  return candidates.reduce((chosen, one) => (error(one) < error(chosen) ? one : chosen));
}

/**
 * The two splits of `total` pods next to the weight, the canary's share rounded up first. Halfway
 * between them the canary's share is rounded up, unless that would leave nothing to the stable side.
 */
function splitsOf(total: number, weight: number, maxWeight: number, emptyAllowed: boolean): Split[] {
  const exact = (total * weight) / maxWeight;
  const tied = (2 * total * weight) % (2 * maxWeight) === maxWeight;
  const high = Math.ceil(exact);
  const low = Math.floor(exact);
  const highAllowed = high < total || emptyAllowed;
  const lowAllowed = (low > 0 || emptyAllowed) && !(tied && highAllowed);
  return [...(highAllowed ? [high] : []), ...(lowAllowed ? [low] : [])].map((canary) => ({
    canary,
    stable: total - canary,
  }));
}

/**
 * The next sizes of canary and stable on the way to the ideal split, within maxSurge and
 * maxUnavailable (spec 5.2). Equal to the present sizes when nothing may change right now.
 */
export function basicSplit(counts: BasicCounts): Split {
  const { replicas, surge, unavailable, canary, stable, retiredSpecReplicas } = counts;
  const limit = replicas + surge;
  const ideal: Split =
    stable === null
      ? { canary: replicas, stable: 0 }
      : withLeastStable(idealSplit(replicas, counts.weight, counts.maxWeight, surge), counts.leastStable ?? 0, limit);
  let canarySize = canary?.spec ?? 0;
  let stableSize = stable?.spec ?? 0;

  // Growing comes first, and the stable side before the canary: what works must have its capacity.
  let room = limit - (canarySize + stableSize + retiredSpecReplicas);
  if (stable !== null && stableSize < ideal.stable && room > 0) {
    const growth = Math.min(room, ideal.stable - stableSize);
    stableSize += growth;
    room -= growth;
  }
  if (canarySize < ideal.canary && room > 0) canarySize += Math.min(room, ideal.canary - canarySize);
  // Retired ReplicaSets shrink before the live sides do; only stable pods that do not work may make room.
  if (retiredSpecReplicas > 0) {
    const wanted = room > 0 ? 0 : Math.max(0, ideal.canary - canarySize);
    const removable = Math.max(0, Math.min(counts.brokenStable ?? 0, stableSize - ideal.stable));
    return { canary: canarySize, stable: stableSize - Math.min(wanted, removable) };
  }

  const minAvailable = replicas - unavailable;
  const increasing = canary === null || ideal.canary >= canary.spec;
  const removable = countable(canary, !increasing) + countable(stable, increasing);
  if (removable <= minAvailable) return { canary: canarySize, stable: stableSize };
  const budget = removable - minAvailable;

  if (increasing) {
    if (stable === null || stableSize <= ideal.stable) return { canary: canarySize, stable: stableSize };
    const drained = Math.max(ideal.stable, stableSize - budget);
    const clamped = clamp(drained, stable.available, canarySize, canary?.available ?? 0, limit, minAvailable);
    return { canary: clamped.side, stable: clamped.drain };
  }
  if (canarySize <= ideal.canary) return { canary: canarySize, stable: stableSize };
  const drained = Math.max(ideal.canary, canarySize - budget);
  const clamped = clamp(drained, canary.available, stableSize, stable?.available ?? 0, limit, minAvailable);
  return { canary: clamped.drain, stable: clamped.side };
}

/** The canary gives up what the stable side may not, as far as both do not fit. */
function withLeastStable(split: Split, leastStable: number, limit: number): Split {
  const stable = Math.max(split.stable, leastStable);
  return { canary: Math.min(split.canary, limit - stable), stable };
}

/** Pods of one side that count towards the available minimum; surplus that is still terminating is not counted twice. */
function countable(side: SideCounts | null, ignoreAvailability: boolean): number {
  if (side === null) return 0;
  return ignoreAvailability || side.spec < side.available ? side.spec : side.available;
}

/** Keeps the total within `limit` and the really available pods at or above `minAvailable` while `drain` shrinks. */
function clamp(
  drainSize: number,
  drainAvailable: number,
  sideSize: number,
  sideAvailable: number,
  limit: number,
  minAvailable: number,
): { drain: number; side: number } {
  let drain = drainSize;
  let side = sideSize;
  side -= Math.max(0, drain + side - limit);
  const available = Math.min(drainAvailable, drain) + Math.min(sideAvailable, side);
  const extra = Math.max(0, sideAvailable - side);
  side += Math.min(extra, Math.max(0, minAvailable - available));
  drain -= Math.max(0, drain + side - limit);
  return { drain, side };
}

/** Pods for a share of the traffic: rounded up, so that a share above zero never means no pod (spec 5.3). */
export function podsForWeight(weight: number, replicas: number, maxWeight: number): number {
  return Math.ceil((weight * replicas) / maxWeight);
}

/** A count above zero raised to `minPodsPerReplicaSet`, itself capped at the size of the Rollout (spec 1.2). */
export function atLeastMinPods(count: number, minPods: number | undefined, replicas: number): number {
  if (count === 0 || minPods === undefined) return count;
  return Math.max(count, Math.min(minPods, replicas));
}
