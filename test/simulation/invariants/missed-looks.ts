/**
 * No event is passed over that a decision depends on: where nothing is about to be looked at, a look would find nothing to
 * do, and the next one comes no later than it would ask for.
 */
import type { Plan } from '../../../src/kube/plan.ts';
import type { Finding } from './violation.ts';

/** What can wait for other events is looked at after this time (runtime/controller.ts). */
const SETTLING_MS = 2000;

/** A time that is written down has no fraction of a second, so it is named twice: before and after. */
const NAMED_AGAIN_MS = 1000;
/** No timer of the queue is shorter here (controller/looks.ts). */
const SHORTEST_TIMER_MS = 20;

export function missedLook({ writes, requeueAfterMs = Infinity }: Plan, nextLookMs: number): Finding {
  const needsLookMs = writes.length > 0 ? SETTLING_MS : Math.max(requeueAfterMs + NAMED_AGAIN_MS, SETTLING_MS);
  if (nextLookMs <= needsLookMs + SHORTEST_TIMER_MS) return null;
  const why = writes.map((write) => `${write.op} ${write.name}: ${write.why}`).join('; ');
  return `the next look is in ${nextLookMs} ms, and is needed in ${needsLookMs} ms: ${why}`;
}
