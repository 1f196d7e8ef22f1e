/**
 * Waiting for a condition instead of for a time. A test that waits longer than it should fails with
 * what it saw last, not with a bare time-out.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

/** What is near is seen at once; what takes seconds is not asked for so often that the asking slows it down. */
const SHORTEST_MS = 50;
const LONGEST_MS = 250;
const SHARE_OF_THE_WAIT = 0.1;

interface WaitOptions<T> {
  /** What is waited for, as it reads in "timed out waiting for ...". */
  readonly what: string;
  readonly timeoutMs?: number;
  /** Time between two looks; by default 50 ms at first, and longer after a while. */
  readonly intervalMs?: number;
  /** Whether an observed value ends the wait; by default any value but false, null and undefined. */
  readonly until?: (observed: T) => boolean;
}

/**
 * Observes again and again, never twice at once, until the observed value satisfies `until`, and returns
 * that value. An observation that throws counts as not yet. Throws on time-out with the last observation.
 */
export async function waitFor<T>(observe: () => T | Promise<T>, options: WaitOptions<T>): Promise<NonNullable<T>> {
  const { what, timeoutMs = 120_000, intervalMs } = options;
  const satisfied =
    options.until ?? ((observed: T) => observed !== false && observed !== null && observed !== undefined);
  const startedAt = performance.now();
  for (;;) {
    let last: { readonly observed: T } | { readonly error: unknown };
    try {
      const observed = await observe();
      if (satisfied(observed)) return observed as NonNullable<T>;
      last = { observed };
    } catch (error) {
      last = { error };
    }
    const waitedMs = performance.now() - startedAt;
    if (waitedMs >= timeoutMs) {
      const told =
        'error' in last ? `the last look failed: ${String(last.error)}` : `last seen: ${show(last.observed)}`;
      throw new Error(
        `timed out after ${timeoutMs} ms waiting for ${what}; ${told}`,
        'error' in last ? { cause: last.error } : {},
      );
    }
    await delay(intervalMs ?? Math.min(Math.max(waitedMs * SHARE_OF_THE_WAIT, SHORTEST_MS), LONGEST_MS));
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, { depth: 8, breakLength: 120 });
}
