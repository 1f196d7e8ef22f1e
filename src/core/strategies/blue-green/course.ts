/**
 * How far a blue-green rollout comes in one look: to the gate, through it, to the switch of its Services, to its
 * promotion.
 */
import { events } from '../../../api/events.ts';
import type { EventNote } from '../../../kube/plan.ts';
import { SERVICES } from '../../../kube/resources.ts';
import { isRefused, refusedCreation } from '../../acts/failures.ts';
import { currentRevision } from '../../acts/revisions.ts';
import { isManaged, type SelectorTarget } from '../../acts/services.ts';
import type { DesiredRuns } from '../../acts/analysis-runs.ts';
import type { BlockedOn } from '../../acts/blocked.ts';
import type { Transition } from '../../acts/transition.ts';
import { selectedHash } from '../../observed/endpoints.ts';
import type { Situation } from '../../observed/situation.ts';
import { isWithinRollbackWindow } from '../rollback.ts';
import { memoryAtPromotion } from '../turning-points.ts';
import { blueGreenSpecOf } from './blue-green-spec.ts';
import { eventsOfRuns, heedRuns, isAnalysisAhead, rememberRuns, requestRuns } from './analysis.ts';
import { isOpen, passGate, takeCommands, withoutApproval } from './gate.ts';
import { NO_PROGRESS, recallBlueGreen, type BlueGreenMemory } from './memory.ts';
import { isHalted, isPromoted, type Position } from './position.ts';
import { desiredSelectors } from './selectors.ts';
import { isSaturated } from './sizes.ts';
import { startAfterChange, withInheritedRollback } from './start.ts';

/** The positions of one look in their order, each with its memory. */
export interface Course {
  /** As the last look wrote it down. */
  readonly before: Position;
  /** After a new start and the commands of people have been handled: the gate depends on it. */
  readonly atGate: Position;
  /** With the pause that begins or ends at the gate. */
  readonly pastGate: Position;
  /** With what the Services select when the writes of this look are made. */
  readonly switched: Position;
  /** With the promotion if it is due, and the runs that are asked for; the status of this look. */
  readonly after: Position;
  /** Those that can be written. */
  readonly selectors: readonly SelectorTarget[];
  readonly runs: DesiredRuns;
  /** Why a run cannot be made. */
  readonly runsBlockedOn: BlockedOn | null;
  /** Why the new revision is given up in this look; `null` when no run asks for it. */
  readonly abortReason: string | null;
  readonly events: readonly EventNote[];
}

export function courseOf(situation: Situation): Course {
  const spec = blueGreenSpecOf(situation);
  const remembered = recallBlueGreen(situation.status);
  const start = startAfterChange(situation, spec, remembered);
  const before: Position = { situation, spec, memory: remembered, begins: start !== null };
  const begun = { ...before, memory: start ?? withInheritedRollback(situation, remembered) };
  const commanded = { ...before, memory: takeCommands(begun) };
  const heeded = heedRuns({ ...before, memory: rememberRuns(commanded, remembered) });
  const atGate = { ...before, memory: heeded.memory };
  const gate = passGate(atGate, heeded.abortReason);
  const pastGate = { ...before, memory: gate.memory };
  // The status says of the Services what could be written.
  const selectors = desiredSelectors(pastGate).filter(({ service }) => !isRefused(situation, SERVICES, service));
  const switched = { ...before, memory: withSelectors(pastGate, selectors) };
  const end = promote(switched);
  const { memory, runs, blockedOn } = requestRuns({ ...before, memory: end.memory });
  return {
    before,
    atGate,
    pastGate,
    switched,
    after: { ...before, memory },
    selectors,
    runs,
    runsBlockedOn: blockedOn,
    abortReason: heeded.abortReason,
    events: [...eventsOfRuns(situation), ...heeded.events, ...gate.events, ...end.events],
  };
}

/** What the Services select when this look has moved them. A selector that was removed and cannot be restored yet stays remembered. */
function withSelectors(position: Position, targets: readonly SelectorTarget[]): BlueGreenMemory {
  const { situation, spec, memory } = position;
  const selected = (service: string, recorded: string) =>
    targets.find((one) => one.service === service)?.templateHash ?? (selectedHash(situation, service) || recorded);
  const activeSelector = selected(spec.activeService, memory.activeSelector);
  const previewSelector = spec.previewService === '' ? '' : selected(spec.previewService, memory.previewSelector);
  // The approval has had its effect. What is resumed from here on is the pause of the analysis that follows.
  const isApproved = activeSelector === situation.canaryHash && isAnalysisAhead(position, 'PostPromotion');
  return { ...memory, ...(isApproved ? withoutApproval(memory) : {}), activeSelector, previewSelector };
}

function promote(position: Position): Transition<BlueGreenMemory> {
  const { situation, memory } = position;
  const why = promotionReason(position);
  if (why === null || isPromoted(position)) return { memory, events: [] };
  return {
    memory: { ...memoryAtPromotion(situation, memory), ...NO_PROGRESS },
    events: [events.completed(currentRevision(situation), situation.canaryHash, why)],
  };
}

/** Spec A.4, row 12: a revision is stable when the active Service selects it, and the analysis of that has passed. */
function promotionReason(position: Position): string | null {
  const { situation, memory, begins } = position;
  const { canary, canaryHash, stable, rollout } = situation;
  // Nothing was promoted yet, or the stable ReplicaSet was deleted, and its pods cannot come back.
  if (stable === null) {
    return rollout.spec.paused === true || refusedCreation(situation) !== null ? null : 'Initial deploy';
  }
  if (memory.abort || begins || !isSaturated(situation, canary)) return null;
  if (memory.activeSelector !== canaryHash && !isWithoutService(position)) return null;
  if (memory.promoteFull) return 'Full promotion requested';
  if (isWithinRollbackWindow(situation)) return 'Rollback within window';
  if (memory.activeSelector === canaryHash && isAnalysisAhead(position, 'PostPromotion')) return null;
  return memory.fastRollback ? 'Fast rollback' : 'Completed blue-green update';
}

/** A Rollout without pods takes over no Service, and still follows its template. */
function isWithoutService(position: Position): boolean {
  const { situation, spec } = position;
  const isUnclaimed = situation.replicas === 0 && !isManaged(situation, spec.activeService);
  return isUnclaimed && !isHalted(position) && isOpen(position);
}
