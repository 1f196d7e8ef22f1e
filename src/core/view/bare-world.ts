/** The world of a Rollout of which nothing is known but the Rollout. */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { RolloutWorld } from '../observed/world.ts';

export function bareWorld(rollout: Rollout, now: number): RolloutWorld {
  return {
    now,
    rollout,
    workload: null,
    replicaSets: [],
    services: new Map(),
    routed: new Map(),
    analysis: { runs: [], templates: new Map(), inTheWay: [], takenNames: new Set<string>(), unreadable: null },
    experiments: { own: [], inTheWay: [], unreadable: null },
    unreadableRouted: new Map(),
    defaultedTemplate: null,
    pods: [],
    claimedServices: new Set<string>(),
    endpoints: new Map(),
    propagationMs: null,
    refused: [],
  };
}
