/**
 * What is written as the Rollout asks for and will not do what its author expects: a reason and a
 * sentence. A wait is something else (`blocked.ts`); nothing decides by a hazard.
 */
import type { HazardReason } from '../../api/reasons.ts';

export interface Hazard {
  readonly reason: HazardReason;
  /** One sentence without a full stop: what will happen, and what to do about it. */
  readonly message: string;
}
