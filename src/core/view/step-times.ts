/** When the steps of the present update were completed, as its events tell it: the status remembers no times of steps. */
import { events as told } from '../../api/events.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import type { EventNote } from '../../kube/plan.ts';
import type { EventRow } from './event-rows.ts';
import type { RolloutView } from './view.ts';

/**
 * For each step, milliseconds since the epoch; `null` for one that is not done, that was skipped, or whose event is gone.
 * `events` are newest first. What was told before the present update, or before it was given up and tried again, does
 * not count.
 */
export function stepTimes(
  { spec }: Rollout,
  { steps, canary, stable }: Pick<RolloutView, 'steps' | 'canary' | 'stable'>,
  events: readonly EventRow[],
): readonly (number | null)[] {
  const revision = (canary ?? stable)?.revision ?? 0;
  const begins = [told.updated(revision), told.aborted(revision)];
  const from = events.find((row) => begins.some((one) => isAbout(row, one)))?.at ?? 0;
  const written = spec.strategy?.canary?.steps ?? [];
  return steps.map(({ state }, index) => {
    const step = written[index];
    if (state !== 'done' || step === undefined) return null;
    const note = told.stepCompleted(step, index, written.length);
    const at = events.find((row) => row.reason === note.reason && row.message === note.message)?.at ?? null;
    return at === null || at < from ? null : at;
  });
}

/** An abort goes on to say why. */
function isAbout({ reason, message }: EventRow, note: EventNote): boolean {
  return reason === note.reason && message.startsWith(note.message);
}
