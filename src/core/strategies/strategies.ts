/**
 * Which strategy decides about a Rollout: the registry, and the only place in the core outside the
 * strategies that tells them apart.
 */
import type { Rollout } from '../../api/rollout.ts';
import { decideBlueGreen } from './blue-green/blue-green.ts';
import { decideCanary } from './canary/canary.ts';
import type { Strategy } from './strategy.ts';

export function strategyOf({ spec }: Rollout): Strategy {
  return spec.strategy?.blueGreen === undefined ? decideCanary : decideBlueGreen;
}
