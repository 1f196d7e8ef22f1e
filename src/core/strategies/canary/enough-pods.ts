/**
 * Whether the pods are there that a position needs. Each check returns what is missing, or `null`: what holds a step is
 * the same value that is reported.
 */
import type { CanaryStrategy } from '../../../api/schema/canary.ts';
import { waitsFor, type BlockedOn } from '../../acts/blocked.ts';
import {
  availableReplicasOf,
  hasObservedSpec,
  specReplicasOf,
  statusReplicasOf,
  stayingReplicasOf,
} from '../../observed/replica-sets.ts';
import type { Situation } from '../../observed/situation.ts';
import type { ReplicaSet } from '../../../kube/objects.ts';
import type { CanarySpec } from './canary-spec.ts';
import type { Position } from './position.ts';
import type { Split } from './replica-arithmetic.ts';

type Threshold = NonNullable<CanaryStrategy['replicaProgressThreshold']>;

/** What the sizes of a step still lack (spec 5.6). */
export function podsNotReached(position: Position, sizes: Split): BlockedOn | null {
  const { situation, spec } = position;
  const canaryPods = meetsThreshold(spec, situation.canary, sizes.canary)
    ? null
    : canaryPodsMissing(spec, situation.canary, sizes.canary);
  return canaryPods ?? retiredPodsRemain(position) ?? stablePodsDiffer(position, sizes.stable);
}

/** What the canary still lacks to be promoted (spec 4.11, 5). */
export function canaryNotWhole({ situation, spec }: Position): BlockedOn | null {
  const { canary, replicas } = situation;
  return canBePromoted(spec, situation) ? null : canaryPodsMissing(spec, canary, replicas);
}

/** What the promoted revision has lost, or does not have yet. */
export function promotedPodsMissing({ situation: { canary, replicas } }: Position): BlockedOn | null {
  const available = availableReplicasOf(canary);
  return available < replicas
    ? waitsFor('StablePodsNotAvailable', `${available} of ${replicas} pods are available, waiting for ${replicas}`)
    : null;
}

/** Whether a ReplicaSet is as available as the Rollout asks before it goes on (`replicaProgressThreshold`; exactly full without one). */
export function meetsThreshold(spec: CanarySpec, replicaSet: ReplicaSet | null, desired: number): boolean {
  if (replicaSet === null || !hasObservedSpec(replicaSet)) return false;
  const available = availableReplicasOf(replicaSet);
  const threshold = thresholdOf(spec);
  return threshold === undefined
    ? specReplicasOf(replicaSet) === desired && available === desired
    : relativelyAvailable(threshold, available, desired);
}

/** The same at a promotion, where more pods than needed do no harm (spec 4.11, 5). */
export function canBePromoted(spec: CanarySpec, { canary, replicas }: Situation): boolean {
  if (canary === null) return false;
  const available = stayingReplicasOf(canary);
  if (available >= replicas) return true;
  const threshold = thresholdOf(spec);
  return threshold !== undefined && relativelyAvailable(threshold, available, replicas);
}

/** `undefined` as well for a negative one, which asks for nothing. */
function thresholdOf({ strategy }: CanarySpec): Threshold | undefined {
  const { replicaProgressThreshold: threshold } = strategy;
  return threshold === undefined || threshold.value < 0 ? undefined : threshold;
}

function relativelyAvailable({ type, value }: Threshold, available: number, desired: number): boolean {
  if (type !== 'Percent') return available >= value;
  return desired === 0 || (available / desired) * 100 >= value - 1e-10;
}

function canaryPodsMissing(spec: CanarySpec, canary: ReplicaSet | null, needed: number): BlockedOn {
  return waitsFor('CanaryPodsNotAvailable', describeCanary(spec, canary, needed));
}

function describeCanary(spec: CanarySpec, canary: ReplicaSet | null, needed: number): string {
  const available = availableReplicasOf(canary);
  if (available < needed) return `${available} of ${needed} canary pods are available`;
  if (canary === null) return 'the ReplicaSet of the canary is being created';
  const are = `${available} canary pods are available`;
  if (!hasObservedSpec(canary)) return `${are}, waiting for the ReplicaSet controller to see the canary's present spec`;
  const threshold = thresholdOf(spec);
  if (threshold !== undefined) return `${are}, waiting for the ${threshold.value} of replicaProgressThreshold`;
  const size = specReplicasOf(canary);
  if (available > needed && size >= needed) return `${are}, waiting until ${needed} are left`;
  return `the canary has a size of ${size}, waiting until it is ${needed}`;
}

/** Without a router every pod that is available gets requests. */
function retiredPodsRemain({ situation, spec }: Position): BlockedOn | null {
  return !spec.routed && situation.retired.some((one) => availableReplicasOf(one) > 0)
    ? waitsFor('RetiredPodsRemain', 'waiting for the pods of earlier revisions to be gone')
    : null;
}

/** Always `null` where the stable side is scaled with the traffic. */
function stablePodsDiffer({ situation: { stable }, spec }: Position, desired: number): BlockedOn | null {
  if (spec.dynamicStableScale) return null;
  const pods = statusReplicasOf(stable);
  if (pods !== desired) {
    return waitsFor('StablePodsNotAvailable', `there are ${pods} stable pods, waiting for ${desired}`);
  }
  const size = specReplicasOf(stable);
  return size === desired
    ? null
    : waitsFor('StablePodsNotAvailable', `the stable ReplicaSet has a size of ${size}, waiting until it is ${desired}`);
}
