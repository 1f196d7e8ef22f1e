/**
 * Which revision the stable and the canary Service should select now (spec 7). One function owns each
 * Service; what the proxy does with them is the router's affair.
 */
import type { Memory } from '../../rollout/memory.ts';
import { reaches, reachesOthers, selectedHash } from '../../rollout/endpoints.ts';
import {
  availableReplicasOf,
  replicaSetOf,
  specReplicasOf,
  templateHashOf,
  stayingReplicasOf,
} from '../../rollout/replica-sets.ts';
import { isManaged, type SelectorTarget } from '../../rollout/services.ts';
import type { Situation } from '../../rollout/situation.ts';
import type { ReplicaSet } from '../../../kube/objects.ts';
import type { ObservedSplit } from '../../traffic/router.ts';
import type { CanarySpec } from './canary-spec.ts';
import { canBePromoted, takesStableServiceEarly } from './sizes.ts';

/** The selectors to bring about in this pass. A Service that has to wait is left out, and keeps what it selects. */
export function desiredSelectors(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  observed: ObservedSplit,
): SelectorTarget[] {
  const { stableService = '', canaryService = '' } = spec.strategy;
  const targets: SelectorTarget[] = [];
  const promoted = memory.stableRS === situation.canaryHash || takesStableServiceEarly(situation, spec, memory);
  const stable = promoted ? situation.canary : situation.stable;
  if (stableService !== '' && stable !== null && mayServe(situation, spec, observed, stableService, stable)) {
    targets.push({ service: stableService, templateHash: templateHashOf(stable) });
  }
  const canaryTarget = canaryServiceTarget(situation, spec, memory, stable, observed);
  if (canaryService !== '' && canaryTarget !== null) {
    targets.push({ service: canaryService, templateHash: templateHashOf(canaryTarget) });
  }
  return targets;
}

/**
 * The stable Service moves to a revision that can carry its share of the requests, or at least what the
 * present one carries. A Service that was never ours keeps selecting all pods until the revision is
 * complete (spec 7.2).
 */
function mayServe(
  situation: Situation,
  spec: CanarySpec,
  observed: ObservedSplit,
  service: string,
  target: ReplicaSet,
): boolean {
  const available = stayingReplicasOf(target);
  if (available === 0) return false;
  if (!isManaged(situation, service) && !exposesTheCanary(situation, service, target)) return isComplete(target);
  const selected = selectedHash(situation, service);
  const present = replicaSetOf(situation.all, selected);
  if (present === null || present === target) return true;
  const share = Math.floor(((spec.maxWeight - observed.lowestWeight) * situation.replicas) / spec.maxWeight);
  if (available >= share || available >= stayingReplicasOf(present)) return true;
  return target === situation.canary && canBePromoted(spec, situation);
}

/**
 * Somebody wrote the Service anew in the middle of an update, without a word of ours: it leads to every pod of the
 * Rollout, and to a canary that nobody has approved. One that leads to pods of others as well was never ours.
 */
function exposesTheCanary(situation: Situation, service: string, target: ReplicaSet): boolean {
  const { canary } = situation;
  return (
    canary !== null && canary !== target && reaches(situation, service, canary) && !reachesOthers(situation, service)
  );
}

function canaryServiceTarget(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  stable: ReplicaSet | null,
  observed: ObservedSplit,
): ReplicaSet | null {
  const { canary } = situation;
  const service = spec.strategy.canaryService ?? '';
  const wanted = memory.abort || memory.stableRS === situation.canaryHash ? stable : canary;
  if (wanted === null || selectedHash(situation, service) === templateHashOf(wanted)) return wanted;
  // Requests that the weight sends to the canary must not find another revision behind it.
  const carriesTraffic = observed.highestWeight > 0 && isRevision(situation, selectedHash(situation, service));
  if (carriesTraffic && !endsWithoutStable(situation, spec, memory)) return null;
  if (!isManaged(situation, service)) return isComplete(wanted) ? wanted : null;
  // An aborted canary gives its Service back even when no stable pod is ready: nothing is routed there any more (spec 7.3).
  if (memory.abort && spec.routed) return wanted;
  return stayingReplicasOf(wanted) > 0 ? wanted : null;
}

/** Requests cannot leave a superseded canary when no stable pod works; the revision that is about to be promoted takes them all the same. */
function endsWithoutStable(situation: Situation, spec: CanarySpec, memory: Memory): boolean {
  const done = memory.promoteFull || memory.currentStepIndex === null || memory.currentStepIndex >= spec.steps.length;
  // Pods that may be about to go still work: what counts as none elsewhere is not none here.
  const noneWorks = availableReplicasOf(situation.stable) === 0;
  return done && !memory.abort && noneWorks && canBePromoted(spec, situation);
}

function isRevision(situation: Situation, hash: string): boolean {
  return situation.all.some((one) => templateHashOf(one) === hash && availableReplicasOf(one) > 0);
}

/** Fully available, and not empty (spec 7.2, 3). */
function isComplete(replicaSet: ReplicaSet): boolean {
  const size = specReplicasOf(replicaSet);
  return size > 0 && availableReplicasOf(replicaSet) >= size;
}
