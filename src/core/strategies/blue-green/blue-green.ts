/**
 * The blue-green strategy: one pass, from the gate that the new revision stands at to the sizes and
 * selectors that follow (spec A). Each part is decided in a file of its own; this one puts them in order.
 */
import { events } from '../../../api/events.ts';
import { selectedHash } from '../../rollout/endpoints.ts';
import { NO_ABORT, NO_BLUE_GREEN_PROGRESS, NO_PAUSE, recall, type Memory } from '../../rollout/memory.ts';
import { firstAfter } from '../../rollout/next-look.ts';
import { replicaSetOf, stayingReplicasOf } from '../../rollout/replica-sets.ts';
import { currentRevision } from '../../rollout/revisions.ts';
import { isManaged, type SelectorTarget } from '../../rollout/services.ts';
import type { Situation } from '../../rollout/situation.ts';
import type { Transition } from '../../rollout/transition.ts';
import { noRouter } from '../../traffic/none.ts';
import { heldByPause } from '../held-by-pause.ts';
import { podMetadata } from '../pod-metadata.ts';
import { isWithinRollbackWindow, rollbackKind } from '../rollback.ts';
import type { Scaling } from '../scale-down-delay.ts';
import type { StrategyDecision } from '../strategy.ts';
import { blueGreenSpecOf, type BlueGreenSpec } from './blue-green-spec.ts';
import { isOpen, passGate, pauseEnd, takeCommands } from './gate.ts';
import { isFastTracked, isHalted, isHeldByOthers, isPromoted, pauseBeforeSwitch } from './position.ts';
import { retiredSizes } from './retired.ts';
import { desiredSelectors } from './selectors.ts';
import { isSaturated, liveSizes, previewSize } from './sizes.ts';
import { startOver, withInheritedRollback } from './start.ts';
import { waitOf } from './wait.ts';

const NOTHING_RETIRES: Scaling = { decisions: [], wakeAt: null };

export function decideBlueGreen(situation: Situation): StrategyDecision {
  const spec = blueGreenSpecOf(situation);
  const remembered = recall(situation.status);
  const fresh = startOver(situation, spec, remembered);
  const starts = fresh !== null;
  const begun = fresh ?? withInheritedRollback(situation, remembered);
  const position = takeCommands(situation, withoutSteps(begun));
  // A new start is written down before anything is decided about its gate.
  const gate = starts ? { memory: position, events: [] } : passGate(situation, spec, position);
  const isPassed = position.blueGreen.scaleUpPreviewCheckPoint;
  const selectors = desiredSelectors(situation, spec, gate.memory, starts);
  const selecting = withSelectors(situation, spec, gate.memory, selectors);
  const { memory, events: told } = promote(situation, spec, selecting, starts);

  // Sizes follow what is written down: what a promotion lets go of, and what a checkpoint lets grow, is found by the next look.
  const written = { ...selecting, blueGreen: { ...selecting.blueGreen, scaleUpPreviewCheckPoint: isPassed } };
  const live = liveSizes(situation, spec, written, begun !== remembered);
  // What the last status names is not retired before this one has said so.
  const retired = starts || isHeldByOthers(memory) ? NOTHING_RETIRES : retiredSizes(situation, spec, remembered);
  const { activeSelector, previewSelector } = memory.blueGreen;
  const roles = { stable: spec.strategy.activeMetadata, canary: spec.strategy.previewMetadata };
  const left = unfinished(situation, memory);

  return {
    memory,
    events: [...gate.events, ...told],
    started: starts,
    revisionRole: {
      injected: podMetadata(situation, memory, roles, situation.canary),
      antiAffinity: spec.strategy.antiAffinity,
      avoidedHash: memory.stableRS === situation.canaryHash ? '' : memory.stableRS,
    },
    initialReplicas: situation.rollout.spec.paused === true ? 0 : previewSize(situation, spec, selecting),
    sizes: heldByPause(situation, [...live.decisions, ...retired.decisions]),
    services: new Set([spec.activeService, spec.previewService]),
    selectors,
    router: noRouter,
    split: null,
    hazards: [],
    podMetadataOf: (replicaSet) => podMetadata(situation, memory, roles, replicaSet),
    report: {},
    counted: replicaSetOf(situation.all, activeSelector),
    takesBackAborts: memory.promoteFull || isWithinRollbackWindow(situation),
    completed: left === null && (spec.previewService === '' || previewSelector === situation.canaryHash),
    waitsForItsTime: false,
    waitsForPerson:
      isHeldByOthers(memory) || (pauseBeforeSwitch(memory) !== undefined && spec.promotion.by === 'person'),
    unavailable: spec.unavailable,
    atTarget:
      isPromoted(situation, memory) && stayingReplicasOf(situation.canary) >= situation.replicas && left === null,
    rollback: rollbackKind(situation, remembered, memory, isRecentRollback(situation, selecting)),
    oldPodsDelay: 'nothing',
    unfinished: left,
    blockedOn: waitOf(situation, spec, memory),
    wakeAt: firstAfter(situation.now, [live.wakeAt, retired.wakeAt, pauseWake(spec, memory)]),
  };
}

