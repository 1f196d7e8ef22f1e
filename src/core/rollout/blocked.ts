/**
 * Whatever stops a rollout from moving, as one value: a machine-readable reason and a sentence for a
 * person that says what will unblock it. Status, events, the command line and the dashboard print it;
 * nothing decides by it.
 */
import type { BlockedReason } from '../../api/reasons.ts';

/** A wait that is over in a moment is nobody's business; a write of the status for each would be. */
const PATIENCE_MS = 3000;

export interface BlockedOn {
  readonly reason: BlockedReason;
  /** One sentence without a full stop: what is waited for, in numbers, and what unblocks it. */
  readonly message: string;
  /** How long the rollout must have stood still before people are told. */
  readonly tellAfterMs: number;
  /** Points at a mistake: worth a Warning event. */
  readonly needsAttention: boolean;
}

/** Something stands in the way until somebody acts; told at once. */
export function blocked(reason: BlockedReason, message: string): BlockedOn {
  return { reason, message, tellAfterMs: 0, needsAttention: false };
}

/** An ordinary wait for the cluster; told when it takes long. */
export function waitsFor(reason: BlockedReason, message: string): BlockedOn {
  return { reason, message, tellAfterMs: PATIENCE_MS, needsAttention: false };
}

/** A mistake that a person has to put right. */
export function needsAttention(reason: BlockedReason, message: string): BlockedOn {
  return { reason, message, tellAfterMs: 0, needsAttention: true };
}
