/**
 * The strategies that there are, and which of them is that of a Rollout: the only place in the core outside their own
 * folders that tells them apart.
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { RolloutStatus } from '../../api/schema/status.ts';
import { blueGreenStrategy } from './blue-green/blue-green-strategy.ts';
import { canaryStrategy } from './canary/canary-strategy.ts';
import type { Strategy } from './strategy.ts';

const STRATEGIES: readonly Strategy[] = [canaryStrategy, blueGreenStrategy];

/** The fields of the status that belong to one strategy or another. What the former strategy has left there is removed. */
export const STRATEGY_FIELDS: readonly (keyof RolloutStatus)[] = STRATEGIES.flatMap(({ ownFields }) => ownFields);

/** The strategy that the spec names; a canary where it names none. */
export function strategyOf(rollout: Rollout): Strategy {
  return namedStrategy(rollout) ?? canaryStrategy;
}

/** The strategy that the spec names; `undefined` when it names none. */
export function namedStrategy({ spec }: Rollout): Strategy | undefined {
  return STRATEGIES.find(({ name }) => spec.strategy?.[name] !== undefined);
}

/** The strategy that the status was written under; the spec may name another one by now. */
export function strategyUnderWay({ spec, status = {} }: Rollout): Strategy {
  if (status.blueGreen?.activeSelector !== undefined) return blueGreenStrategy;
  const mayBeBlueGreen = spec.strategy?.blueGreen !== undefined && status.currentStepHash === undefined;
  return mayBeBlueGreen ? blueGreenStrategy : canaryStrategy;
}
