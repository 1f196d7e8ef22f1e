/**
 * The router of a Rollout without one: nothing is routed by weight, so every split is in force.
 */
import type { TrafficRouter } from './router.ts';

export const noRouter: TrafficRouter = {
  name: '',
  routes: false,
  observe: () => ({ lowestWeight: 0, highestWeight: 0 }),
  settledAt: () => null,
  shows: () => true,
  blockedOn: () => null,
  hazards: () => [],
  render: () => [],
};
