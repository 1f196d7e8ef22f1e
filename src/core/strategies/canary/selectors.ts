/**
 * Which revision the stable and the canary Service should select now (spec 7). One function decides about each Service.
 */
import { injectedMetadata } from '../../observed/injected-metadata.ts';
import { reaches, reachesOthers, selectedHash } from '../../observed/endpoints.ts';
import {
  availableReplicasOf,
  replicaSetOf,
  specReplicasOf,
  templateHashOf,
  stayingReplicasOf,
} from '../../observed/replica-sets.ts';
import { awaitsSelectedLabels } from '../../observed/selected-labels.ts';
import { isManaged, type SelectorTarget } from '../../acts/services.ts';
import type { Situation } from '../../observed/situation.ts';
import type { ReplicaSet } from '../../../kube/objects.ts';
import { formerRouterCarriesRequests } from '../../traffic/routers.ts';
import { isPastSteps, type Position } from './position.ts';
import { canBePromoted } from './enough-pods.ts';
import { takesStableServiceEarly } from './sizes.ts';

/** The selectors to bring about in this look. A Service that has to wait is left out, and keeps what it selects. */
export function desiredSelectors(position: Position): SelectorTarget[] {
  const { stableService = '', canaryService = '' } = position.spec.strategy;
  const targets: SelectorTarget[] = [];
  const stable = wantedByStableService(position);
  if (stableService !== '' && stable !== null && mayServe(position, stableService, stable)) {
    targets.push({ service: stableService, templateHash: templateHashOf(stable) });
  }
  const canaryTarget = canaryServiceTarget(position, stable);
  if (canaryService !== '' && canaryTarget !== null) {
    targets.push({ service: canaryService, templateHash: templateHashOf(canaryTarget) });
  }
  return targets;
}

/** Spec 7.2: the revision that the stable Service is to lead to; `null` when there is none. */
function wantedByStableService(position: Position): ReplicaSet | null {
  const { canary, stable } = position.situation;
  switch (position.standing) {
    case 'promoted':
      return canary;
    case 'full':
    case 'finishing':
      return takesStableServiceEarly(position) ? canary : stable;
    case 'first':
    case 'aborted':
    case 'held':
    case 'stepping':
      return stable;
  }
}

/** Spec 7.3: the revision that the canary Service is to lead to, where the stable one leads to `stable`. */
function wantedByCanaryService({ situation, standing }: Position, stable: ReplicaSet | null): ReplicaSet | null {
  switch (standing) {
    case 'promoted':
    case 'aborted':
      return stable;
    case 'first':
    case 'held':
    case 'full':
    case 'stepping':
    case 'finishing':
      return situation.canary;
  }
}

/**
 * The stable Service moves to a revision that can carry its share of the requests, or at least what the
 * present one carries. A Service that was never ours keeps selecting all pods until the revision is
 * complete (spec 7.2). Pods that it does not select before they wear the label of their role are waited for.
 */
function mayServe(position: Position, service: string, target: ReplicaSet): boolean {
  const { situation, spec, observed } = position;
  const available = stayingReplicasOf(target);
  if (available === 0) return false;
  const selected = selectedHash(situation, service);
  const role = injectedMetadata(spec.strategy.stableMetadata);
  if (selected !== templateHashOf(target) && awaitsSelectedLabels(situation, service, target, role)) return false;
  if (!isManaged(situation, service) && !exposesTheCanary(situation, service, target)) return isComplete(target);
  const present = replicaSetOf(situation.all, selected);
  if (present === null || present === target) return true;
  const share = Math.floor(((spec.maxWeight - observed.lowestWeight) * situation.replicas) / spec.maxWeight);
  if (available >= share || available >= stayingReplicasOf(present)) return true;
  return target === situation.canary && canBePromoted(spec, situation);
}

/**
 * A person has replaced the Service in the middle of an update, without our selector: it leads to every pod of the
 * Rollout, including a canary that was not approved. A Service that also leads to other pods was never ours.
 */
function exposesTheCanary(situation: Situation, service: string, target: ReplicaSet): boolean {
  const { canary } = situation;
  return (
    canary !== null && canary !== target && reaches(situation, service, canary) && !reachesOthers(situation, service)
  );
}

/** `null` while the canary Service has to keep what it selects. */
function canaryServiceTarget(position: Position, stable: ReplicaSet | null): ReplicaSet | null {
  const { situation, spec, observed, standing } = position;
  const service = spec.strategy.canaryService ?? '';
  const wanted = wantedByCanaryService(position, stable);
  if (wanted === null || selectedHash(situation, service) === templateHashOf(wanted)) return wanted;
  // Requests that the weight sends to the canary, also one of a former router, must not reach another revision.
  const isWeighted = observed.highestWeight > 0 || formerRouterCarriesRequests(situation);
  const carriesTraffic = isWeighted && isRevision(situation, selectedHash(situation, service));
  if (carriesTraffic && !endsWithoutStable(position)) return null;
  if (!isManaged(situation, service)) return isComplete(wanted) ? wanted : null;
  // After an abort the canary Service moves even without a ready stable pod: nothing is routed there (spec 7.3).
  if (standing === 'aborted' && spec.routed) return wanted;
  return stayingReplicasOf(wanted) > 0 ? wanted : null;
}

/** Requests cannot leave a superseded canary while no stable pod works; a revision that is about to be promoted may take them. */
function endsWithoutStable(position: Position): boolean {
  const { situation, spec } = position;
  // Pods that are about to be removed still work, so they count here.
  const noneWorks = availableReplicasOf(situation.stable) === 0;
  return isPastSteps(position) && noneWorks && canBePromoted(spec, situation);
}

function isRevision(situation: Situation, hash: string): boolean {
  return situation.all.some((one) => templateHashOf(one) === hash && availableReplicasOf(one) > 0);
}

/** Fully available, and not empty (spec 7.2, 3). */
function isComplete(replicaSet: ReplicaSet): boolean {
  const size = specReplicasOf(replicaSet);
  return size > 0 && availableReplicasOf(replicaSet) >= size;
}
