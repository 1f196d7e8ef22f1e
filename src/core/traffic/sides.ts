/**
 * The two sides between which a router divides requests, as the spec names them.
 */
import { DEFAULTS } from '../../api/words/defaults.ts';
import type { Rollout } from '../../api/schema/rollout.ts';

/** Names of the two Services, and the namespace that they and the object that leads to them are in. */
export interface Sides {
  readonly namespace: string;
  readonly stable: string;
  readonly canary: string;
}

export type Side = 'stable' | 'canary';

export function sidesOf({ metadata: { namespace = '' }, spec }: Rollout): Sides {
  const { stableService = '', canaryService = '' } = spec.strategy?.canary ?? {};
  return { namespace, stable: stableService, canary: canaryService };
}

/** The weight that stands for all requests. */
export function maxWeightOf({ spec }: Rollout): number {
  return spec.strategy?.canary?.trafficRouting?.maxTrafficWeight ?? DEFAULTS.maxTrafficWeight;
}
