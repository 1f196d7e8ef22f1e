/** How looks of every controller end. */
import type { Outcome } from '../runtime/worker.ts';

/** The event that updates the cache wakes the object as well; this is for an event that never comes. */
export const STALE: Outcome = { kind: 'stale', retryAfterMs: 1000 };
