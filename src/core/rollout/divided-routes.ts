/**
 * Writes down on the Rollout which kinds of routes may hold weights of it. The spec may stop to name them while the
 * controller is not running, and nothing else says that they have to be looked at (ADR 25).
 */
import { ANNOTATIONS } from '../../api/words/labels.ts';
import type { Write } from '../../kube/plan.ts';
import { ROLLOUTS } from '../../kube/resources.ts';
import type { Situation } from '../observed/situation.ts';
import { heldResources, routesFor } from '../traffic/routers.ts';

/** The annotation goes once no route holds anything of the Rollout. */
export function dividedRoutesWrites(situation: Situation): Write[] {
  const { rollout, namespace, name, world } = situation;
  const present = rollout.metadata.annotations?.[ANNOTATIONS.dividedRoutes] ?? null;
  // What may not be read may still hold weights.
  if (routesFor(rollout).some(({ plural }) => world.unreadableRouted.has(plural))) return [];
  const held = heldResources(situation).map(({ plural }) => plural);
  const wanted = held.length === 0 ? null : held.join(',');
  if (present === wanted) return [];
  return [
    {
      op: 'patch',
      resource: ROLLOUTS,
      namespace,
      name,
      patch: { metadata: { annotations: { [ANNOTATIONS.dividedRoutes]: wanted } } },
      resourceVersion: rollout.metadata.resourceVersion,
      why: 'record on the Rollout which kinds of routes hold weights of it',
    },
  ];
}
