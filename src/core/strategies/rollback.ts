/**
 * Whether the present template is one that ran before, and how recently (spec 5.9). Age is creation time, not revision
 * number: a rollback gives an old ReplicaSet a new number.
 */
import { ANNOTATIONS } from '../../api/words/labels.ts';
import type { Memory } from '../observed/memory.ts';
import { isOlder } from '../observed/replica-sets.ts';
import type { Situation } from '../observed/situation.ts';

/** The canary is older than the stable revision: its template ran before. */
export function isRollback({ canary, stable }: Situation): boolean {
  return canary !== null && stable !== null && canary !== stable && isOlder(canary, stable);
}

/** The canary is older than the stable revision, with fewer than `rollbackWindow.revisions` others made in between. */
export function isWithinRollbackWindow(situation: Situation): boolean {
  const { canary, stable } = situation;
  const window = situation.rollout.spec.rollbackWindow?.revisions ?? 0;
  if (canary === null || stable === null || !isRollback(situation) || window <= 0) return false;
  const between = situation.all.filter(
    (one) =>
      isOlder(canary, one) &&
      isOlder(one, stable) &&
      one.metadata.annotations?.[ANNOTATIONS.experimentName] === undefined,
  );
  return between.length < window;
}

/** How a rollout ended, as its duration reports it (spec 9.3). `fast`: this look promotes a revision that skipped what others wait for. */
export function rollbackKind(
  situation: Situation,
  before: Memory,
  after: Memory,
  fast: boolean,
): 'none' | 'plain' | 'fast' {
  if (after.stableRS !== situation.canaryHash) return 'none';
  if (before.stableRS === after.stableRS) {
    // A first deploy is stable before its pods are there; only another revision can have been interrupted.
    if (situation.retired.length === 0) return 'none';
    return before.promoteFull ? 'fast' : 'plain';
  }
  return fast ? 'fast' : 'none';
}
