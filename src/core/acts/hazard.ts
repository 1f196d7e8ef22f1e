/**
 * A setup that is applied as written and yet will not do what its author expects: a reason and a sentence. A hazard is
 * only reported; no decision depends on it.
 */
import type { HazardReason } from '../../api/words/reasons.ts';

export interface Hazard {
  readonly reason: HazardReason;
  /** One sentence without a full stop: what will happen, and what to do about it. */
  readonly message: string;
}
