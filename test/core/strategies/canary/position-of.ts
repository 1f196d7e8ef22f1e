/** The position that the status of a situation names, for tests of what follows from it. */
import { recallCanary } from '../../../../src/core/strategies/canary/memory.ts';
import type { Situation } from '../../../../src/core/observed/situation.ts';
import { lookAt, positionIn, type Position } from '../../../../src/core/strategies/canary/position.ts';

/** `lowestWeight` and `highestWeight` in place of what the canary Ingresses of the world say. */
export function positionOf(situation: Situation, lowestWeight: number, highestWeight = lowestWeight): Position {
  return positionIn(
    { ...lookAt(situation), observed: { lowestWeight, highestWeight } },
    recallCanary(situation.status),
  );
}