/** What a canary remembers means nothing here. */
function withoutSteps(memory: Memory): Memory {
  return { ...memory, currentStepHash: '', currentStepIndex: null, pausedStepIndex: null };
}

/** What the Services select when this pass has moved them. A selector that is gone and cannot be put back yet stays remembered. */
function withSelectors(
  situation: Situation,
  spec: BlueGreenSpec,
  memory: Memory,
  targets: readonly SelectorTarget[],
): Memory {
  const selected = (service: string, recorded: string) =>
    targets.find((one) => one.service === service)?.templateHash ?? (selectedHash(situation, service) || recorded);
  const { activeSelector, previewSelector } = memory.blueGreen;
  return {
    ...memory,
    blueGreen: {
      ...memory.blueGreen,
      activeSelector: selected(spec.activeService, activeSelector),
      previewSelector: spec.previewService === '' ? '' : selected(spec.previewService, previewSelector),
    },
  };
}

function promote(situation: Situation, spec: BlueGreenSpec, memory: Memory, starts: boolean): Transition {
  const why = promotionReason(situation, spec, memory, starts);
  if (why === null || isPromoted(situation, memory)) return { memory, events: [] };
  const promoted: Memory = {
    ...memory,
    ...NO_PAUSE,
    ...NO_ABORT,
    promoteFull: false,
    stableRS: situation.canaryHash,
    blueGreen: { ...memory.blueGreen, ...NO_BLUE_GREEN_PROGRESS },
  };
  return { memory: promoted, events: [events.completed(currentRevision(situation), situation.canaryHash, why)] };
}

/** Spec A.4, row 12: a revision is stable when the active Service selects it. */
function promotionReason(situation: Situation, spec: BlueGreenSpec, memory: Memory, starts: boolean): string | null {
  const { canary, canaryHash, stable, rollout } = situation;
  // Nothing was promoted yet, or somebody deleted the stable ReplicaSet: what it ran cannot come back.
  if (stable === null) return rollout.spec.paused === true ? null : 'Initial deploy';
  if (memory.abort || starts || !isSaturated(situation, canary)) return null;
  if (memory.blueGreen.activeSelector !== canaryHash && !isWithoutService(situation, spec, memory)) return null;
  if (memory.promoteFull) return 'Full promotion requested';
  if (isWithinRollbackWindow(situation)) return 'Rollback within window';
  return memory.blueGreen.fastRollback ? 'Fast rollback' : 'Completed blue-green update';
}

/** A Rollout without pods takes over no Service, and still follows its template. */
function isWithoutService(situation: Situation, spec: BlueGreenSpec, memory: Memory): boolean {
  const isNobodys = situation.replicas === 0 && !isManaged(situation, spec.activeService);
  return isNobodys && !isHalted(situation, memory) && isOpen(situation, spec, memory);
}

/** Went back to a revision that skipped the pause because it ran a moment ago, or is recent. */
function isRecentRollback(situation: Situation, memory: Memory): boolean {
  return !memory.promoteFull && isFastTracked(situation, memory);
}

function unfinished(situation: Situation, memory: Memory): string | null {
  const isActive = memory.blueGreen.activeSelector === situation.canaryHash;
  if (!isActive && !(situation.replicas === 0 && isPromoted(situation, memory)))
    return 'active service cutover pending';
  return isPromoted(situation, memory) ? null : 'waiting for post-promotion verification to complete';
}

function pauseWake(spec: BlueGreenSpec, memory: Memory): number | null {
  const end = pauseEnd(spec, memory);
  // Strictly after the end, in whole milliseconds.
  return end === null ? null : end + 1;
}
