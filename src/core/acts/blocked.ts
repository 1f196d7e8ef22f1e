/**
 * What stops a rollout from moving, as one value: a machine-readable reason, and a sentence that says what will
 * unblock it. Status, events, the command line and the dashboard print it; no decision depends on it.
 */
import type { BlockedReason } from '../../api/words/reasons.ts';

/** A shorter wait is not reported: it would cost a write of the status and help no one. */
const PATIENCE_MS = 3000;

export interface BlockedOn {
  readonly reason: BlockedReason;
  /** One sentence without a full stop: what is waited for, in numbers, and what unblocks it. */
  readonly message: string;
  /** How long the rollout must have stood still before this is reported. */
  readonly tellAfterMs: number;
  /** The cause is a mistake, so a Warning event reports it as well. */
  readonly needsAttention: boolean;
}

/** A wait that ends only when a person or another program acts; reported at once. */
export function blocked(reason: BlockedReason, message: string): BlockedOn {
  return { reason, message, tellAfterMs: 0, needsAttention: false };
}

/** An ordinary wait for the cluster; reported only when it takes long. */
export function waitsFor(reason: BlockedReason, message: string): BlockedOn {
  return { reason, message, tellAfterMs: PATIENCE_MS, needsAttention: false };
}

/** A mistake that a person has to correct. */
export function needsAttention(reason: BlockedReason, message: string): BlockedOn {
  return { reason, message, tellAfterMs: 0, needsAttention: true };
}
