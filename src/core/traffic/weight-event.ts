/** How routers report a new weight. */
import { events } from '../../api/events.ts';
import type { EventNote, PatchWrite, Write } from '../../kube/plan.ts';

interface Weighing {
  readonly write: PatchWrite;
  /** The share of the canary before it. */
  readonly former: number;
}

/** `former` is `null` where there was no share of a canary yet. */
export function weightEvent(former: number | null, weight: number): EventNote {
  const stable = { weight: 0 };
  const before = former === null ? undefined : { canary: { weight: former }, stable };
  return events.weightUpdated(before, { canary: { weight }, stable });
}

/** A new weight is reported once, with the last of the objects that get it. */
export function toldWithLast(writes: readonly Weighing[], weight: number): Write[] {
  const last = writes.findLastIndex(({ former }) => former !== weight);
  return writes.map(({ write, former }, index) =>
    index === last ? { ...write, events: [weightEvent(former, weight)] } : write,
  );
}
