/**
 * The gate between the new revision and the active Service: commands of people, the pause, and whether
 * it is open (spec A.4 to A.7).
 */
import { events } from '../../../api/events.ts';
import type { PauseCondition } from '../../../api/schema/status.ts';
import { formatTime, parseTime } from '../../../kube/time.ts';
import { currentRevision } from '../../acts/revisions.ts';
import type { Transition } from '../../acts/transition.ts';
import { NO_ABORT, NO_PAUSE } from '../../observed/memory.ts';
import { isWithinRollbackWindow } from '../rollback.ts';
import type { BlueGreenSpec } from './blue-green-spec.ts';
import { isAnalysisAhead } from './analysis.ts';
import { abortedMemory, NO_PROGRESS, type BlueGreenMemory } from './memory.ts';
import {
  hasTakenOver,
  isFastTracked,
  isHalted,
  isPromoted,
  PAUSE,
  pauseBeforeSwitch,
  type Position,
} from './position.ts';
import { isAtPreviewSize, stopsAtPreviewCount } from './sizes.ts';

/** Commands that a person wrote into the status, as far as they change where the rollout stands. */
export function takeCommands(position: Position): BlueGreenMemory {
  const { situation, memory } = position;
  if (isPromoted(position)) return { ...memory, ...NO_PAUSE, ...NO_ABORT, ...NO_PROGRESS, promoteFull: false };
  if (memory.promoteFull || isWithinRollbackWindow(situation)) return { ...memory, ...NO_PAUSE, ...NO_ABORT };
  if (memory.abort) return abortedMemory(memory, situation.now);
  return { ...memory, abortedAt: null };
}

/** The memory after this look at the gate, with the pause that begins or ends at it; `abortReason` says why the new revision is given up in this look. */
export function passGate(position: Position, abortReason: string | null): Transition<BlueGreenMemory> {
  const { situation, memory } = position;
  // A new start is written down before anything is decided about its gate.
  if (position.begins || isPromoted(position)) return { memory, events: [] };
  if (memory.abort) {
    const isNews = situation.status.abortedAt === undefined;
    return { memory, events: isNews ? [events.aborted(currentRevision(situation), abortReason ?? undefined)] : [] };
  }
  if (isHalted(position) || !isAtPreviewSize(position)) return { memory, events: [] };
  const paused = pauseOrGoOn(position);
  const next = { ...position, memory: paused.memory };
  if (!isOpen(next) || !stopsAtPreviewCount(next)) return paused;
  // From here on the checkpoint is what remembers that the pause is over.
  return { memory: { ...paused.memory, ...NO_PAUSE, scaleUpPreviewCheckPoint: true }, events: paused.events };
}

/**
 * Whether the new revision may take over as soon as all its pods are available. A pause that is over
 * counts until the Service has moved, so that a promotion is not lost when a pod fails at that moment (spec G-2).
 */
export function isOpen(position: Position): boolean {
  if (isAnalysisAhead(position, 'PrePromotion')) return false;
  const { controllerPause, pauseConditions } = position.memory;
  return needsNoPause(position) || (controllerPause && pauseBeforeSwitch(pauseConditions) === undefined);
}

/** The pause before the switch and its end are forgotten; other pauses last. */
export function withoutApproval({ pauseConditions }: BlueGreenMemory): Pick<BlueGreenMemory, keyof typeof NO_PAUSE> {
  const others = pauseConditions.filter(({ reason }) => reason !== PAUSE);
  return { pauseConditions: others, controllerPause: others.length > 0 };
}

/** When the pause ends by itself, in milliseconds since the epoch; `null` without one, or when only a person ends it. */
export function pauseEnd({ promotion }: BlueGreenSpec, pauseConditions: readonly PauseCondition[]): number | null {
  const start = parseTime(pauseBeforeSwitch(pauseConditions)?.startTime);
  return start === null || promotion.by !== 'time' ? null : start + promotion.seconds * 1000;
}

function needsNoPause(position: Position): boolean {
  // A revision that passed the checkpoint stays approved, even when the preview's size changes (spec A.5).
  const isApproved = position.memory.scaleUpPreviewCheckPoint;
  return isFastTracked(position) || isApproved || position.spec.promotion.by === 'pods';
}

/** Spec A.5, in its order. */
function pauseOrGoOn(position: Position): Transition<BlueGreenMemory> {
  const { situation, spec, memory } = position;
  if (needsNoPause(position)) return { memory: { ...memory, ...NO_PAUSE }, events: [] };
  // The pause comes after the analysis.
  if (isAnalysisAhead(position, 'PrePromotion')) return { memory, events: [] };
  if (pauseBeforeSwitch(memory.pauseConditions) !== undefined) {
    const end = pauseEnd(spec, memory.pauseConditions);
    const isOver = end !== null && situation.now > end;
    return { memory: isOver ? { ...memory, pauseConditions: [] } : memory, events: [] };
  }
  // No approval is needed when requests go to the new revision already: another controller or a person has moved them.
  if (memory.controllerPause || hasTakenOver(position)) return { memory, events: [] };
  const begun = { reason: PAUSE, startTime: formatTime(situation.now) };
  return { memory: { ...memory, pauseConditions: [begun], controllerPause: true }, events: [events.paused(PAUSE)] };
}
