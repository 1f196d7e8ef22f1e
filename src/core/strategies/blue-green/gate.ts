/**
 * The gate between the new revision and the active Service: commands of people, the pause, and whether
 * it is open (spec A.4 to A.7). Which Service then selects what is decided in `selectors.ts`.
 */
import { events } from '../../../api/events.ts';
import { formatTime, parseTime } from '../../../kube/time.ts';
import { NO_ABORT, NO_BLUE_GREEN_PROGRESS, NO_PAUSE, type Memory } from '../../rollout/memory.ts';
import { currentRevision } from '../../rollout/revisions.ts';
import type { Situation } from '../../rollout/situation.ts';
import type { Transition } from '../../rollout/transition.ts';
import { isWithinRollbackWindow } from '../rollback.ts';
import type { BlueGreenSpec } from './blue-green-spec.ts';
import { isActive, isFastTracked, isHalted, isPromoted, PAUSE, pauseBeforeSwitch } from './position.ts';
import { isAtPreviewSize, stopsAtPreviewCount } from './sizes.ts';

/** Commands that a person wrote into the status, as far as they change where the rollout stands. */
export function takeCommands(situation: Situation, memory: Memory): Memory {
  const noProgress = { ...memory.blueGreen, ...NO_BLUE_GREEN_PROGRESS };
  if (isPromoted(situation, memory)) {
    return { ...memory, ...NO_PAUSE, ...NO_ABORT, promoteFull: false, blueGreen: noProgress };
  }
  if (memory.promoteFull || isWithinRollbackWindow(situation)) return { ...memory, ...NO_PAUSE, ...NO_ABORT };
  if (memory.abort) {
    // Whoever tries again is asked again: an abort takes back what was approved.
    const abortedAt = memory.abortedAt ?? formatTime(situation.now);
    return { ...memory, ...NO_PAUSE, abortedAt, blueGreen: noProgress };
  }
  return { ...memory, abortedAt: null };
}

/** The memory after this look at the gate, with the pause that begins or ends at it. */
export function passGate(situation: Situation, spec: BlueGreenSpec, memory: Memory): Transition {
  if (isPromoted(situation, memory)) return { memory, events: [] };
  if (memory.abort) {
    const isNews = situation.status.abortedAt === undefined;
    return { memory, events: isNews ? [events.aborted(currentRevision(situation))] : [] };
  }
  if (isHalted(situation, memory) || !isAtPreviewSize(situation, spec, memory)) return { memory, events: [] };
  const { memory: paused, events: told } = pauseOrGoOn(situation, spec, memory);
  const grows = isOpen(situation, spec, paused) && stopsAtPreviewCount(situation, spec, paused);
  if (!grows) return { memory: paused, events: told };
  // From here on the checkpoint is what remembers that the pause is over.
  const blueGreen = { ...paused.blueGreen, scaleUpPreviewCheckPoint: true };
  return { memory: { ...paused, ...NO_PAUSE, blueGreen }, events: told };
}

/**
 * Whether the new revision may take over as soon as all its pods are available. A pause that is over
 * counts until the Service has moved, so that a promotion is not lost when a pod fails at that moment (spec G-2).
 */
export function isOpen(situation: Situation, spec: BlueGreenSpec, memory: Memory): boolean {
  return needsNoPause(situation, spec, memory) || (memory.controllerPause && pauseBeforeSwitch(memory) === undefined);
}

/** When the pause ends by itself, in milliseconds since the epoch; `null` without one, or when only a person ends it. */
export function pauseEnd(spec: BlueGreenSpec, memory: Pick<Memory, 'pauseConditions'>): number | null {
  const start = parseTime(pauseBeforeSwitch(memory)?.startTime);
  return start === null || spec.promotion.by !== 'time' ? null : start + spec.promotion.seconds * 1000;
}

function needsNoPause(situation: Situation, spec: BlueGreenSpec, memory: Memory): boolean {
  // Whoever passed the checkpoint has been let through, whatever becomes of the preview's size (spec A.5).
  const isApproved = memory.blueGreen.scaleUpPreviewCheckPoint;
  return isFastTracked(situation, memory) || isApproved || spec.promotion.by === 'pods';
}

/** Spec A.5, in its order. */
function pauseOrGoOn(situation: Situation, spec: BlueGreenSpec, memory: Memory): Transition {
  if (needsNoPause(situation, spec, memory)) return { memory: { ...memory, ...NO_PAUSE }, events: [] };
  if (pauseBeforeSwitch(memory) !== undefined) {
    const end = pauseEnd(spec, memory);
    const isOver = end !== null && situation.now > end;
    return { memory: isOver ? { ...memory, pauseConditions: [] } : memory, events: [] };
  }
  // Nothing is left to be asked when requests go to the new revision already: another controller, or a person, has led them there.
  if (memory.controllerPause || isActive(situation, spec)) return { memory, events: [] };
  const begun = { reason: PAUSE, startTime: formatTime(situation.now) };
  return { memory: { ...memory, pauseConditions: [begun], controllerPause: true }, events: [events.paused(PAUSE)] };
}
