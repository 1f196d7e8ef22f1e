/**
 * Decides the looks of a recording again, one after the other: what has changed before each, what the core of this
 * version decides of it, and why the rollout waits.
 */
import { decideRollout } from '../core/rollout/decide.ts';
import { viewRollout, type RolloutView } from '../core/view/view.ts';
import type { EventNote } from '../kube/plan.ts';
import { decidedWrites, type DecidedWrite } from './decided-writes.ts';
import type { RecordedLook, RecordedPlan } from './format.ts';
import { observedChanges, type ObservedChange } from './observed-changes.ts';
import { planJson } from './plan-json.ts';
import { asControllersSee, ReadWorlds, type ReadWorld } from './read-world.ts';
import { isSamePlan } from './recorder.ts';
import { UnreadableRecording, type Recording } from './read-recording.ts';

export interface ReplayedLook {
  /** Counts from 1. */
  readonly look: number;
  /** Milliseconds since the epoch, as all times here. */
  readonly at: number;
  /** Since the look before; none at the first. */
  readonly changes: readonly ObservedChange[];
  /** What is decided now. */
  readonly writes: readonly DecidedWrite[];
  /** Those of writes that the look before had not decided. */
  readonly events: readonly EventNote[];
  /** The core looks again then, even if nothing happens; `null`: only when something happens. */
  readonly wakeAt: number | null;
  /** What the recorder decided, where it differs and the replaced values are not the reason. */
  readonly recordedWrites: readonly DecidedWrite[] | null;
  /** Another decision follows from the values that were replaced; `recordedWrites` are `null`. */
  readonly altered: boolean;
  /** Only the API server can say whether the template is that of an earlier revision; the controller asks it. */
  readonly inDoubt: boolean;
  /** As people are shown it, with why it waits. */
  readonly view: RolloutView;
  readonly plan: RecordedPlan;
}

/** Throws an UnreadableRecording where a line does not fit those before it. */
export function* replay({ looks }: Recording): Iterable<ReplayedLook> {
  const reader = new ReadWorlds();
  let before: { readonly seen: ReadWorld; readonly writes: readonly DecidedWrite[] } | null = null;
  for (const line of looks) {
    const { seen, plan } = decided(reader, line);
    const writes = decidedWrites(plan, seen, before?.writes ?? []);
    const { requeueAfterMs } = plan;
    const altered = line.altered === true;
    const differs = !altered && !isSamePlan(line.plan, plan);
    yield {
      look: line.look,
      at: line.at,
      changes: before === null ? [] : observedChanges(before.seen, seen),
      writes,
      events: writes.flatMap(({ events, again }) => (again ? [] : events)),
      wakeAt: requeueAfterMs === undefined ? null : line.at + requeueAfterMs,
      recordedWrites: differs ? decidedWrites(line.plan, seen, before?.writes ?? []) : null,
      altered,
      inDoubt: line.inDoubt === true,
      view: viewRollout({ ...seen.world, around: seen.around }),
      plan,
    };
    before = { seen, writes };
  }
}

function decided(reader: ReadWorlds, line: RecordedLook): { readonly seen: ReadWorld; readonly plan: RecordedPlan } {
  try {
    const seen = reader.next(line);
    return { seen, plan: planJson(decideRollout(asControllersSee(seen.world))) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // The header is the first line.
    throw new UnreadableRecording(`line ${line.look + 1} does not fit: ${why}`, { cause: error });
  }
}
