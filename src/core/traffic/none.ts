/**
 * The router of a Rollout without one: nothing is routed by weight, so every split is in force.
 */
import type { TrafficRouter } from './router.ts';

export const noRouter: TrafficRouter = {
  name: '',
  place: '',
  routes: false,
  watch: { resources: [], indexes: [], gather: () => [], concernedBy: () => [] },
  references: () => [],
  missingReferences: () => [],
  unfitReferences: () => [],
  unsupported: () => [],
  observe: () => ({ lowestWeight: 0, highestWeight: 0 }),
  leadsBesideWeight: () => false,
  propagationMs: () => 0,
  settledAt: () => null,
  blockedOn: () => null,
  unconfirmed: () => null,
  hazards: () => [],
  render: () => [],
  written: () => [],
  shown: () => [],
  leftovers: () => [],
};
