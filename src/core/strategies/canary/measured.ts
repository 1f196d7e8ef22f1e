/** Where a canary is measured at all, by runs or by an Experiment. */
import { isWithinRollbackWindow } from '../rollback.ts';
import type { Position } from './position.ts';

/** Something is measured at this position: not while the canary goes back to what ran a moment ago (spec 4.10). */
export function isMeasured({ situation, standing }: Pick<Position, 'situation' | 'standing'>): boolean {
  const isUnderWay = standing === 'stepping' || standing === 'finishing' || standing === 'held';
  return isUnderWay && !isWithinRollbackWindow(situation);
}
