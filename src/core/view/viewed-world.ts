/** What people are shown something of: a world as far as a person may read it. */
import { resolveTemplate } from '../observed/resolve-template.ts';
import { situationOf, type Situation } from '../observed/situation.ts';
import type { RolloutWorld } from '../observed/world.ts';
import { bareWorld } from './bare-world.ts';
import type { Surroundings } from './surroundings.ts';

/** Objects that a person may read anyway. Without surroundings the tree ends at the ReplicaSets. */
export type ViewedWorld = Omit<
  RolloutWorld,
  | 'analysis'
  | 'experiments'
  | 'claimedServices'
  | 'defaultedTemplate'
  | 'pods'
  | 'endpoints'
  | 'unreadableRouted'
  | 'propagationMs'
  | 'refused'
> & { readonly around?: Surroundings };

/** Where the workload of the Rollout is missing, it has no template. */
export function situationSeen(world: ViewedWorld): Situation {
  const seen = { ...bareWorld(world.rollout, world.now), ...world };
  const resolved = resolveTemplate(seen);
  return situationOf('problem' in resolved ? seen : resolved.world);
}
