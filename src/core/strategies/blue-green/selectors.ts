/**
 * Which revision the active and the preview Service should select now (spec A.3, A.4).
 */
import type { ReplicaSet } from '../../../kube/objects.ts';
import { reachesOthers, selectedHash } from '../../observed/endpoints.ts';
import { lastingReplicasOf } from '../../acts/leaving-pods.ts';
import { injectedMetadata } from '../../observed/injected-metadata.ts';
import { availableReplicasOf, replicaSetOf, specReplicasOf, templateHashOf } from '../../observed/replica-sets.ts';
import { awaitsSelectedLabels } from '../../observed/selected-labels.ts';
import { isManaged, type SelectorTarget } from '../../acts/services.ts';
import type { Situation } from '../../observed/situation.ts';
import { formerRouterCarriesRequests } from '../../traffic/routers.ts';
import { isOpen } from './gate.ts';
import { isTriedInProduction } from './analysis.ts';
import { hasTakenOver, isActive, isHalted, isPromoted, type Position } from './position.ts';
import { isSaturated } from './sizes.ts';

/** The selectors to bring about in this look. A Service that has to wait is left out, and keeps what it selects. */
export function desiredSelectors(position: Position): SelectorTarget[] {
  const { activeService, previewService } = position.spec;
  const active = activeTarget(position);
  const preview = previewTarget(position);
  return [
    ...(active === null || !mayServe(position, active) ? [] : [target(activeService, active)]),
    ...(previewService === '' || preview === null ? [] : [target(previewService, preview)]),
  ];
}

function target(service: string, replicaSet: ReplicaSet): SelectorTarget {
  return { service, templateHash: templateHashOf(replicaSet) };
}

/**
 * It moves to the new revision when the gate is open, and back to stable in an abort, whatever the new revision does. In
 * all other cases it stays: a selector that another writer changed or removed is restored, and opens no gate (spec G-4,
 * G-5).
 */
function activeTarget(position: Position): ReplicaSet | null {
  const { situation, memory, begins } = position;
  const { canary, stable } = situation;
  if (isPromoted(position)) return canary;
  if (memory.abort) return stable;
  const { activeSelector } = memory;
  // The stable ReplicaSet may have been deleted; then the one that serves continues.
  const home = stable ?? replicaSetOf(situation.all, activeSelector);
  // A rollout that begins has moved nothing: a Service that leads to its revision was moved by another strategy.
  if (begins) return home;
  const saturated = isSaturated(situation, canary);
  if (saturated && !isHalted(position) && isOpen(position)) return canary;
  return hasTakenOver(position) && (saturated || keepsServing(position, home)) ? canary : home;
}

/**
 * The new revision has taken over, is not promoted, and lacks pods. A switch of which the status says nothing is not
 * undone while the new revision serves as well; one that is being analysed, as long as it has a pod at all.
 */
function keepsServing(position: Position, home: ReplicaSet | null): boolean {
  const { situation, memory } = position;
  const { canary, canaryHash } = situation;
  const isTried = memory.activeSelector === canaryHash && isTriedInProduction(position);
  return (isTried && availableReplicasOf(canary) > 0) || servesAsWellAs(situation, canary, home);
}

/**
 * Whether pods of the new revision get the labels of the active Service before it moves to them. The write of the labels
 * makes the number of staying pods unknown, and that must not remove them again: available pods are enough.
 */
export function takesOver(position: Position): boolean {
  const { canary, replicas } = position.situation;
  if (position.begins || position.memory.abort) return false;
  // While it is analysed the new revision keeps what it wears, whatever becomes of its pods.
  if (isTriedInProduction(position)) return true;
  const isWhole = specReplicasOf(canary) >= replicas && availableReplicasOf(canary) >= replicas;
  return isWhole && !isHalted(position) && isOpen(position);
}

/**
 * Never a revision that is not available. One that is to replace another has all pods, or at least as many as
 * that one; a Service that was never ours keeps selecting all pods until the revision is complete (spec 7.2). Pods that it does not
 * select before they wear the label of their role are waited for.
 */
function mayServe(position: Position, revision: ReplicaSet): boolean {
  const { situation, spec } = position;
  const { activeService, strategy } = spec;
  const { replicas } = situation;
  const selected = selectedHash(situation, activeService);
  if (selected === templateHashOf(revision)) return true;
  const role = injectedMetadata(strategy.activeMetadata);
  if (awaitsSelectedLabels(situation, activeService, revision, role)) return false;
  if (!isManaged(situation, activeService) && !wasReplaced(position, revision)) {
    return replicas > 0 && isSaturated(situation, revision);
  }
  const isComplete = lastingReplicasOf(situation, revision) >= replicas;
  return isComplete || servesAsWellAs(situation, revision, replicaSetOf(situation.all, selected));
}

/** At least one pod, and no fewer than the other. */
function servesAsWellAs(situation: Situation, revision: ReplicaSet | null, other: ReplicaSet | null): boolean {
  return lastingReplicasOf(situation, revision) >= Math.max(1, lastingReplicasOf(situation, other));
}

/**
 * The Service was replaced, and our selector and annotation are gone; the status remembers that it led to this revision
 * (spec G-5). A Service that also leads to other pods may be another one that the spec names now.
 */
function wasReplaced({ situation, spec, memory }: Position, revision: ReplicaSet): boolean {
  return memory.activeSelector === templateHashOf(revision) && !reachesOthers(situation, spec.activeService);
}

/**
 * Whether the preview Service is about to move to the new revision, which gets its pods once the move is seen: a webhook
 * that admits a pod, such as that of a load balancer with readiness gates, looks for the Services that select it. A
 * Service that names no revision selects the pods already, and pods that serve all requests wait for nothing.
 */
export function previewComesFirst(position: Position): boolean {
  const { situation, spec } = position;
  const selected = spec.previewService === '' ? '' : selectedHash(situation, spec.previewService);
  if (selected === '' || selected === situation.canaryHash || !previewMayMove(position)) return false;
  return !isPromoted(position) && !isActive(position);
}

/**
 * The preview Service moves before the new revision has any pods. It stays where it is while the Rollout is halted, or
 * while a former router still sends requests there, which must not reach an untried revision.
 */
function previewMayMove(position: Position): boolean {
  return !isHalted(position) && !formerRouterCarriesRequests(position.situation);
}

function previewTarget(position: Position): ReplicaSet | null {
  const { situation, spec, memory } = position;
  if (previewMayMove(position)) return situation.canary;
  if (selectedHash(situation, spec.previewService) !== '') return null;
  return replicaSetOf(situation.all, memory.previewSelector);
}
