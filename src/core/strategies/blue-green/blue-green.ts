/**
 * The blue-green strategy: what follows for the cluster from the course that the rollout takes in one look (spec A).
 */
import { firstAfter } from '../../acts/next-look.ts';
import type { SizeDecision } from '../../acts/scale.ts';
import { reaches } from '../../observed/endpoints.ts';
import { replicaSetOf, specReplicasOf, stayingReplicasOf } from '../../observed/replica-sets.ts';
import { selectedLabels } from '../../observed/selected-labels.ts';
import type { Situation } from '../../observed/situation.ts';
import { noRouter } from '../../traffic/none.ts';
import { heldByPause } from '../held-by-pause.ts';
import { podMetadata } from '../pod-metadata.ts';
import { isWithinRollbackWindow, rollbackKind } from '../rollback.ts';
import type { Scaling } from '../scale-down-delay.ts';
import type { DesiredState, ReportedStanding, StrategyDecision } from '../strategy.ts';
import { hasMeasured, isAnalysisAhead, isMeasured } from './analysis.ts';
import { courseOf, type Course } from './course.ts';
import { pauseEnd } from './gate.ts';
import { blueGreenFields, type BlueGreenMemory } from './memory.ts';
import { awaitsJudgement, isFastTracked, isPromoted, pauseBeforeSwitch, type Position } from './position.ts';
import { retiredSizes } from './retired.ts';
import { previewComesFirst, takesOver } from './selectors.ts';
import { liveSizes, previewSize } from './sizes.ts';
import { waitOf } from './wait.ts';

export function decideBlueGreen(situation: Situation): StrategyDecision<BlueGreenMemory> {
  const course = courseOf(situation);
  const { memory } = course.after;
  const sized = sizedPosition(course);
  const sizes = sizesOf(course, sized);
  return {
    memory,
    ownStatus: blueGreenFields(memory),
    events: course.events,
    desired: desiredOf(course, sized, sizes.decisions),
    standing: standingOf(course),
    wait: course.runsBlockedOn ?? waitOf(course.after),
    hazards: [],
    wakeAt: firstAfter(situation.now, [sizes.wakeAt, pauseWake(course.after)]),
  };
}

/** Sizes follow what is written down: the next look removes what a promotion retired, and grows what a checkpoint allows. */
function sizedPosition({ atGate, switched }: Course): Position {
  const { scaleUpPreviewCheckPoint } = atGate.memory;
  return { ...switched, memory: { ...switched.memory, scaleUpPreviewCheckPoint } };
}

function sizesOf({ before, atGate, pastGate, after }: Course, sized: Position): Scaling {
  const { situation, begins } = sized;
  const remembersRollback = atGate.memory.fastRollback && !before.memory.fastRollback;
  const live = liveSizes(sized, begins || remembersRollback);
  const grown = previewComesFirst(pastGate)
    ? live.decisions.filter((one) => !growsCanary(situation, one))
    : live.decisions;
  // The stable revision of the last status is not retired before this status is written.
  const stays = begins || awaitsJudgement(after.memory);
  const retired: Scaling = stays ? { decisions: [], wakeAt: null } : retiredSizes(before);
  return {
    decisions: heldByPause(situation, [...grown, ...retired.decisions]),
    wakeAt: firstAfter(situation.now, [live.wakeAt, retired.wakeAt]),
  };
}

function growsCanary({ canary }: Situation, { replicaSet, replicas }: SizeDecision): boolean {
  return replicaSet === canary && replicas > specReplicasOf(canary);
}

function desiredOf(
  { pastGate, after, selectors, runs }: Course,
  sized: Position,
  sizes: readonly SizeDecision[],
): DesiredState {
  const { situation, spec, memory } = after;
  const { strategy, activeService, previewService } = spec;
  const roles = { stable: strategy.activeMetadata, canary: strategy.previewMetadata };
  // The active Service may select by what the preview's metadata replaces: pods get its labels before it moves.
  const isTakingOver = takesOver(pastGate);
  const startsEmpty = situation.rollout.spec.paused === true || previewComesFirst(pastGate);
  return {
    sizes,
    selectors,
    split: null,
    trafficWrites: [],
    router: noRouter,
    runs,
    revisionRole: {
      injected: podMetadata(situation, memory, roles, situation.canary, isTakingOver),
      antiAffinity: strategy.antiAffinity,
      avoidedHash: memory.stableRS === situation.canaryHash ? '' : memory.stableRS,
    },
    initialReplicas: startsEmpty ? 0 : previewSize(sized),
    podRoleOf: (replicaSet) => ({
      metadata: podMetadata(situation, memory, roles, replicaSet, isTakingOver),
      selectedBy: () => (reaches(situation, activeService, replicaSet) ? selectedLabels(situation, activeService) : {}),
    }),
    services: new Set([activeService, previewService]),
    restartBudget: spec.unavailable,
  };
}

function standingOf({ before, switched, after, abortReason }: Course): ReportedStanding {
  const { situation, spec, memory, begins } = after;
  const left = leftToDo(after);
  const hasItsPods = stayingReplicasOf(situation.canary) >= situation.replicas;
  // The revision skipped the pause because it ran a moment ago, or is recent.
  const isRecentRollback = !switched.memory.promoteFull && isFastTracked(switched);
  const asksPerson = pauseBeforeSwitch(memory.pauseConditions) !== undefined && spec.promotion.by === 'person';
  return {
    begins,
    hasMoved:
      before.memory.wasCanary ||
      before.memory.activeSelector !== memory.activeSelector ||
      before.memory.previewSelector !== memory.previewSelector ||
      (!isPromoted(after) && hasMeasured(before, after)),
    promotedWithItsPods: isPromoted(after) && hasItsPods && left === null,
    leftToDo: left,
    servicesFollow: spec.previewService === '' || memory.previewSelector === situation.canaryHash,
    oldPodsHoldBack: 'nothing',
    servesAlone: replicaSetOf(situation.all, memory.activeSelector),
    overridesAbort: memory.promoteFull || isWithinRollbackWindow(situation),
    suspendsDeadline: isMeasured(after),
    waitsForPerson: awaitsJudgement(memory) || asksPerson,
    abortReason,
    rollback: rollbackKind(situation, before.memory, memory, isRecentRollback),
  };
}

function leftToDo(position: Position): string | null {
  const { situation, memory } = position;
  const isActive = memory.activeSelector === situation.canaryHash;
  if (!isActive && !(situation.replicas === 0 && isPromoted(position))) return 'active service cutover pending';
  if (isPromoted(position)) return null;
  return isAnalysisAhead(position, 'PostPromotion')
    ? 'waiting for analysis to complete'
    : 'waiting for post-promotion verification to complete';
}

function pauseWake({ spec, memory }: Position): number | null {
  const end = pauseEnd(spec, memory.pauseConditions);
  // Strictly after the end, in whole milliseconds.
  return end === null ? null : end + 1;
}
