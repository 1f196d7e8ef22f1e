/**
 * Which revision the active and the preview Service should select now (spec A.3, A.4). Whether the gate
 * is open is decided in `gate.ts`.
 */
import type { ReplicaSet } from '../../../kube/objects.ts';
import { reachesOthers, selectedHash } from '../../rollout/endpoints.ts';
import { lastingReplicasOf } from '../../rollout/leaving-pods.ts';
import type { Memory } from '../../rollout/memory.ts';
import { replicaSetOf, templateHashOf } from '../../rollout/replica-sets.ts';
import { isManaged, type SelectorTarget } from '../../rollout/services.ts';
import type { Situation } from '../../rollout/situation.ts';
import { formerRouterCarriesRequests } from '../../traffic/routers.ts';
import type { BlueGreenSpec } from './blue-green-spec.ts';
import { isOpen } from './gate.ts';
import { isHalted, isPromoted } from './position.ts';
import { isSaturated } from './sizes.ts';

/** The selectors to bring about in this pass. A Service that has to wait is left out, and keeps what it selects. */
export function desiredSelectors(
  situation: Situation,
  spec: BlueGreenSpec,
  memory: Memory,
  starts: boolean,
): SelectorTarget[] {
  const active = activeTarget(situation, spec, memory, starts);
  const preview = previewTarget(situation, spec, memory);
  return [
    ...(active === null || !mayServe(situation, spec, memory, active) ? [] : [target(spec.activeService, active)]),
    ...(spec.previewService === '' || preview === null ? [] : [target(spec.previewService, preview)]),
  ];
}

function target(service: string, replicaSet: ReplicaSet): SelectorTarget {
  return { service, templateHash: templateHashOf(replicaSet) };
}

/**
 * It moves to the new revision through the open gate, and back to stable in an abort whatever becomes of the
 * new revision. In all other cases it stays where it was left: a selector that another writer changed or took
 * away is put back, and opens no gate (spec G-4, G-5).
 */
function activeTarget(situation: Situation, spec: BlueGreenSpec, memory: Memory, starts: boolean): ReplicaSet | null {
  const { canary, stable } = situation;
  if (isPromoted(situation, memory)) return canary;
  if (memory.abort) return stable;
  const { activeSelector } = memory.blueGreen;
  // The stable ReplicaSet may have been deleted; then the one that serves goes on.
  const home = stable ?? replicaSetOf(situation.all, activeSelector);
  // Nothing has moved for a rollout that begins: a Service that leads to its revision did so for another strategy.
  if (starts) return home;
  const saturated = isSaturated(situation, canary);
  if (saturated && !isHalted(situation, memory) && isOpen(situation, spec, memory)) return canary;
  // It moved, and what was to be written down with it was not: that is not undone while the new revision serves as well.
  const hasMoved = (selectedHash(situation, spec.activeService) || activeSelector) === situation.canaryHash;
  const servesAsWell = saturated || servesAsWellAs(situation, canary, home);
  return hasMoved && servesAsWell ? canary : home;
}

/**
 * Never a revision that is not available. One that is to replace another has all pods, or at least as many as
 * that one; a Service that was never ours keeps selecting all pods until the revision is complete (spec 7.2).
 */
function mayServe(
  situation: Situation,
  { activeService }: BlueGreenSpec,
  memory: Memory,
  revision: ReplicaSet,
): boolean {
  const { replicas } = situation;
  const selected = selectedHash(situation, activeService);
  if (selected === templateHashOf(revision)) return true;
  if (!isManaged(situation, activeService) && !wasReplaced(situation, activeService, memory, revision)) {
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
 * Somebody wrote the Service anew, and with it every word of ours is gone: the status remembers that it led to this
 * revision (spec G-5). One that leads to pods of others as well may be another Service that the spec names now.
 */
function wasReplaced(situation: Situation, service: string, memory: Memory, revision: ReplicaSet): boolean {
  return memory.blueGreen.activeSelector === templateHashOf(revision) && !reachesOthers(situation, service);
}

/**
 * The new revision can be looked at before it has any pods. A Rollout that is halted leaves the Service where it is; so
 * does one whose former router still sends requests there, which are not meant for a revision that nobody has tried.
 */
function previewTarget(situation: Situation, spec: BlueGreenSpec, memory: Memory): ReplicaSet | null {
  if (!isHalted(situation, memory) && !formerRouterCarriesRequests(situation)) return situation.canary;
  if (selectedHash(situation, spec.previewService) !== '') return null;
  return replicaSetOf(situation.all, memory.blueGreen.previewSelector);
}
